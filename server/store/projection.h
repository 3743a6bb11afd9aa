#pragma once

#include "core/world.h"
#include "db/row.h"
#include "db/statement.h"

/*
 * The projections in SQL: how units of rows come into a world, and how what
 * changed in it goes back. The statements are made from core/schema.c while
 * building; their tables stand in the search path, so that the same ones serve
 * the bank and the audit's copy.
 */

/* Which missing units a batch of statements loads. */
struct projection_load {
    size_t count;
    enum table_id tables[TABLE_COUNT]; /* of each statement, in order */
    struct missing_unit *units[TABLE_COUNT];
    size_t unit_counts[TABLE_COUNT];
};

/* Adds to the batch one statement a table that loads all units the world misses. */
void projection_load_missing(const struct world *world, struct arena *arena, struct db_batch *batch,
                             struct projection_load *load);

/* Puts what those statements gave into the world; results[first] is of the first of them. */
void projection_loaded(struct world *world, const struct projection_load *load,
                       const struct db_result *const *results, size_t first, struct arena *arena);

/* Adds to the batch the statements that store what changed in the world. */
void projection_store_changes(const struct world *world, struct arena *arena,
                              struct db_batch *batch);

/* Reads a row whose columns, all of them in order, begin at `first`; borrowed from the result. */
void projection_read_row(const struct table *table, const struct db_result *result, size_t row,
                         int first, void *out);
