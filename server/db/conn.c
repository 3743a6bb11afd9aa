/*
 * One connection as a machine:
 *
 *      +--------------------- lost -----------------------+
 *      |          +------- lost, refused, too late -------|----+
 *      v          v                                       |    |
 *   WAITING --due--> CONNECTING --connected--> READY --conn_run--> RUNNING
 *                                                ^                 |   ^ |
 *                                                +------ done -----+   +-+ done, and
 *                                                                      one is behind
 *
 * It is in pipeline mode from the moment it is ready. A batch is: each
 * statement, the first time preceded by its Parse, and one Sync at the end;
 * the server answers in the same order. COPY is never used: it wedges a
 * pipelined connection.
 *
 * One batch more may be sent behind the one that runs, so that the server need
 * not wait for it. Neither has to do with a transaction that stays open, and the
 * one behind prepares nothing: so how one ends is nothing to the other.
 */
#include "db/conn.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/panic.h"
#include "db/result.h"
#include "db/session.h"
#include "db/sqlstate.h"

#include <assert.h>
#include <event2/event.h>
#include <event2/event_struct.h>
#include <openssl/ssl.h>
#include <stdio.h>

/* Between two attempts to connect: none after the first loss, then doubled from ... to ... */
#define RETRY_FIRST_MS 100u
#define RETRY_LONGEST_MS 5000u

/* Slots of the table of prepared statements, twice as many as it may hold; a power of two. */
#define PREPARED_SLOTS 1024

enum state { WAITING, CONNECTING, READY, RUNNING, STATE_COUNT };

static const bool moves[STATE_COUNT][STATE_COUNT] = {
    [WAITING] = {[CONNECTING] = true},
    [CONNECTING] = {[WAITING] = true, [READY] = true},
    [READY] = {[WAITING] = true, [RUNNING] = true},
    [RUNNING] = {[WAITING] = true, [READY] = true, [RUNNING] = true},
};

/* A batch under way. */
struct running {
    const struct db_statement *statements[DB_BATCH_MAX];
    bool prepares[DB_BATCH_MAX]; /* its Parse goes before it */
    PGresult *results[DB_BATCH_MAX];
    size_t count;
    size_t index;         /* of the statement whose reply comes next */
    bool is_prepare;      /* and this is the reply to its Parse */
    bool has_reply;       /* of which we have something */
    bool sent;            /* all of it, as far as libpq is concerned */
    bool commits;         /* at its end, if nothing fails */
    int64_t since_us;     /* on the monotonic clock */
    bool failed;          /* a statement was refused; outcome says why */
    bool drop_connection; /* when the batch has ended */
    struct db_outcome outcome;
    conn_done_fn *done;
    void *arg;
};

struct conn {
    struct conn_config config;
    struct conn_events events;
    struct event_base *base;
    enum state state;
    PGconn *pg; /* NULL while WAITING */
    struct event readable, writable, timer;
    unsigned failures;     /* since a batch last succeeded */
    bool in_transaction;   /* one that db_begin opened */
    bool transaction_lost; /* it was open when the connection went, and nobody was told */
    const struct db_statement *prepared[PREPARED_SLOTS];
    size_t prepared_count;
    struct running running;
    struct running behind; /* sent, and nothing of it has come; done is NULL while there is none */
};

static void tick(struct conn *conn, bool is_late);

static void
enter(struct conn *conn, enum state state)
{
    assert(moves[conn->state][state]);
    assert((conn->pg == NULL) == (state == WAITING));
    assert((conn->running.done != NULL) == (state == RUNNING));
    assert(conn->behind.done == NULL || state == RUNNING);
    conn->state = state;
}

static void
on_socket(evutil_socket_t fd, short what, void *arg)
{
    (void)fd, (void)what;
    tick(arg, false);
}

static void
on_timer(evutil_socket_t fd, short what, void *arg)
{
    (void)fd, (void)what;
    tick(arg, true);
}

static void
set_timer(struct conn *conn, unsigned ms)
{
    struct timeval delay = {.tv_sec = ms / 1000, .tv_usec = (suseconds_t)(ms % 1000) * 1000};

    event_add(&conn->timer, &delay);
}

/* ------------------------------------------------------------------ prepared statements */

static size_t
prepared_slot(const struct conn *conn, const struct db_statement *statement)
{
    size_t slot = (size_t)((uintptr_t)statement / 16 * 0x9e3779b97f4a7c15u >> 40);

    for (slot %= PREPARED_SLOTS; conn->prepared[slot] != NULL; slot = (slot + 1) % PREPARED_SLOTS)
        if (conn->prepared[slot] == statement)
            break;
    return slot;
}

static void
add_prepared(struct conn *conn, const struct db_statement *statement)
{
    if (++conn->prepared_count > PREPARED_SLOTS / 2)
        panic("conn: more than %d statements, at %s", PREPARED_SLOTS / 2, statement->name);
    conn->prepared[prepared_slot(conn, statement)] = statement;
}

static bool
is_prepared(const struct conn *conn, const struct db_statement *statement)
{
    return conn->prepared[prepared_slot(conn, statement)] != NULL;
}

/* Whether statement `index` of the batch is neither prepared nor about to be. */
static bool
needs_prepare(const struct conn *conn, const struct running *running, size_t index)
{
    const struct db_statement *statement = running->statements[index];

    if (is_prepared(conn, statement))
        return false;
    for (size_t i = 0; i < index; i++)
        if (running->statements[i] == statement)
            return false;
    return true;
}

/* ------------------------------------------------------------------ losing the connection */

static void
free_results(struct running *running)
{
    for (size_t i = 0; i < running->count; i++)
        PQclear(running->results[i]);
}

static void
close_connection(struct conn *conn)
{
    event_del(&conn->readable);
    event_del(&conn->writable);
    event_del(&conn->timer);
    PQfinish(conn->pg);
    conn->pg = NULL;
    memset(conn->prepared, 0, sizeof(conn->prepared));
    conn->prepared_count = 0;
}

/* Says how a batch ended, if there is one, that was under way when the connection went. */
static void
end_lost(struct running *running, const struct db_outcome *trouble)
{
    struct db_outcome *outcome = &running->outcome;

    if (running->done == NULL)
        return;
    if (outcome->message[0] == '\0')
        *outcome = *trouble;
    /* Statements after one that failed are skipped, the COMMIT too. */
    if (running->sent && running->commits && !running->failed) {
        outcome->end = DB_UNKNOWN;
        outcome->reason = REASON_RESULT_UNKNOWN;
    } else {
        outcome->end = DB_LOST;
    }
    running->done(running->arg, outcome, NULL);
}

/* `why` is in our words, or NULL if libpq's are to be taken. */
static void
lose(struct conn *conn, const char *why)
{
    struct running running = conn->running, behind = conn->behind;
    struct db_outcome trouble = {.end = DB_LOST, .reason = REASON_DATABASE_TIMEOUT};
    bool was_connecting = conn->state == CONNECTING;
    unsigned delay_ms = 0;

    if (why != NULL)
        snprintf(trouble.message, sizeof(trouble.message), "%s", why);
    else
        session_read_trouble(&trouble, conn->pg);
    if (conn->failures > 0)
        delay_ms = RETRY_FIRST_MS << (conn->failures < 8 ? conn->failures - 1 : 7);
    /* Of attempts to connect that fail on and on, the 1st, 2nd, 4th, 8th, ... are told. */
    if (!was_connecting || (conn->failures & (conn->failures + 1)) == 0)
        log_warn("database connection lost name=%s message=\"%s\"", conn->config.name,
                 running.outcome.message[0] != '\0' ? running.outcome.message : trouble.message);
    conn->failures++;
    conn->transaction_lost |= conn->state == READY && conn->in_transaction;
    conn->in_transaction = false;
    close_connection(conn);
    conn->running = conn->behind = (struct running){0};
    enter(conn, WAITING);
    set_timer(conn, delay_ms < RETRY_LONGEST_MS ? delay_ms : RETRY_LONGEST_MS);
    end_lost(&running, &trouble);
    end_lost(&behind, &trouble);
    free_results(&running);
    if (was_connecting && conn->events.unreachable != NULL)
        conn->events.unreachable(conn->events.arg);
}

/* ------------------------------------------------------------------ connecting */

static void
await(struct conn *conn, short what)
{
    /* Not persistent: while it tries one address after another, libpq closes and opens sockets. */
    event_assign(&conn->readable, conn->base, PQsocket(conn->pg), what, on_socket, conn);
    event_add(&conn->readable, NULL);
}

static void
connected(struct conn *conn)
{
    event_del(&conn->timer);
    if (PQsetnonblocking(conn->pg, 1) != 0 || PQenterPipelineMode(conn->pg) != 1) {
        lose(conn, NULL);
        return;
    }
    event_assign(&conn->readable, conn->base, PQsocket(conn->pg), EV_READ | EV_PERSIST, on_socket,
                 conn);
    event_assign(&conn->writable, conn->base, PQsocket(conn->pg), EV_WRITE, on_socket, conn);
    if (conn->config.is_urgent)
        event_priority_set(&conn->readable, 0);
    event_add(&conn->readable, NULL);
    enter(conn, READY);
    log_info("database connected name=%s", conn->config.name);
    conn->events.ready(conn->events.arg);
}

static void
connect_on(struct conn *conn)
{
    switch (PQconnectPoll(conn->pg)) {
    case PGRES_POLLING_READING:
        await(conn, EV_READ);
        return;
    case PGRES_POLLING_WRITING:
        await(conn, EV_WRITE);
        return;
    case PGRES_POLLING_OK:
        connected(conn);
        return;
    case PGRES_POLLING_FAILED:
    case PGRES_POLLING_ACTIVE: /* unused, says libpq-fe.h */
        lose(conn, NULL);
        return;
    }
}

static void
connect_begin(struct conn *conn)
{
    struct session session;

    session_init(&session, &conn->config);
    conn->pg = PQconnectStartParams(session.keywords, session.values, 1);
    if (conn->pg == NULL)
        panic("conn: out of memory");
    enter(conn, CONNECTING);
    if (PQstatus(conn->pg) == CONNECTION_BAD) {
        lose(conn, NULL);
        return;
    }
    session_log_notices(conn->pg);
    set_timer(conn, conn->config.connect_timeout_ms);
    await(conn, EV_WRITE); /* libpq: as if PQconnectPoll() had said PGRES_POLLING_WRITING */
}

/* ------------------------------------------------------------------ sending a batch */

static bool
send_command(struct conn *conn, const struct db_command *command, bool prepare)
{
    static const struct db_params none = {0};
    const struct db_params *params = command->params != NULL ? command->params : &none;
    const struct db_statement *statement = command->statement;

    if (prepare &&
        PQsendPrepare(conn->pg, statement->name, statement->sql, params->count, params->types) != 1)
        return false;
    return PQsendQueryPrepared(conn->pg, statement->name, params->count, params->values,
                               params->lengths, session_binary, 1) == 1;
}

static bool
send_batch(struct conn *conn, const struct db_batch *batch, const struct running *running)
{
    for (size_t i = 0; i < batch->count; i++)
        if (!send_command(conn, &batch->commands[i], running->prepares[i]))
            return false;
    return PQpipelineSync(conn->pg) == 1;
}

/* False when the connection is broken. */
static bool
flush(struct conn *conn)
{
    int left = PQflush(conn->pg);

    if (left == 1)
        event_add(&conn->writable, NULL);
    return left >= 0;
}

static void
begin_running(struct conn *conn, struct running *running, const struct db_batch *batch)
{
    bool in_transaction = conn->in_transaction;
    const struct db_statement *last = batch->commands[batch->count - 1].statement;

    running->count = batch->count;
    for (size_t i = 0; i < batch->count; i++) {
        const struct db_statement *statement = batch->commands[i].statement;

        assert(statement != &db_begin || i == 0);
        assert((statement != &db_commit && statement != &db_rollback) || i + 1 == batch->count);
        running->statements[i] = statement;
        running->prepares[i] = needs_prepare(conn, running, i);
    }
    running->is_prepare = running->prepares[0];
    if (running->statements[0] == &db_begin) {
        assert(!in_transaction);
        in_transaction = true;
    }
    running->commits = !in_transaction || last == &db_commit;
}

/* Whether it can be sent behind the batch under way, however long ago that began. */
static bool
fits_behind(const struct conn *conn, const struct db_batch *batch)
{
    if (conn->state != RUNNING || conn->behind.done != NULL || !conn->running.sent ||
        conn->running.failed)
        return false;
    if (conn->in_transaction || conn->running.statements[0] == &db_begin)
        return false;
    for (size_t i = 0; i < batch->count; i++)
        if (!is_prepared(conn, batch->commands[i].statement))
            return false;
    return batch->commands[0].statement != &db_begin;
}

bool
conn_run(struct conn *conn, const struct db_batch *batch, conn_done_fn *done, void *arg)
{
    bool is_behind = conn->state == RUNNING;
    struct running *running = is_behind ? &conn->behind : &conn->running;
    bool transaction_lost = conn->transaction_lost;

    assert(batch->count > 0);
    assert(done != NULL);
    assert(!is_behind || fits_behind(conn, batch));
    conn->transaction_lost = false;
    if (conn->state != READY && !is_behind)
        return false;
    if (transaction_lost && batch->commands[0].statement != &db_begin)
        return false;

    begin_running(conn, running, batch);
    running->done = done;
    running->arg = arg;
    running->since_us = clock_monotonic_us();
    if (!is_behind) {
        enter(conn, RUNNING);
        set_timer(conn, conn->config.batch_timeout_ms);
    }
    running->sent = send_batch(conn, batch, running);
    /* What went wrong is told later, from the loop, as everything else. */
    if (!running->sent || !flush(conn))
        event_active(&conn->readable, EV_READ, 1);
    return true;
}

/* ------------------------------------------------------------------ taking the replies */

enum progress { MORE_TO_COME, COMPLETE, BROKEN };

static enum progress
take_error(struct running *running, const PGresult *pg)
{
    bool is_gone;

    if (running->failed) /* the connection's end, after a refusal */
        return BROKEN;
    is_gone = session_read_error(&running->outcome, pg);
    if (is_gone)
        return BROKEN;
    running->failed = true;
    running->outcome.end = DB_FAILED;
    running->outcome.failed = running->index;
    running->outcome.statement = running->statements[running->index]->name;
    running->drop_connection = sqlstate_find(running->outcome.sqlstate)->drops_connection;
    return MORE_TO_COME;
}

/* A COMMIT of a transaction that had failed rolls back, and is no error to the server. */
static void
check_commit(struct running *running, PGresult *pg)
{
    if (running->statements[running->index] != &db_commit || strcmp(PQcmdStatus(pg), "COMMIT") == 0)
        return;
    running->failed = true;
    running->outcome = (struct db_outcome){
        .end = DB_FAILED,
        .reason = REASON_INTERNAL_ERROR,
        .failed = running->index,
        .statement = db_commit.name,
        .sqlstate = "25P02", /* in_failed_sql_transaction */
        .message = "the transaction had failed before its COMMIT",
    };
}

static enum progress
take_reply(struct conn *conn, PGresult *pg)
{
    struct running *running = &conn->running;
    SCOPED_RESULT *owned = pg;
    ExecStatusType status = PQresultStatus(pg);

    if (running->index == running->count || running->has_reply)
        return BROKEN;
    running->has_reply = true;
    if (status == PGRES_FATAL_ERROR)
        return take_error(running, pg);
    if (status == PGRES_PIPELINE_ABORTED)
        return MORE_TO_COME;
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
        return BROKEN;
    if (running->is_prepare) {
        add_prepared(conn, running->statements[running->index]);
        return MORE_TO_COME;
    }
    check_commit(running, pg);
    running->results[running->index] = pg;
    owned = NULL;
    return MORE_TO_COME;
}

/* After the NULL with which libpq ends each reply; false if there was none. */
static bool
next_reply(struct running *running)
{
    if (!running->has_reply)
        return false;
    running->has_reply = false;
    if (running->is_prepare) {
        running->is_prepare = false;
        return true;
    }
    running->index++;
    running->is_prepare = running->index < running->count && running->prepares[running->index];
    return true;
}

static enum progress
take_replies(struct conn *conn)
{
    enum progress progress = MORE_TO_COME;

    while (progress == MORE_TO_COME && !PQisBusy(conn->pg)) {
        PGresult *pg = PQgetResult(conn->pg);

        if (pg == NULL) {
            if (!next_reply(&conn->running))
                progress = BROKEN;
        } else if (PQresultStatus(pg) == PGRES_PIPELINE_SYNC) {
            PQclear(pg);
            progress = conn->running.index == conn->running.count ? COMPLETE : BROKEN;
        } else {
            progress = take_reply(conn, pg);
        }
    }
    return progress;
}

static void
finish(struct conn *conn)
{
    struct running running = conn->running;
    const struct db_result *results[DB_BATCH_MAX];

    conn->running = conn->behind;
    conn->behind = (struct running){0};
    if (conn->running.done != NULL) {
        enter(conn, RUNNING);
        set_timer(conn, conn->config.batch_timeout_ms);
    } else {
        event_del(&conn->timer);
        event_del(&conn->writable);
        conn->in_transaction = PQtransactionStatus(conn->pg) != PQTRANS_IDLE;
        enter(conn, READY);
    }
    if (!running.failed)
        conn->failures = 0;
    for (size_t i = 0; i < running.count; i++)
        results[i] = result_of(running.results[i]);
    running.done(running.arg, &running.outcome, running.failed ? NULL : results);
    free_results(&running);
}

/* ------------------------------------------------------------------ the machine */

/* Reads what there is; false when the connection is broken, though replies may have come before. */
static bool
read_input(struct conn *conn)
{
    SSL *ssl = PQgetssl(conn->pg);

    /* What OpenSSL has read already does not make the socket readable again. */
    do {
        if (PQconsumeInput(conn->pg) != 1)
            return false;
    } while (ssl != NULL && SSL_pending(ssl) > 0);
    return true;
}

/* Whether libpq took all of what is under way. */
static bool
is_sent(const struct conn *conn)
{
    return conn->running.sent && (conn->behind.done == NULL || conn->behind.sent);
}

static void
take_notifications(struct conn *conn)
{
    PGnotify *notify;

    while ((notify = PQnotifies(conn->pg)) != NULL) {
        if (conn->events.notified != NULL)
            conn->events.notified(conn->events.arg, notify->extra);
        PQfreemem(notify);
    }
}

/* Ends what is complete: what came may have ended the batch behind, too. */
static void
run_on(struct conn *conn)
{
    bool is_whole = is_sent(conn) && read_input(conn) && flush(conn);
    enum progress progress;

    take_notifications(conn);
    while ((progress = take_replies(conn)) == COMPLETE && !conn->running.drop_connection) {
        finish(conn);
        if (conn->state != RUNNING)
            return;
    }
    if (progress == COMPLETE)
        lose(conn, "");
    else if (progress == BROKEN || !is_whole || PQstatus(conn->pg) == CONNECTION_BAD)
        lose(conn, NULL);
}

static void
tick(struct conn *conn, bool is_late)
{
    switch (conn->state) {
    case WAITING:
        connect_begin(conn);
        return;
    case CONNECTING:
        if (is_late)
            lose(conn, "connecting took too long");
        else
            connect_on(conn);
        return;
    case READY:
        if (!read_input(conn) || PQstatus(conn->pg) == CONNECTION_BAD)
            lose(conn, NULL);
        else
            take_notifications(conn);
        return;
    case RUNNING:
        if (is_late)
            lose(conn, "the server did not answer in time");
        else
            run_on(conn);
        return;
    case STATE_COUNT:
        break;
    }
    __builtin_unreachable();
}

struct conn *
conn_new(struct event_base *base, const struct conn_config *config,
         const struct conn_events *events)
{
    struct conn *conn = xcalloc(1, sizeof(*conn));

    assert(config->connect_timeout_ms > 0);
    assert(config->batch_timeout_ms > 0);
    assert(events->ready != NULL);
    conn->base = base;
    conn->config = *config;
    conn->events = *events;
    event_assign(&conn->readable, base, -1, 0, on_socket, conn);
    event_assign(&conn->writable, base, -1, 0, on_socket, conn);
    event_assign(&conn->timer, base, -1, 0, on_timer, conn);
    set_timer(conn, 0);
    return conn;
}

void
conn_free(struct conn *conn)
{
    if (conn == NULL)
        return;
    close_connection(conn);
    free_results(&conn->running);
    xfree(conn);
}

bool
conn_is_ready(const struct conn *conn)
{
    return conn->state == READY;
}

bool
conn_takes_behind(const struct conn *conn, const struct db_batch *batch)
{
    return fits_behind(conn, batch) && clock_monotonic_us() - conn->running.since_us <=
                                           (int64_t)conn->config.behind_max_ms * 1000;
}
