/*
 * Outcomes: one row a number of an institution, one version a change.
 *
 *   (none) --record--> VALID --correct--> VALID --revoke--> REVOKED --record again--> VALID
 *
 * A number may be recorded again after its import was undone or its entry was
 * wrong; a certificate's number posted to the wrong person only by an item that
 * names the revocation.
 */
#include "core/outcome.h"

#include "core/account.h"
#include "core/check.h"
#include "core/enrolment.h"

bool
outcome_is_pass(const struct outcome *row)
{
    return row->kind == OUTCOME_COURSE_RESULT && row->state == OUTCOME_VALID &&
           row->centiscore >= CENTISCORE_PASS;
}

void
outcome_count_pass(struct context *context, const struct outcome *row, int by)
{
    struct passed_course passed = {
        .account_no = row->account_no,
        .school_id = row->institution_id,
        .programme_id = row->programme_id,
        .course_code = row->course_code,
    };
    const struct passed_course *known = world_find(context->world, TABLE_PASSED_COURSE, &passed);

    passed.count = (known != NULL ? known->count : 0) + by;
    world_put(context->world, TABLE_PASSED_COURSE, &passed);
}

static void
put_version(struct context *context, const struct outcome *row)
{
    world_put(context->world, TABLE_OUTCOME, row);
    world_put(context->world, TABLE_OUTCOME_VERSION,
              &(struct outcome_version){
                  .institution_id = row->institution_id,
                  .outer_id = row->outer_id,
                  .version = row->version,
                  .account_no = row->account_no,
                  .state = row->state,
                  .change_reason = row->change_reason,
                  .centicredits = row->centicredits,
                  .centiscore = row->centiscore,
                  .entry_index = row->entry_index,
                  .item_index = row->item_index,
              });
}

bool
outcome_was_error(const struct outcome *row)
{
    return row->state == OUTCOME_REVOKED &&
           (row->change_reason == CHANGE_IMPORT_UNDONE ||
            row->change_reason == CHANGE_ENTRY_ERROR || row->change_reason == CHANGE_WRONG_PERSON);
}

static bool
may_record_again(const struct outcome *known, const struct item *item)
{
    if (!outcome_was_error(known))
        return false;
    if (known->change_reason != CHANGE_WRONG_PERSON)
        return true;
    return item->kind == ITEM_CERTIFICATE_AWARDED &&
           item->certificate_awarded.reposted_after == known->entry_index;
}

/* Why the number cannot be recorded; an equal record is not an error of the caller's. */
static void
refuse_known(struct context *context, const struct item *item, const struct outcome *known,
             struct slice account_no)
{
    if (known->state == OUTCOME_REVOKED)
        refuse(context, "outer_id", REASON_OUTCOME_REVOKED, "%lld", (long long)known->entry_index);
    else if (hash_equal(&known->recorded_hash, &item->content_hash))
        refuse(context, "outer_id", REASON_OUTCOME_ALREADY_RECORDED, "%lld",
               (long long)known->recorded_entry);
    else if (!slice_equal(known->account_no, account_no))
        refuse(context, "outer_id", REASON_OUTCOME_OF_ANOTHER, "%lld",
               (long long)known->recorded_entry);
    else
        refuse(context, "outer_id", REASON_OUTCOME_CONFLICT, "%lld",
               (long long)known->recorded_entry);
}

const struct outcome *
outcome_find(struct context *context, struct slice outer_id)
{
    return world_find(context->world, TABLE_OUTCOME,
                      &(struct outcome){.institution_id = context->transaction->institution_id,
                                        .outer_id = outer_id});
}

bool
outcome_may_record(struct context *context, const struct item *item, struct slice account_no,
                   struct slice outer_id)
{
    if (!check_id(context, "outer_id", outer_id, ID_OUTER))
        return false;

    const struct outcome *known = outcome_find(context, outer_id);

    if (known == NULL)
        return true;
    if (!may_record_again(known, item)) {
        refuse_known(context, item, known, account_no);
        return false;
    }
    if (known->hold_state == HOLD_FREE)
        return true;
    refuse(context, "outer_id", REASON_OUTCOME_USED, "%.*s", (int)outer_id.len,
           (const char *)outer_id.at);
    return false;
}

void
outcome_record(struct context *context, const struct item *item, struct outcome *row)
{
    const struct outcome *known = outcome_find(context, row->outer_id);

    row->institution_id = context->transaction->institution_id;
    row->state = OUTCOME_VALID;
    row->version = known != NULL ? known->version + 1 : 1;
    row->entry_index = row->recorded_entry = context->position.entry_index;
    row->item_index = (int32_t)context->item_index;
    row->recorded_hash = item->content_hash;
    put_version(context, row);
    if (outcome_is_pass(row))
        outcome_count_pass(context, row, 1);
}

const struct outcome *
outcome_of_signer(struct context *context, struct slice account_no, struct slice outer_id)
{
    const struct outcome *outcome = outcome_find(context, outer_id);

    if (outcome != NULL && slice_equal(outcome->account_no, account_no))
        return outcome;
    refuse(context, "outer_id", REASON_OUTCOME_UNKNOWN, "%.*s", (int)outer_id.len,
           (const char *)outer_id.at);
    return NULL;
}

void
outcome_change(struct context *context, struct outcome *row, enum change_reason reason)
{
    row->version++;
    row->change_reason = (int32_t)reason;
    row->entry_index = context->position.entry_index;
    row->item_index = (int32_t)context->item_index;
    put_version(context, row);
}

/* Of somebody in the programme, and of a day since she came to the school. */
static void
check_learner(struct context *context, const struct course_result_recorded *result)
{
    struct slice school_id = context->transaction->institution_id;
    const struct enrolment *first = enrolment_first(context->world, result->account_no, school_id);
    char text[DATE_TEXT_SIZE];

    if (enrolment_find(context->world, result->account_no, school_id, result->programme_id) == NULL)
        refuse(context, "account_no", REASON_NOT_ENROLLED, "%.*s", (int)result->account_no.len,
               (const char *)result->account_no.at);
    if (check_past_date(context, "completed_date", result->completed_date) && first != NULL &&
        result->completed_date < first->begin_date)
        refuse(context, "completed_date", REASON_BEFORE_ENROLMENT, "%s",
               date_format(first->begin_date, text));
}

void
record_course_result(struct context *context, const struct item *item)
{
    const struct course_result_recorded *result = &item->course_result_recorded;
    struct slice school_id = context->transaction->institution_id;
    const struct course *course = world_find(context->world, TABLE_COURSE,
                                             &(struct course){.school_id = school_id,
                                                              .programme_id = result->programme_id,
                                                              .course_code = result->course_code});

    if (account_for_records(context, result->account_no) == NULL ||
        !outcome_may_record(context, item, result->account_no, result->outer_id))
        return;
    if (course == NULL) {
        refuse(context, "course_code", REASON_COURSE_UNKNOWN, "%.*s", (int)result->course_code.len,
               (const char *)result->course_code.at);
        return;
    }
    check_learner(context, result);
    check_range(context, "centihours", result->centihours, 1, 100000);
    if (!check_range(context, "scheme", (int64_t)result->scheme, GRADING_PERCENTAGE,
                     GRADING_FIVE_GRADE) ||
        !check_score(context, result->scheme, result->centiscore))
        return;

    int64_t credits = result->centiscore >= CENTISCORE_PASS ? course->centicredits : 0;

    if (result->centicredits != credits)
        refuse_amount(context, "centicredits", REASON_CREDITS_WRONG, credits);
    outcome_record(context, item,
                   &(struct outcome){
                       .outer_id = result->outer_id,
                       .account_no = result->account_no,
                       .kind = OUTCOME_COURSE_RESULT,
                       .title = course->name,
                       .programme_id = result->programme_id,
                       .course_code = result->course_code,
                       .centihours = result->centihours,
                       .centicredits = result->centicredits,
                       .scheme = (int32_t)result->scheme,
                       .centiscore = result->centiscore,
                       .outcome_date = result->completed_date,
                       .expiry_date = DATE_OPEN,
                       .hold_state = HOLD_FREE,
                   });
}
