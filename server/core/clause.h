#pragma once

#include "core/check_list.h"
#include "core/world.h"

/*
 * The condition of a rule: clauses in the order of their numbers, the first of
 * which is all of it. A clause is a test of an outcome, or a group, whose parts
 * are the clauses after it that name it.
 */

#define CLAUSES_MAX 64
#define CLAUSE_LEVELS_MAX 8
#define CLAUSE_ISSUERS_MAX 16

bool clause_is_group(int32_t test) MUST_USE;

/*
 * Judges every clause (struct rule_clause, of one rule) for the outcome on that
 * day, and adds a check for each. A part that fails is excused where its group
 * fails for no lack of it.
 */
void clauses_check(struct check_list *checks, struct world *world, const struct row_list *clauses,
                   const struct outcome *outcome, int32_t date);

/* Whether any outcome of this kind (enum outcome_kind) could meet the condition. */
bool clauses_could_hold(const struct row_list *clauses, int32_t kind) MUST_USE;
