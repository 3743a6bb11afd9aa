/*
 * ApplicationService.GetApplication: an application with its history and its
 * evaluation, as it comes out now.
 */
#include "api/application_shown.h"
#include "api/methods.h"
#include "convert/reply.h"
#include "convert/reply_application.h"

struct get_application {
    struct application_shown shown;
};

static step_fn shown;

static struct step
get_application(struct call *call)
{
    const Creditbank__V1__GetApplicationRequest *req = call_request(call);
    struct get_application *s = call_state(call);

    s->shown.application_no = slice_text(req->application_no);
    s->shown.done = shown;
    return application_show(call);
}

static struct step
shown(struct call *call)
{
    const struct get_application *s = call_state(call);
    const struct evaluation *evaluation = &s->shown.evaluation;
    struct arena *arena = call_arena(call);
    Creditbank__V1__GetApplicationResponse *response = arena_alloc(arena, sizeof(*response));
    struct hash trace_hash = evaluation_trace(evaluation);

    creditbank__v1__get_application_response__init(response);
    response->application = application_message(call);
    response->n_findings = evaluation->finding_count;
    response->findings = arena_array(arena, evaluation->finding_count, sizeof(*response->findings));
    for (size_t i = 0; i < evaluation->finding_count; i++)
        response->findings[i] =
            reply_finding(arena, evaluation, i, s->shown.scope.kind == SCOPE_OWNER);
    response->trace_hash = reply_hash(arena, &trace_hash);
    return call_reply(call, response);
}

const struct method application_get_application_method = {
    .name = "creditbank.v1.ApplicationService/GetApplication",
    .start = get_application,
    .state_size = sizeof(struct get_application),
    .callers = MAY_LEARNER | MAY_SCHOOL,
};
