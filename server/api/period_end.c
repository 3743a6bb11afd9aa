/*
 *   periods_over --list--> listed
 *   period_end --sign--> signed_item --book--> booked
 *
 * The request id is made of the application, its move and the day that it is
 * due: so whichever worker asks for it, and how often, it is booked once.
 */
#include "api/period_end.h"

#include "api/service_transaction.h"
#include "base/date.h"
#include "convert/reply.h"
#include "store/application.h"

struct periods_over {
    struct rows rows;
};

struct period_end {
    struct service_transaction transaction;
};

static step_fn listed, signed_item, booked;

static struct step
periods_over(struct call *call)
{
    struct periods_over *s = call_state(call);

    return store_list_periods_over(call, date_in_shanghai(call_now_us(call)), PERIODS_OVER_MAX,
                                   &s->rows, listed);
}

static struct step
listed(struct call *call)
{
    struct periods_over *s = call_state(call);

    return call_reply(call, &s->rows);
}

static struct hash
make_request_id(struct call *call, const struct period_end_request *req)
{
    const struct application *application = &req->application;
    const char *text = arena_printf(
        call_arena(call), "period end %.*s %d %d", (int)application->application_no.len,
        (const char *)application->application_no.at, (int)req->state, application->due_date);

    return hash_sha256(slice_text(text));
}

static struct step
period_end(struct call *call)
{
    const struct period_end_request *req = call_request(call);
    struct period_end *s = call_state(call);
    struct arena *arena = call_arena(call);
    struct hash request_id = make_request_id(call, req);
    Creditbank__V1__ApplicationPeriodEnded *body = arena_alloc(arena, sizeof(*body));
    Creditbank__V1__Item item;

    creditbank__v1__item__init(&item);
    creditbank__v1__application_period_ended__init(body);
    body->account_no = reply_text(arena, req->application.account_no);
    body->application_no = reply_text(arena, req->application.application_no);
    body->revision = (uint32_t)req->application.revision;
    body->due_date = reply_date(arena, req->application.due_date);
    body->state = (Creditbank__V1__ApplicationState)req->state;
    item.body_case = CREDITBANK__V1__ITEM__BODY_APPLICATION_PERIOD_ENDED;
    item.application_period_ended = body;
    return service_transaction_sign(call, &s->transaction, &item, request_id.bytes, signed_item);
}

static struct step
signed_item(struct call *call)
{
    struct period_end *s = call_state(call);

    return service_transaction_book(call, &s->transaction, booked);
}

static struct step
booked(struct call *call)
{
    return call_reply(call, NULL);
}

const struct method periods_over_method = {
    .name = "periods over",
    .start = periods_over,
    .state_size = sizeof(struct periods_over),
};

const struct method period_end_method = {
    .name = "period end",
    .start = period_end,
    .state_size = sizeof(struct period_end),
};
