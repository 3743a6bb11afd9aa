/*
 * ApplicationService.AppealApplication: a learner appeals against the rejection of what she applied
 * for.
 *
 *   appeal --find--> found --sign, book, show--> shown
 *     found --show--> shown, where it is appealed already
 *
 * The request id is made of the application and its revision, so that a
 * repetition is the same request.
 */
#include "api/application_shown.h"
#include "api/methods.h"
#include "convert/reply.h"

struct appeal_application {
    struct application_shown shown; /* first: application_show() finds it here */
    struct scope scope;
    struct application application;
};

static step_fn found, shown;

static struct step
appeal(struct call *call)
{
    const Creditbank__V1__AppealApplicationRequest *req = call_request(call);
    struct appeal_application *s = call_state(call);

    s->shown.application_no = slice_text(req->application_no);
    s->shown.done = shown;
    s->scope = scope_of(call);
    return store_find_application(call, &s->scope, s->shown.application_no, &s->application, found);
}

static struct hash
make_request_id(struct call *call, const struct application *application)
{
    const char *text =
        arena_printf(call_arena(call), "appeal %.*s %d", (int)application->application_no.len,
                     (const char *)application->application_no.at, application->revision);

    return hash_sha256(slice_text(text));
}

static struct step
found(struct call *call)
{
    struct appeal_application *s = call_state(call);
    struct arena *arena = call_arena(call);
    Creditbank__V1__ApplicationAppealed *body = arena_alloc(arena, sizeof(*body));
    Creditbank__V1__Item item;
    struct hash request_id;

    if (s->application.state == APPLICATION_APPEALED)
        return application_show(call);
    creditbank__v1__item__init(&item);
    creditbank__v1__application_appealed__init(body);
    body->account_no = reply_text(arena, s->application.account_no);
    body->application_no = reply_text(arena, s->application.application_no);
    body->revision = (uint32_t)s->application.revision;
    item.body_case = CREDITBANK__V1__ITEM__BODY_APPLICATION_APPEALED;
    item.application_appealed = body;
    request_id = make_request_id(call, &s->application);
    return application_book(call, &item, request_id.bytes);
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

const struct method application_appeal_application_method = {
    .name = "creditbank.v1.ApplicationService/AppealApplication",
    .start = appeal,
    .state_size = sizeof(struct appeal_application),
    .callers = MAY_LEARNER,
};
