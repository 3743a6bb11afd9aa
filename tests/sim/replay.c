/* What was booked, again from nothing: the state is a function of the log. */
#include "run.h"

void
compare_worlds(const struct run *run, const char *what, struct world *a, struct world *b)
{
    struct arena *arena = arena_new(WORLD_BUDGET);

    for (int id = 0; id < TABLE_COUNT; id++) {
        const struct table *table = schema_table((enum table_id)id);
        struct row_change *x = NULL, *y = NULL;
        size_t count = world_changes(a, (enum table_id)id, arena, &x);

        if (world_changes(b, (enum table_id)id, arena, &y) != count)
            run_fail(run, "%s: table %s has another number of rows", what, table->name);
        for (size_t i = 0; i < count; i++)
            if (schema_compare(table, table->column_count, x[i].row, y[i].row) != 0)
                run_fail(run, "%s: row %zu of table %s differs", what, i, table->name);
    }
    arena_free(arena);
}

void
replay_booked(const struct run *run)
{
    struct arena *arena = arena_new(WORLD_BUDGET);
    struct world *world = world_new(WORLD_BUDGET);

    world_load_everything(world);
    for (size_t i = 0; i < run->event_count; i++) {
        const struct event *event = &run->events[i];
        struct position position = {event->entry_index, event->booked_at_us};
        struct refusal_list refusals = {0};
        struct hash leaf;

        if (!event->booked)
            continue;
        if (execute(world, &event->transaction.value, &position, arena, &refusals) !=
            EXECUTE_BOOKED)
            run_fail(run, "replay refuses event %zu", i);
        leaf = run_book(world, event, arena);
        if (!hash_equal(&leaf, &event->leaf))
            run_fail(run, "replay gives event %zu another entry", i);
    }
    compare_worlds(run, "replay", run->world, world);
    world_free(world);
    arena_free(arena);
}
