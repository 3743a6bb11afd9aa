/*
 * What time makes of an application: some states last for a period of working
 * days, which the rulebook gives. When it is over, the bank books that, and:
 *
 *   SUBMITTED, RETURNED --> EXPIRED
 *   ON_NOTICE --> APPROVED, or REVIEWED where the rules are no longer met
 *
 * REJECTED has a period too, in which the learner may appeal once; nothing comes
 * of its end.
 */
#include "core/application.h"
#include "core/calendar.h"

static const struct period {
    enum application_state state;
    size_t days;               /* offset of its length in the rulebook's row */
    enum application_state to; /* 0: it stays */
    enum hold_state holds;
} periods[] = {
    {APPLICATION_SUBMITTED, offsetof(struct rulebook, acceptance_days), APPLICATION_EXPIRED,
     HOLD_FREE},
    {APPLICATION_RETURNED, offsetof(struct rulebook, completion_days), APPLICATION_EXPIRED,
     HOLD_FREE},
    {APPLICATION_ON_NOTICE, offsetof(struct rulebook, notice_days), APPLICATION_APPROVED,
     HOLD_USED},
    {APPLICATION_REJECTED, offsetof(struct rulebook, appeal_days), 0, HOLD_FREE},
};

static const struct period *
period_of(int32_t state)
{
    for (size_t i = 0; i < ARRAY_COUNT(periods); i++)
        if ((int32_t)periods[i].state == state)
            return &periods[i];
    return NULL;
}

enum application_state
application_period_end(enum application_state state)
{
    const struct period *period = period_of((int32_t)state);

    return period != NULL ? period->to : 0;
}

int32_t
application_period_begin(struct context *context, const struct application *row)
{
    const struct period *period = period_of(row->state);
    const struct rulebook *rulebook = application_rulebook(context->world, row);
    int32_t days;

    if (period == NULL || rulebook == NULL ||
        (row->state == APPLICATION_REJECTED && row->was_appealed))
        return DATE_OPEN;
    memcpy(&days, (const char *)rulebook + period->days, sizeof(days));
    return days == 0 ? DATE_OPEN : calendar_after(context->world, context->today, days) + 1;
}

bool
application_period_is_over(const struct context *context, const struct application *application)
{
    return application->due_date <= context->today;
}

/* The period that the item says is over; else refuses and gives NULL. */
static const struct period *
check_end(struct context *context, const struct application *application,
          const struct application_period_ended *ended)
{
    const struct period *period = period_of(application->state);
    char text[DATE_TEXT_SIZE];

    if (period == NULL || period->to == 0 || application->due_date == DATE_OPEN) {
        refuse(context, "application_no", REASON_APPLICATION_STATE, "%d", application->state);
        return NULL;
    }
    date_format(application->due_date, text);
    if (ended->due_date != application->due_date)
        refuse(context, "due_date", REASON_DUE_DATE_DIFFERS, "%s", text);
    if (!application_period_is_over(context, application))
        refuse(context, "due_date", REASON_NOT_DUE, "%s", text);
    return period;
}

void
end_application_period(struct context *context, const struct item *item)
{
    const struct application_period_ended *ended = &item->application_period_ended;
    const struct application_moved moved = {
        .account_no = ended->account_no,
        .application_no = ended->application_no,
        .revision = ended->revision,
    };
    const struct application *application = application_find(context, &moved);
    const struct period *period =
        application != NULL ? check_end(context, application, ended) : NULL;
    struct evaluation evaluation;

    if (period == NULL)
        return;
    application_evaluate(context->world, application, context->arena, &evaluation);

    struct application row = *application;
    bool is_doubtful = period->to == APPLICATION_APPROVED && !evaluation.satisfied;

    row.state = is_doubtful ? APPLICATION_REVIEWED : (int32_t)period->to;
    if ((int32_t)ended->state != row.state)
        refuse(context, "state", REASON_DUE_STATE_DIFFERS, "%d", row.state);
    application_hold(context, &row, &evaluation, is_doubtful ? HOLD_RESERVED : period->holds);
    application_put(context, &row, 0, 0);
}
