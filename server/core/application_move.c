/*
 * What becomes of an application.
 *
 *   SUBMITTED --accept--> ACCEPTED --review--> REVIEWED --decide--> APPROVED | REJECTED
 *       \------ return ----/ \--> RETURNED
 *   withdraw: any of SUBMITTED, ACCEPTED, RETURNED, REVIEWED --> WITHDRAWN
 *
 * An application holds its outcomes and courses until it ends: APPROVED uses
 * them, REJECTED and WITHDRAWN free them.
 */
#include "core/application.h"
#include "core/check.h"

#define IN(state) (1u << APPLICATION_##state)

/* The application if the move is legal from its state; else refuses and gives NULL. */
static const struct application *
begin_move(struct context *context, const struct application_moved *move, uint32_t from_states)
{
    const struct application *application =
        world_find(context->world, TABLE_APPLICATION,
                   &(struct application){.application_no = move->application_no});
    bool is_bank = context->institution->kind == INSTITUTION_OPERATOR;

    /* Another school's application answers as one that is not there. */
    if (application == NULL || !slice_equal(application->account_no, move->account_no) ||
        (!is_bank && !slice_equal(application->school_id, context->transaction->institution_id))) {
        refuse(context, "application_no", REASON_APPLICATION_UNKNOWN, "%.*s",
               (int)move->application_no.len, (const char *)move->application_no.at);
        return NULL;
    }
    if (application->revision != (int32_t)move->revision)
        refuse(context, "revision", REASON_REVISION_STALE, "%d", application->revision);
    if ((from_states & (1u << application->state)) == 0) {
        refuse(context, "application_no", REASON_APPLICATION_STATE, "%d", application->state);
        return NULL;
    }
    return application;
}

static void
move_to(struct context *context, const struct application_moved *move, uint32_t from_states,
        enum application_state to)
{
    const struct application *application = begin_move(context, move, from_states);

    if (application == NULL)
        return;

    struct application row = *application;

    row.state = (int32_t)to;
    application_put(context, &row, 0);
}

void
accept_application(struct context *context, const struct item *item)
{
    move_to(context, &item->application_moved, IN(SUBMITTED), APPLICATION_ACCEPTED);
}

void
return_application(struct context *context, const struct item *item)
{
    move_to(context, &item->application_moved, IN(SUBMITTED) | IN(ACCEPTED), APPLICATION_RETURNED);
}

void
review_application(struct context *context, const struct item *item)
{
    const struct application_moved *move = &item->application_moved;
    const struct application *application = begin_move(context, move, IN(ACCEPTED));

    if (application == NULL ||
        !check_range(context, "verdict", (int64_t)move->verdict, VERDICT_APPROVE, VERDICT_REJECT))
        return;

    struct application row = *application;

    row.state = APPLICATION_REVIEWED;
    row.review_key = context->acting_key;
    application_put(context, &row, move->verdict);
}

void
withdraw_application(struct context *context, const struct item *item)
{
    const struct application *application =
        begin_move(context, &item->application_moved,
                   IN(SUBMITTED) | IN(ACCEPTED) | IN(RETURNED) | IN(REVIEWED));
    struct evaluation evaluation;

    if (application == NULL)
        return;

    struct application row = *application;

    application_evaluate(context->world, application, context->arena, &evaluation);
    application_hold(context, &row, &evaluation, HOLD_FREE);
    row.state = APPLICATION_WITHDRAWN;
    application_put(context, &row, 0);
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
            stated->exam_waived != due->exam_waived)
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

void
decide_application(struct context *context, const struct item *item)
{
    const struct application_decided *decided = &item->application_decided;
    struct application_moved move = {
        .account_no = decided->account_no,
        .application_no = decided->application_no,
        .revision = decided->revision,
    };
    const struct application *application = begin_move(context, &move, IN(REVIEWED));
    struct evaluation evaluation;

    if (application == NULL || !check_range(context, "verdict", (int64_t)decided->verdict,
                                            VERDICT_APPROVE, VERDICT_REJECT))
        return;
    if (hash_equal(&application->review_key, &context->acting_key))
        refuse(context, "signatures", REASON_SAME_KEY_REVIEWED, "%s", "");

    struct application row = *application;
    bool approved = decided->verdict == VERDICT_APPROVE;

    application_evaluate(context->world, application, context->arena, &evaluation);
    check_decision(context, decided, application, &evaluation);
    application_hold(context, &row, &evaluation, approved ? HOLD_USED : HOLD_FREE);
    row.state = approved ? APPLICATION_APPROVED : APPLICATION_REJECTED;
    application_put(context, &row, decided->verdict);
}
