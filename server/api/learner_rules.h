#pragma once

#include "api/loading.h"
#include "core/evaluate.h"
#include "store/application.h"

/*
 * What a learner could do with the rulebook in force today: every rule of it with
 * every outcome that could meet it, each as the line of an application of its own,
 * and all rows that evaluating those takes. The state of a method that asks for it
 * begins with this.
 */
struct learner_rules {
    struct slice school_id, rulebook_id;
    step_fn *done;
    struct scope scope;
    struct valid_outcomes outcomes; /* newest first */
    struct loading loading;
    int32_t version; /* in force */
    size_t line_count;
    struct line_applied *lines; /* with all courses of the rule */
};

/*
 * Goes on with `next` when all of it is there. `account_no` may be empty for the
 * learner's own. Refuses a school that asks about another's rules, and with
 * RULEBOOK_UNKNOWN where none is in force.
 */
struct step learner_rules_load(struct call *call, const char *account_no, const char *school_id,
                               const char *rulebook_id, step_fn *next) MUST_USE;

/* Evaluates lines of hers as one application that is submitted today. */
void learner_rules_evaluate(struct call *call, const struct line_applied *lines, size_t count,
                            struct arena *arena, struct evaluation *evaluation);
