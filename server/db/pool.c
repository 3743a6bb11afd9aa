/*
 * A query is what one call wants of the pool. It stands in the queue until a
 * connection is free or takes it behind another, then runs there:
 *
 *   db_run --> queued --start--> running --done--> call woken
 *                |                  |
 *                +-- too late ------+-- too late --> call woken, and the query runs on alone
 */
#include "db/pool.h"

/* Before base/list.h: it has a LIST_ENTRY of its own, and takes it away again. */
#include <event2/event_struct.h>

#include "base/clock.h"
#include "base/list.h"
#include "base/log.h"
#include "base/memory.h"
#include "db/sqlstate.h"
#include "flow/op.h"

#include <assert.h>
#include <event2/event.h>
#include <stdarg.h>
#include <stdio.h>

struct query {
    struct pool *pool;
    struct call *call;  /* NULL once it was told that it is too late */
    const char *method; /* of the call, for the log */
    db_read_fn *read;
    void *out;
    int64_t give_up_us; /* when the queue does, on the monotonic clock */
    struct event timer;
    struct list link; /* in the pool's queue, then among those that run */
    bool is_running;
    struct db_batch batch;
};

struct pool {
    struct event_base *base;
    struct pool_config config;
    struct list queue, running;
    size_t queue_count;
    struct conn *conns[];
};

static void serve(struct pool *pool);

const struct refusal_list *
db_refusal(struct call *call, enum reason reason, const char *field, const char *detail, ...)
{
    struct arena *arena = call_arena(call);
    struct refusal_list *refusals = arena_alloc(arena, sizeof(*refusals));
    char text[DB_MESSAGE_MAX];
    va_list args;

    va_start(args, detail);
    vsnprintf(text, sizeof(text), detail, args);
    va_end(args);
    refusal_add(refusals, arena, REFUSAL_NO_ITEM, field, reason, "%s", text);
    return refusals;
}

static void
refuse(struct call *call, enum reason reason)
{
    call_wake_refused(call, db_refusal(call, reason, "", "%s", ""));
}

static void
query_free(struct query *query)
{
    event_del(&query->timer);
    xfree(query);
}

static void
leave_queue(struct query *query)
{
    list_remove(&query->link);
    query->pool->queue_count--;
}

static void
too_late(evutil_socket_t fd, short what, void *arg)
{
    struct query *query = arg;
    struct call *call = query->call;
    /* Not by the clock: the loop's may be a little ahead of it. */
    bool is_past = call_deadline_us(call) <= query->give_up_us;

    (void)fd, (void)what;
    if (query->is_running) {
        /* The call may go; the query stays until the connection is done with it. */
        query->call = NULL;
        refuse(call, REASON_DEADLINE_PASSED);
        return;
    }
    leave_queue(query);
    query_free(query);
    refuse(call, is_past ? REASON_DEADLINE_PASSED : REASON_DATABASE_UNAVAILABLE);
}

/* Sets the timer to `due_us` on the monotonic clock, or to never. */
static void
set_timer(struct query *query, int64_t due_us)
{
    int64_t left_us = due_us - clock_monotonic_us();

    if (due_us == INT64_MAX) {
        event_del(&query->timer);
        return;
    }
    if (left_us < 0)
        left_us = 0;

    struct timeval delay = {.tv_sec = left_us / 1000000, .tv_usec = left_us % 1000000};

    event_add(&query->timer, &delay);
}

/* The answer to a call that still waits for one. */
static void
answer(struct query *query, const struct db_outcome *outcome,
       const struct db_result *const *results)
{
    struct call *call = query->call;

    if (outcome->end != DB_OK) {
        /* Reads, and writes that may be repeated: "unknown" would say more than there is. */
        refuse(call, outcome->end == DB_UNKNOWN ? REASON_DATABASE_UNAVAILABLE : outcome->reason);
        return;
    }

    const struct refusal_list *refusals = NULL;

    if (query->read != NULL && !call_is_abandoned(call))
        refusals = query->read(call, results, query->out);
    if (refusals != NULL)
        call_wake_refused(call, refusals);
    else
        call_wake(call);
}

static void
done(void *arg, const struct db_outcome *outcome, const struct db_result *const *results)
{
    struct query *query = arg;
    struct pool *pool = query->pool;

    list_remove(&query->link);
    if (outcome->end == DB_FAILED) /* what was lost the connection has logged */
        log_write(sqlstate_log_level(outcome->reason),
                  "statement failed method=%s statement=%s sqlstate=%s message=\"%s\"",
                  query->method, outcome->statement, outcome->sqlstate, outcome->message);
    if (query->call != NULL)
        answer(query, outcome, results);
    query_free(query);
    serve(pool);
}

/* A connection that is free; else one that takes the batch behind the one it runs. */
static struct conn *
find_conn(struct pool *pool, const struct db_batch *batch)
{
    for (size_t i = 0; i < pool->config.conn_count; i++)
        if (conn_is_ready(pool->conns[i]))
            return pool->conns[i];
    for (size_t i = 0; i < pool->config.conn_count; i++)
        if (conn_takes_behind(pool->conns[i], batch))
            return pool->conns[i];
    return NULL;
}

static void
start(struct conn *conn, struct query *query)
{
    list_append(&query->pool->running, &query->link);
    query->is_running = true;
    set_timer(query, call_deadline_us(query->call));

    bool is_started = conn_run(conn, &query->batch, done, query);

    assert(is_started); /* it takes the batch, and no query leaves a transaction open */
}

/* Gives connections to the queries that wait longest. */
static void
serve(struct pool *pool)
{
    while (!list_is_empty(&pool->queue)) {
        struct query *query = LIST_FIRST(&pool->queue, struct query, link);
        struct conn *conn = find_conn(pool, &query->batch);

        if (call_is_abandoned(query->call)) {
            leave_queue(query);
            call_wake(query->call);
            query_free(query);
            continue;
        }
        if (conn == NULL)
            return;
        leave_queue(query);
        start(conn, query);
    }
}

static void
ready(void *arg)
{
    serve(arg);
}

static struct query *
query_new(struct call *call, const struct db_batch *batch, db_read_fn *read, void *out)
{
    struct pool *pool = call_runtime(call)->pool;
    struct query *query = xmalloc(sizeof(*query));

    query->pool = pool;
    query->call = call;
    query->method = call_method(call)->name;
    query->read = read;
    query->out = out;
    query->give_up_us = clock_monotonic_us() + (int64_t)pool->config.queue_wait_ms * 1000;
    query->is_running = false;
    query->batch.count = batch->count;
    memcpy(query->batch.commands, batch->commands, batch->count * sizeof(batch->commands[0]));
    event_assign(&query->timer, pool->base, -1, 0, too_late, query);
    list_init(&query->link);
    return query;
}

struct step
db_run(struct call *call, const struct db_batch *batch, db_read_fn *read, void *out, step_fn *next)
{
    struct pool *pool = call_runtime(call)->pool;
    struct query *query;
    int64_t deadline_us = call_deadline_us(call);

    assert(batch->count > 0);
    assert(batch->commands[0].statement != &db_begin);
    serve(pool); /* those whose clients have left make room */
    if (pool->queue_count >= pool->config.queue_max)
        return call_refuse(call, REASON_DATABASE_BUSY, "", "%s", "");

    query = query_new(call, batch, read, out);
    list_append(&pool->queue, &query->link);
    pool->queue_count++;
    set_timer(query, query->give_up_us < deadline_us ? query->give_up_us : deadline_us);

    struct step waiting = call_wait(call, next);

    serve(pool);
    return waiting;
}

struct step
db_query(struct call *call, const struct db_statement *statement, const struct db_params *params,
         db_read_fn *read, void *out, step_fn *next)
{
    struct db_batch batch;

    batch.count = 0;
    batch_add(&batch, statement, params);
    return db_run(call, &batch, read, out, next);
}

struct pool *
pool_new(struct event_base *base, const struct pool_config *config,
         const struct conn_config *conn_config)
{
    struct pool *pool = xcalloc(1, sizeof(*pool) + config->conn_count * sizeof(pool->conns[0]));

    assert(config->conn_count > 0);
    assert(config->queue_max > 0);
    pool->base = base;
    pool->config = *config;
    list_init(&pool->queue);
    list_init(&pool->running);
    for (size_t i = 0; i < config->conn_count; i++)
        pool->conns[i] =
            conn_new(base, conn_config, &(struct conn_events){.ready = ready, .arg = pool});
    return pool;
}

static void
abandon(struct query *query)
{
    if (query->call != NULL)
        refuse(query->call, REASON_DATABASE_UNAVAILABLE);
    query_free(query);
}

void
pool_free(struct pool *pool)
{
    if (pool == NULL)
        return;
    for (size_t i = 0; i < pool->config.conn_count; i++)
        conn_free(pool->conns[i]);
    list_each (node, &pool->queue)
        abandon(LIST_ENTRY(node, struct query, link));
    list_each (node, &pool->running)
        abandon(LIST_ENTRY(node, struct query, link));
    xfree(pool);
}
