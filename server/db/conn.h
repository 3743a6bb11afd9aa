#pragma once

#include "db/outcome.h"
#include "db/row.h"
#include "db/statement.h"

struct event_base;

/*
 * One connection to PostgreSQL, never blocking, that comes back by itself.
 * It runs one batch after the other, of which one may be sent ahead; between the
 * batches of a transaction it is simply kept. A transaction does not outlive the
 * connection.
 */
struct conn;

/*
 * How a connection is made. All texts are borrowed for as long as the connection
 * lives. A host given by name is looked up while everything waits: give hostaddr
 * or the folder of a socket. What stands here overrides the same in the conninfo,
 * and its `options`.
 */
struct conn_config {
    const char *conninfo;    /* as libpq reads it; may hold a password, so it is never logged */
    const char *name;        /* application_name, and in our log */
    const char *search_path; /* schemas of unqualified tables; identifiers of ours */
    bool is_urgent;          /* its results come before other events of a base with priorities */
    bool finds_by_key;       /* all its statements find rows by an index: see conn_config_default */
    unsigned connect_timeout_ms;
    unsigned statement_timeout_ms;           /* the server cancels a statement; 0 never */
    unsigned lock_timeout_ms;                /* the server gives up waiting for a lock; 0 never */
    unsigned idle_in_transaction_timeout_ms; /* the server ends the session; 0 never */
    unsigned tcp_user_timeout_ms;            /* sent and not acknowledged; 0 as the system has it */
    unsigned
        batch_timeout_ms;   /* the client drops the connection; more than what the server allows */
    unsigned behind_max_ms; /* a batch that began longer ago may be stuck: none is sent behind it */
};

/*
 * Sensible limits for a connection of `name`; change what differs. Statements
 * that find rows by key are planned once, through the index: an estimate from
 * the statistics of a table that has grown since may choose to read all of it.
 */
struct conn_config conn_config_default(const char *conninfo, const char *name);

/*
 * A batch has ended. On DB_OK results[i] are the rows of statement i, else
 * `results` is NULL; they are freed when this returns. It may run the next
 * batch, unless the connection was lost, but not free the connection.
 */
typedef void conn_done_fn(void *arg, const struct db_outcome *outcome,
                          const struct db_result *const *results);

/* Whom a connection tells what happens outside of batches. None may free the
 * connection, and only `ready` run a batch. */
struct conn_events {
    void (*ready)(void *arg);       /* connected (again), and nothing under way */
    void (*unreachable)(void *arg); /* an attempt to connect failed; NULL: not wanted */
    void (*notified)(void *arg, const char *payload); /* NULL: not wanted */
    void *arg;
};

/* Starts to connect, and tries again, waiting longer each time, for as long as it lives. */
struct conn *conn_new(struct event_base *base, const struct conn_config *config,
                      const struct conn_events *events) MUST_USE;

/* Drops the connection; batches under way are forgotten, their `done` is not called. */
void conn_free(struct conn *conn);

/* Whether it is connected, and no batch under way. */
bool conn_is_ready(const struct conn *conn) MUST_USE;

/*
 * Whether this batch can be run behind the one under way: that one began a moment ago, neither
 * begins with db_begin or belongs to a transaction that is open, and all statements of this one
 * are prepared. It then waits for that one, and is lost with the connection if that one drops it.
 */
bool conn_takes_behind(const struct conn *conn, const struct db_batch *batch) MUST_USE;

/*
 * Sends a batch, which is read during this call only: db_begin only as its
 * first statement, db_commit and db_rollback only as its last. `done` is called
 * once, later, from the event loop. While a batch is under way only what
 * conn_takes_behind() says may be run. False, and `done` is not called, if there
 * is no connection now or the transaction that was open on it is gone: as DB_LOST.
 */
bool conn_run(struct conn *conn, const struct db_batch *batch, conn_done_fn *done,
              void *arg) MUST_USE;
