#pragma once

#include "base/attributes.h"

#include <stdbool.h>
#include <stdint.h>

/*
 * The best combination: which of a learner's options give most credits, where
 * each outcome is spent once, each course exempted once, and caps hold. It is
 * advice, never part of what is booked. Values in, values out: no I/O.
 */
#define COMBINATION_OUTCOMES_MAX 64
#define COMBINATION_COURSES_MAX 64
#define COMBINATION_GROUPS_MAX 64
#define COMBINATION_OPTIONS_MAX 512
#define COMBINATION_CAPS_MAX 32

/* Largest amount of an option, a weight or a limit: 10,000 credits. */
#define COMBINATION_AMOUNT_MAX 1000000

/*
 * One way to use outcomes: a rule, with the outcomes that it would take. Sets are
 * bits: 1 << i is number i of the problem's outcomes, courses or groups.
 *
 * A top-up is an option like others. Where the lower outcome is spent already, the
 * option spends the higher one and gives the difference. Where neither is spent,
 * each alone is an option, and both together are a third, which gives what the two
 * steps give. What must not be taken beside each other shares an outcome, a course
 * or a group.
 */
struct combination_option {
    int32_t centicredits;                  /* what it gives, 0 to COMBINATION_AMOUNT_MAX */
    uint64_t outcomes;                     /* that it spends, at least one */
    uint64_t courses;                      /* that it exempts; may be none */
    uint64_t groups;                       /* exclusive ones that it is in; may be none */
    int32_t weights[COMBINATION_CAPS_MAX]; /* on each cap, 0 to COMBINATION_AMOUNT_MAX */
};

/*
 * Outcomes are numbered in the order of issue date, then of their number: the last
 * is the youngest. Of courses, groups and caps the order says nothing.
 */
struct combination_problem {
    unsigned outcome_count, course_count, group_count, cap_count, option_count;
    int32_t limits[COMBINATION_CAPS_MAX]; /* what chosen weights may come to; what is used
                                             already is the caller's to take off */
    struct combination_option options[COMBINATION_OPTIONS_MAX];
};

/* Which field of a problem breaks which rule; `index` counts in that field's array. */
struct combination_fault {
    const char *field, *rule;
    unsigned index;
};

/* Whether the problem keeps what is said above; else sets `fault`. */
bool combination_is_valid(const struct combination_problem *problem,
                          struct combination_fault *fault) MUST_USE;

/*
 * The answer. Of combinations that give equal credits it is the one that spends
 * fewest outcomes; of these the one that keeps the youngest outcome, then the next
 * youngest, and so on; of these the one without the option that is listed last,
 * then the next to last, and so on. So there is exactly one.
 */
struct combination {
    uint16_t options[COMBINATION_OUTCOMES_MAX]; /* chosen, ascending */
    unsigned option_count;
    int32_t centicredits;       /* that they give */
    int32_t bound_centicredits; /* proved: no combination gives more. Equal: these are most */
    bool is_exact;              /* all of the order above is proved, not the credits alone */
};

/* Asked every few ten microseconds: whether to go on. */
struct combination_budget {
    bool (*may_go_on)(void *arg);
    void *arg;
};

/*
 * Solves a valid problem. Where the budget allows it to finish, the answer is exact
 * and a function of the problem alone; else it is the best found, and its bound.
 */
struct combination combination_solve(const struct combination_problem *problem,
                                     const struct combination_budget *budget) MUST_USE;
