#pragma once

#include "crypto/merkle.h"
#include "db/row.h"
#include "db/statement.h"
#include "flow/call.h"
#include "store/scope.h"

/* The log as it is read, by whoever proves and shows it. */

/* The newest signed checkpoint. */
struct stored_checkpoint {
    uint64_t size;
    struct slice note; /* the signed note, as it stands */
};

/* NOT_SIGNED_YET where there is none. */
struct step store_find_checkpoint(struct call *call, struct stored_checkpoint *out,
                                  step_fn *next) MUST_USE;

/* An entry, in the call's arena or borrowed from a result. */
struct stored_entry {
    int64_t entry_index, booked_at_us;
    struct slice bytes;
};

struct stored_entries {
    size_t count;
    struct stored_entry *entries;
};

/* Entries under the newest checkpoint, from one on, at most `limit` and at most so many bytes, but
 * at least one. */
struct step store_list_entries(struct call *call, int64_t first, int32_t limit, int64_t bytes_max,
                               struct stored_entries *out, step_fn *next) MUST_USE;

/* Adds the statement that reads these entries in their order, without those that do not exist. */
void log_read_entries(const uint64_t *indexes, size_t count, struct arena *arena,
                      struct db_batch *batch);
void log_read_entry(const struct db_result *result, size_t row, struct stored_entry *entry);

/* A tile of stored hashes (C2SP tlog-tiles): the hashes [256 * number, 256 * number + 256). */
struct log_tile {
    unsigned level;
    uint64_t number;
};

/* Adds the statement that reads the tiles, which are ascending. */
void log_read_tiles(const struct log_tile *tiles, size_t count, struct arena *arena,
                    struct db_batch *batch);

/* A tile with its hashes, as many as there are, one after another; borrowed from the result. */
struct slice log_read_tile(const struct db_result *result, size_t row,
                           struct log_tile *tile) MUST_USE;

/* Where an item stands. */
struct item_place {
    int64_t entry_index;
    int32_t item_index;
};

/* An item with all that proves it in its transaction; in the call's arena. */
struct stored_item {
    struct item_place place;
    struct slice bytes;
    size_t path_count; /* the hashes of its path in its transaction's items_root */
    const struct hash *path;
};

/*
 * Reads items with their paths; out[i] is of places[i]. An item that is not there has no
 * bytes, nor has one outside the scope: a personal item is its owner's, and of the institution
 * whose transaction it is in, which thereby looks at the owner. The leaf hashes of
 * all transactions named, 32 bytes an item, are in memory at once while it reads:
 * whoever wants many items asks for them a few transactions at a time.
 */
struct step store_find_items(struct call *call, const struct scope *scope,
                             const struct item_place *places, size_t count, struct stored_item *out,
                             step_fn *next) MUST_USE;

/* Whether a transaction of the institution with that request id is booked. */
struct step store_has_request(struct call *call, struct slice institution_id,
                              struct slice request_id, bool *found, step_fn *next) MUST_USE;
