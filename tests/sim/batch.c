/*
 * The queue cut into batches by what the daemon books with (ledger/booking.h),
 * over a world that stands for the database. The queue has what a real one has
 * besides: requests that are only checked, requests that come again, and ids
 * that come again with other bytes. A batch has one time, so it ends where the
 * time goes on.
 */
#include "run.h"

#include "ledger/booking.h"

enum asking {
    ASKED_FIRST,
    ASKED_CHECK,
    ASKED_AGAIN,
    ASKED_OTHERWISE,
};

/* A place of the queue; `event` is what its transaction is about. */
struct asked {
    enum asking how;
    const struct event *event;
    int64_t time_us;
    struct signed_transaction otherwise;
    struct submission submission;
};

struct batcher {
    const struct run *run;
    struct random random;
    struct world *database;
    struct log_head head;
    struct arena *kept;  /* of the queue, and of the entries */
    struct arena *arena; /* of the batch at hand */
    size_t opened;       /* accounts, by what was booked */
    size_t count;
    struct asked *queue;
    const struct asked *booked[STEPS_MAX]; /* by entry index */
    struct booking booking;
};

static void
ask(struct batcher *b, enum asking how, const struct event *event, int64_t time_us)
{
    struct asked *asked = &b->queue[b->count++];

    asked->how = how;
    asked->event = event;
    asked->time_us = time_us;
    asked->otherwise = event->transaction;
    asked->submission.transaction = &event->transaction;
    asked->submission.arena = b->kept;
    asked->submission.validate_only = how == ASKED_CHECK;
    if (how != ASKED_OTHERWISE)
        return;
    asked->otherwise.value.create_time_us += 1000000;
    write_bytes(b->kept, &asked->otherwise);
    asked->submission.transaction = &asked->otherwise;
}

/* What is asked again is mostly one of the last few, so that both may be in one batch. */
static void
fill_queue(struct batcher *b)
{
    const struct run *run = b->run;

    b->queue = arena_array(b->kept, 3 * run->event_count, sizeof(*b->queue));
    for (size_t i = 0; i < run->event_count; i++) {
        const struct event *event = &run->events[i];
        size_t back = (size_t)random_below(&b->random, random_chance(&b->random, 80) ? 8 : 200);
        const struct event *earlier = back <= i ? &run->events[i - back] : NULL;

        if (random_chance(&b->random, 10))
            ask(b, ASKED_CHECK, event, event->booked_at_us);
        ask(b, ASKED_FIRST, event, event->booked_at_us);
        if (earlier != NULL && earlier->booked && random_chance(&b->random, 10))
            ask(b, random_chance(&b->random, 70) ? ASKED_AGAIN : ASKED_OTHERWISE, earlier,
                event->booked_at_us);
    }
}

static void
load_missing(struct batcher *b)
{
    struct world *world = b->booking.world;

    for (size_t i = 0; i < world_missing_count(world); i++) {
        struct missing_unit unit = world_missing(world, i);
        struct row_list rows = world_list(b->database, unit.table, unit.key);

        world_load_unit(world, unit.table, unit.key);
        for (size_t j = 0; j < rows.count; j++)
            world_load_row(world, unit.table, rows.rows[j]);
    }
    world_forget_missing(world);
}

/* Which requests of the batch stand in the log already. */
static void
find_requests(struct batcher *b)
{
    for (size_t i = 0; i < b->head.edge.size; i++) {
        const struct submission *submission = &b->booked[i]->submission;
        const struct transaction *value = &submission->transaction->value;
        struct log_found found = {
            .institution_id = value->institution_id,
            .request_id = slice_make(value->request_id, REQUEST_ID_SIZE),
            .entry_index = submission->entry_index,
            .booked_at_us = submission->booked_at_us,
            .entry = submission->entry,
        };

        booking_found(&b->booking, &found);
    }
}

/* Whose persons have accounts already. */
static void
find_persons(struct batcher *b)
{
    for (int i = 0; i < LEARNERS; i++) {
        struct slice account_no = write_account(b->arena, i);
        struct hash person = write_person(account_no);

        if (world_find(b->database, TABLE_ACCOUNT, &(struct account){.account_no = account_no}) ==
            NULL)
            continue;
        for (size_t j = 0; j < b->booking.persons.count; j++)
            if (hash_equal(&b->booking.persons.hashes[j], &person))
                booking_has_account(&b->booking, j);
    }
}

/* An entry is the one that the uncut run has, byte by byte: its leaf is. */
static void
check_booked(struct batcher *b, const struct asked *asked)
{
    const struct submission *submission = &asked->submission;
    const struct event *event = asked->event;

    if (submission->entry_index != event->entry_index ||
        submission->booked_at_us != event->booked_at_us)
        run_fail(b->run, "event %zu is booked elsewhere", (size_t)(event - b->run->events));

    struct hash leaf = merkle_leaf(submission->entry);

    if (!hash_equal(&leaf, &event->leaf))
        run_fail(b->run, "event %zu has another entry", (size_t)(event - b->run->events));
    if (asked->how == ASKED_FIRST)
        b->booked[event->entry_index] = asked;
}

static void
check_verdict(struct batcher *b, const struct asked *asked)
{
    const struct submission *submission = &asked->submission;
    const enum booking_verdict due[] = {
        [ASKED_FIRST] = asked->event->booked ? BOOKING_BOOKED : BOOKING_REFUSED,
        [ASKED_CHECK] = asked->event->booked ? BOOKING_CHECKED : BOOKING_REFUSED,
        [ASKED_AGAIN] = BOOKING_REPEATED,
        [ASKED_OTHERWISE] = BOOKING_REFUSED,
    };

    if (submission->verdict != due[asked->how])
        run_fail(b->run, "event %zu, asked in way %d: verdict %d, not %d",
                 (size_t)(asked->event - b->run->events), (int)asked->how, (int)submission->verdict,
                 (int)due[asked->how]);
    if ((submission->verdict == BOOKING_REFUSED) != (submission->refusals.count > 0))
        run_fail(b->run, "refused without a reason, or not refused with one");
    if (asked->how == ASKED_OTHERWISE &&
        (submission->refusals.first->reason != REASON_REQUEST_ID_REUSED ||
         strcmp(submission->refusals.first->field, "create_time") != 0))
        run_fail(b->run, "another transaction under the same id is refused for something else");
    b->run->tally->checked += asked->how == ASKED_CHECK;
    b->run->tally->repeated += asked->how == ASKED_AGAIN;
    b->run->tally->repeated_otherwise += asked->how == ASKED_OTHERWISE;
    if (submission->verdict == BOOKING_BOOKED || submission->verdict == BOOKING_REPEATED)
        check_booked(b, asked);
}

/* What the batch changed is stored as the database would: new rows inserted, old ones updated. */
static void
persist(struct batcher *b)
{
    for (int id = 0; id < TABLE_COUNT; id++) {
        enum table_id table = (enum table_id)id;
        struct row_change *changes = NULL;
        size_t count = world_changes(b->booking.world, table, b->arena, &changes);

        b->run->tally->tables[id] += count;
        for (size_t i = 0; i < count; i++) {
            bool is_new = world_find(b->database, table, changes[i].row) == NULL;

            if (is_new != changes[i].is_new)
                run_fail(b->run, "a row of %s is %s, and the batch says otherwise",
                         schema_table(table)->name, is_new ? "new" : "there");
            world_put(b->database, table, changes[i].row);
        }
    }
    b->opened += b->booking.opened_count;
    if (b->booking.booked_count > 0)
        b->head = booking_append(&b->booking).head;
}

/* One batch from the front of what is left of the queue; how much of it was done. */
static size_t
run_batch(struct batcher *b, size_t first, size_t count)
{
    struct submission **submissions;

    arena_reset(b->arena);
    submissions = arena_array(b->arena, count, sizeof(*submissions));
    for (size_t i = 0; i < count; i++) {
        submissions[i] = &b->queue[first + i].submission;
        submissions[i]->verdict = BOOKING_WAITING;
    }
    booking_init(&b->booking, submissions, count, world_new_in(b->arena), b->arena);
    booking_foresee(&b->booking);
    load_missing(b);
    booking_set_head(&b->booking, &b->head, b->queue[first].time_us);
    find_requests(b);
    find_persons(b);
    while (!booking_run(&b->booking)) {
        b->run->tally->loads++;
        load_missing(b);
    }
    if (b->booking.done == 0)
        run_fail(b->run, "a batch does nothing");
    b->run->tally->cuts += b->booking.done < count;
    for (size_t i = 0; i < b->booking.done; i++)
        check_verdict(b, &b->queue[first + i]);
    persist(b);
    return b->booking.done;
}

static void
check_head(const struct batcher *b)
{
    struct hash *leaves = arena_array(b->kept, b->run->event_count, sizeof(*leaves));
    struct hash root;
    size_t count = 0;

    for (size_t i = 0; i < b->run->event_count; i++)
        if (b->run->events[i].booked)
            leaves[count++] = b->run->events[i].leaf;
    root = merkle_root(leaves, count);
    if (b->head.edge.size != count || !hash_equal(&b->head.root, &root))
        run_fail(b->run, "the log's head is another");
}

/* A person is given out for each account that stands, and for no other. */
static void
check_opened(const struct batcher *b)
{
    size_t accounts = 0;

    for (int i = 0; i < LEARNERS; i++)
        accounts += b->run->model.learners[i] != 0;
    if (b->opened != accounts)
        run_fail(b->run, "%zu persons for %zu accounts", b->opened, accounts);
}

void
batch_all(const struct run *run, size_t batch_size)
{
    struct batcher b = {
        .run = run,
        .random = {run->seed},
        .database = world_new(WORLD_BUDGET),
        .kept = arena_new(WORLD_BUDGET),
        .arena = arena_new(WORLD_BUDGET),
    };

    world_load_everything(b.database);
    fill_queue(&b);
    for (size_t first = 0, end; first < b.count;) {
        for (end = first; end < b.count && end - first < batch_size &&
                          b.queue[end].time_us == b.queue[first].time_us;)
            end++;
        first += run_batch(&b, first, end - first);
    }
    check_head(&b);
    check_opened(&b);
    compare_worlds(run, "batches", run->world, b.database);
    world_free(b.database);
    arena_free(b.kept);
    arena_free(b.arena);
}
