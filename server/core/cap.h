#pragma once

#include "core/check_list.h"
#include "core/world.h"

/*
 * The limits of a rulebook: for each that counts the credits of the line
 * `finding`, a check whether all that it counts is within it: what other
 * applications of the learner's hold or have used in the programme, the lines
 * before, and this one.
 */
void caps_check(struct check_list *checks, struct world *world, const struct evaluation *evaluation,
                const struct finding *finding, const struct rulebook *rulebook);
