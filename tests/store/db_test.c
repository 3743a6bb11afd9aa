/* db: values, statements and one connection, with a PostgreSQL at the other end that fails on cue.
 */
#include "db/conn.h"

#include "base/clock.h"
#include "db/sqlstate.h"

#include "db.h"

#include <event2/listener.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/un.h>
#include <unistd.h>

/* ------------------------------------------------------------------ a connection under test */

struct subject {
    struct fixture *fixture;
    struct conn *conn;
    bool is_ready, is_done, is_unreachable;
    struct db_outcome outcome;
    void (*check)(const struct db_result *const *results);
    int64_t number; /* the first column of the last statement's first row, if there is one */
    size_t last;
};

static void
on_ready(void *arg)
{
    struct subject *subject = arg;

    subject->is_ready = true;
}

static void
on_unreachable(void *arg)
{
    struct subject *subject = arg;

    subject->is_unreachable = true;
}

static void
open_subject(struct subject *subject, struct fixture *fixture, const struct conn_config *config)
{
    *subject = (struct subject){.fixture = fixture};
    subject->conn =
        conn_new(fixture->base, config, &(struct conn_events){.ready = on_ready, .arg = subject});
    fixture_run_until(fixture, &subject->is_ready);
}

static void
open_default(struct subject *subject, void **state)
{
    struct fixture *fixture = *state;
    struct conn_config config = conn_config_default(fixture->conninfo, "subject");

    open_subject(subject, fixture, &config);
}

static void
on_done(void *arg, const struct db_outcome *outcome, const struct db_result *const *results)
{
    struct subject *subject = arg;

    subject->is_done = true;
    subject->outcome = *outcome;
    if (results == NULL)
        return;
    if (subject->check != NULL)
        subject->check(results);
    else if (row_count(results[subject->last]) > 0)
        subject->number = row_int64(results[subject->last], 0, 0);
}

static void
begin_batch(struct subject *subject, const struct db_batch *batch)
{
    subject->is_done = false;
    subject->last = batch->count - 1;
    assert_true(conn_run(subject->conn, batch, on_done, subject));
    assert_false(subject->is_done);
}

static enum db_end
run_batch(struct subject *subject, const struct db_batch *batch)
{
    begin_batch(subject, batch);
    fixture_run_until(subject->fixture, &subject->is_done);
    return subject->outcome.end;
}

/* Runs up to four statements without parameters as one batch. */
static enum db_end
run(struct subject *subject, const struct db_statement *const statements[4])
{
    struct db_batch batch = {0};

    for (size_t i = 0; i < 4 && statements[i] != NULL; i++)
        batch_add(&batch, statements[i], NULL);
    return run_batch(subject, &batch);
}
#define STATEMENTS(...) ((const struct db_statement *const[4]){__VA_ARGS__})

static const struct db_statement one = {"one", "SELECT 1::int8"};
static const struct db_statement two = {"two", "SELECT 2::int8"};
static const struct db_statement divide = {"divide", "SELECT 1/0"};
static const struct db_statement sleep_long = {"sleep_long", "SELECT 1 FROM pg_sleep(60)"};
static const struct db_statement pid = {"pid", "SELECT pg_backend_pid()"};
static const struct db_statement insert = {"insert", "INSERT INTO kept VALUES (1)"};
static const struct db_statement count_kept = {"count_kept", "SELECT count(*) FROM kept"};
static const struct db_statement txid = {"txid", "SELECT pg_current_xact_id()::text::int8"};

/* ------------------------------------------------------------------ values */

static const struct db_statement echo = {
    "echo",
    "SELECT $1::int4, $2::int8, $3::text, $4::bytea, $5::text, $6::bytea",
};

static void
check_echo(const struct db_result *const *results)
{
    const struct db_result *row = results[0];

    assert_int_equal(row_count(row), 1);
    assert_int_equal(row_int32(row, 0, 0), INT32_MIN);
    assert_true(row_int64(row, 0, 1) == INT64_MIN);
    assert_true(slice_is(row_slice(row, 0, 2), "学分\t'\"\\"));
    assert_true(slice_equal(row_slice(row, 0, 3), slice_make("\0\xff\\", 3)));
    assert_false(row_is_null(row, 0, 4));
    assert_int_equal(row_slice(row, 0, 4).len, 0);
    assert_false(row_is_null(row, 0, 5));
    assert_int_equal(row_slice(row, 0, 5).len, 0);
}

static void
every_value_comes_back_as_it_was_sent(void **state)
{
    struct subject subject;
    struct db_batch batch = {0};

    open_default(&subject, state);
    struct db_params *params = params_new(subject.fixture->arena);

    params_add_int4(params, INT32_MIN);
    params_add_int8(params, INT64_MIN);
    params_add_text(params, slice_text("学分\t'\"\\"));
    params_add_bytes(params, slice_make("\0\xff\\", 3));
    params_add_text(params, slice_make(NULL, 0));
    params_add_bytes(params, slice_make(NULL, 0));
    batch_add(&batch, &echo, params);
    subject.check = check_echo;
    assert_int_equal(run_batch(&subject, &batch), DB_OK);
    conn_free(subject.conn);
}

static const struct db_statement echo_arrays = {
    "echo_arrays",
    "SELECT * FROM unnest($1::bool[], $2::int2[], $3::int4[], $4::int8[], $5::text[], $6::bytea[])",
};

static void
check_arrays(const struct db_result *const *results)
{
    const struct db_result *rows = results[0];

    assert_int_equal(row_count(rows), 3);
    for (int column = 0; column < 6; column++)
        assert_true(row_is_null(rows, 1, column));
    assert_true(row_bool(rows, 0, 0));
    assert_false(row_bool(rows, 2, 0));
    assert_int_equal(row_int32(rows, 0, 1), -2);
    assert_int_equal(row_int64(rows, 0, 1), -2);
    assert_int_equal(row_int32(rows, 2, 1), INT16_MAX);
    assert_int_equal(row_int32(rows, 0, 2), -4);
    assert_int_equal(row_int32(rows, 2, 2), INT32_MAX);
    assert_int_equal(row_int64(rows, 0, 3), -8);
    assert_true(row_int64(rows, 2, 3) == INT64_MAX);
    assert_true(slice_is(row_slice(rows, 0, 4), "{\"a\",NULL}"));
    assert_true(slice_is(row_slice(rows, 2, 4), ""));
    assert_true(slice_equal(row_slice(rows, 0, 5), slice_make("\0\1", 2)));
    assert_int_equal(row_slice(rows, 2, 5).len, 0);
}

static void
arrays_of_every_type_come_back_with_their_nulls(void **state)
{
    static const enum db_type types[] = {DB_BOOL, DB_INT2, DB_INT4, DB_INT8, DB_TEXT, DB_BYTES};
    struct subject subject;
    struct db_batch batch = {0};
    struct db_array a[6];

    open_default(&subject, state);
    struct db_params *params = params_new(subject.fixture->arena);

    for (size_t i = 0; i < 6; i++)
        array_begin(&a[i], subject.fixture->arena, types[i], i); /* most have to grow */
    array_add_bool(&a[0], true);
    array_add_int2(&a[1], -2);
    array_add_int4(&a[2], -4);
    array_add_int8(&a[3], -8);
    array_add_text(&a[4], slice_text("{\"a\",NULL}"));
    array_add_bytes(&a[5], slice_make("\0\1", 2));
    for (size_t i = 0; i < 6; i++)
        array_add_null(&a[i]);
    array_add_bool(&a[0], false);
    array_add_int2(&a[1], INT16_MAX);
    array_add_int4(&a[2], INT32_MAX);
    array_add_int8(&a[3], INT64_MAX);
    array_add_text(&a[4], slice_text(""));
    array_add_bytes(&a[5], slice_make(NULL, 0));
    for (size_t i = 0; i < 6; i++)
        params_add_array(params, &a[i]);
    batch_add(&batch, &echo_arrays, params);
    subject.check = check_arrays;
    assert_int_equal(run_batch(&subject, &batch), DB_OK);
    conn_free(subject.conn);
}

static const struct db_statement sum_array = {
    "sum_array",
    "SELECT coalesce(sum(x), 0)::int8 FROM unnest($1::int8[]) x WHERE x <> ALL ($2::int8[])",
};

static void
an_array_may_be_empty_or_long(void **state)
{
    struct subject subject;

    open_default(&subject, state);
    for (int64_t count = 0; count <= 100000; count += 100000) {
        struct arena *arena = subject.fixture->arena;
        struct db_params *params = params_new(arena);
        struct db_batch batch = {0};
        struct db_array numbers, none;

        array_begin(&numbers, arena, DB_INT8, 0);
        array_begin(&none, arena, DB_INT8, 0);
        for (int64_t i = 1; i <= count; i++)
            array_add_int8(&numbers, i);
        params_add_array(params, &numbers);
        params_add_array(params, &none);
        batch_add(&batch, &sum_array, params);
        assert_int_equal(run_batch(&subject, &batch), DB_OK);
        assert_int_equal(subject.number, count * (count + 1) / 2);
    }
    conn_free(subject.conn);
}

/* ------------------------------------------------------------------ batches */

static const struct db_statement count_prepared = {
    "count_prepared",
    "SELECT count(*) FROM pg_prepared_statements WHERE name = 'one'",
};

static void
a_statement_is_prepared_once_a_connection(void **state)
{
    struct subject subject;

    open_default(&subject, state);
    assert_int_equal(run(&subject, STATEMENTS(&one, &one, &two)), DB_OK);
    assert_int_equal(run(&subject, STATEMENTS(&one)), DB_OK);
    assert_int_equal(run(&subject, STATEMENTS(&one, &count_prepared)), DB_OK);
    assert_int_equal(subject.number, 1);
    conn_free(subject.conn);
}

static void
check_order(const struct db_result *const *results)
{
    assert_int_equal(row_int64(results[0], 0, 0), 2);
    assert_int_equal(row_int64(results[1], 0, 0), 1);
    assert_int_equal(row_affected(results[2]), 1);
    assert_int_equal(row_int64(results[3], 0, 0), 2);
}

static void
the_results_of_a_batch_stand_in_its_order(void **state)
{
    struct subject subject;

    open_default(&subject, state);
    fixture_sql(subject.fixture, "DROP TABLE IF EXISTS kept; CREATE TABLE kept (n int)");
    subject.check = check_order;
    assert_int_equal(run(&subject, STATEMENTS(&two, &one, &insert, &two)), DB_OK);
    conn_free(subject.conn);
}

static void
what_fails_in_the_middle_undoes_the_batch_and_leaves_the_connection(void **state)
{
    struct subject subject;

    open_default(&subject, state);
    fixture_sql(subject.fixture, "DROP TABLE IF EXISTS kept; CREATE TABLE kept (n int)");
    assert_int_equal(run(&subject, STATEMENTS(&one, &insert, &divide, &two)), DB_FAILED);
    assert_int_equal(subject.outcome.failed, 2);
    assert_string_equal(subject.outcome.statement, "divide");
    assert_string_equal(subject.outcome.sqlstate, "22012"); /* division_by_zero */
    assert_int_equal(subject.outcome.reason, REASON_INTERNAL_ERROR);

    /* "two" was skipped with its Parse, so it is prepared now. */
    assert_int_equal(run(&subject, STATEMENTS(&two, &count_kept)), DB_OK);
    assert_int_equal(subject.number, 0);
    conn_free(subject.conn);
}

static void
a_transaction_goes_on_from_batch_to_batch(void **state)
{
    struct subject subject;

    open_default(&subject, state);
    fixture_sql(subject.fixture, "DROP TABLE IF EXISTS kept; CREATE TABLE kept (n int)");
    assert_int_equal(run(&subject, STATEMENTS(&db_begin, &insert, &txid)), DB_OK);
    int64_t first = subject.number;

    assert_int_equal(run(&subject, STATEMENTS(&txid)), DB_OK);
    assert_int_equal(subject.number, first);
    assert_int_equal(fixture_number(subject.fixture, count_kept.sql), 0);
    assert_int_equal(run(&subject, STATEMENTS(&insert, &db_commit)), DB_OK);
    assert_int_equal(fixture_number(subject.fixture, count_kept.sql), 2);
    conn_free(subject.conn);
}

static void
a_failed_transaction_cannot_be_committed_only_rolled_back(void **state)
{
    struct subject subject;

    open_default(&subject, state);
    fixture_sql(subject.fixture, "DROP TABLE IF EXISTS kept; CREATE TABLE kept (n int)");
    assert_int_equal(run(&subject, STATEMENTS(&db_begin, &insert)), DB_OK);
    assert_int_equal(run(&subject, STATEMENTS(&divide, &db_commit)), DB_FAILED);
    assert_int_equal(run(&subject, STATEMENTS(&db_rollback)), DB_OK);

    assert_int_equal(run(&subject, STATEMENTS(&db_begin, &insert)), DB_OK);
    assert_int_equal(run(&subject, STATEMENTS(&divide)), DB_FAILED);
    assert_int_equal(run(&subject, STATEMENTS(&db_commit)), DB_FAILED);
    assert_string_equal(subject.outcome.sqlstate, "25P02");
    assert_int_equal(run(&subject, STATEMENTS(&count_kept)), DB_OK);
    assert_int_equal(subject.number, 0);
    conn_free(subject.conn);
}

static const struct db_statement echo_bytes = {"echo_bytes", "SELECT $1::bytea, length($1)::int8"};

static void
check_long(const struct db_result *const *results)
{
    for (size_t i = 0; i < 8; i++) {
        assert_int_equal(row_slice(results[i], 0, 0).len, 1 << 20);
        assert_int_equal(row_int64(results[i], 0, 1), 1 << 20);
    }
}

static void
much_may_go_both_ways_at_once(void **state)
{
    struct subject subject;
    struct db_batch batch = {0};

    open_default(&subject, state);
    struct db_params *params = params_new(subject.fixture->arena);

    /* 8 MB each way, more than sockets hold: whoever only sends would wait for ever. */
    params_add_bytes(params, slice_make(arena_alloc(subject.fixture->arena, 1 << 20), 1 << 20));
    for (int i = 0; i < 8; i++)
        batch_add(&batch, &echo_bytes, params);
    subject.check = check_long;
    assert_int_equal(run_batch(&subject, &batch), DB_OK);
    conn_free(subject.conn);
}

/* ------------------------------------------------------------------ losing the connection */

/* Runs statements 2 and 3 in a transaction, and ends the server's process meanwhile. */
static enum db_end
run_and_kill(struct subject *subject, const struct db_statement *first,
             const struct db_statement *second)
{
    struct db_batch batch = {0};

    assert_int_equal(run(subject, STATEMENTS(&db_begin, &pid)), DB_OK);
    batch_add(&batch, first, NULL);
    batch_add(&batch, second, NULL);
    begin_batch(subject, &batch);
    fixture_sql(subject->fixture, "SELECT pg_terminate_backend(%d)", (int)subject->number);
    fixture_run_until(subject->fixture, &subject->is_done);
    return subject->outcome.end;
}

static void
a_connection_that_goes_before_a_commit_was_sent_is_lost(void **state)
{
    struct subject subject;

    open_default(&subject, state);
    assert_int_equal(run_and_kill(&subject, &sleep_long, &two), DB_LOST);
    assert_int_equal(subject.outcome.reason, REASON_DATABASE_UNAVAILABLE);
    conn_free(subject.conn);
}

static void
a_connection_that_goes_after_a_commit_was_sent_leaves_the_outcome_unknown(void **state)
{
    struct subject subject;

    open_default(&subject, state);
    assert_int_equal(run_and_kill(&subject, &sleep_long, &db_commit), DB_UNKNOWN);
    assert_int_equal(subject.outcome.reason, REASON_RESULT_UNKNOWN);
    conn_free(subject.conn);
}

static const struct db_statement end_myself = {
    "end_myself",
    "SELECT pg_terminate_backend(pg_backend_pid())",
};

static void
a_statement_without_a_transaction_commits_by_itself(void **state)
{
    struct subject subject;

    open_default(&subject, state);
    assert_int_equal(run(&subject, STATEMENTS(&end_myself)), DB_UNKNOWN);
    assert_string_equal(subject.outcome.sqlstate, "57P01"); /* admin_shutdown */
    conn_free(subject.conn);
}

static void
a_transaction_lost_between_two_batches_is_not_mistaken_for_the_next(void **state)
{
    struct subject subject;
    struct db_batch batch = {0};

    open_default(&subject, state);
    assert_int_equal(run(&subject, STATEMENTS(&db_begin, &pid)), DB_OK);
    subject.is_ready = false;
    fixture_sql(subject.fixture, "SELECT pg_terminate_backend(%d)", (int)subject.number);
    fixture_run_until(subject.fixture, &subject.is_ready);
    batch_add(&batch, &one, NULL);
    assert_false(conn_run(subject.conn, &batch, on_done, &subject));
    assert_int_equal(run_batch(&subject, &batch), DB_OK);
    assert_int_equal(run(&subject, STATEMENTS(&db_begin, &one, &db_rollback)), DB_OK);
    conn_free(subject.conn);
}

/* It waits for what may be stuck no longer than it has to. */
static void
nothing_is_sent_behind_what_began_long_ago(void **state)
{
    struct fixture *fixture = *state;
    struct conn_config config = conn_config_default(fixture->conninfo, "subject");
    struct subject subject;
    struct db_batch known = {0};
    int64_t began_us;

    config.behind_max_ms = 1;
    open_subject(&subject, fixture, &config);
    batch_add(&known, &one, NULL);
    assert_int_equal(run_batch(&subject, &known), DB_OK);
    begin_batch(&subject, &known);
    for (began_us = clock_monotonic_us(); clock_monotonic_us() - began_us <= 1000;)
        continue;
    assert_false(conn_takes_behind(subject.conn, &known));
    /* Who asked a moment before may have been told that it is: then it is sent all the same. */
    assert_true(conn_run(subject.conn, &known, on_done, &subject));
    fixture_run_until(fixture, &subject.is_done);
    conn_free(subject.conn);
}

static void
only_what_is_prepared_and_outside_of_transactions_is_sent_behind(void **state)
{
    struct fixture *fixture = *state;
    struct conn_config config = conn_config_default(fixture->conninfo, "subject");
    struct subject subject;
    struct db_batch known = {0}, unknown = {0}, begin = {0};

    config.behind_max_ms = 60000;
    open_subject(&subject, fixture, &config);
    batch_add(&known, &one, NULL);
    batch_add(&unknown, &two, NULL);
    batch_add(&begin, &db_begin, NULL);
    assert_int_equal(run_batch(&subject, &known), DB_OK);
    assert_false(conn_takes_behind(subject.conn, &known)); /* nothing is under way */
    begin_batch(&subject, &known);
    assert_true(conn_takes_behind(subject.conn, &known));
    assert_false(conn_takes_behind(subject.conn, &unknown));
    assert_false(conn_takes_behind(subject.conn, &begin));
    fixture_run_until(subject.fixture, &subject.is_done);
    begin_batch(&subject, &begin);
    assert_false(conn_takes_behind(subject.conn, &known));
    fixture_run_until(subject.fixture, &subject.is_done);
    begin_batch(&subject, &known); /* in the transaction */
    assert_false(conn_takes_behind(subject.conn, &known));
    fixture_run_until(subject.fixture, &subject.is_done);
    conn_free(subject.conn);
}

static void
a_connection_comes_back_when_the_server_does(void **state)
{
    struct subject subject;
    struct db_batch batch = {0};

    open_default(&subject, state);
    batch_add(&batch, &one, NULL);
    subject.is_ready = false;
    fixture_cluster("halt");
    assert_int_equal(run_batch(&subject, &batch), DB_UNKNOWN);
    assert_false(conn_is_ready(subject.conn));
    assert_false(conn_run(subject.conn, &batch, on_done, &subject));
    fixture_cluster("resume");
    fixture_run_until(subject.fixture, &subject.is_ready);
    assert_int_equal(run_batch(&subject, &batch), DB_OK);
    assert_int_equal(subject.number, 1);
    conn_free(subject.conn);
}

static void
a_session_whose_plans_are_stale_is_made_anew(void **state)
{
    static const struct db_statement all_kept = {"all_kept", "SELECT * FROM kept"};
    struct subject subject;

    open_default(&subject, state);
    fixture_sql(subject.fixture, "DROP TABLE IF EXISTS kept; CREATE TABLE kept (n int)");
    assert_int_equal(run(&subject, STATEMENTS(&all_kept)), DB_OK);
    fixture_sql(subject.fixture, "ALTER TABLE kept ADD COLUMN m int");
    subject.is_ready = false;
    assert_int_equal(run(&subject, STATEMENTS(&all_kept)), DB_LOST);
    assert_string_equal(subject.outcome.sqlstate, "0A000"); /* feature_not_supported */
    fixture_run_until(subject.fixture, &subject.is_ready);
    assert_int_equal(run(&subject, STATEMENTS(&all_kept)), DB_OK);
    conn_free(subject.conn);
}

static void
a_connection_may_be_freed_with_a_batch_under_way(void **state)
{
    struct subject subject;
    struct db_batch batch = {0};

    open_default(&subject, state);
    batch_add(&batch, &sleep_long, NULL);
    begin_batch(&subject, &batch);
    conn_free(subject.conn);
    assert_false(subject.is_done);
}

/* ------------------------------------------------------------------ limits of time */

static void
the_server_ends_a_statement_that_takes_too_long(void **state)
{
    struct fixture *fixture = *state;
    struct conn_config config = conn_config_default(fixture->conninfo, "subject");
    struct subject subject;

    config.statement_timeout_ms = 200;
    open_subject(&subject, fixture, &config);
    assert_int_equal(run(&subject, STATEMENTS(&sleep_long)), DB_FAILED);
    assert_string_equal(subject.outcome.sqlstate, "57014"); /* query_canceled */
    assert_int_equal(subject.outcome.reason, REASON_DATABASE_TIMEOUT);
    assert_int_equal(run(&subject, STATEMENTS(&one)), DB_OK);
    conn_free(subject.conn);
}

static void
the_server_ends_waiting_for_a_lock(void **state)
{
    static const struct db_statement lock = {"lock", "SELECT pg_advisory_xact_lock(7)::text"};
    static const struct db_statement hold = {"hold", "SELECT 1 FROM pg_advisory_xact_lock(7)"};
    struct fixture *fixture = *state;
    struct conn_config config = conn_config_default(fixture->conninfo, "subject");
    struct subject subject, holder;

    config.lock_timeout_ms = 50;
    open_subject(&subject, fixture, &config);
    open_default(&holder, state);
    assert_int_equal(run(&holder, STATEMENTS(&db_begin, &hold)), DB_OK);
    assert_int_equal(run(&subject, STATEMENTS(&lock)), DB_FAILED);
    assert_string_equal(subject.outcome.sqlstate, "55P03"); /* lock_not_available */
    assert_int_equal(subject.outcome.reason, REASON_DATABASE_TIMEOUT);
    conn_free(subject.conn);
    conn_free(holder.conn);
}

static void
a_server_that_does_not_answer_is_left(void **state)
{
    struct fixture *fixture = *state;
    struct conn_config config = conn_config_default(fixture->conninfo, "subject");
    struct subject subject;

    config.batch_timeout_ms = 300;
    open_subject(&subject, fixture, &config);
    assert_int_equal(run(&subject, STATEMENTS(&db_begin, &sleep_long)), DB_LOST);
    assert_int_equal(subject.outcome.reason, REASON_DATABASE_TIMEOUT);
    subject.is_ready = false;
    fixture_run_until(fixture, &subject.is_ready);
    assert_int_equal(run(&subject, STATEMENTS(&one)), DB_OK);
    conn_free(subject.conn);
}

static const struct db_statement settings = {
    "settings",
    "SELECT concat_ws(' ', current_setting('statement_timeout'), current_setting('lock_timeout'),"
    " current_setting('idle_in_transaction_session_timeout'),"
    " current_setting('client_encoding'), current_setting('application_name'))",
};

static void
check_settings(const struct db_result *const *results)
{
    assert_true(slice_is(row_slice(results[0], 0, 0), "10s 5s 300ms UTF8 subject"));
}

static void
a_session_has_the_limits_it_was_given(void **state)
{
    struct fixture *fixture = *state;
    struct conn_config config = conn_config_default(fixture->conninfo, "subject");
    struct subject subject;
    struct db_batch batch = {0};

    config.idle_in_transaction_timeout_ms = 300;
    open_subject(&subject, fixture, &config);
    subject.check = check_settings;
    assert_int_equal(run(&subject, STATEMENTS(&settings)), DB_OK);

    /* Whoever opens a transaction and freezes holds nothing for long. */
    subject.check = NULL;
    assert_int_equal(run(&subject, STATEMENTS(&db_begin, &one)), DB_OK);
    subject.is_ready = false;
    fixture_run_until(fixture, &subject.is_ready);
    batch_add(&batch, &db_commit, NULL);
    assert_false(conn_run(subject.conn, &batch, on_done, &subject));
    conn_free(subject.conn);
}

struct deaf_server {
    int accepted;
    bool is_tried_again;
};

static void
accept_and_say_nothing(struct evconnlistener *listener, evutil_socket_t fd, struct sockaddr *from,
                       int len, void *arg)
{
    struct deaf_server *server = arg;

    (void)listener, (void)fd, (void)from, (void)len;
    server->is_tried_again = ++server->accepted > 1;
}

static void
a_server_that_accepts_and_says_nothing_is_tried_again(void **state)
{
    struct fixture *fixture = *state;
    struct deaf_server server = {0};
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    char folder[] = "/tmp/creditbank-deaf.XXXXXX", conninfo[64];

    assert_non_null(mkdtemp(folder));
    snprintf(address.sun_path, sizeof(address.sun_path), "%s/.s.PGSQL.5432", folder);
    snprintf(conninfo, sizeof(conninfo), "host=%s", folder);
    struct evconnlistener *listener =
        evconnlistener_new_bind(fixture->base, accept_and_say_nothing, &server, 0, 5,
                                (struct sockaddr *)&address, sizeof(address));
    struct conn_config config = conn_config_default(conninfo, "subject");
    struct subject subject = {.fixture = fixture};

    assert_non_null(listener);
    config.connect_timeout_ms = 50;
    subject.conn =
        conn_new(fixture->base, &config, &(struct conn_events){.ready = on_ready, .arg = &subject});
    fixture_run_until(fixture, &server.is_tried_again);
    assert_false(subject.is_ready);
    conn_free(subject.conn);
    evconnlistener_free(listener);
    unlink(address.sun_path);
    rmdir(folder);
}

static void
says_that_the_database_cannot_be_reached(void **state)
{
    struct fixture *fixture = *state;
    struct conn_config config = conn_config_default("host=/nonexistent", "subject");
    struct subject subject = {.fixture = fixture};

    subject.conn = conn_new(
        fixture->base, &config,
        &(struct conn_events){.ready = on_ready, .unreachable = on_unreachable, .arg = &subject});
    fixture_run_until(fixture, &subject.is_unreachable);
    assert_false(conn_is_ready(subject.conn));
    conn_free(subject.conn);
}

/* ------------------------------------------------------------------ what the log shows */

static void
a_password_is_not_logged(void **state)
{
    struct fixture *fixture = *state;
    struct conn_config config =
        conn_config_default("host=/nonexistent user=nobody password=Tr0ub4dor", "subject");
    struct subject subject = {.fixture = fixture};
    FILE *log = tmpfile();
    int real = dup(STDERR_FILENO);
    char text[1024] = "";

    assert_true(dup2(fileno(log), STDERR_FILENO) >= 0);
    subject.conn =
        conn_new(fixture->base, &config, &(struct conn_events){.ready = on_ready, .arg = &subject});
    for (int i = 0; i < 3; i++)
        event_base_loop(fixture->base, EVLOOP_ONCE);
    assert_true(dup2(real, STDERR_FILENO) >= 0);
    close(real);
    rewind(log);
    assert_true(fread(text, 1, sizeof(text) - 1, log) > 0);
    fclose(log);
    assert_non_null(strstr(text, "/nonexistent"));
    assert_null(strstr(text, "Tr0ub4dor"));
    conn_free(subject.conn);
}

/* ------------------------------------------------------------------ what an SQLSTATE means */

static void
an_sqlstate_means_what_its_longest_prefix_says(void **state)
{
    static const struct {
        const char *code;
        enum reason reason;
    } cases[] = {
        {"40001", REASON_DATABASE_CONFLICT},
        {"40P01", REASON_DATABASE_CONFLICT},
        {"53100", REASON_DATABASE_FULL},
        {"53300", REASON_DATABASE_UNAVAILABLE},
        {"57014", REASON_DATABASE_TIMEOUT},
        {"57P01", REASON_DATABASE_UNAVAILABLE},
        {"57P03", REASON_DATABASE_UNAVAILABLE},
        {"55P03", REASON_DATABASE_TIMEOUT},
        {"23505", REASON_INTERNAL_ERROR},
        {"42601", REASON_INTERNAL_ERROR},
        {"", REASON_INTERNAL_ERROR},
        {"25P03", REASON_DATABASE_TIMEOUT},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++)
        assert_int_equal(sqlstate_find(cases[i].code)->reason, cases[i].reason);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_value_comes_back_as_it_was_sent),
        cmocka_unit_test(arrays_of_every_type_come_back_with_their_nulls),
        cmocka_unit_test(an_array_may_be_empty_or_long),
        cmocka_unit_test(a_statement_is_prepared_once_a_connection),
        cmocka_unit_test(the_results_of_a_batch_stand_in_its_order),
        cmocka_unit_test(what_fails_in_the_middle_undoes_the_batch_and_leaves_the_connection),
        cmocka_unit_test(a_transaction_goes_on_from_batch_to_batch),
        cmocka_unit_test(a_failed_transaction_cannot_be_committed_only_rolled_back),
        cmocka_unit_test(much_may_go_both_ways_at_once),
        cmocka_unit_test(a_connection_that_goes_before_a_commit_was_sent_is_lost),
        cmocka_unit_test(a_connection_that_goes_after_a_commit_was_sent_leaves_the_outcome_unknown),
        cmocka_unit_test(a_statement_without_a_transaction_commits_by_itself),
        cmocka_unit_test(a_transaction_lost_between_two_batches_is_not_mistaken_for_the_next),
        cmocka_unit_test(only_what_is_prepared_and_outside_of_transactions_is_sent_behind),
        cmocka_unit_test(nothing_is_sent_behind_what_began_long_ago),
        cmocka_unit_test(a_connection_comes_back_when_the_server_does),
        cmocka_unit_test(a_session_whose_plans_are_stale_is_made_anew),
        cmocka_unit_test(a_connection_may_be_freed_with_a_batch_under_way),
        cmocka_unit_test(the_server_ends_a_statement_that_takes_too_long),
        cmocka_unit_test(the_server_ends_waiting_for_a_lock),
        cmocka_unit_test(a_session_has_the_limits_it_was_given),
        cmocka_unit_test(a_server_that_does_not_answer_is_left),
        cmocka_unit_test(a_server_that_accepts_and_says_nothing_is_tried_again),
        cmocka_unit_test(says_that_the_database_cannot_be_reached),
        cmocka_unit_test(a_password_is_not_logged),
        cmocka_unit_test(an_sqlstate_means_what_its_longest_prefix_says),
    };

    return cmocka_run_group_tests(tests, fixture_setup, fixture_teardown);
}
