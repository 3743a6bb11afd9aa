/*
 * What becomes of an application. The drawing and the table say the same.
 *
 *   SUBMITTED --accept--> ACCEPTED --review--> REVIEWED --decide--> ON_NOTICE | REJECTED
 *    |   |                  |                      ^                   |
 *    |   \------return------+--> RETURNED          \-----objection-----+
 *    \--not accepted--> NOT_ACCEPTED       RETURNED --resubmit--> SUBMITTED
 *   REJECTED --appeal, once--> APPEALED --granted--> REVIEWED, --upheld--> REJECTED
 *   withdraw: SUBMITTED, ACCEPTED, RETURNED, REVIEWED, ON_NOTICE, APPEALED --> WITHDRAWN
 *
 * What becomes of it by itself is in application_period.c: so ON_NOTICE becomes
 * APPROVED, at once where there is no notice period. An application holds its
 * outcomes and courses until it ends: APPROVED uses them, every other end frees
 * them. Submitted again it holds what it names then; appealed, what it held before.
 */
#include "core/application.h"
#include "core/check.h"

#include <assert.h>

#define IN(state) (1u << APPLICATION_##state)

static const struct move {
    enum item_kind event;
    enum verdict verdict; /* with which it goes this way; 0: with any, or none */
    uint32_t from;        /* states */
    enum application_state to;
    enum hold_state holds; /* what becomes of what it has reserved */
    int32_t last_reason;   /* those that may be said are 1 to this, and one is; 0: none is */
} moves[] = {
    {ITEM_APPLICATION_ACCEPTED, 0, IN(SUBMITTED), APPLICATION_ACCEPTED, HOLD_RESERVED, 0},
    {ITEM_APPLICATION_NOT_ACCEPTED, 0, IN(SUBMITTED), APPLICATION_NOT_ACCEPTED, HOLD_FREE,
     NOT_ACCEPTED_DUPLICATE},
    {ITEM_APPLICATION_RETURNED, 0, IN(SUBMITTED) | IN(ACCEPTED), APPLICATION_RETURNED,
     HOLD_RESERVED, RETURN_WRONG_OUTCOME},
    {ITEM_APPLICATION_RESUBMITTED, 0, IN(RETURNED), APPLICATION_SUBMITTED, HOLD_RESERVED, 0},
    {ITEM_APPLICATION_REVIEWED, 0, IN(ACCEPTED), APPLICATION_REVIEWED, HOLD_RESERVED, 0},
    {ITEM_APPLICATION_DECIDED, VERDICT_APPROVE, IN(REVIEWED), APPLICATION_ON_NOTICE, HOLD_RESERVED,
     0},
    {ITEM_APPLICATION_DECIDED, VERDICT_REJECT, IN(REVIEWED), APPLICATION_REJECTED, HOLD_FREE, 0},
    {ITEM_APPLICATION_OBJECTED, 0, IN(ON_NOTICE), APPLICATION_REVIEWED, HOLD_RESERVED,
     OBJECTION_PROCEDURE_FAULTY},
    {ITEM_APPLICATION_APPEALED, 0, IN(REJECTED), APPLICATION_APPEALED, HOLD_RESERVED, 0},
    {ITEM_APPLICATION_APPEAL_DECIDED, VERDICT_APPROVE, IN(APPEALED), APPLICATION_REVIEWED,
     HOLD_RESERVED, 0},
    {ITEM_APPLICATION_APPEAL_DECIDED, VERDICT_REJECT, IN(APPEALED), APPLICATION_REJECTED, HOLD_FREE,
     0},
    {ITEM_APPLICATION_WITHDRAWN, 0,
     IN(SUBMITTED) | IN(ACCEPTED) | IN(RETURNED) | IN(REVIEWED) | IN(ON_NOTICE) | IN(APPEALED),
     APPLICATION_WITHDRAWN, HOLD_FREE, 0},
};

static const struct move *
find_move(enum item_kind event, enum verdict verdict)
{
    size_t i = 0;

    while (i < ARRAY_COUNT(moves) &&
           (moves[i].event != event || (moves[i].verdict != 0 && moves[i].verdict != verdict)))
        i++;
    assert(i < ARRAY_COUNT(moves));
    return &moves[i];
}

const struct application *
application_find(struct context *context, const struct application_moved *moved)
{
    const struct application *application =
        world_find(context->world, TABLE_APPLICATION,
                   &(struct application){.application_no = moved->application_no});
    bool is_bank = context->institution->kind == INSTITUTION_OPERATOR;

    /* Another school's application answers as one that is not there. */
    if (application == NULL || !slice_equal(application->account_no, moved->account_no) ||
        (!is_bank && !slice_equal(application->school_id, context->transaction->institution_id))) {
        refuse(context, "application_no", REASON_APPLICATION_UNKNOWN, "%.*s",
               (int)moved->application_no.len, (const char *)moved->application_no.at);
        return NULL;
    }
    if (application->revision != (int32_t)moved->revision)
        refuse(context, "revision", REASON_REVISION_STALE, "%d", application->revision);
    return application;
}

/* The application if the move is legal from its state; else refuses and gives NULL. */
static const struct application *
begin_move(struct context *context, const struct move *move, const struct application_moved *moved)
{
    const struct application *application = application_find(context, moved);
    char text[DATE_TEXT_SIZE];

    if (application == NULL)
        return NULL;
    if ((move->from & (1u << application->state)) == 0) {
        refuse(context, "application_no", REASON_APPLICATION_STATE, "%d", application->state);
        return NULL;
    }
    if (application_period_is_over(context, application)) {
        refuse(context, "application_no",
               application->state == APPLICATION_REJECTED ? REASON_APPEAL_TOO_LATE
                                                          : REASON_MOVE_DUE,
               "%s", date_format(application->due_date, text));
        return NULL;
    }
    return application;
}

static bool
check_verdict(struct context *context, enum verdict verdict)
{
    return check_range(context, "verdict", (int64_t)verdict, VERDICT_APPROVE, VERDICT_REJECT);
}

/* Sets all that it has reserved to `state`. */
static void
settle(struct context *context, const struct application *application, enum hold_state state)
{
    struct evaluation evaluation;

    application_evaluate(context->world, application, context->arena, &evaluation);
    application_hold(context, application, &evaluation, state);
}

void
move_application(struct context *context, const struct item *item)
{
    const struct application_moved *moved = &item->application_moved;
    bool is_review = item->kind == ITEM_APPLICATION_REVIEWED;
    bool is_appeal = item->kind == ITEM_APPLICATION_APPEAL_DECIDED;
    const struct application *application;
    const struct move *move;

    if ((is_review || is_appeal) && !check_verdict(context, moved->verdict))
        return;
    move = find_move(item->kind, moved->verdict);
    application = begin_move(context, move, moved);
    if (application == NULL ||
        (move->last_reason != 0 &&
         !check_range(context, "reason", moved->reason, 1, move->last_reason)))
        return;
    if (is_appeal && hash_equal(&application->reject_key, &context->acting_key))
        refuse(context, "signatures", REASON_SAME_KEY_REJECTED, "%s", "");

    struct application row = *application;

    if (move->holds != HOLD_RESERVED)
        settle(context, application, move->holds);
    if (is_review)
        row.review_key = context->acting_key;
    row.state = (int32_t)move->to;
    application_put(context, &row, moved->verdict, moved->reason);
}

/* What it asked for may be held otherwise by now; whether the rules give it is not asked here. */
static void
refuse_held(struct context *context, const struct evaluation *evaluation)
{
    for (size_t i = 0; i < evaluation->finding_count; i++)
        for (const struct check *check = evaluation->findings[i].checks; check != NULL;
             check = check->next)
            if (check->reason == REASON_OUTCOME_RESERVED || check->reason == REASON_OUTCOME_USED ||
                check->reason == REASON_COURSE_RESERVED || check->reason == REASON_COURSE_EXEMPTED)
                refuse(context, arena_printf(context->arena, "lines[%zu]", i), check->reason, "%s",
                       check->detail);
}

void
appeal_application(struct context *context, const struct item *item)
{
    const struct application_moved *moved = &item->application_moved;
    const struct move *move = find_move(item->kind, 0);
    const struct application *application = begin_move(context, move, moved);
    struct evaluation evaluation;

    if (application == NULL)
        return;
    if (application->due_date == DATE_OPEN) {
        refuse(context, "application_no", REASON_APPEAL_NOT_OPEN, "%s", "");
        return;
    }

    struct application row = *application;

    application_evaluate(context->world, application, context->arena, &evaluation);
    refuse_held(context, &evaluation);
    application_hold(context, &row, &evaluation, move->holds);
    row.was_appealed = true;
    row.state = (int32_t)move->to;
    application_put(context, &row, 0, 0);
}

/*
 * A submission once more, under the version and the day of the first: what was
 * reserved is free first, and may be asked for again.
 */
void
resubmit_application(struct context *context, const struct item *item)
{
    const struct application_resubmitted *resubmitted = &item->application_resubmitted;
    const struct move *move = find_move(item->kind, 0);
    const struct application_moved moved = {
        .account_no = resubmitted->account_no,
        .application_no = resubmitted->application_no,
        .revision = resubmitted->revision,
    };
    const struct application *application = begin_move(context, move, &moved);

    if (application == NULL)
        return;

    struct application row = *application;
    const struct application_submitted submitted = {
        .account_no = row.account_no,
        .application_no = row.application_no,
        .school_id = row.school_id,
        .rulebook_id = row.rulebook_id,
        .version = (uint32_t)row.version,
        .line_count = resubmitted->line_count,
        .lines = resubmitted->lines,
        .trace_hash = resubmitted->trace_hash,
    };

    if (!application_check_lines(context, &submitted))
        return;
    if (row.submission_no >= APPLICATION_SUBMISSIONS_MAX)
        refuse(context, "application_no", REASON_SUBMISSIONS_TOO_MANY, "%d",
               APPLICATION_SUBMISSIONS_MAX);
    settle(context, application, HOLD_FREE);
    row.submission_no++;
    row.state = (int32_t)move->to;
    application_take_lines(context, &row, &submitted);
    application_put(context, &row, 0, 0);
}

static bool
exemptions_agree(const struct application_decided *decided,
                 const struct exemption_granted *exemptions, size_t count)
{
    if (decided->exemption_count != count)
        return false;
    for (size_t i = 0; i < count; i++) {
        const struct exemption_granted *stated = &decided->exemptions[i];
        const struct exemption_granted *due = &exemptions[i];

        if (!slice_equal(stated->course_code, due->course_code) ||
            stated->centicredits != due->centicredits ||
            stated->attendance_waived != due->attendance_waived ||
            stated->exam_waived != due->exam_waived || stated->mark.scheme != due->mark.scheme ||
            stated->mark.centiscore != due->mark.centiscore)
            return false;
    }
    return true;
}

static bool
outcomes_agree(const struct application_decided *decided, const struct evaluation *evaluation)
{
    if (decided->outcome_count != evaluation->finding_count)
        return false;
    for (size_t i = 0; i < decided->outcome_count; i++) {
        const struct outcome_ref *stated = &decided->outcomes_used[i];
        const struct outcome_ref *used = &evaluation->findings[i].line->outcome;

        if (!slice_equal(stated->institution_id, used->institution_id) ||
            !slice_equal(stated->outer_id, used->outer_id))
            return false;
    }
    return true;
}

/* A decision states all it means, and it must be what the rules give. */
static void
check_decision(struct context *context, const struct application_decided *decided,
               const struct application *application, const struct evaluation *evaluation)
{
    struct exemption_granted *exemptions;
    size_t count = evaluation_exemptions(evaluation, context->arena, &exemptions);
    bool approved = decided->verdict == VERDICT_APPROVE;
    struct hash trace_hash = evaluation_trace(evaluation);

    if (!slice_equal(decided->rulebook_id, application->rulebook_id) ||
        (int32_t)decided->version != application->version)
        refuse(context, "version", REASON_DECISION_DIFFERS, "%d", application->version);
    if (!slice_equal(decided->trace_hash, hash_slice(&trace_hash)))
        refuse(context, "trace_hash", REASON_TRACE_DIFFERS, "%s", "");
    if (approved && !evaluation->satisfied)
        refuse(context, "verdict", REASON_RULES_NOT_MET, "%s", "");
    if (approved ? !exemptions_agree(decided, exemptions, count) : decided->exemption_count != 0)
        refuse(context, "exemptions", REASON_DECISION_DIFFERS, "%zu", approved ? count : 0);
    if (approved ? !outcomes_agree(decided, evaluation) : decided->outcome_count != 0)
        refuse(context, "outcomes_used", REASON_DECISION_DIFFERS, "%zu",
               approved ? evaluation->finding_count : 0);
}

/* A notice period of no days is over at once. */
static void
put_on_notice(struct context *context, struct application *row)
{
    const struct rulebook *rulebook = application_rulebook(context->world, row);

    if (rulebook != NULL && rulebook->notice_days == 0)
        row->state = APPLICATION_APPROVED;
    else if (row->notice_no++ >= APPLICATION_NOTICES_MAX)
        refuse(context, "verdict", REASON_NOTICES_TOO_MANY, "%d", APPLICATION_NOTICES_MAX);
}

void
decide_application(struct context *context, const struct item *item)
{
    const struct application_decided *decided = &item->application_decided;
    struct application_moved moved = {
        .account_no = decided->account_no,
        .application_no = decided->application_no,
        .revision = decided->revision,
    };
    const struct application *application;
    const struct move *move;
    struct evaluation evaluation;

    if (!check_verdict(context, decided->verdict))
        return;
    move = find_move(item->kind, decided->verdict);
    application = begin_move(context, move, &moved);
    if (application == NULL)
        return;
    if (hash_equal(&application->review_key, &context->acting_key))
        refuse(context, "signatures", REASON_SAME_KEY_REVIEWED, "%s", "");

    struct application row = *application;

    application_evaluate(context->world, application, context->arena, &evaluation);
    check_decision(context, decided, application, &evaluation);
    row.state = (int32_t)move->to;
    if (move->to == APPLICATION_ON_NOTICE)
        put_on_notice(context, &row);
    else
        row.reject_key = context->acting_key;
    application_hold(context, &row, &evaluation,
                     row.state == APPLICATION_APPROVED ? HOLD_USED : move->holds);
    application_put(context, &row, decided->verdict, 0);
}
