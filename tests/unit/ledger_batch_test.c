/*
 * The batch machine against a scripted connection: what it sends, and what
 * becomes of those who wait, above all while it waits for the ledger's lock. The
 * fixture's bank stands for the database, which answers when a test says so.
 */
#include "core_fixture.h"

#include "base/clock.h"
#include "flow/call_private.h"
#include "ledger/private.h"
#include "ledger/signer.h"
#include "store/opened_person.h"
#include "store/projection.h"

#include <stdio.h>

#define ARENA_BYTES ((size_t)8 << 20)
#define UNITS_MAX 64

struct conn {
    struct conn_events events;
};

/* The database, as a test writes it, and what was sent to it last. */
static struct {
    struct conn conn;
    bool is_there;
    struct world *world;
    struct log_head head;
    struct merkle_head signed_head; /* what is known to be signed */
    int64_t clock_us;               /* when the head is read */
    struct slice found_request;     /* empty: none stands in the log */
    bool has_account;               /* of the batch's first person */
    const struct opened_person *stored;
    conn_done_fn *done; /* a batch is under way */
    void *done_arg;
    char sent[256];
    size_t unit_count;
    struct missing_unit units[UNITS_MAX];
} db;

static struct ledger *the_ledger;

/* ------------------------------------------------------------------ db */

struct conn_config
conn_config_default(const char *conninfo, const char *name)
{
    return (struct conn_config){.conninfo = conninfo, .name = name};
}

struct conn *
conn_new(struct event_base *base, const struct conn_config *config,
         const struct conn_events *events)
{
    (void)base, (void)config;
    db.conn.events = *events;
    return &db.conn;
}

void
conn_free(struct conn *conn)
{
    assert_ptr_equal(conn, &db.conn);
}

bool
conn_is_ready(const struct conn *conn)
{
    (void)conn;
    return db.is_there;
}

bool
conn_run(struct conn *conn, const struct db_batch *batch, conn_done_fn *done, void *arg)
{
    size_t len = 0;

    (void)conn;
    if (!db.is_there)
        return false;
    assert_null(db.done);
    for (size_t i = 0; i < batch->count; i++)
        len += (size_t)snprintf(db.sent + len, sizeof(db.sent) - len, "%s%s", i > 0 ? ", " : "",
                                batch->commands[i].statement->name);
    db.done = done;
    db.done_arg = arg;
    return true;
}

/* The results of the statements that are sent together, by their places; nothing is in them. */
static const char places[DB_BATCH_MAX];

static const struct db_result *
result_at(size_t place)
{
    return (const void *)&places[place];
}

size_t
row_count(const struct db_result *result)
{
    if (result == result_at(1))
        return db.found_request.len > 0;
    assert_ptr_equal(result, result_at(2));
    return db.has_account;
}

/* ------------------------------------------------------------------ store */

const struct db_statement log_lock = {"lock", ""}, log_newest_head = {"head", ""};
static const struct db_statement find = {"find", ""}, load = {"load", ""}, store = {"store", ""},
                                 append_rows = {"append", ""}, find_persons = {"find persons", ""},
                                 store_persons = {"store persons", ""};

bool
log_read_head(const struct db_result *result, struct log_head *head, int64_t *db_now_us)
{
    (void)result;
    *head = db.head;
    *db_now_us = db.clock_us;
    return true;
}

void
log_find_requests(const struct log_request *requests, size_t count, struct arena *arena,
                  struct db_batch *batch)
{
    (void)requests, (void)count, (void)arena;
    batch_add(batch, &find, NULL);
}

void
log_read_found(const struct db_result *result, size_t row, struct log_found *found)
{
    (void)result, (void)row;
    *found = (struct log_found){.institution_id = slice_text("school"),
                                .request_id = db.found_request,
                                .entry = slice_text("another entry")};
}

void
opened_person_find(const struct hash *hashes, size_t count, struct arena *arena,
                   struct db_batch *batch)
{
    (void)hashes, (void)count, (void)arena;
    batch_add(batch, &find_persons, NULL);
}

size_t
opened_person_read(const struct db_result *result, size_t row)
{
    (void)result;
    return row;
}

void
opened_person_insert(const struct opened_person *const *persons, size_t count, struct arena *arena,
                     struct db_batch *batch)
{
    (void)arena;
    assert_int_equal(count, 1);
    db.stored = persons[0];
    batch_add(batch, &store_persons, NULL);
}

void
log_append_rows(const struct log_append *append, struct arena *arena, struct db_batch *batch)
{
    (void)append, (void)arena;
    batch_add(batch, &append_rows, NULL);
}

void
projection_load_missing(const struct world *world, struct arena *arena, struct db_batch *batch,
                        struct projection_load *load_of)
{
    (void)arena, (void)load_of;
    db.unit_count = world_missing_count(world);
    assert_true(db.unit_count <= UNITS_MAX);
    for (size_t i = 0; i < db.unit_count; i++)
        db.units[i] = world_missing(world, i);
    batch_add(batch, &load, NULL);
}

void
projection_loaded(struct world *world, const struct projection_load *load_of,
                  const struct db_result *const *results, size_t first, struct arena *arena)
{
    (void)load_of, (void)results, (void)first, (void)arena;
    for (size_t i = 0; i < db.unit_count; i++) {
        struct row_list rows = world_list(db.world, db.units[i].table, db.units[i].key);

        world_load_unit(world, db.units[i].table, db.units[i].key);
        for (size_t j = 0; j < rows.count; j++)
            world_load_row(world, db.units[i].table, rows.rows[j]);
    }
}

void
projection_store_changes(const struct world *world, struct arena *arena, struct db_batch *batch)
{
    (void)world, (void)arena;
    batch_add(batch, &store, NULL);
}

/* ------------------------------------------------------------------ notary and signer */

bool
notary_is_reachable(const struct notary *notary)
{
    (void)notary;
    return true;
}

struct signer *
signer_new(struct ledger *ledger, const char *conninfo)
{
    (void)ledger, (void)conninfo;
    return NULL;
}

void
signer_free(struct signer *signer)
{
    (void)signer;
}

/* A checkpoint covers at once what was committed. */
void
signer_add(struct signer *signer, const struct booking *booking)
{
    (void)signer;
    for (size_t i = 0; i < booking->count; i++)
        if (booking->submissions[i]->verdict == BOOKING_BOOKED)
            ledger_answer(waiting_of(booking->submissions[i]));
}

size_t
signer_waiting(const struct signer *signer)
{
    (void)signer;
    return 0;
}

bool
signer_is_level(const struct signer *signer)
{
    (void)signer;
    return true;
}

void
signer_head(const struct signer *signer, struct merkle_head *head)
{
    (void)signer;
    *head = db.signed_head;
}

/* ------------------------------------------------------------------ callers */

/* Somebody who submits a transaction, and how that ended. */
struct caller_seen {
    struct call *call;
    struct signed_transaction transaction;
    struct booked booked;
    bool has_ended;
    enum status status;
    enum reason reason;
    size_t refusal_count;
};

static struct step
answered(struct call *call)
{
    return call_reply(call, call_request(call));
}

static struct step
submit(struct call *call)
{
    /* The request is the test's own, and not constant. */
    struct caller_seen *seen = *(struct caller_seen *const *)call_request(call);

    return ledger_submit(call, &seen->transaction, false, &seen->booked, answered);
}

static void
on_end(void *arg, const struct call *call)
{
    struct caller_seen *seen = arg;

    assert_false(seen->has_ended);
    seen->has_ended = true;
    seen->status = call->status;
    seen->refusal_count = call->refusals.count;
    seen->reason = call->refusals.first != NULL ? call->refusals.first->reason : REASON_NONE;
}

/* Somebody submits this. */
static void
begin_submit(struct core_bank *bank, const struct transaction *value, struct caller_seen *seen)
{
    static const struct method method = {.name = "test/Submit", .start = submit};
    static struct runtime runtime;
    struct caller_seen **request = arena_alloc(bank->arena, sizeof(*request));

    runtime.ledger = the_ledger;
    *request = seen;
    seen->transaction.bytes = slice_text("transaction");
    seen->transaction.value = *value;
    seen->transaction.items = arena_array(bank->arena, 1, sizeof(struct slice));
    seen->call = call_new(&method, &runtime, arena_new(ARENA_BYTES));
    seen->call->request = request;
    seen->call->on_end = on_end;
    seen->call->on_end_arg = seen;
    call_start(seen->call, submit);
}

/* A result of account A under this number, by the holder of that key. */
static void
begin_call_of(struct core_bank *bank, enum core_key key, const char *outer_id,
              struct caller_seen *seen)
{
    struct item item = core_result(ACCOUNT_A, outer_id);
    struct transaction value = core_items(bank, key, &item, 1);

    memcpy(value.request_id, outer_id, strlen(outer_id));
    *seen = (struct caller_seen){0};
    begin_submit(bank, &value, seen);
}

static void
begin_call(struct core_bank *bank, const char *outer_id, struct caller_seen *seen)
{
    begin_call_of(bank, SCHOOL, outer_id, seen);
}

#define ACCOUNT_NEW "10000000000040"
#define ACCOUNT_NEWER "10000000000057"

/* The school opens an account for a person, always the same, who was sealed so long before. */
static void
begin_opening(struct core_bank *bank, const char *account_no, int64_t age_us,
              struct caller_seen *seen)
{
    struct opened_person *person = arena_alloc(bank->arena, sizeof(*person));
    struct item item = core_opened(account_no);
    struct transaction value = core_items(bank, SCHOOL, &item, 1);

    memcpy(value.request_id, account_no, strlen(account_no));
    person->account_no = item.account_opened.account_no;
    person->index_hash.bytes[0] = 1;
    person->seal_time_us = bank->position.booked_at_us - age_us;
    *seen = (struct caller_seen){.transaction.opened = {1, person}};
    begin_submit(bank, &value, seen);
}

/* The batch under way ends like this. */
static void
answer_with(enum db_end end, enum reason reason)
{
    const struct db_result *results[DB_BATCH_MAX];
    struct db_outcome outcome = {.end = end, .reason = reason, .statement = "lock"};
    conn_done_fn *done = db.done;

    assert_non_null(done);
    for (size_t i = 0; i < DB_BATCH_MAX; i++)
        results[i] = result_at(i);
    db.done = NULL;
    db.sent[0] = '\0';
    done(db.done_arg, &outcome, end == DB_OK ? results : NULL);
    while (call_run_ready())
        continue;
}

static void
answer(void)
{
    answer_with(DB_OK, REASON_NONE);
}

/* All that is left of a batch goes well. */
static void
finish(void)
{
    for (int i = 0; db.done != NULL; i++) {
        assert_true(i < 10);
        answer();
    }
}

static int
setup(void **state)
{
    static const struct ledger_config config = {
        .conninfo = "",
        .limits = {.queue_transactions = 10,
                   .batch_transactions = 10,
                   .batch_items = 100,
                   .batch_bytes = 100000},
    };
    int failed = core_bank_setup(state);
    struct core_bank *bank = *state;

    memset(&db, 0, sizeof(db));
    db.is_there = true;
    db.world = bank->world;
    db.head.booked_at_us = db.clock_us = bank->position.booked_at_us;
    clock_set_us(bank->position.booked_at_us);
    the_ledger = ledger_new(NULL, &config);
    db.conn.events.ready(db.conn.events.arg);
    return failed;
}

static int
teardown(void **state)
{
    ledger_free(the_ledger);
    clock_set_us(-1);
    return core_bank_teardown(state);
}

/* ------------------------------------------------------------------ the tests */

static void
books_what_came_while_it_waited_for_the_lock(void **state)
{
    struct caller_seen first, second, third;

    begin_call(*state, "r-1", &first);
    assert_string_equal(db.sent, "begin, lock");
    assert_int_equal(the_ledger->state, BATCH_LOCKING);
    begin_call(*state, "r-2", &second);
    answer();
    assert_string_equal(db.sent, "head, find, load");
    assert_int_equal(the_ledger->state, BATCH_ORDERING);
    begin_call(*state, "r-3", &third); /* the batch is full by now: it leads the next */
    answer();
    assert_string_equal(db.sent, "store, append, commit");
    assert_int_equal(the_ledger->state, BATCH_PERSISTING);
    assert_false(first.has_ended);
    answer();
    assert_true(first.has_ended);
    assert_int_equal(first.status, STATUS_OK);
    assert_int_equal(first.booked.entry_index, 0);
    assert_int_equal(second.booked.entry_index, 1);
    assert_false(third.has_ended);
    assert_string_equal(db.sent, "begin, lock");
    finish();
    assert_int_equal(third.status, STATUS_OK);
    assert_int_equal(the_ledger->state, BATCH_IDLE);
}

static void
stores_a_person_with_the_entry_that_opens_her_account(void **state)
{
    struct caller_seen first, second;

    begin_opening(*state, ACCOUNT_NEW, IDENTITY_CARRIED_US, &first);
    begin_opening(*state, ACCOUNT_NEWER, 0, &second);
    answer();
    assert_string_equal(db.sent, "head, find, find persons, load");
    while (strstr(db.sent, "commit") == NULL)
        answer();
    assert_string_equal(db.sent, "store, append, store persons, commit");
    assert_ptr_equal(db.stored, &first.transaction.opened.persons[0]);
    finish();
    assert_int_equal(first.status, STATUS_OK);
    assert_int_equal(second.reason, REASON_PERSON_HAS_ACCOUNT);
}

static void
gives_nobody_a_second_account(void **state)
{
    struct caller_seen seen;

    db.has_account = true;
    begin_opening(*state, ACCOUNT_NEW, 0, &seen);
    finish();
    assert_int_equal(seen.reason, REASON_PERSON_HAS_ACCOUNT);
    assert_null(db.stored);
}

static void
opens_no_account_for_who_was_sealed_longer_than_a_day_ago(void **state)
{
    struct caller_seen seen;

    begin_opening(*state, ACCOUNT_NEW, IDENTITY_CARRIED_US + 1, &seen);
    finish();
    assert_int_equal(seen.reason, REASON_SEALED_PERSON_EXPIRED);
    assert_null(db.stored);
}

/* Half of the room is for the others, whoever was first. */
static void
keeps_half_of_the_queue_from_one_institution(void **state)
{
    static const char *const ids[] = {"r-1", "r-2", "r-3", "r-4", "r-5"};
    struct caller_seen first[ARRAY_COUNT(ids)], sixth, other;

    for (size_t i = 0; i < ARRAY_COUNT(ids); i++)
        begin_call(*state, ids[i], &first[i]);
    begin_call(*state, "r-6", &sixth);
    assert_int_equal(sixth.reason, REASON_LEDGER_BUSY);
    begin_call_of(*state, SCHOOL_2, "r-7", &other);
    assert_false(other.has_ended);
    finish();
    assert_true(other.has_ended && other.reason != REASON_LEDGER_BUSY);
    for (size_t i = 0; i < ARRAY_COUNT(ids); i++)
        assert_int_equal(first[i].status, STATUS_OK);
}

/* As by a lock timeout: nobody waits longer, the transaction is rolled back, and on it goes. */
static void
fails_those_who_wait_when_the_lock_is_refused(void **state)
{
    struct caller_seen first, second, next;

    begin_call(*state, "r-1", &first);
    begin_call(*state, "r-2", &second);
    answer_with(DB_FAILED, REASON_LEDGER_BUSY);
    assert_int_equal(first.reason, REASON_LEDGER_BUSY);
    assert_int_equal(second.reason, REASON_LEDGER_BUSY);
    assert_string_equal(db.sent, "rollback");
    begin_call(*state, "r-3", &next);
    assert_string_equal(db.sent, "rollback");
    answer();
    assert_string_equal(db.sent, "begin, lock");
    finish();
    assert_int_equal(next.status, STATUS_OK);
}

static void
goes_down_when_the_connection_goes_after_a_refused_lock(void **state)
{
    struct caller_seen first, next;

    begin_call(*state, "r-1", &first);
    answer_with(DB_FAILED, REASON_LEDGER_BUSY);
    db.is_there = false;
    answer_with(DB_LOST, REASON_DATABASE_UNAVAILABLE);
    assert_int_equal(the_ledger->state, BATCH_DOWN);
    begin_call(*state, "r-2", &next);
    assert_null(db.done);
    db.is_there = true;
    db.conn.events.ready(db.conn.events.arg);
    finish();
    assert_int_equal(next.status, STATUS_OK);
}

/* Nothing was executed yet, so nothing is unknown. */
static void
fails_those_who_wait_when_the_connection_is_lost_over_the_lock(void **state)
{
    struct caller_seen first, next;

    begin_call(*state, "r-1", &first);
    db.is_there = false;
    answer_with(DB_LOST, REASON_DATABASE_UNAVAILABLE);
    assert_int_equal(first.reason, REASON_DATABASE_UNAVAILABLE);
    assert_int_equal(the_ledger->state, BATCH_DOWN);
    begin_call(*state, "r-2", &next);
    assert_null(db.done);
    assert_false(next.has_ended);
    db.is_there = true;
    db.conn.events.ready(db.conn.events.arg);
    assert_string_equal(db.sent, "begin, lock");
    finish();
    assert_int_equal(next.status, STATUS_OK);
}

/* It went before the lock could be asked for: who came waits in the queue, and is booked later. */
static void
keeps_the_queue_until_the_connection_is_back(void **state)
{
    struct caller_seen seen[2];

    db.is_there = false;
    begin_call(*state, "r-1", &seen[0]);
    begin_call(*state, "r-2", &seen[1]);
    assert_int_equal(the_ledger->state, BATCH_DOWN);
    assert_int_equal(the_ledger->queue_count, 2);
    assert_false(seen[0].has_ended);
    db.is_there = true;
    db.conn.events.ready(db.conn.events.arg);
    finish();
    assert_int_equal(seen[0].status, STATUS_OK);
    assert_int_equal(seen[1].booked.entry_index, 1);
}

/* A batch is redone one by one, and the database goes: who comes then is not booked alone. */
static void
books_together_again_once_the_queue_was_refused(void **state)
{
    struct caller_seen seen[2], next[2];

    begin_call(*state, "r-1", &seen[0]);
    begin_call(*state, "r-2", &seen[1]);
    while (strstr(db.sent, "commit") == NULL)
        answer();
    answer_with(DB_FAILED, REASON_INTERNAL_ERROR);
    assert_string_equal(db.sent, "rollback");
    db.is_there = false;
    answer_with(DB_LOST, REASON_DATABASE_UNAVAILABLE);
    db.conn.events.unreachable(db.conn.events.arg);
    while (call_run_ready())
        continue;
    assert_int_equal(seen[1].reason, REASON_DATABASE_UNAVAILABLE);
    begin_call(*state, "r-3", &next[0]);
    begin_call(*state, "r-4", &next[1]);
    db.is_there = true;
    db.conn.events.ready(db.conn.events.arg);
    answer();
    assert_int_equal(the_ledger->queue_count, 0);
    finish();
    assert_int_equal(next[1].status, STATUS_OK);
}

/* Nobody waits without end: nothing of it was executed, and it may be sent again. */
static void
refuses_the_queue_where_the_database_does_not_come_back(void **state)
{
    struct caller_seen seen[2], next;

    db.is_there = false;
    begin_call(*state, "r-1", &seen[0]);
    begin_call(*state, "r-2", &seen[1]);
    db.conn.events.unreachable(db.conn.events.arg);
    while (call_run_ready())
        continue;
    assert_int_equal(seen[0].reason, REASON_DATABASE_UNAVAILABLE);
    assert_int_equal(seen[1].reason, REASON_DATABASE_UNAVAILABLE);
    assert_int_equal(the_ledger->queue_count, 0);
    begin_call(*state, "r-3", &next);
    db.is_there = true;
    db.conn.events.ready(db.conn.events.arg);
    finish();
    assert_int_equal(next.status, STATUS_OK);
}

/* Its head was the newest when it was read, under the lock, which then was lost while it was late.
 */
static void
a_head_that_comes_late_is_no_log_that_was_set_back(void **state)
{
    struct caller_seen late, next;

    begin_call(*state, "r-1", &late);
    answer();
    db.signed_head.size = 100;
    answer();
    assert_null(the_ledger->stopped);
    answer_with(DB_LOST, REASON_DATABASE_UNAVAILABLE);
    while (call_run_ready())
        continue;
    assert_int_equal(late.reason, REASON_DATABASE_UNAVAILABLE);
    begin_call(*state, "r-2", &next);
    db.conn.events.ready(db.conn.events.arg);
    finish();
    assert_int_equal(next.reason, REASON_LEDGER_STOPPED);
    assert_string_equal(the_ledger->stopped, RUNBOOK_REWOUND);
}

static void
books_nothing_when_writes_stop_over_the_lock(void **state)
{
    struct caller_seen first, late;

    begin_call(*state, "r-1", &first);
    ledger_stop(the_ledger, RUNBOOK_FORKED);
    begin_call(*state, "r-2", &late);
    assert_int_equal(late.reason, REASON_LEDGER_STOPPED);
    assert_false(first.has_ended);
    answer();
    assert_int_equal(first.reason, REASON_LEDGER_STOPPED);
    assert_string_equal(db.sent, "rollback");
    answer();
    assert_int_equal(the_ledger->state, BATCH_STOPPED);
    assert_null(db.done);
}

/* A worker that shuts down waits for its calls; a client that leaves ends none. */
static void
books_for_a_client_that_left_over_the_lock(void **state)
{
    struct caller_seen first;

    begin_call(*state, "r-1", &first);
    call_cancel(first.call);
    assert_false(first.has_ended);
    answer();
    answer();
    assert_string_equal(db.sent, "store, append, commit");
    finish();
    assert_int_equal(first.status, STATUS_CANCELLED);
}

/* The first one needs rows that no item names; the second is answered by the log already. */
static void
tells_of_a_reused_id_while_another_loads(void **state)
{
    struct core_bank *bank = *state;
    struct caller_seen first, second;
    struct item opened = core_opened("10000000000040"),
                activated = {
                    .kind = ITEM_ACCOUNT_ACTIVATED,
                    .account_activated = {slice_text("10000000000040")},
                };

    core_books(bank, SCHOOL, &opened);
    begin_call(bank, "r-1", &first);
    first.transaction.value = core_items(bank, SERVICE, &activated, 1);
    begin_call(bank, "r-2", &second);
    db.found_request = slice_make(second.transaction.value.request_id, REQUEST_ID_SIZE);
    answer();
    answer();
    assert_string_equal(db.sent, "load");
    finish();
    assert_int_equal(first.status, STATUS_OK);
    assert_int_equal(second.reason, REASON_REQUEST_ID_REUSED);
    assert_int_equal(second.refusal_count, 1);
}

/*
 * The two clocks agree; the answer that says so is on its way for a minute, as
 * where the machine is too busy to run the worker. Off by more, either way, they do not.
 */
static void
tells_a_slow_answer_from_a_wrong_clock(void **state)
{
    static const struct {
        int64_t asked_s, db_s, answered_s;
        bool books;
    } cases[] = {
        {0, 0, 0, true},  {0, 0, 60, true},   {0, 60, 60, true}, {0, 62, 60, true},
        {0, -2, 0, true}, {0, 63, 60, false}, {0, -3, 0, false}, {0, -3, 60, false},
    };
    struct core_bank *bank = *state;
    int64_t noon_us = bank->position.booked_at_us;

    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        char number[] = {'r', '-', (char)('0' + i), '\0'};
        struct caller_seen seen;

        clock_set_us(noon_us + cases[i].asked_s * 1000000);
        begin_call(bank, number, &seen);
        answer();
        db.clock_us = noon_us + cases[i].db_s * 1000000;
        clock_set_us(noon_us + cases[i].answered_s * 1000000);
        finish();
        assert_true(seen.has_ended);
        assert_int_equal(seen.reason, cases[i].books ? REASON_NONE : REASON_LEDGER_STOPPED);
    }
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(books_what_came_while_it_waited_for_the_lock),
        TEST(keeps_half_of_the_queue_from_one_institution),
        TEST(fails_those_who_wait_when_the_lock_is_refused),
        TEST(goes_down_when_the_connection_goes_after_a_refused_lock),
        TEST(fails_those_who_wait_when_the_connection_is_lost_over_the_lock),
        TEST(keeps_the_queue_until_the_connection_is_back),
        TEST(refuses_the_queue_where_the_database_does_not_come_back),
        TEST(books_together_again_once_the_queue_was_refused),
        TEST(a_head_that_comes_late_is_no_log_that_was_set_back),
        TEST(books_nothing_when_writes_stop_over_the_lock),
        TEST(books_for_a_client_that_left_over_the_lock),
        TEST(tells_a_slow_answer_from_a_wrong_clock),
        TEST(tells_of_a_reused_id_while_another_loads),
        TEST(stores_a_person_with_the_entry_that_opens_her_account),
        TEST(gives_nobody_a_second_account),
        TEST(opens_no_account_for_who_was_sealed_longer_than_a_day_ago),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
