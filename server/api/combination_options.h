#pragma once

#include "api/learner_rules.h"
#include "combination/combination.h"

/*
 * What a learner could do, as a problem of the best combination: an option is a rule
 * with an outcome that meets it and courses of it that are open to her; what she holds
 * or has used is off the limits already.
 */
struct combination_options {
    struct combination_problem problem;
    struct line_applied lines[COMBINATION_OPTIONS_MAX]; /* of each option; in the call's arena */
};

/* Of what learner_rules_load() brought, when it is there; false where that is more than fits. */
bool combination_options_find(struct call *call, struct combination_options *options) MUST_USE;
