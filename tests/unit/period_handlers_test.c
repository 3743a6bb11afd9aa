/* api: the calls by which the bank ends a period of itself, scripted. */
#include "handler.h"

#include "api/credentials.h"
#include "api/period_end.h"
#include "core/application.h"
#include "ledger/ledger.h"
#include "notary/notary.h"
#include "store/application.h"

#include <string.h>

#define APPLICATION "AAAAAAAAAAAAAAAA"

static struct runtime runtime;
static struct application due = {.revision = 4, .state = APPLICATION_ON_NOTICE, .due_date = 20345};
static uint8_t request_id[REQUEST_ID_SIZE];

struct step
store_list_periods_over(struct call *call, int32_t today, int32_t limit, struct rows *out,
                        step_fn *next)
{
    assert_int_equal(today, date_in_shanghai(call_now_us(call)));
    assert_int_equal(limit, PERIODS_OVER_MAX);
    *out = (struct rows){1, &due};
    return handler_operation(call, "periods over", next);
}

struct step
notary_sign_transaction(struct call *call, const struct notary_transaction *transaction,
                        struct notary_signature *signature, step_fn *next)
{
    assert_int_equal(transaction->item_count, 1);
    *signature = (struct notary_signature){0};
    return handler_operation(call, "sign", next);
}

struct step
ledger_submit(struct call *call, const struct signed_transaction *transaction, bool validate_only,
              struct booked *booked, step_fn *next)
{
    const struct period_end_request *req = call_request(call);
    const struct application_period_ended *ended =
        &transaction->value.items[0].application_period_ended;

    assert_false(validate_only);
    assert_int_equal(transaction->value.item_count, 1);
    assert_int_equal(transaction->value.items[0].kind, ITEM_APPLICATION_PERIOD_ENDED);
    assert_true(slice_is(ended->application_no, APPLICATION));
    assert_int_equal(ended->revision, 4);
    assert_int_equal(ended->due_date, 20345);
    assert_int_equal(ended->state, req->state);
    memcpy(request_id, transaction->value.request_id, sizeof(request_id));
    *booked = (struct booked){0};
    return handler_operation(call, "book", next);
}

static void
check_found(const struct call *call)
{
    const struct rows *rows = call->response;

    assert_int_equal(rows->count, 1);
    assert_ptr_equal(rows->at, &due);
}

static void
what_is_over_is_found(void **state)
{
    struct handler_run run = {
        .method = &periods_over_method, .runtime = &runtime, .check = check_found};
    struct handler_seen seen = handler_play(&run);

    (void)state;
    assert_int_equal(seen.reason, REASON_NONE);
    handler_expect(&seen, "periods over");
    run.check = NULL;
    handler_play_mishaps(&run);
}

static void
play(enum application_state to)
{
    struct period_end_request request = {due, to};
    struct handler_run run = {
        .method = &period_end_method, .request = &request, .runtime = &runtime};
    struct handler_seen seen = handler_play(&run);

    assert_int_equal(seen.reason, REASON_NONE);
    handler_expect(&seen, "sign, book");
    handler_play_mishaps(&run);
}

/* Whoever asks for the same move, due on the same day, asks under the same id. */
static void
an_end_is_one_request_whoever_asks_for_it(void **state)
{
    uint8_t first[REQUEST_ID_SIZE];

    (void)state;
    play(APPLICATION_APPROVED);
    memcpy(first, request_id, sizeof(first));
    play(APPLICATION_APPROVED);
    assert_memory_equal(request_id, first, sizeof(first));
    play(APPLICATION_REVIEWED);
    assert_memory_not_equal(request_id, first, sizeof(first));
}

static int
setup(void **state)
{
    (void)state;
    handler_open_runtime(&runtime);
    due.application_no = slice_text(APPLICATION);
    due.account_no = slice_text("12345678901237");
    return 0;
}

static int
teardown(void **state)
{
    (void)state;
    handler_close_runtime(&runtime);
    return 0;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_over_is_found),
        cmocka_unit_test(an_end_is_one_request_whoever_asks_for_it),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
