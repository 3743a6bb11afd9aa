#pragma once

#include "base/arena.h"
#include "core/view.h"
#include "creditbank/v1/account_service.pb-c.h"

/*
 * What stands in an account as messages, in the arena. Lists are as messages
 * have them: pointers to `count` messages.
 */
Creditbank__V1__Enrolment **reply_enrolments(struct arena *arena, const struct enrolment *rows,
                                             size_t count);
Creditbank__V1__OutcomeTotal **reply_totals(struct arena *arena, const struct outcome_total *totals,
                                            size_t count);
Creditbank__V1__Outcome **reply_outcomes(struct arena *arena, const struct outcome_view *views,
                                         size_t count);
Creditbank__V1__Exemption **reply_exemptions(struct arena *arena,
                                             const struct exemption_view *views, size_t count);
Creditbank__V1__AccessRecord **reply_looks(struct arena *arena, const struct look *looks,
                                           size_t count);

/* An account; its enrolments and totals are the caller's to set. `opened_by` may be empty. */
Creditbank__V1__Account *reply_account(struct arena *arena, const struct account *row,
                                       const struct person_view *person, struct slice opened_by);
