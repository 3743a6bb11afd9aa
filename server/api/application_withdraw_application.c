/*
 * ApplicationService.WithdrawApplication: a learner withdraws what she applied for.
 *
 *   withdraw --find--> found --sign, book, show--> shown
 *     found --show--> shown, where it is withdrawn already
 *
 * The request id is made of the application and its revision, so that a
 * repetition is the same request.
 */
#include "api/application_shown.h"
#include "api/methods.h"
#include "convert/reply.h"

struct withdraw_application {
    struct application_shown shown; /* first: application_show() finds it here */
    struct scope scope;
    struct application application;
};

static step_fn found, shown;

static struct step
withdraw(struct call *call)
{
    const Creditbank__V1__WithdrawApplicationRequest *req = call_request(call);
    struct withdraw_application *s = call_state(call);

    s->shown.application_no = slice_text(req->application_no);
    s->shown.done = shown;
    s->scope = scope_of(call);
    return store_find_application(call, &s->scope, s->shown.application_no, &s->application, found);
}

static struct hash
make_request_id(struct call *call, const struct application *application)
{
    const char *text =
        arena_printf(call_arena(call), "withdraw %.*s %d", (int)application->application_no.len,
                     (const char *)application->application_no.at, application->revision);

    return hash_sha256(slice_text(text));
}

static struct step
found(struct call *call)
{
    struct withdraw_application *s = call_state(call);
    struct arena *arena = call_arena(call);
    Creditbank__V1__ApplicationWithdrawn *body = arena_alloc(arena, sizeof(*body));
    Creditbank__V1__Item item;
    struct hash request_id;

    if (s->application.state == APPLICATION_WITHDRAWN)
        return application_show(call);
    creditbank__v1__item__init(&item);
    creditbank__v1__application_withdrawn__init(body);
    body->account_no = reply_text(arena, s->application.account_no);
    body->application_no = reply_text(arena, s->application.application_no);
    body->revision = (uint32_t)s->application.revision;
    item.body_case = CREDITBANK__V1__ITEM__BODY_APPLICATION_WITHDRAWN;
    item.application_withdrawn = body;
    request_id = make_request_id(call, &s->application);
    return application_book(call, &item, request_id.bytes);
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

const struct method application_withdraw_application_method = {
    .name = "creditbank.v1.ApplicationService/WithdrawApplication",
    .start = withdraw,
    .state_size = sizeof(struct withdraw_application),
    .callers = MAY_LEARNER,
};
