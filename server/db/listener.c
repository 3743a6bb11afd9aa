/*
 * Every second, and whenever the connection is new, one batch says LISTEN
 * (which changes nothing when it stands already) and asks whether this is the
 * primary: only there are notifications sent.
 */
#include "db/listener.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/memory.h"

#include <assert.h>
#include <event2/event.h>
#include <event2/event_struct.h>
#include <stdio.h>

#define HEARTBEAT_S 1

static const struct db_statement is_primary = {
    "listener_is_primary",
    "SELECT NOT pg_is_in_recovery()",
};

struct db_listener {
    struct conn *conn;
    struct event timer;
    char sql[80];
    struct db_statement listen;
    db_listener_changed_fn *changed;
    void *arg;
    bool is_new;       /* LISTEN has not succeeded on this connection yet */
    bool is_proved;    /* at least once on this connection */
    int64_t sent_us;   /* the heartbeat under way, on the monotonic clock */
    int64_t proved_us; /* the last that came back had been sent */
};

static void
beat_done(void *arg, const struct db_outcome *outcome, const struct db_result *const *results)
{
    struct db_listener *listener = arg;

    if (outcome->end != DB_OK || !row_bool(results[1], 0, 0)) {
        if (listener->is_proved || outcome->end == DB_FAILED)
            log_warn("listening failed statement=%s message=\"%s\"", listener->sql,
                     outcome->message);
        listener->is_proved = false;
        listener->is_new = true;
        return;
    }
    if (listener->is_new)
        listener->changed(listener->arg, NULL);
    listener->is_new = false;
    listener->is_proved = true;
    listener->proved_us = listener->sent_us;
}

static void
beat(struct db_listener *listener)
{
    static const struct timeval heartbeat = {.tv_sec = HEARTBEAT_S};
    struct db_batch batch = {0};

    event_add(&listener->timer, &heartbeat);
    if (!conn_is_ready(listener->conn))
        return; /* lost, or the last one is still under way */
    batch_add(&batch, &listener->listen, NULL);
    batch_add(&batch, &is_primary, NULL);
    listener->sent_us = clock_monotonic_us();

    bool is_sent = conn_run(listener->conn, &batch, beat_done, listener);

    assert(is_sent);
}

static void
on_timer(evutil_socket_t fd, short what, void *arg)
{
    (void)fd, (void)what;
    beat(arg);
}

static void
ready(void *arg)
{
    struct db_listener *listener = arg;

    listener->is_new = true;
    listener->is_proved = false;
    beat(listener);
}

static void
notified(void *arg, const char *payload)
{
    struct db_listener *listener = arg;

    listener->changed(listener->arg, payload);
}

struct db_listener *
db_listener_new(struct event_base *base, const struct conn_config *config, const char *channel,
                db_listener_changed_fn *changed, void *arg)
{
    struct db_listener *listener = xcalloc(1, sizeof(*listener));
    struct conn_events events = {.ready = ready, .notified = notified, .arg = listener};
    int len = snprintf(listener->sql, sizeof(listener->sql), "LISTEN %s", channel);

    assert(len > 0);
    assert((size_t)len < sizeof(listener->sql));
    listener->listen = (struct db_statement){"listener_listen", listener->sql};
    listener->changed = changed;
    listener->arg = arg;
    event_assign(&listener->timer, base, -1, 0, on_timer, listener);
    listener->conn = conn_new(base, config, &events);
    return listener;
}

void
db_listener_free(struct db_listener *listener)
{
    if (listener == NULL)
        return;
    event_del(&listener->timer);
    conn_free(listener->conn);
    xfree(listener);
}

bool
db_listener_is_alive_within(const struct db_listener *listener, unsigned ms)
{
    return listener->is_proved && clock_monotonic_us() - listener->proved_us <= (int64_t)ms * 1000;
}
