#pragma once

#include "base/reason.h"
#include "core/item.h"
#include "core/world.h"

/*
 * What a rulebook gives for outcomes: every check with what was wanted, what
 * was found and whether it holds; all of them, not the first that fails. Pure:
 * it reads the world (noting what is missing there) and writes nothing.
 */

/* One check. Texts live in the arena. */
struct check {
    const char *name; /* "SCORE_AT_LEAST" */
    const char *wanted, *found;
    enum reason reason; /* REASON_NONE: it holds */
    const char *detail; /* of the reason, for her whose account it is; not part of the trace */
    int level;          /* in how many groups of clauses it stands; not part of the trace */
    bool excused;       /* it fails, and its group needs fewer parts, or none; likewise */
    struct check *next;
};

/* Whether the check is a reason to refuse. */
static inline bool
check_refuses(const struct check *check)
{
    return check->reason != REASON_NONE && !check->excused;
}

/* A line of an application, checked. */
struct finding {
    const struct line_applied *line;
    const struct rule *rule;       /* NULL: no such rule */
    const struct outcome *outcome; /* NULL: no such outcome of this account */
    struct check *checks;
    size_t check_count;
    bool satisfied;
    size_t exemption_count;
    struct exemption_granted *exemptions; /* what it would grant, by course code */
};

struct evaluation_request {
    struct slice account_no, school_id, rulebook_id;
    int32_t version;
    int32_t date;                /* of submission */
    struct slice application_no; /* whose holds are its own; empty: none */
    size_t line_count;
    const struct line_applied *lines;
};

struct evaluation {
    struct evaluation_request request; /* what was asked; borrowed as it was */
    size_t general_count;
    struct check *general; /* about the learner and the rulebook, not a line */
    size_t finding_count;
    struct finding *findings; /* one a line */
    bool satisfied;           /* everything holds */
};

/* Nothing in `evaluation` may be used where the world then misses rows. */
void evaluate(struct world *world, const struct evaluation_request *request, struct arena *arena,
              struct evaluation *evaluation);

/*
 * SHA-256 of the trace (docs/formats.md): of all that was asked and found. It
 * costs as much as the evaluation, and who only shows one needs none.
 */
struct hash evaluation_trace(const struct evaluation *evaluation) MUST_USE;

/* Everything that is granted, by course code: the exemptions of a decision. */
size_t evaluation_exemptions(const struct evaluation *evaluation, struct arena *arena,
                             struct exemption_granted **exemptions) MUST_USE;
