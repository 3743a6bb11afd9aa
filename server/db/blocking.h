#pragma once

#include "db/conn.h"

/*
 * A plain connection that blocks, for commands (init, migrate, audit, status):
 * never in a worker.
 */
struct blocking;

/* Connects; NULL on failure, and `outcome` says why. */
struct blocking *blocking_open(const struct conn_config *config,
                               struct db_outcome *outcome) MUST_USE;
void blocking_close(struct blocking *db);

/* Takes one row, which is row 0 of `row` and freed after. */
typedef void blocking_row_fn(void *arg, const struct db_result *row);

/*
 * Runs one statement and gives its rows one by one, so that millions need no
 * memory; `each` may be NULL, and must not use the connection. False on failure,
 * also after some rows, and blocking_outcome() says why.
 */
bool blocking_run(struct blocking *db, const struct db_statement *statement,
                  const struct db_params *params, blocking_row_fn *each, void *arg) MUST_USE;

/* Runs SQL text of several statements without parameters, as of a migration. */
bool blocking_script(struct blocking *db, const char *sql) MUST_USE;

/* Why the last one failed; the name of the statement is not set for a script. */
const struct db_outcome *blocking_outcome(const struct blocking *db);
