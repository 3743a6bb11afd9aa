/*
 * The queue cut into batches, each over a world in which nothing is loaded but
 * what was asked for: a second world stands for the database.
 */
#include "run.h"

/* More round trips than this for one transaction would be a defect. */
#define ROUNDS_MAX 8

struct batcher {
    const struct run *run;
    struct world *database;
    struct arena *arena; /* of the batch at hand */
    struct world *world;
    int64_t entry_index;
};

static void
load_missing(struct batcher *b)
{
    for (size_t i = 0; i < world_missing_count(b->world); i++) {
        struct missing_unit unit = world_missing(b->world, i);
        struct row_list rows = world_list(b->database, unit.table, unit.key);

        world_load_unit(b->world, unit.table, unit.key);
        for (size_t j = 0; j < rows.count; j++)
            world_load_row(b->world, unit.table, rows.rows[j]);
    }
    world_forget_missing(b->world);
}

static void
run_event(struct batcher *b, const struct event *event)
{
    struct position position = {b->entry_index, event->booked_at_us};
    struct event again = *event;
    struct refusal_list refusals = {0};
    enum execute_result result = EXECUTE_NOT_LOADED;

    for (int i = 0; result == EXECUTE_NOT_LOADED; i++) {
        if (i == ROUNDS_MAX)
            run_fail(b->run, "a batch misses rows again and again");
        load_missing(b);
        refusals = (struct refusal_list){0};
        result = execute(b->world, &event->transaction, &position, b->arena, &refusals);
        b->run->tally->not_loaded += result == EXECUTE_NOT_LOADED;
    }
    if ((result == EXECUTE_BOOKED) != event->booked)
        run_fail(b->run, "a batch judges event %zu another way", (size_t)(event - b->run->events));
    if (result != EXECUTE_BOOKED)
        return;
    again.entry_index = b->entry_index++;
    again.leaf = run_book(b->world, &again);
    if (!hash_equal(&again.leaf, &event->leaf))
        run_fail(b->run, "a batch gives event %zu another entry", (size_t)(event - b->run->events));
}

/* What the batch changed is stored as the database would: new rows inserted, old ones updated. */
static void
persist(struct batcher *b)
{
    for (int id = 0; id < TABLE_COUNT; id++) {
        enum table_id table = (enum table_id)id;
        struct row_change *changes = NULL;
        size_t count = world_changes(b->world, table, b->arena, &changes);

        b->run->tally->tables[id] += count;
        for (size_t i = 0; i < count; i++) {
            bool is_new = world_find(b->database, table, changes[i].row) == NULL;

            if (is_new != changes[i].is_new)
                run_fail(b->run, "a row of %s is %s, and the batch says otherwise",
                         schema_table(table)->name, is_new ? "new" : "there");
            world_put(b->database, table, changes[i].row);
        }
    }
}

void
batch_all(const struct run *run, size_t batch_size)
{
    struct batcher b = {
        .run = run, .database = world_new(WORLD_BUDGET), .arena = arena_new(WORLD_BUDGET)};

    world_load_everything(b.database);
    for (size_t i = 0; i < run->event_count; i++) {
        if (i % batch_size == 0) {
            arena_reset(b.arena);
            b.world = world_new_in(b.arena);
        }
        run_event(&b, &run->events[i]);
        if ((i + 1) % batch_size == 0 || i + 1 == run->event_count)
            persist(&b);
    }
    compare_worlds(run, "batches", run->world, b.database);
    world_free(b.database);
    arena_free(b.arena);
}
