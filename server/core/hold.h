#pragma once

#include "core/item.h"
#include "core/world.h"

/*
 * Holds: an application reserves outcomes and courses when it is submitted,
 * uses them when it is approved, and frees them when it ends otherwise. Once
 * used, an outcome or course is never free again.
 */
struct hold {
    enum hold_state state;
    const char *found;           /* "free", "reserved", "used" */
    struct slice application_no; /* who holds it; empty if free */
};

/* How an outcome is held, seen by an application: what it holds itself is free to it. */
struct hold hold_of_outcome(const struct outcome *outcome, struct slice application_no) MUST_USE;

/* The same of a course for a learner. */
struct hold hold_of_course(struct world *world, struct slice account_no,
                           const struct course *course, struct slice application_no) MUST_USE;

/* Whether a valid result of the learner's passed the course. */
bool hold_course_is_passed(struct world *world, struct slice account_no,
                           const struct course *course) MUST_USE;
