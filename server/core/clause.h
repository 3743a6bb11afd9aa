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

/* The certificate of the catalogue that an outcome is one of; NULL where it is none. */
const struct certificate *clause_certificate(struct world *world,
                                             const struct outcome *outcome) MUST_USE;

/*
 * Judges every clause (struct rule_clause, of one rule) for the outcome on that
 * day, and adds a check for each. A part that fails is excused where its group
 * fails for no lack of it.
 */
void clauses_check(struct check_list *checks, struct world *world, const struct row_list *clauses,
                   const struct outcome *outcome, int32_t date);

/*
 * Whether an outcome could meet the condition by what it is, whatever its score,
 * grade, amount, age and issuer: by its kind and by its certificate, which the
 * caller looks up once.
 */
bool clauses_could_hold(const struct row_list *clauses, const struct outcome *outcome,
                        const struct certificate *certificate) MUST_USE;
