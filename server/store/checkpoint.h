#pragma once

#include "base/arena.h"
#include "crypto/merkle.h"
#include "db/row.h"
#include "db/statement.h"

/*
 * Checkpoints, and what the ledger reads to have the next one signed. Each
 * function adds statements to a batch, parameters in the arena, or reads what
 * its statement gave.
 */

/* The right edge of the log at a size, or at the newest checkpoint's if it is 0. */
void checkpoint_find_edge(uint64_t size, struct arena *arena, struct db_batch *batch);

/* The empty edge where there is no row; false if the row is damaged. */
bool checkpoint_read_edge(const struct db_result *result, struct merkle_edge *edge) MUST_USE;

/* The largest tree of at most this size that a batch ended with, as it was booked. */
void checkpoint_find_booked(uint64_t size_max, struct arena *arena, struct db_batch *batch);

/* Size 0 where nothing is booked; false if the row is damaged. */
bool checkpoint_read_booked(const struct db_result *result, struct merkle_head *head) MUST_USE;

/* Leaf hashes from an entry on, at most `count`; one column. */
void checkpoint_find_leaves(uint64_t from, size_t count, struct arena *arena,
                            struct db_batch *batch);

/*
 * Stores a signed note, unless it is there. It does not wait for the disk: what
 * is lost can be signed again, for the anchor is the notary's.
 */
void checkpoint_store(uint64_t size, struct slice note, struct arena *arena,
                      struct db_batch *batch);
