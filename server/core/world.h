#pragma once

#include "base/arena.h"
#include "core/schema.h"

/*
 * What execute() reads and writes: the part of the bank's state that was
 * loaded, and what was changed since. A unit of rows (core/schema.h) is either
 * loaded, so that a row that is not there does not exist, or it is not, and
 * then asking for one of its rows notes the unit as missing. So rules need not
 * tell "absent" from "not loaded": whoever runs them asks world_has_missed()
 * after, loads the missing units and runs them again.
 *
 * Rows are copied in, texts too, and live as long as the world.
 */
struct world;

/* An empty world that may grow to `budget` bytes. */
struct world *world_new(size_t budget) MUST_USE;
void world_free(struct world *world);

/* An empty world that is all in an arena, and goes with it: never freed. */
struct world *world_new_in(struct arena *arena) MUST_USE;

/* From now on every unit counts as loaded: for a state that begins empty. */
void world_load_everything(struct world *world);

/* The unit of `row` is loaded: what world_load_row() does not add to it does not exist. */
void world_load_unit(struct world *world, enum table_id table, const void *row);

/* A row as it stands in the database; its unit counts as loaded. */
void world_load_row(struct world *world, enum table_id table, const void *row);

/* The row with the key of `key`, whose other columns do not matter; NULL if there is none. */
const void *world_find(struct world *world, enum table_id table, const void *key);

/* The rows of the unit of `key`, by key; valid until the next change. */
struct row_list {
    size_t count;
    const void *const *rows;
};
struct row_list world_list(struct world *world, enum table_id table, const void *key) MUST_USE;

/*
 * Those of them that agree with `key` in the table's first `columns` columns:
 * no fewer than a unit has, no more than the key.
 */
struct row_list world_range(struct world *world, enum table_id table, const void *key,
                            unsigned columns) MUST_USE;

/* Writes a row, new or changed. */
void world_put(struct world *world, enum table_id table, const void *row);

/* Units that were asked for and are not loaded, in the order of asking. */
struct missing_unit {
    enum table_id table;
    const void *key; /* a row whose unit columns are set */
};
size_t world_missing_count(const struct world *world) MUST_USE;
struct missing_unit world_missing(const struct world *world, size_t index) MUST_USE;
void world_forget_missing(struct world *world);

/* Whether a unit that is not loaded was asked for since world_begin(). */
void world_begin(struct world *world);
bool world_has_missed(const struct world *world) MUST_USE;

/* A mark to go back to: everything written since is undone. */
size_t world_mark(const struct world *world) MUST_USE;
void world_undo(struct world *world, size_t mark);

/* A row that differs from what was loaded. */
struct row_change {
    const void *row;
    bool is_new; /* it was not there */
};

/* The changed rows of a table by key, in an array of the arena. */
size_t world_changes(const struct world *world, enum table_id table, struct arena *arena,
                     struct row_change **changes) MUST_USE;
