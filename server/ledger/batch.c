/* The batch machine; ledger/private.h draws it. */
#include "base/clock.h"
#include "base/log.h"
#include "base/memory.h"
#include "db/sqlstate.h"
#include "ledger/private.h"
#include "ledger/signer.h"
#include "store/opened_person.h"
#include "store/projection.h"

#include <assert.h>

/*
 * Memory of a batch: of its world, with the rows it reads and writes, and of
 * what is sent. Rows grow with the bytes that were signed: a course of a
 * programme takes 15 of them and 300 in the world.
 */
#define BUDGET_BASE ((size_t)64 << 20)
#define BUDGET_PER_BYTE 40

/* A worker whose clock is so far off books nothing: its times would be wrong for ever. */
#define CLOCK_OFF_MAX_US ((int64_t)2 * 1000000)
#define CLOCK_BEHIND_MAX_US ((int64_t)5 * 1000000)

/*
 * Results of ordering: head, requests; who has an account, where accounts are opened; then what
 * was foreseen.
 */
enum { ORDER_HEAD, ORDER_REQUESTS, ORDER_PERSONS };

static void begin(struct ledger *ledger);

static void
move(struct ledger *ledger, enum batch_state to)
{
    static const unsigned allowed[] = {
        [BATCH_DOWN] = 1u << BATCH_IDLE,
        [BATCH_IDLE] = 1u << BATCH_LOCKING | 1u << BATCH_DOWN | 1u << BATCH_STOPPED,
        [BATCH_LOCKING] = 1u << BATCH_ORDERING | 1u << BATCH_ROLLING_BACK | 1u << BATCH_DOWN,
        [BATCH_ORDERING] = 1u << BATCH_LOADING | 1u << BATCH_PERSISTING | 1u << BATCH_ROLLING_BACK |
                           1u << BATCH_DOWN,
        [BATCH_LOADING] = 1u << BATCH_LOADING | 1u << BATCH_PERSISTING | 1u << BATCH_ROLLING_BACK |
                          1u << BATCH_DOWN,
        [BATCH_PERSISTING] = 1u << BATCH_IDLE | 1u << BATCH_ROLLING_BACK | 1u << BATCH_DOWN,
        [BATCH_ROLLING_BACK] = 1u << BATCH_IDLE | 1u << BATCH_DOWN,
        [BATCH_STOPPED] = 0,
    };

    assert((allowed[ledger->state] & 1u << to) != 0);
    ledger->state = to;
}

/* Whoever waits to be booked is refused. */
static void
refuse_queue(struct ledger *ledger, enum reason reason, const char *detail)
{
    while (!list_is_empty(&ledger->queue)) {
        struct submission *submission = LIST_FIRST(&ledger->queue, struct submission, link);

        list_remove(&submission->link);
        ledger->queue_count--;
        ledger_fail(waiting_of(submission), reason, detail);
    }
    ledger->alone = 0;
}

/* Nothing more is booked. */
static void
stop(struct ledger *ledger)
{
    move(ledger, BATCH_STOPPED);
    refuse_queue(ledger, REASON_LEDGER_STOPPED, ledger->stopped);
}

void
batch_tick(struct ledger *ledger)
{
    switch (ledger->state) {
    case BATCH_DOWN:
        if (conn_is_ready(ledger->conn)) {
            move(ledger, BATCH_IDLE);
            batch_tick(ledger);
        }
        return;
    case BATCH_IDLE:
        if (ledger->stopped != NULL)
            stop(ledger);
        else if (!list_is_empty(&ledger->queue) && signer_is_level(ledger->signer))
            begin(ledger);
        return;
    case BATCH_LOCKING:
    case BATCH_ORDERING:
    case BATCH_LOADING:
    case BATCH_PERSISTING:
    case BATCH_ROLLING_BACK:
    case BATCH_STOPPED:
        return;
    }
}

void
batch_ready(void *ledger)
{
    batch_tick(ledger);
}

/* The queue outlives a connection that comes back at once, and no database that is gone. */
void
batch_unreachable(void *ledger)
{
    refuse_queue(ledger, REASON_DATABASE_UNAVAILABLE, "");
}

/* Ends the batch: its memory goes, and the machine may begin the next. */
static void
end(struct ledger *ledger, enum batch_state to)
{
    world_free(ledger->booking.world);
    arena_free(ledger->booking.arena);
    ledger->booking = (struct booking){0};
    move(ledger, to);
}

/* Submissions go back to the front of the queue, in their order. */
static void
requeue(struct ledger *ledger, size_t from)
{
    for (size_t i = ledger->booking.count; i-- > from;) {
        struct submission *submission = ledger->booking.submissions[i];

        submission->verdict = BOOKING_WAITING;
        list_append(ledger->queue.next, &submission->link);
        ledger->queue_count++;
    }
    ledger->booking.count = from;
}

static void
fail_all(struct ledger *ledger, enum reason reason)
{
    for (size_t i = 0; i < ledger->booking.count; i++)
        ledger_fail(waiting_of(ledger->booking.submissions[i]), reason, "");
}

/* The connection went. Before the COMMIT nothing stands; after it nobody knows. */
static void
lose(struct ledger *ledger, const struct db_outcome *outcome)
{
    log_warn("batch lost message=\"%s\"", outcome->message);
    fail_all(ledger,
             outcome->end == DB_UNKNOWN ? REASON_RESULT_UNKNOWN : REASON_DATABASE_UNAVAILABLE);
    end(ledger, BATCH_DOWN);
    batch_tick(ledger);
}

static void
rolled_back(void *arg, const struct db_outcome *outcome, const struct db_result *const *results)
{
    struct ledger *ledger = arg;

    (void)results;
    end(ledger, outcome->end == DB_OK ? BATCH_IDLE : BATCH_DOWN);
    batch_tick(ledger);
}

static void
roll_back(struct ledger *ledger)
{
    struct db_batch batch = {0};
    struct db_outcome gone = {.end = DB_LOST};

    move(ledger, BATCH_ROLLING_BACK);
    batch_add(&batch, &db_rollback, NULL);
    if (!conn_run(ledger->conn, &batch, rolled_back, ledger))
        rolled_back(ledger, &gone, NULL);
}

static void
run(struct ledger *ledger, const struct db_batch *batch, conn_done_fn *done)
{
    struct db_outcome gone = {.end = DB_LOST, .message = "no connection"};

    if (!conn_run(ledger->conn, batch, done, ledger))
        lose(ledger, &gone);
}

/* Something that is not the submissions' fault: a timeout, a full disk. */
static void
fail_batch(struct ledger *ledger, const struct db_outcome *outcome)
{
    if (outcome->end != DB_FAILED) {
        lose(ledger, outcome);
        return;
    }
    log_write(
        sqlstate_log_level(outcome->reason), "batch failed statement=%s sqlstate=%s message=\"%s\"",
        outcome->statement != NULL ? outcome->statement : "", outcome->sqlstate, outcome->message);
    fail_all(ledger, outcome->reason);
    ledger->booking.count = 0;
    roll_back(ledger);
}

/* A constraint fired, which is a bug of ours: only the transaction that trips it shall pay. */
static void
redo_one_by_one(struct ledger *ledger, const struct db_outcome *outcome)
{
    if (ledger->booking.count == 1 || outcome->reason != REASON_INTERNAL_ERROR) {
        fail_batch(ledger, outcome);
        return;
    }
    log_error("constraint fired statement=%s sqlstate=%s message=\"%s\"", outcome->statement,
              outcome->sqlstate, outcome->message);
    ledger->alone = ledger->booking.count;
    requeue(ledger, 0);
    roll_back(ledger);
}

/* Everything of the batch stands. What was booked waits for its checkpoint. */
static void
finish(struct ledger *ledger)
{
    for (size_t i = 0; i < ledger->booking.count; i++) {
        struct submission *submission = ledger->booking.submissions[i];

        if (submission->verdict != BOOKING_BOOKED && submission->verdict != BOOKING_REPEATED)
            ledger_answer(waiting_of(submission));
    }
    signer_add(ledger->signer, &ledger->booking);
}

static void
persisted(void *arg, const struct db_outcome *outcome, const struct db_result *const *results)
{
    struct ledger *ledger = arg;

    (void)results;
    if (outcome->end == DB_FAILED) {
        redo_one_by_one(ledger, outcome);
        return;
    }
    if (outcome->end != DB_OK) {
        lose(ledger, outcome);
        return;
    }
    finish(ledger);
    end(ledger, BATCH_IDLE);
    batch_tick(ledger);
}

static bool
touched_keys(const struct booking *booking)
{
    for (size_t i = 0; i < booking->count; i++)
        if (booking->submissions[i]->verdict == BOOKING_BOOKED &&
            booking->submissions[i]->transaction->value.is_control)
            return true;
    return false;
}

static void
persist(struct ledger *ledger)
{
    static const struct db_statement notify = {
        "ledger_notify_keys",
        "SELECT pg_notify('creditbank_keys', '')",
    };
    struct booking *booking = &ledger->booking;
    struct log_append append = booking_append(booking);
    struct db_batch batch = {0};

    if (booking->booked_count == 0) {
        finish(ledger);
        roll_back(ledger);
        return;
    }
    projection_store_changes(booking->world, booking->arena, &batch);
    log_append_rows(&append, booking->arena, &batch);
    if (booking->opened_count > 0)
        opened_person_insert(booking->opened, booking->opened_count, booking->arena, &batch);
    if (touched_keys(booking))
        batch_add(&batch, &notify, NULL);
    batch_add(&batch, &db_commit, NULL);
    move(ledger, BATCH_PERSISTING);
    run(ledger, &batch, persisted);
}

static void loaded(void *arg, const struct db_outcome *outcome,
                   const struct db_result *const *results);

static void
load(struct ledger *ledger)
{
    struct db_batch batch = {0};

    projection_load_missing(ledger->booking.world, ledger->booking.arena, &batch, ledger->load);
    world_forget_missing(ledger->booking.world);
    move(ledger, BATCH_LOADING);
    run(ledger, &batch, loaded);
}

static void
proceed(struct ledger *ledger)
{
    if (!booking_run(&ledger->booking)) {
        load(ledger);
        return;
    }
    requeue(ledger, ledger->booking.done);
    persist(ledger);
}

static void
loaded(void *arg, const struct db_outcome *outcome, const struct db_result *const *results)
{
    struct ledger *ledger = arg;

    if (outcome->end != DB_OK) {
        fail_batch(ledger, outcome);
        return;
    }
    projection_loaded(ledger->booking.world, ledger->load, results, 0, ledger->booking.arena);
    proceed(ledger);
}

/*
 * NULL, or why nothing may be booked on this head. It is held against what was signed
 * when it was asked for: while the answer was late, others may have gone on. The database told its
 * time at some moment between asking and now: a slow answer is no wrong clock.
 */
static const char *
check_head(struct ledger *ledger, const struct log_head *head, int64_t now_us, int64_t db_now_us)
{
    const struct merkle_head *known = &ledger->signed_head;
    bool is_off = db_now_us > now_us + CLOCK_OFF_MAX_US ||
                  db_now_us < ledger->ordered_at_us - CLOCK_OFF_MAX_US;

    if (head->edge.size < known->size ||
        (head->edge.size == known->size && !hash_equal(&head->root, &known->root)))
        return RUNBOOK_REWOUND;
    if (is_off || now_us < head->booked_at_us - CLOCK_BEHIND_MAX_US)
        return RUNBOOK_CLOCK;
    return NULL;
}

/* A wrong clock may be set right again; a log that was rewound stays so. */
static void
refuse_head(struct ledger *ledger, const char *why)
{
    if (strcmp(why, RUNBOOK_CLOCK) == 0)
        log_error("batch refused runbook=%s", why);
    else
        ledger_stop(ledger, why);
    for (size_t i = 0; i < ledger->booking.count; i++)
        ledger_fail(waiting_of(ledger->booking.submissions[i]), REASON_LEDGER_STOPPED, why);
    ledger->booking.count = 0;
    roll_back(ledger);
}

static bool
opens_accounts(const struct booking *booking)
{
    return booking->persons.count > 0;
}

static void
ordered(void *arg, const struct db_outcome *outcome, const struct db_result *const *results)
{
    struct ledger *ledger = arg;
    struct booking *booking = &ledger->booking;
    int64_t now_us = clock_now_us(), db_now_us;
    size_t loads = ORDER_PERSONS;
    struct log_head head;

    if (outcome->end != DB_OK) {
        fail_batch(ledger, outcome);
        return;
    }

    const char *why = !log_read_head(results[ORDER_HEAD], &head, &db_now_us)
                          ? RUNBOOK_REWOUND
                          : check_head(ledger, &head, now_us, db_now_us);

    if (why != NULL) {
        refuse_head(ledger, why);
        return;
    }
    booking_set_head(booking, &head, now_us);
    for (size_t i = 0; i < row_count(results[ORDER_REQUESTS]); i++) {
        struct log_found found;

        log_read_found(results[ORDER_REQUESTS], i, &found);
        booking_found(booking, &found);
    }
    if (opens_accounts(booking)) {
        for (size_t i = 0; i < row_count(results[loads]); i++)
            booking_has_account(booking, opened_person_read(results[loads], i));
        loads++;
    }
    projection_loaded(booking->world, ledger->load, results, loads, booking->arena);
    proceed(ledger);
}

/* What fits in a batch, taken from the queue: at least one. */
static size_t
take(struct ledger *ledger, struct submission **submissions)
{
    size_t count = 0, items = 0, bytes = 0;
    size_t most = ledger->alone > 0 ? 1 : ledger->limits.batch_transactions;

    while (!list_is_empty(&ledger->queue) && count < most) {
        struct submission *submission = LIST_FIRST(&ledger->queue, struct submission, link);
        const struct signed_transaction *transaction = submission->transaction;

        items += transaction->value.item_count;
        bytes += transaction->bytes.len;
        for (size_t i = 0; i < transaction->value.item_count; i++)
            bytes += transaction->items[i].len;
        if (count > 0 && (items > ledger->limits.batch_items || bytes > ledger->limits.batch_bytes))
            break;
        list_remove(&submission->link);
        ledger->queue_count--;
        submissions[count++] = submission;
    }
    if (ledger->alone > 0)
        ledger->alone--;
    return count;
}

static void
find_requests(struct ledger *ledger, struct db_batch *batch)
{
    struct booking *booking = &ledger->booking;
    struct log_request *requests = arena_array(booking->arena, booking->count, sizeof(*requests));

    for (size_t i = 0; i < booking->count; i++) {
        const struct transaction *value = &booking->submissions[i]->transaction->value;

        requests[i] = (struct log_request){
            .institution_id = value->institution_id,
            .request_id = slice_make(value->request_id, REQUEST_ID_SIZE),
        };
    }
    log_find_requests(requests, booking->count, booking->arena, batch);
}

static void
order(struct ledger *ledger)
{
    struct booking *booking = &ledger->booking;
    struct db_batch batch = {0};

    booking_foresee(booking);
    ledger->load = arena_alloc(booking->arena, sizeof(*ledger->load));
    batch_add(&batch, &log_newest_head, NULL);
    find_requests(ledger, &batch);
    if (opens_accounts(booking))
        opened_person_find(booking->persons.hashes, booking->persons.count, booking->arena, &batch);
    projection_load_missing(booking->world, booking->arena, &batch, ledger->load);
    world_forget_missing(booking->world);
    move(ledger, BATCH_ORDERING);
    ledger->ordered_at_us = clock_now_us();
    signer_head(ledger->signer, &ledger->signed_head);
    run(ledger, &batch, ordered);
}

/* What has queued by now is the batch: the longer the lock was waited for, the larger. */
static void
locked(void *arg, const struct db_outcome *outcome, const struct db_result *const *results)
{
    struct ledger *ledger = arg;
    size_t budget = BUDGET_BASE + BUDGET_PER_BYTE * ledger->limits.batch_bytes;
    struct arena *arena = arena_new(budget);
    struct submission **submissions =
        arena_array(arena, ledger->limits.batch_transactions, sizeof(*submissions));
    size_t count = take(ledger, submissions);

    (void)results;
    booking_init(&ledger->booking, submissions, count, world_new(budget), arena);
    if (outcome->end != DB_OK)
        fail_batch(ledger, outcome);
    else if (ledger->stopped != NULL)
        refuse_head(ledger, ledger->stopped);
    else
        order(ledger);
}

static void
begin(struct ledger *ledger)
{
    struct db_batch batch = {0};

    batch_add(&batch, &db_begin, NULL);
    batch_add(&batch, &log_lock, NULL);
    move(ledger, BATCH_LOCKING);
    run(ledger, &batch, locked);
}
