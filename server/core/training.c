/*
 * Hours of training become credits by the recording rule of their day: whole
 * steps are credited, what is left over stays in the balance of the learner,
 * institution and kind, and counts with the next.
 */
#include "core/training.h"

#include "core/account.h"
#include "core/check.h"
#include "core/outcome.h"

/* The newest rule that was in force that day; NULL if there was none. */
static const struct recording_rule *
rule_on(struct context *context, enum course_kind kind, int32_t date)
{
    const struct recording_rule *found = NULL;
    struct row_list rows = world_list(context->world, TABLE_RECORDING_RULE,
                                      &(struct recording_rule){.course_kind = (int32_t)kind});

    for (size_t i = 0; i < rows.count; i++) {
        const struct recording_rule *row = rows.rows[i];

        if (row->from_date <= date)
            found = row;
    }
    return found;
}

static struct hours_balance
balance_of(struct context *context, struct slice account_no, int32_t kind)
{
    struct hours_balance balance = {
        .account_no = account_no,
        .institution_id = context->transaction->institution_id,
        .course_kind = kind,
    };
    const struct hours_balance *known = world_find(context->world, TABLE_HOURS_BALANCE, &balance);

    return known != NULL ? *known : balance;
}

/* Returns how many hours the credits take. */
static int64_t
check_amounts(struct context *context, const struct training_hours_recorded *hours,
              const struct recording_rule *rule)
{
    struct hours_balance balance =
        balance_of(context, hours->account_no, (int32_t)hours->course_kind);
    int64_t total = balance.remainder_centihours + hours->centihours;
    int64_t step_centihours = rule->centihours_per_credit * rule->step_centicredits / 100;
    int64_t credits = total / step_centihours * rule->step_centicredits;

    if (hours->centicredits != credits)
        refuse_amount(context, "centicredits", REASON_CREDITS_WRONG, credits);
    if (hours->remainder_centihours != total % step_centihours)
        refuse_amount(context, "remainder_centihours", REASON_REMAINDER_WRONG,
                      total % step_centihours);
    balance.remainder_centihours = total % step_centihours;
    world_put(context->world, TABLE_HOURS_BALANCE, &balance);
    return total - balance.remainder_centihours;
}

void
record_training_hours(struct context *context, const struct item *item)
{
    const struct training_hours_recorded *hours = &item->training_hours_recorded;

    if (account_for_records(context, hours->account_no) == NULL ||
        !outcome_may_record(context, item, hours->account_no, hours->outer_id) ||
        !check_range(context, "course_kind", (int64_t)hours->course_kind, COURSE_THEORY,
                     COURSE_PRACTICE) ||
        !check_range(context, "centihours", hours->centihours, 1, 100000))
        return;
    check_text(context, "title", hours->title, 120);
    check_past_date(context, "completed_date", hours->completed_date);

    const struct recording_rule *rule = rule_on(context, hours->course_kind, hours->completed_date);

    if (rule == NULL) {
        refuse(context, "completed_date", REASON_RECORDING_RULE_MISSING, "%d",
               (int)hours->course_kind);
        return;
    }
    outcome_record(context, item,
                   &(struct outcome){
                       .outer_id = hours->outer_id,
                       .account_no = hours->account_no,
                       .kind = OUTCOME_TRAINING_HOURS,
                       .title = hours->title,
                       .course_kind = (int32_t)hours->course_kind,
                       .centihours = hours->centihours,
                       .centicredits = hours->centicredits,
                       .credited_centihours = check_amounts(context, hours, rule),
                       .outcome_date = hours->completed_date,
                       .expiry_date = DATE_OPEN,
                       .hold_state = HOLD_FREE,
                   });
}

void
training_give_back(struct context *context, const struct outcome *row)
{
    struct hours_balance balance = balance_of(context, row->account_no, row->course_kind);

    balance.remainder_centihours += row->credited_centihours - row->centihours;
    if (balance.remainder_centihours < 0)
        refuse_amount(context, "outer_id", REASON_HOURS_USED_LATER, -balance.remainder_centihours);
    world_put(context->world, TABLE_HOURS_BALANCE, &balance);
}
