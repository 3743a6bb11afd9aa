/* A certificate enters the account of whoever earned it, by an issuer that may award it. */
#include "core/account.h"
#include "core/check.h"
#include "core/outcome.h"

/* Accredited on the day the certificate is dated. */
static bool
is_accredited(struct context *context, const struct certificate_awarded *awarded)
{
    struct row_list rows =
        world_list(context->world, TABLE_ACCREDITATION,
                   &(struct accreditation){.issuer_id = context->transaction->institution_id,
                                           .certificate_id = awarded->certificate_id});

    for (size_t i = 0; i < rows.count; i++) {
        const struct accreditation *row = rows.rows[i];

        if (awarded->issue_date >= row->from_date && awarded->issue_date <= row->to_date)
            return true;
    }
    return false;
}

/*
 * The certificate that took the place of `old`, though it be taken back since; NULL if
 * there is none, or its number stands for another record now, of somebody else even.
 */
static const struct outcome *
replacement_of(struct context *context, const struct outcome *old)
{
    const struct outcome *by =
        old->replaced_by.len > 0 ? outcome_find(context, old->replaced_by) : NULL;

    return by != NULL && by->recorded_entry == old->replaced_entry ? by : NULL;
}

/* It is the same achievement under another number: what was used stays used. */
static void
inherit_use(struct outcome *row, const struct outcome *from)
{
    if (from->hold_state != HOLD_USED)
        return;
    row->hold_state = HOLD_USED;
    row->held_by = from->held_by;
}

/*
 * It can only take the place of the same learner's certificate, which was taken
 * back for that; and one only, or one achievement could be used twice. The place is
 * free again where the one that had it was an error; if that was used, so is this.
 */
static void
replace(struct context *context, const struct certificate_awarded *awarded, struct outcome *row)
{
    const struct outcome *old = outcome_find(context, awarded->replaces_outer_id);
    const struct outcome *by = old != NULL ? replacement_of(context, old) : NULL;

    if (old == NULL || !slice_equal(old->account_no, awarded->account_no) ||
        old->state != OUTCOME_REVOKED || old->change_reason != CHANGE_REPLACED) {
        refuse(context, "replaces_outer_id", REASON_REPLACED_WRONG, "%.*s",
               (int)awarded->replaces_outer_id.len, (const char *)awarded->replaces_outer_id.at);
        return;
    }
    if (by != NULL && !outcome_was_error(by))
        refuse(context, "replaces_outer_id", REASON_REPLACED_ALREADY, "%.*s",
               (int)old->replaced_by.len, (const char *)old->replaced_by.at);

    struct outcome replaced = *old;

    replaced.replaced_by = awarded->outer_id;
    replaced.replaced_entry = context->position.entry_index;
    world_put(context->world, TABLE_OUTCOME, &replaced);
    inherit_use(row, old);
    if (by != NULL)
        inherit_use(row, by);
}

/* What is named is the entry that revoked the number; one that stands is refused for that. */
static bool
check_reposted(struct context *context, const struct certificate_awarded *awarded)
{
    const struct outcome *old = outcome_find(context, awarded->outer_id);

    if (awarded->reposted_after == ENTRY_NONE)
        return true;
    if (old != NULL &&
        (old->state == OUTCOME_VALID || (old->change_reason == CHANGE_WRONG_PERSON &&
                                         old->entry_index == awarded->reposted_after)))
        return true;
    refuse(context, "reposted_after", REASON_REPOSTED_WRONG, "%lld",
           (long long)awarded->reposted_after);
    return false;
}

void
award_certificate(struct context *context, const struct item *item)
{
    const struct certificate_awarded *awarded = &item->certificate_awarded;
    const struct certificate *certificate =
        world_find(context->world, TABLE_CERTIFICATE,
                   &(struct certificate){.certificate_id = awarded->certificate_id});

    if (account_for_records(context, awarded->account_no) == NULL ||
        !check_reposted(context, awarded) ||
        !outcome_may_record(context, item, awarded->account_no, awarded->outer_id))
        return;
    if (certificate == NULL) {
        refuse(context, "certificate_id", REASON_CERTIFICATE_UNKNOWN, "%.*s",
               (int)awarded->certificate_id.len, (const char *)awarded->certificate_id.at);
        return;
    }
    if (check_past_date(context, "issue_date", awarded->issue_date) &&
        awarded->issue_date < certificate->state_date)
        refuse(context, "issue_date", REASON_BEFORE_STATE_DATE, "%d", certificate->state_date);
    if (!is_accredited(context, awarded))
        refuse(context, "certificate_id", REASON_NOT_ACCREDITED, "%.*s",
               (int)awarded->certificate_id.len, (const char *)awarded->certificate_id.at);
    check_score(context, GRADING_PERCENTAGE, awarded->centiscore);
    check_period(context, "expiry_date", awarded->issue_date, awarded->expiry_date);

    struct outcome row = {
        .outer_id = awarded->outer_id,
        .account_no = awarded->account_no,
        .kind = OUTCOME_CERTIFICATE,
        .title = certificate->name,
        .certificate_id = awarded->certificate_id,
        .grade = certificate->grade,
        .scheme = GRADING_PERCENTAGE,
        .centiscore = awarded->centiscore,
        .outcome_date = awarded->issue_date,
        .expiry_date = awarded->expiry_date,
        .hold_state = HOLD_FREE,
    };

    if (awarded->replaces_outer_id.len > 0)
        replace(context, awarded, &row);
    outcome_record(context, item, &row);
}
