#pragma once

#include "core/world.h"
#include "crypto/merkle.h"
#include "db/row.h"
#include "db/statement.h"

/*
 * The log in SQL: what the ledger reads in order before it books, and what it
 * appends. Insert-only: the daemon's role has no other right here.
 */

/* The newest head: what the next entry is appended to. Zeroed: the log is empty. */
struct log_head {
    struct merkle_edge edge; /* its size is the log's */
    struct hash root;
    int64_t booked_at_us;
};

/* Takes the ledger's lock, for the rest of the transaction: the first statement of a batch. */
extern const struct db_statement log_lock;

/* The newest head, and the database's clock. */
extern const struct db_statement log_newest_head;
bool log_read_head(const struct db_result *result, struct log_head *head,
                   int64_t *db_now_us) MUST_USE;

/* Entries booked under these request ids; of institutions[i] and request_ids[i]. */
struct log_request {
    struct slice institution_id;
    struct slice request_id;
};
void log_find_requests(const struct log_request *requests, size_t count, struct arena *arena,
                       struct db_batch *batch);

struct log_found {
    struct slice institution_id, request_id;
    int64_t entry_index, booked_at_us;
    struct slice entry;
};
/* A row of log_find_requests; borrowed from the result. */
void log_read_found(const struct db_result *result, size_t row, struct log_found *found);

/* An entry to append. */
struct log_row {
    int64_t entry_index;
    struct hash leaf;
    struct slice institution_id;
    const uint8_t *request_id;
    struct slice entry;
    size_t item_count;
    const struct slice *items;
    const struct slice *accounts; /* whose each item is; empty: a public record */
};

/* Adds the statements that append entries with their items, subtrees and the new head. */
struct log_append {
    size_t row_count;
    const struct log_row *rows;
    size_t subtree_count;
    const struct merkle_subtree *subtrees;
    struct log_head head;
};
void log_append_rows(const struct log_append *append, struct arena *arena, struct db_batch *batch);
