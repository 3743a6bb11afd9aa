#pragma once

#include "combination/combination.h"

/*
 * Whether an answer can be one of that valid problem: its options are the
 * problem's, ascending, take no outcome, course or group twice, and keep the caps;
 * they give the credits that it says, and the bound is not below. Shares no code
 * with what finds answers. NULL, or what is wrong.
 */
const char *combination_check(const struct combination_problem *problem,
                              const struct combination *answer) MUST_USE;
