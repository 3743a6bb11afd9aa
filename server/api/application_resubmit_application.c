/*
 * ApplicationService.ResubmitApplication: a learner sends a returned application again.
 *
 *   resubmit --find request--> got_request
 *     --show it--> shown, where it is booked already
 *     --find--> found --load--> loaded (again while rows are missing) --sign, book, show--> shown
 *
 * The request id is the hash of the request: the same lines for the same revision are
 * the same request, booked once. Whether the application may be submitted again is the
 * ledger's to say; what its lines give is evaluated here as of its first submission.
 */
#include "api/application_shown.h"
#include "api/asked_lines.h"
#include "api/credentials.h"
#include "api/methods.h"
#include "convert/reply.h"
#include "convert/reply_application.h"
#include "store/log_read.h"

struct resubmit_application {
    struct application_shown shown; /* first: application_show() finds it here */
    struct hash request_id;         /* its first 16 bytes are */
    bool is_booked;
    struct scope scope;
    struct application application;
    struct line_applied *lines;
    struct loading loading;
};

static step_fn got_request, found, loaded, shown;

static struct hash
make_request_id(struct call *call)
{
    const Creditbank__V1__ResubmitApplicationRequest *req = call_request(call);
    const struct slice parts[] = {
        slice_text("resubmit "),
        reply_pack(call_arena(call), &req->base),
    };

    return hash_sha256_parts(parts, ARRAY_COUNT(parts));
}

static struct step
resubmit(struct call *call)
{
    const Creditbank__V1__ResubmitApplicationRequest *req = call_request(call);
    struct resubmit_application *s = call_state(call);
    struct refusal_list refusals = {0};

    s->lines = asked_lines_read(call, req->lines, req->n_lines, &refusals);
    if (refusals.count > 0)
        return call_refuse_all(call, &refusals);
    s->shown.application_no = slice_text(req->application_no);
    s->shown.done = shown;
    s->request_id = make_request_id(call);
    return store_has_request(call, slice_text(credentials_config(call)->operator_id),
                             slice_make(s->request_id.bytes, REQUEST_ID_SIZE), &s->is_booked,
                             got_request);
}

static struct step
got_request(struct call *call)
{
    struct resubmit_application *s = call_state(call);

    if (s->is_booked)
        return application_show(call);
    s->scope = scope_of(call);
    return store_find_application(call, &s->scope, s->shown.application_no, &s->application, found);
}

static struct step
found(struct call *call)
{
    struct resubmit_application *s = call_state(call);

    loading_begin(call, &s->loading);
    return loaded(call);
}

static struct step
sign(struct call *call, const struct evaluation *evaluation)
{
    const Creditbank__V1__ResubmitApplicationRequest *req = call_request(call);
    struct resubmit_application *s = call_state(call);
    struct arena *arena = call_arena(call);
    Creditbank__V1__ApplicationResubmitted *body = arena_alloc(arena, sizeof(*body));
    struct hash trace_hash = evaluation_trace(evaluation);
    Creditbank__V1__Item item;

    creditbank__v1__item__init(&item);
    creditbank__v1__application_resubmitted__init(body);
    body->account_no = reply_text(arena, s->application.account_no);
    body->application_no = reply_text(arena, s->application.application_no);
    body->revision = req->revision;
    body->n_lines = req->n_lines;
    body->lines = reply_lines(arena, s->lines, req->n_lines);
    body->trace_hash = reply_hash(arena, &trace_hash);
    item.body_case = CREDITBANK__V1__ITEM__BODY_APPLICATION_RESUBMITTED;
    item.application_resubmitted = body;
    return application_book(call, &item, s->request_id.bytes);
}

static struct step
loaded(struct call *call)
{
    const Creditbank__V1__ResubmitApplicationRequest *req = call_request(call);
    struct resubmit_application *s = call_state(call);
    const struct application *application = &s->application;
    struct evaluation_request request = {
        .account_no = application->account_no,
        .school_id = application->school_id,
        .rulebook_id = application->rulebook_id,
        .version = application->version,
        .date = application->submit_date,
        .application_no = application->application_no,
        .line_count = req->n_lines,
        .lines = s->lines,
    };
    struct evaluation evaluation;
    struct refusal_list refusals = {0};

    evaluate(s->loading.world, &request, call_arena(call), &evaluation);
    if (world_has_missed(s->loading.world))
        return loading_load(call, &s->loading, loaded);
    asked_lines_judge(call, &evaluation, &refusals);
    if (refusals.count > 0)
        return call_refuse_all(call, &refusals);
    return sign(call, &evaluation);
}

static struct step
shown(struct call *call)
{
    Creditbank__V1__ResubmitApplicationResponse *response =
        arena_alloc(call_arena(call), sizeof(*response));

    creditbank__v1__resubmit_application_response__init(response);
    response->application = application_message(call);
    return call_reply(call, response);
}

const struct method application_resubmit_application_method = {
    .name = "creditbank.v1.ApplicationService/ResubmitApplication",
    .start = resubmit,
    .state_size = sizeof(struct resubmit_application),
    .callers = MAY_LEARNER,
};
