/* ApplicationService.AppealApplication: a learner appeals against the rejection of what she applied
 * for. */
#include "api/learner_move.h"
#include "api/methods.h"
#include "convert/reply.h"

static void
fill(struct arena *arena, const struct application *application, Creditbank__V1__Item *item)
{
    Creditbank__V1__ApplicationAppealed *body = arena_alloc(arena, sizeof(*body));

    creditbank__v1__application_appealed__init(body);
    body->account_no = reply_text(arena, application->account_no);
    body->application_no = reply_text(arena, application->application_no);
    body->revision = (uint32_t)application->revision;
    item->body_case = CREDITBANK__V1__ITEM__BODY_APPLICATION_APPEALED;
    item->application_appealed = body;
}

static struct step
shown(struct call *call)
{
    Creditbank__V1__AppealApplicationResponse *response =
        arena_alloc(call_arena(call), sizeof(*response));

    creditbank__v1__appeal_application_response__init(response);
    response->application = application_message(call);
    return call_reply(call, response);
}

static struct step
appeal(struct call *call)
{
    static const struct learner_move move = {
        .name = "appeal",
        .to = APPLICATION_APPEALED,
        .fill = fill,
        .shown = shown,
    };
    const Creditbank__V1__AppealApplicationRequest *req = call_request(call);

    return learner_move(call, &move, req->application_no);
}

const struct method application_appeal_application_method = {
    .name = "creditbank.v1.ApplicationService/AppealApplication",
    .start = appeal,
    .state_size = sizeof(struct learner_move_call),
    .callers = MAY_LEARNER,
};
