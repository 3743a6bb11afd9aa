#pragma once

#include "db/conn.h"
#include "flow/call.h"

/*
 * Connections for short statements, shared by all calls of a worker, and the
 * operations that use them. Calls wait for a free connection in a bounded
 * queue, first come, first served. Where none is free, a batch may be sent
 * behind the one that runs on a connection (conn_takes_behind); it then waits for
 * that one, which ends by the limits of a connection.
 */
struct pool;

struct pool_config {
    size_t conn_count;
    size_t queue_max;       /* calls that wait; beyond it DATABASE_BUSY */
    unsigned queue_wait_ms; /* longest wait in the queue; after it DATABASE_UNAVAILABLE */
};

struct pool *pool_new(struct event_base *base, const struct pool_config *config,
                      const struct conn_config *conn_config) MUST_USE;

/* Calls that wait are refused with DATABASE_UNAVAILABLE. */
void pool_free(struct pool *pool);

/*
 * Copies what a call needs out of the results (one for each statement) into
 * the call's arena and `out`. Returns NULL, or why the call is refused
 * (db_refusal), as for a row that must be there.
 */
typedef const struct refusal_list *db_read_fn(struct call *call,
                                              const struct db_result *const *results, void *out);

/* One refusal in the call's arena; `field` as refusal_add() has it. */
const struct refusal_list *db_refusal(struct call *call, enum reason reason, const char *field,
                                      const char *detail, ...) MUST_USE PRINTF(4, 5);

/*
 * Runs one statement on a connection of the runtime's pool, in a transaction
 * of its own; then `read` (NULL: nothing to read), then the step `next`. What
 * the database refuses fails the call (db/sqlstate.c) and is logged.
 */
struct step db_query(struct call *call, const struct db_statement *statement,
                     const struct db_params *params, db_read_fn *read, void *out,
                     step_fn *next) MUST_USE;

/* The same with several statements: one round trip, one transaction, all or nothing. */
struct step db_run(struct call *call, const struct db_batch *batch, db_read_fn *read, void *out,
                   step_fn *next) MUST_USE;
