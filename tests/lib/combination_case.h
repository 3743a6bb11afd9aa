#pragma once

#include "combination/combination.h"

/* Problems of the best combination that follow from a seed. */
struct combination_size {
    unsigned outcomes, courses, options;
};

/* A budget without an end. */
extern const struct combination_budget combination_unlimited;

/*
 * Makes a problem of at most that size. Rules turn up to three outcomes into up to
 * three courses; some give less than the courses' credits; some stand in exclusive
 * groups; some are top-ups, in threes. Caps on all credits, on those from a kind of
 * outcome, and on those for a kind of course are 40 to 80 % of what the best
 * combination without caps would use. The kind of seed decides how finely credits
 * are told apart: coarse ones make many ties.
 */
void combination_case_make(struct combination_problem *problem, uint64_t seed,
                           struct combination_size size);
