/* Corrections and revocations: new entries; what was stays visible as an older version. */
#include "core/account.h"
#include "core/check.h"
#include "core/outcome.h"
#include "core/training.h"

/* The credits that the plan gives for the score. */
static int64_t
credits_for(struct context *context, const struct outcome *row)
{
    const struct course *course =
        row->kind != OUTCOME_COURSE_RESULT
            ? NULL
            : world_find(context->world, TABLE_COURSE,
                         &(struct course){.school_id = row->institution_id,
                                          .programme_id = row->programme_id,
                                          .course_code = row->course_code});

    return course != NULL && row->centiscore >= CENTISCORE_PASS ? course->centicredits : 0;
}

void
correct_outcome(struct context *context, const struct item *item)
{
    const struct outcome_corrected *corrected = &item->outcome_corrected;
    const struct outcome *known =
        outcome_of_signer(context, corrected->account_no, corrected->outer_id);

    if (known == NULL || account_for_records(context, corrected->account_no) == NULL)
        return;
    if (known->state != OUTCOME_VALID) {
        refuse(context, "outer_id", REASON_OUTCOME_REVOKED, "%lld", (long long)known->entry_index);
        return;
    }
    if (corrected->reason != CHANGE_ENTRY_ERROR && corrected->reason != CHANGE_MARK_REVIEWED)
        refuse(context, "reason", REASON_CHANGE_REASON, "%d", (int)corrected->reason);
    if (known->kind == OUTCOME_TRAINING_HOURS) {
        refuse(context, "outer_id", REASON_HOURS_NOT_CORRECTED, "%s", "");
        return;
    }
    if (!check_score(context, (enum grading_scheme)known->scheme, corrected->centiscore))
        return;

    struct outcome row = *known;
    bool was_pass = outcome_is_pass(known);

    row.centiscore = corrected->centiscore;
    row.centicredits = corrected->centicredits;
    if (corrected->centiscore == known->centiscore)
        refuse(context, "centiscore", REASON_NOTHING_CHANGED, "%lld", (long long)known->centiscore);
    if (corrected->centicredits != credits_for(context, &row))
        refuse_amount(context, "centicredits", REASON_CREDITS_WRONG, credits_for(context, &row));
    outcome_change(context, &row, corrected->reason);
    if (outcome_is_pass(&row) != was_pass)
        outcome_count_pass(context, &row, was_pass ? -1 : 1);
}

void
revoke_outcome(struct context *context, const struct item *item)
{
    const struct outcome_revoked *revoked = &item->outcome_revoked;
    const struct outcome *known =
        outcome_of_signer(context, revoked->account_no, revoked->outer_id);

    if (known == NULL)
        return;
    if (known->state != OUTCOME_VALID) {
        refuse(context, "outer_id", REASON_OUTCOME_REVOKED, "%lld", (long long)known->entry_index);
        return;
    }
    /* A mark that was looked at again is corrected. */
    if (check_range(context, "reason", (int64_t)revoked->reason, CHANGE_ENTRY_ERROR,
                    CHANGE_MISCONDUCT) &&
        revoked->reason == CHANGE_MARK_REVIEWED)
        refuse(context, "reason", REASON_CHANGE_REASON, "%d", (int)revoked->reason);
    if (outcome_is_pass(known))
        outcome_count_pass(context, known, -1);
    if (known->kind == OUTCOME_TRAINING_HOURS)
        training_give_back(context, known);

    struct outcome row = *known;

    row.state = OUTCOME_REVOKED;
    outcome_change(context, &row, revoked->reason);
}
