#pragma once

#include "db/params.h"

/*
 * One SQL statement: a static constant beside the code that uses it. Each
 * connection prepares it at its first use, with the types of the parameters
 * given then; its name must be unique in the program and is what the log shows.
 */
struct db_statement {
    const char *name;
    const char *sql;
};

/* Transaction control; the connection knows these by their addresses. */
extern const struct db_statement db_begin, db_commit, db_rollback;

/* A statement and its parameters; NULL if it takes none. */
struct db_command {
    const struct db_statement *statement;
    const struct db_params *params;
};

/* Most statements that one batch sends. */
#define DB_BATCH_MAX 64

/*
 * Statements that are sent together, in one round trip. Without db_begin they
 * are one implicit transaction: all or nothing. At the first that fails the
 * rest is skipped.
 */
struct db_batch {
    size_t count;
    struct db_command commands[DB_BATCH_MAX];
};

void batch_add(struct db_batch *batch, const struct db_statement *statement,
               const struct db_params *params);
