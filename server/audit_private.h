#pragma once

#include "base/arena.h"
#include "config.h"
#include "crypto/merkle.h"
#include "crypto/note.h"
#include "db/blocking.h"

/* What the parts of the audit share. */

/* Most faults that are printed of one table; the others are counted. */
#define AUDIT_FAULTS_MAX 20

/* Memory for one batch: entries with their items, and what executing them takes. */
#define AUDIT_BATCH_MEMORY ((size_t)1 << 30)

struct audit {
    struct blocking *db;
    int64_t size;         /* entries of the log in the snapshot */
    int64_t next;         /* the first that is not replayed */
    int64_t booked_at_us; /* of the entry before it */
    struct merkle_edge edge;
    struct note_verifier *verifier; /* of checkpoints; NULL before the founding */
    struct merkle_edge anchor;      /* what was signed last, known from outside the database */
    size_t fault_count;
};

/* audit_fault.c. Prints one fault, which is about a row of a table, and counts it. */
void audit_fault(struct audit *audit, const char *table, const char *key, const char *fmt, ...)
    PRINTF(4, 5);

/* Runs a statement; on failure says so, counts it as a fault and is false. */
bool audit_query(struct audit *audit, const struct db_statement *statement,
                 const struct db_params *params, blocking_row_fn *each, void *arg) MUST_USE;

/* audit_replay.c: entries from audit->next on, until the end or a fault that ends the replay. */
bool audit_replay(struct audit *audit) MUST_USE;

/* audit_compare.c: makes the empty tables, and compares them once they are filled. */
bool audit_make_tables(struct audit *audit) MUST_USE;
bool audit_compare(struct audit *audit) MUST_USE;

/* Opens every person and compares with the commitments in the log. */
bool audit_identities(struct audit *audit, const char *epoch_keys_file) MUST_USE;
