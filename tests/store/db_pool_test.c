/* db: calls that wait for the pool, each woken exactly once, whatever happens meanwhile. */
#include "db/pool.h"

#include "base/clock.h"
#include "base/memory.h"
#include "flow/call_private.h"

#include "db.h"

#include <stdlib.h>

/* ------------------------------------------------------------------ calls under test */

/* What a call asks for; its request. */
struct question {
    const struct db_statement *statements[4];
    db_read_fn *read;
};

/* How it ended. */
struct ended {
    bool is_ended;
    int times;
    enum status status;
    const char *reason; /* code of the refusal, or "" */
    int64_t number;
};

struct answer {
    int64_t number;
};

static const struct db_statement seven = {"seven", "SELECT 7::int8"};
static const struct db_statement doze = {"doze", "SELECT 1::int8 FROM pg_sleep(0.5)"};
static const struct db_statement nothing = {"nothing", "SELECT 1::int8 WHERE false"};
static const struct db_statement divide = {"divide", "SELECT 1/0"};
static const struct db_statement insert = {"insert", "INSERT INTO booked VALUES (1)"};
static const struct db_statement end_myself = {
    "end_myself",
    "SELECT pg_terminate_backend(pg_backend_pid())",
};

#define COUNT_BOOKED "SELECT count(*) FROM booked"
#define RECREATE_BOOKED "DROP TABLE IF EXISTS booked; CREATE TABLE booked (n int UNIQUE)"

static const struct refusal_list *
read_number(struct call *call, const struct db_result *const *results, void *out)
{
    struct answer *answer = out;

    if (row_count(results[0]) == 0)
        return db_refusal(call, REASON_REQUEST_MALFORMED, "number", "%s", "none");
    answer->number = row_int64(results[0], 0, 0);
    return NULL;
}

static struct step
got_number(struct call *call)
{
    return call_reply(call, call_state(call));
}

static struct step
ask(struct call *call)
{
    const struct question *question = call_request(call);
    struct db_batch batch = {0};

    if (question->statements[1] == NULL)
        return db_query(call, question->statements[0], NULL, question->read, call_state(call),
                        got_number);
    for (size_t i = 0; i < 4 && question->statements[i] != NULL; i++)
        batch_add(&batch, question->statements[i], NULL);
    return db_run(call, &batch, question->read, call_state(call), got_number);
}

static const struct method method = {
    .name = "Test/Ask",
    .start = ask,
    .state_size = sizeof(struct answer),
};

static void
on_end(void *arg, const struct call *call)
{
    struct ended *ended = arg;

    ended->is_ended = true;
    ended->times++;
    ended->status = call->status;
    ended->reason =
        call->refusals.first != NULL ? reason_text(call->refusals.first->reason)->code : "";
    if (call->response != NULL)
        ended->number = ((const struct answer *)call->response)->number;
}

static struct runtime runtime;

/* A call not yet started, to which deadlines may be given. */
static struct call *
new_call(const struct question *question, struct ended *ended)
{
    struct call *call = call_new(&method, &runtime, arena_new((size_t)1 << 20));

    *ended = (struct ended){0};
    call->request = question;
    call->on_end = on_end;
    call->on_end_arg = ended;
    return call;
}

static struct call *
start_call(const struct question *question, struct ended *ended)
{
    struct call *call = new_call(question, ended);

    call_start(call, method.start);
    return call;
}

static void
expect(struct fixture *fixture, const struct ended *ended, enum status status, const char *reason)
{
    fixture_run_until(fixture, &ended->is_ended);
    assert_int_equal(ended->times, 1);
    assert_int_equal(ended->status, status);
    assert_string_equal(ended->reason, reason);
}

static struct pool *
open_pool(struct fixture *fixture, size_t conn_count, size_t queue_max, unsigned wait_ms)
{
    struct conn_config config = conn_config_default(fixture->conninfo, "pool");

    config.behind_max_ms = 60000; /* on however slow a machine */
    runtime.pool =
        pool_new(fixture->base,
                 &(struct pool_config){
                     .conn_count = conn_count, .queue_max = queue_max, .queue_wait_ms = wait_ms},
                 &config);
    return runtime.pool;
}

static const struct question ask_seven = {{&seven}, read_number};
static const struct question ask_doze = {{&doze}, read_number};

/* ------------------------------------------------------------------ the tests */

static void
a_call_gets_what_its_statement_says(void **state)
{
    struct fixture *fixture = *state;
    struct pool *pool = open_pool(fixture, 2, 10, 10000);
    struct ended ended[5];

    for (size_t i = 0; i < 5; i++)
        start_call(&ask_seven, &ended[i]);
    for (size_t i = 0; i < 5; i++) {
        expect(fixture, &ended[i], STATUS_OK, "");
        assert_int_equal(ended[i].number, 7);
    }
    pool_free(pool);
}

static void
a_row_that_must_be_there_refuses_the_call_when_it_is_not(void **state)
{
    static const struct question ask_nothing = {{&nothing}, read_number};
    struct fixture *fixture = *state;
    struct pool *pool = open_pool(fixture, 1, 10, 10000);
    struct ended ended;

    start_call(&ask_nothing, &ended);
    expect(fixture, &ended, STATUS_INVALID_ARGUMENT, "REQUEST_MALFORMED");
    pool_free(pool);
}

static void
several_statements_are_done_together_or_not_at_all(void **state)
{
    static const struct question bad = {{&insert, &divide}, NULL};
    static const struct question twice = {{&insert, &insert}, NULL};
    static const struct question good = {{&insert, &seven}, NULL};
    struct fixture *fixture = *state;
    struct pool *pool = open_pool(fixture, 1, 10, 10000);
    struct ended ended;

    fixture_sql(fixture, RECREATE_BOOKED);
    start_call(&bad, &ended);
    expect(fixture, &ended, STATUS_INTERNAL, "INTERNAL_ERROR");
    start_call(&twice, &ended); /* unique_violation: what should have been checked before */
    expect(fixture, &ended, STATUS_INTERNAL, "INTERNAL_ERROR");
    assert_int_equal(fixture_number(fixture, COUNT_BOOKED), 0);
    start_call(&good, &ended);
    expect(fixture, &ended, STATUS_OK, "");
    assert_int_equal(fixture_number(fixture, COUNT_BOOKED), 1);
    pool_free(pool);
}

static void
a_call_too_many_is_refused_at_once(void **state)
{
    struct fixture *fixture = *state;
    struct pool *pool = open_pool(fixture, 1, 2, 10000); /* not connected yet, so all queue */
    struct ended ended[3];

    for (size_t i = 0; i < 3; i++)
        start_call(&ask_seven, &ended[i]);
    assert_true(ended[2].is_ended);
    expect(fixture, &ended[2], STATUS_RESOURCE_EXHAUSTED, "DATABASE_BUSY");
    expect(fixture, &ended[0], STATUS_OK, "");
    expect(fixture, &ended[1], STATUS_OK, "");
    pool_free(pool);
}

static void
a_call_does_not_wait_for_ever_for_a_connection(void **state)
{
    struct fixture *fixture = *state;
    struct fixture nowhere = *fixture;
    struct ended patient, hasty;

    nowhere.conninfo = "host=/nonexistent";
    struct pool *pool = open_pool(&nowhere, 1, 10, 60);

    start_call(&ask_seven, &patient);
    struct call *call = new_call(&ask_seven, &hasty);

    call->deadline_us = clock_monotonic_us() + 5000;
    call_start(call, method.start);
    expect(fixture, &hasty, STATUS_DEADLINE_EXCEEDED, "DEADLINE_PASSED");
    expect(fixture, &patient, STATUS_UNAVAILABLE, "DATABASE_UNAVAILABLE");
    pool_free(pool);
}

static void
a_deadline_that_passes_during_the_statement_ends_the_call_and_not_the_connection(void **state)
{
    struct fixture *fixture = *state;
    struct pool *pool = open_pool(fixture, 1, 10, 10000);
    struct ended first, second;

    start_call(&ask_seven, &first);
    expect(fixture, &first, STATUS_OK, "");
    struct call *call = new_call(&ask_doze, &first);

    call->deadline_us = clock_monotonic_us() + 5000;
    call_start(call, method.start);
    start_call(&ask_seven, &second);
    expect(fixture, &first, STATUS_DEADLINE_EXCEEDED, "DEADLINE_PASSED");
    assert_false(second.is_ended);
    expect(fixture, &second, STATUS_OK, "");
    assert_int_equal(second.number, 7);
    pool_free(pool);
}

static void
a_client_that_leaves_the_queue_costs_no_statement(void **state)
{
    static const struct question ask_insert = {{&insert}, NULL};
    struct fixture *fixture = *state;
    struct pool *pool = open_pool(fixture, 1, 10, 10000);
    struct ended gone, stays;

    fixture_sql(fixture, RECREATE_BOOKED);
    call_cancel(start_call(&ask_insert, &gone));
    start_call(&ask_seven, &stays);
    expect(fixture, &gone, STATUS_CANCELLED, "");
    expect(fixture, &stays, STATUS_OK, "");
    assert_int_equal(fixture_number(fixture, COUNT_BOOKED), 0);
    pool_free(pool);
}

static int reads;

static const struct refusal_list *
count_reads(struct call *call, const struct db_result *const *results, void *out)
{
    reads++;
    return read_number(call, results, out);
}

static void
what_a_client_asked_for_that_has_left_is_not_read(void **state)
{
    static const struct question ask_counted = {{&doze}, count_reads};
    struct fixture *fixture = *state;
    struct pool *pool = open_pool(fixture, 1, 10, 10000);
    struct ended first, gone;

    start_call(&ask_seven, &first);
    expect(fixture, &first, STATUS_OK, "");
    reads = 0;
    call_cancel(start_call(&ask_counted, &gone)); /* under way at once: there is a connection */
    expect(fixture, &gone, STATUS_CANCELLED, "");
    assert_int_equal(reads, 0);
    pool_free(pool);
}

/* A pool of one connection, on which the statements of these questions are prepared. */
static struct pool *
open_prepared(struct fixture *fixture, const struct question *const *questions, size_t count)
{
    struct pool *pool = open_pool(fixture, 1, 10, 10000);
    struct ended ended;

    for (size_t i = 0; i < count; i++) {
        start_call(questions[i], &ended);
        fixture_run_until(fixture, &ended.is_ended);
    }
    return pool;
}

static void
what_is_behind_a_statement_that_fails_is_done_all_the_same(void **state)
{
    static const struct question ask_divide = {{&divide}, NULL};
    const struct question *const questions[] = {&ask_seven, &ask_divide};
    struct fixture *fixture = *state;
    struct pool *pool = open_prepared(fixture, questions, 2);
    struct ended ended[3];

    start_call(&ask_divide, &ended[0]);
    start_call(&ask_seven, &ended[1]);
    start_call(&ask_divide, &ended[2]);
    expect(fixture, &ended[0], STATUS_INTERNAL, "INTERNAL_ERROR");
    expect(fixture, &ended[1], STATUS_OK, "");
    assert_int_equal(ended[1].number, 7);
    expect(fixture, &ended[2], STATUS_INTERNAL, "INTERNAL_ERROR");
    pool_free(pool);
}

static void
what_was_sent_behind_is_lost_with_the_connection_and_what_waits_is_not(void **state)
{
    const struct question *const questions[] = {&ask_seven, &ask_doze};
    struct fixture *fixture = *state;
    struct pool *pool = open_prepared(fixture, questions, 2);
    struct ended ended[3];

    start_call(&ask_doze, &ended[0]);
    start_call(&ask_seven, &ended[1]);
    start_call(&ask_seven, &ended[2]);
    fixture_sql(fixture, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                         " WHERE query LIKE '%%pg_sleep(0.5)' AND pid <> pg_backend_pid()");
    expect(fixture, &ended[0], STATUS_UNAVAILABLE, "DATABASE_UNAVAILABLE");
    expect(fixture, &ended[1], STATUS_UNAVAILABLE, "DATABASE_UNAVAILABLE");
    expect(fixture, &ended[2], STATUS_OK, "");
    pool_free(pool);
}

static void
a_lost_connection_fails_its_call_only(void **state)
{
    static const struct question ask_end = {{&end_myself}, NULL};
    struct fixture *fixture = *state;
    struct pool *pool = open_pool(fixture, 1, 10, 10000);
    struct ended ended[2];

    start_call(&ask_end, &ended[0]);
    start_call(&ask_seven, &ended[1]);
    expect(fixture, &ended[0], STATUS_UNAVAILABLE, "DATABASE_UNAVAILABLE");
    expect(fixture, &ended[1], STATUS_OK, "");
    pool_free(pool);
}

/* A pool refuses, as it should, whoever waits longer than it lets them for the first connection. */
static void
await_answer(struct fixture *fixture)
{
    struct ended ended;

    do {
        start_call(&ask_seven, &ended);
        fixture_run_until(fixture, &ended.is_ended);
    } while (ended.status == STATUS_UNAVAILABLE);
    expect(fixture, &ended, STATUS_OK, "");
}

static void
calls_fail_while_the_database_is_away_and_work_when_it_is_back(void **state)
{
    struct fixture *fixture = *state;
    struct pool *pool = open_pool(fixture, 2, 10, 100);
    struct ended ended;

    await_answer(fixture);
    fixture_cluster("halt");
    for (int i = 0; i < 3; i++) {
        start_call(&ask_seven, &ended);
        expect(fixture, &ended, STATUS_UNAVAILABLE, "DATABASE_UNAVAILABLE");
    }
    fixture_cluster("resume");
    await_answer(fixture);
    pool_free(pool);
}

static void
every_call_ends_once_however_often_connections_are_killed(void **state)
{
    struct fixture *fixture = *state;
    struct pool *pool = open_pool(fixture, 4, 100, 10000);
    struct ended ended[50];
    int good = 0;

    for (int round = 0; round < 20; round++) {
        for (size_t i = 0; i < ARRAY_COUNT(ended); i++)
            start_call(&ask_seven, &ended[i]);
        fixture_run_until(fixture, &ended[(size_t)round * 2].is_ended);
        fixture_sql(fixture, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                             " WHERE application_name = 'pool'");
        for (size_t i = 0; i < ARRAY_COUNT(ended); i++) {
            fixture_run_until(fixture, &ended[i].is_ended);
            assert_int_equal(ended[i].times, 1);
            assert_true(ended[i].status == STATUS_OK || ended[i].status == STATUS_UNAVAILABLE);
            good += ended[i].status == STATUS_OK && ended[i].number == 7;
        }
    }
    /* At most what was sent on each of 4 connections is lost: what ran, and what was behind it. */
    assert_true(good >= 20 * (50 - 2 * 4));
    pool_free(pool);
}

static void
a_pool_that_goes_refuses_its_calls(void **state)
{
    struct fixture *fixture = *state;
    struct pool *pool = open_pool(fixture, 1, 10, 10000);
    struct ended running, queued;

    start_call(&ask_seven, &running);
    expect(fixture, &running, STATUS_OK, "");
    start_call(&ask_doze, &running);
    start_call(&ask_doze, &queued);
    pool_free(pool);
    expect(fixture, &running, STATUS_UNAVAILABLE, "DATABASE_UNAVAILABLE");
    expect(fixture, &queued, STATUS_UNAVAILABLE, "DATABASE_UNAVAILABLE");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_call_gets_what_its_statement_says),
        cmocka_unit_test(a_row_that_must_be_there_refuses_the_call_when_it_is_not),
        cmocka_unit_test(several_statements_are_done_together_or_not_at_all),
        cmocka_unit_test(a_call_too_many_is_refused_at_once),
        cmocka_unit_test(a_call_does_not_wait_for_ever_for_a_connection),
        cmocka_unit_test(
            a_deadline_that_passes_during_the_statement_ends_the_call_and_not_the_connection),
        cmocka_unit_test(a_client_that_leaves_the_queue_costs_no_statement),
        cmocka_unit_test(what_a_client_asked_for_that_has_left_is_not_read),
        cmocka_unit_test(what_is_behind_a_statement_that_fails_is_done_all_the_same),
        cmocka_unit_test(what_was_sent_behind_is_lost_with_the_connection_and_what_waits_is_not),
        cmocka_unit_test(a_lost_connection_fails_its_call_only),
        cmocka_unit_test(calls_fail_while_the_database_is_away_and_work_when_it_is_back),
        cmocka_unit_test(every_call_ends_once_however_often_connections_are_killed),
        cmocka_unit_test(a_pool_that_goes_refuses_its_calls),
    };

    return cmocka_run_group_tests(tests, fixture_setup, fixture_teardown);
}
