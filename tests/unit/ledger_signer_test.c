/*
 * The signer beside another worker, in random orders of what happens: what others book, have
 * signed and store, answers that come late or not at all, our own bookings whose COMMIT comes
 * back when others have long seen them. Whatever the order: only what was booked is signed, all
 * who wait are answered with a proof that holds, and writes are not stopped.
 */
#include "base/memory.h"
#include "crypto/tlog_proof.h"
#include "ledger/private.h"
#include "ledger/signer.h"
#include "store/checkpoint.h"

#include "../sim/random.h"
#include "unit.h"

#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>

#define LOG_MAX 200000
#define HEADS_MAX 4096
#define BATCH_MAX 4
#define SUBMISSIONS_MAX 512
#define ARENA_BYTES ((size_t)64 << 20)
#define SEEDS 2000
#define STEPS 120

/* A submission and what became of it. */
struct sent {
    struct waiting waiting;
    struct booked booked;
    bool is_answered;
};

static struct hash leaves[LOG_MAX];
static struct merkle_edge heads[HEADS_MAX]; /* of the log after each batch */

/* The bank but for the signer: its log, what is signed of it, and who waits for what. */
static struct {
    struct random random;
    struct arena *arena;

    size_t size;
    struct merkle_edge edge;
    size_t head_count;
    uint64_t stored_size;      /* of the newest checkpoint in the database */
    struct merkle_edge anchor; /* of the notary's tree */

    size_t sent_count;
    struct sent sent[SUBMISSIONS_MAX];
    struct booking *committed; /* our own, whose COMMIT has not come back */

    struct conn_events events;
    conn_done_fn *done; /* a batch is under way */
    void *done_arg;
    const char *asked;   /* the first of its statements */
    uint64_t asked_size; /* its parameters */
    uint64_t asked_from;
    size_t asked_count;
    uint64_t seen_size; /* what of the log it sees */

    bool may_stop; /* writes, by whoever finds the bank wrong */
    bool is_notary_asked;
    struct notary_tree tree;
    notary_done_fn *signed_fn;
    void *signed_arg;

    event_callback_fn look;
    void *look_arg;
} bank;

static const struct merkle_edge *
newest_head(uint64_t size_max)
{
    static const struct merkle_edge none;

    for (size_t i = bank.head_count; i-- > 0;)
        if (heads[i].size <= size_max)
            return &heads[i];
    return &none;
}

static void
book(size_t count)
{
    assert_true(bank.size + count <= LOG_MAX);
    assert_true(bank.head_count < HEADS_MAX);
    for (size_t i = 0; i < count; i++) {
        struct hash *leaf = &leaves[bank.size++];

        for (size_t j = 0; j < HASH_SIZE; j++)
            leaf->bytes[j] = (uint8_t)random_below(&bank.random, 256);
        merkle_edge_append(&bank.edge, leaf, NULL);
    }
    heads[bank.head_count++] = bank.edge;
}

/* ------------------------------------------------------------------ ledger */

void
ledger_stop(struct ledger *ledger, const char *why)
{
    if (!bank.may_stop)
        fail_msg("writes are stopped: %s", why);
    ledger->stopped = why;
}

void
batch_tick(struct ledger *ledger)
{
    (void)ledger;
}

void
ledger_fail(struct waiting *waiting, enum reason reason, const char *detail)
{
    (void)waiting;
    fail_msg("a submission failed: reason %d, %s", reason, detail);
}

/* The pretended note is the size of its tree. */
static void
expect_proof(const struct sent *sent)
{
    struct slice text = slice_text(sent->booked.tlog_proof);
    struct tlog_proof proof;
    struct merkle_head head;

    assert_null(tlog_proof_parse(text, &proof));
    head.size = strtoull((const char *)proof.checkpoint.at, NULL, 10);
    head.root = merkle_edge_head(newest_head(head.size)).root;
    assert_int_equal(newest_head(head.size)->size, head.size);
    assert_int_equal(proof.index, sent->waiting.submission.entry_index);
    assert_true(merkle_verify_inclusion(&head, proof.index, &leaves[proof.index], &proof.path));
}

void
ledger_answer(struct waiting *waiting)
{
    struct sent *sent = CONTAINER_OF(waiting, struct sent, waiting);

    assert_false(sent->is_answered);
    assert_true((uint64_t)waiting->submission.entry_index < bank.stored_size);
    sent->is_answered = true;
    if (sent->booked.tlog_proof != NULL)
        expect_proof(sent);
}

/* ------------------------------------------------------------------ database */

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
    bank.events = *events;
    return NULL;
}

void
conn_free(struct conn *conn)
{
    assert_null(conn);
}

/* Now and then there is no connection. */
bool
conn_run(struct conn *conn, const struct db_batch *batch, conn_done_fn *done, void *arg)
{
    (void)conn;
    assert_null(bank.done);
    if (random_chance(&bank.random, 2))
        return false;
    bank.asked = batch->commands[0].statement->name;
    bank.seen_size = bank.size;
    bank.done = done;
    bank.done_arg = arg;
    return true;
}

static const struct db_statement find_edge = {"edge", ""}, find_booked = {"booked", ""},
                                 find_leaves = {"leaves", ""}, store = {"store", ""};

void
checkpoint_find_edge(uint64_t size, struct arena *arena, struct db_batch *batch)
{
    (void)arena;
    bank.asked_size = size;
    batch_add(batch, &find_edge, NULL);
}

bool
checkpoint_read_edge(const struct db_result *result, struct merkle_edge *edge)
{
    uint64_t size = bank.asked_size > 0 ? bank.asked_size : bank.stored_size;

    (void)result;
    *edge = *newest_head(size);
    assert_int_equal(edge->size, size);
    return true;
}

void
checkpoint_find_booked(uint64_t size_max, struct arena *arena, struct db_batch *batch)
{
    (void)arena;
    bank.asked_size = size_max;
    batch_add(batch, &find_booked, NULL);
}

bool
checkpoint_read_booked(const struct db_result *result, struct merkle_head *head)
{
    uint64_t size = bank.asked_size < bank.seen_size ? bank.asked_size : bank.seen_size;

    (void)result;
    *head = merkle_edge_head(newest_head(size));
    return true;
}

void
checkpoint_find_leaves(uint64_t from, size_t count, struct arena *arena, struct db_batch *batch)
{
    (void)arena;
    bank.asked_from = from;
    bank.asked_count = count;
    batch_add(batch, &find_leaves, NULL);
}

size_t
row_count(const struct db_result *result)
{
    size_t count = bank.seen_size > bank.asked_from ? bank.seen_size - bank.asked_from : 0;

    (void)result;
    return count < bank.asked_count ? count : bank.asked_count;
}

struct slice
row_slice(const struct db_result *result, size_t row, int column)
{
    (void)result, (void)column;
    return hash_slice(&leaves[bank.asked_from + row]);
}

void
checkpoint_store(uint64_t size, struct slice note, struct arena *arena, struct db_batch *batch)
{
    (void)arena;
    assert_int_equal(strtoull((const char *)note.at, NULL, 10), size);
    bank.asked_size = size;
    batch_add(batch, &store, NULL);
}

/* What was asked is answered: as of when it was sent, or of now; or the connection goes. */
static void
database_answers(bool may_fail)
{
    static const struct db_result *const results[2];
    conn_done_fn *done = bank.done;
    struct db_outcome outcome = {.end = DB_OK};

    if (done == NULL)
        return;
    bank.done = NULL;
    if (random_chance(&bank.random, 50))
        bank.seen_size = bank.size;
    if (may_fail && random_chance(&bank.random, 5))
        outcome.end = DB_LOST;
    else if (bank.asked == store.name && bank.asked_size > bank.stored_size)
        bank.stored_size = bank.asked_size;
    done(bank.done_arg, &outcome, results);
}

/* ------------------------------------------------------------------ notary */

void
notary_sign_tree(struct notary *notary, const struct notary_tree *tree, notary_done_fn *done,
                 void *arg)
{
    uint64_t size = tree->from_size + tree->leaf_count;
    const struct merkle_edge *booked = newest_head(size);
    struct hash root = merkle_edge_head(booked).root;

    (void)notary;
    assert_false(bank.is_notary_asked);
    assert_in_range(tree->leaf_count, 0, NOTARY_LEAVES_MAX);
    assert_int_equal(booked->size, size);
    assert_memory_equal(tree->leaves, &leaves[tree->from_size],
                        tree->leaf_count * sizeof(*tree->leaves));
    assert_true(hash_equal(&tree->root, &root));
    bank.is_notary_asked = true;
    bank.tree = *tree;
    bank.signed_fn = done;
    bank.signed_arg = arg;
}

static void
notary_answers(bool may_fail)
{
    uint64_t size = bank.tree.from_size + bank.tree.leaf_count;
    struct notary_answer answer = {.verdict = NOTARY_SIGNED};
    char note[32];

    if (!bank.is_notary_asked)
        return;
    bank.is_notary_asked = false;
    if (bank.tree.from_size > bank.anchor.size)
        answer.verdict = NOTARY_MISSING;
    else if (size < bank.anchor.size)
        answer.verdict = NOTARY_SIGNED_LATER;
    else
        bank.anchor = *newest_head(size);
    answer.head = merkle_edge_head(&bank.anchor);
    snprintf(note, sizeof(note), "%llu\n", (unsigned long long)bank.anchor.size);
    answer.note = slice_text(note);
    if (may_fail && random_chance(&bank.random, 5))
        answer = (struct notary_answer){.verdict = NOTARY_UNREACHED};
    bank.signed_fn(bank.signed_arg, &answer);
}

/* ------------------------------------------------------------------ time */

struct event *
event_new(struct event_base *base, evutil_socket_t fd, short events, event_callback_fn callback,
          void *arg)
{
    (void)base, (void)fd, (void)events;
    bank.look = callback;
    bank.look_arg = arg;
    return (struct event *)(void *)&bank;
}

int
event_add(struct event *event, const struct timeval *timeout)
{
    (void)event, (void)timeout;
    return 0;
}

void
event_free(struct event *event)
{
    (void)event;
}

/* ------------------------------------------------------------------ what happens */

static struct sent *
new_sent(enum booking_verdict verdict, int64_t entry_index)
{
    struct sent *sent = &bank.sent[bank.sent_count++];

    assert_true(bank.sent_count <= SUBMISSIONS_MAX);
    *sent = (struct sent){0};
    sent->waiting.booked = &sent->booked;
    sent->waiting.submission = (struct submission){
        .arena = bank.arena,
        .verdict = verdict,
        .entry_index = entry_index,
    };
    return sent;
}

/* A batch of ours is committed; one of it may stand in the log already. */
static void
commit_ours(void)
{
    struct booking *booking = arena_alloc(bank.arena, sizeof(*booking));
    size_t count = (size_t)random_between(&bank.random, 1, BATCH_MAX);
    uint64_t first = bank.size;
    bool repeats = first > 0 && random_chance(&bank.random, 30);

    if (bank.committed != NULL)
        return;
    *booking = (struct booking){.booked_count = count};
    book(count);
    booking->head.edge = bank.edge;
    booking->rows = arena_array(bank.arena, count, sizeof(*booking->rows));
    booking->submissions = arena_array(bank.arena, count + 1, sizeof(*booking->submissions));
    for (size_t i = 0; i < count; i++) {
        struct sent *sent = new_sent(BOOKING_BOOKED, (int64_t)(first + i));

        booking->rows[i] = (struct log_row){
            .entry_index = (int64_t)(first + i),
            .leaf = leaves[first + i],
        };
        booking->submissions[booking->count++] = &sent->waiting.submission;
    }
    if (repeats)
        booking->submissions[booking->count++] =
            &new_sent(BOOKING_REPEATED, random_below(&bank.random, (int)first))->waiting.submission;
    bank.committed = booking;
}

static void
commit_comes_back(struct signer *signer)
{
    const struct booking *booking = bank.committed;

    bank.committed = NULL;
    if (booking != NULL)
        signer_add(signer, booking);
}

/* Another worker has the notary sign some of what is booked, and stores its checkpoint or dies. */
static void
others_sign(void)
{
    uint64_t size = newest_head((uint64_t)random_below(&bank.random, (int)bank.size + 1))->size;

    if (size <= bank.anchor.size)
        return;
    bank.anchor = *newest_head(size);
    if (random_chance(&bank.random, 70) && size > bank.stored_size)
        bank.stored_size = size;
}

static void
look(void)
{
    bank.look(-1, 0, bank.look_arg);
}

/*
 * The connection is lost, with what is under way, and comes back: now and then from a crash of
 * PostgreSQL, for whose disk checkpoints do not wait.
 */
static void
reconnect(void)
{
    const struct db_outcome lost = {.end = DB_LOST};
    conn_done_fn *done = bank.done;

    bank.done = NULL;
    if (done != NULL)
        done(bank.done_arg, &lost, NULL);
    if (random_chance(&bank.random, 10))
        bank.stored_size =
            newest_head((uint64_t)random_below(&bank.random, (int)bank.stored_size + 1))->size;
    bank.events.ready(bank.events.arg);
}

static void
happen(struct signer *signer)
{
    switch (random_below(&bank.random, 8)) {
    case 0:
        book((size_t)random_between(&bank.random, 1, BATCH_MAX));
        return;
    case 1:
        others_sign();
        return;
    case 2:
        commit_ours();
        return;
    case 3:
        commit_comes_back(signer);
        return;
    case 4:
        database_answers(true);
        return;
    case 5:
        notary_answers(true);
        return;
    case 6:
        reconnect();
        return;
    default:
        look();
    }
}

/* Nothing more happens but what is under way: all is signed, and nobody waits. */
static void
settle(struct signer *signer)
{
    struct merkle_head head, newest = merkle_edge_head(&bank.edge);

    commit_comes_back(signer);
    for (int i = 0; i < STEPS; i++) {
        look();
        database_answers(false);
        notary_answers(false);
    }
    assert_int_equal(signer_waiting(signer), 0);
    for (size_t i = 0; i < bank.sent_count; i++)
        assert_true(bank.sent[i].is_answered);
    assert_true(signer_is_level(signer));
    signer_head(signer, &head);
    assert_int_equal(head.size, newest.size);
    assert_true(hash_equal(&head.root, &newest.root));
    assert_int_equal(bank.stored_size, newest.size);
}

static void
begin(uint64_t seed)
{
    memset(&bank, 0, sizeof(bank));
    bank.random.state = seed;
    bank.arena = arena_new(ARENA_BYTES);
}

static void
any_order_of_events_signs_what_was_booked(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        struct ledger ledger = {0};

        begin(seed);
        for (int i = random_below(&bank.random, 4); i > 0; i--)
            book(1);
        /* A notary whose anchor was set back has signed less than is stored. */
        bank.stored_size = newest_head((uint64_t)random_below(&bank.random, 5))->size;
        bank.anchor = *newest_head((uint64_t)random_below(&bank.random, 5));

        struct signer *signer = signer_new(&ledger, "");

        bank.events.ready(bank.events.arg);
        for (int i = 0; i < STEPS; i++)
            happen(signer);
        settle(signer);
        signer_free(signer);
        arena_free(bank.arena);
    }
}

/* Entries in batches, more than one request to the notary takes. */
static void
book_more_than_one_request_takes(void)
{
    for (size_t booked = 0; booked <= 2 * NOTARY_LEAVES_MAX; booked += 512)
        book(512);
}

static void
who_is_far_behind_what_is_signed_goes_on_from_there(void **state)
{
    struct ledger ledger = {0};

    (void)state;
    begin(1);
    book(1);

    struct signer *signer = signer_new(&ledger, "");

    bank.events.ready(bank.events.arg);
    settle(signer);
    commit_ours();
    commit_comes_back(signer);
    book_more_than_one_request_takes();
    bank.anchor = bank.edge;
    settle(signer);
    signer_free(signer);
    arena_free(bank.arena);
}

static void
what_nobody_had_signed_is_signed_in_parts(void **state)
{
    struct ledger ledger = {0};

    (void)state;
    begin(2);
    book_more_than_one_request_takes();

    struct signer *signer = signer_new(&ledger, "");

    bank.events.ready(bank.events.arg);
    settle(signer);
    signer_free(signer);
    arena_free(bank.arena);
}

static void
a_database_that_was_set_back_is_found_before_anybody_writes(void **state)
{
    struct ledger ledger = {0};

    (void)state;
    begin(3);
    for (int i = 0; i < 3; i++)
        book(2);
    bank.anchor = bank.edge;
    bank.stored_size = bank.size;

    struct signer *signer = signer_new(&ledger, "");

    bank.events.ready(bank.events.arg);
    settle(signer);
    bank.head_count = 2;
    bank.stored_size = bank.size = heads[1].size;
    bank.may_stop = true;
    reconnect();
    for (int i = 0; i < STEPS && ledger.stopped == NULL; i++) {
        database_answers(false);
        look();
        notary_answers(false);
    }
    assert_string_equal(ledger.stopped, RUNBOOK_REWOUND);
    signer_free(signer);
    arena_free(bank.arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_order_of_events_signs_what_was_booked),
        cmocka_unit_test(who_is_far_behind_what_is_signed_goes_on_from_there),
        cmocka_unit_test(what_nobody_had_signed_is_signed_in_parts),
        cmocka_unit_test(a_database_that_was_set_back_is_found_before_anybody_writes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
