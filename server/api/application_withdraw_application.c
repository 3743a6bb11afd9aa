/* ApplicationService.WithdrawApplication: a learner withdraws what she applied for. */
#include "api/learner_move.h"
#include "api/methods.h"
#include "convert/reply.h"

static void
fill(struct arena *arena, const struct application *application, Creditbank__V1__Item *item)
{
    Creditbank__V1__ApplicationWithdrawn *body = arena_alloc(arena, sizeof(*body));

    creditbank__v1__application_withdrawn__init(body);
    body->account_no = reply_text(arena, application->account_no);
    body->application_no = reply_text(arena, application->application_no);
    body->revision = (uint32_t)application->revision;
    item->body_case = CREDITBANK__V1__ITEM__BODY_APPLICATION_WITHDRAWN;
    item->application_withdrawn = body;
}

static struct step
shown(struct call *call)
{
    Creditbank__V1__WithdrawApplicationResponse *response =
        arena_alloc(call_arena(call), sizeof(*response));

    creditbank__v1__withdraw_application_response__init(response);
    response->application = application_message(call);
    return call_reply(call, response);
}

static struct step
withdraw(struct call *call)
{
    static const struct learner_move move = {
        .name = "withdraw",
        .to = APPLICATION_WITHDRAWN,
        .fill = fill,
        .shown = shown,
    };
    const Creditbank__V1__WithdrawApplicationRequest *req = call_request(call);

    return learner_move(call, &move, req->application_no);
}

const struct method application_withdraw_application_method = {
    .name = "creditbank.v1.ApplicationService/WithdrawApplication",
    .start = withdraw,
    .state_size = sizeof(struct learner_move_call),
    .callers = MAY_LEARNER,
};
