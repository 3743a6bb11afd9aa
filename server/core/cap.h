#pragma once

#include "core/check_list.h"
#include "core/world.h"

/* A limit of a rulebook: what is left of it beside what the learner's applications hold and used.
 */
struct cap_left {
    const struct rulebook_cap *cap;
    int64_t centicredits; /* negative where less was allowed since */
};

/* The limits of the rulebook for who is asked about; in the arena. */
size_t caps_left(struct world *world, const struct evaluation_request *request,
                 const struct rulebook *rulebook, struct arena *arena,
                 struct cap_left **left) MUST_USE;

/* Whether the limit counts what the finding exempts. */
bool cap_counts(const struct rulebook_cap *cap, const struct finding *finding) MUST_USE;

/*
 * The limits of a rulebook: for each that counts the credits of the line
 * `finding`, a check whether all that it counts is within it: what other
 * applications of the learner's hold or have used in the programme, the lines
 * before, and this one.
 */
void caps_check(struct check_list *checks, struct world *world, const struct evaluation *evaluation,
                const struct finding *finding, const struct rulebook *rulebook);
