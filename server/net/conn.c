#include "net/conn.h"

#include "base/clock.h"
#include "base/memory.h"
#include "net/listener_private.h"

#include <assert.h>
#include <stdio.h>

/* So often a connection may read before others have their turn. */
#define READS_PER_TURN 8

/* The first bytes of HTTP/2 (RFC 9113 3.4); no method of HTTP/1.1 begins so. */
#define PREFACE "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"

/* Which state may follow which. */
static const bool moves[][CONN_CLOSED + 1] = {
    [CONN_HANDSHAKE] = {[CONN_SNIFFING] = true, [CONN_SERVING] = true, [CONN_CLOSED] = true},
    [CONN_SNIFFING] = {[CONN_SERVING] = true, [CONN_CLOSED] = true},
    [CONN_SERVING] = {[CONN_ENDING] = true, [CONN_CLOSED] = true},
    [CONN_ENDING] = {[CONN_LINGERING] = true, [CONN_CLOSED] = true},
    [CONN_LINGERING] = {[CONN_CLOSED] = true},
    [CONN_CLOSED] = {false},
};

/* Exchanges and session end with SERVING; their handlers are told while the session still stands.
 */
static void
end_session(struct net_conn *conn)
{
    while (!list_is_empty(&conn->exchanges))
        exchange_free(LIST_FIRST(&conn->exchanges, struct http_exchange, link));
    conn->protocol->close(conn->session);
    conn->session = NULL;
    buffer_fini(&conn->pending);
}

static void
move(struct net_conn *conn, enum conn_state state)
{
    assert(moves[conn->state][state]);
    if (conn->state == CONN_SERVING)
        end_session(conn);
    conn->state = state;
    conn->since_us = clock_monotonic_us();
    assert(conn->session == NULL);
    assert(list_is_empty(&conn->exchanges));
}

static void
serve_with(struct net_conn *conn, const struct protocol *protocol)
{
    conn->protocol = protocol;
    move(conn, CONN_SERVING);
    conn->session = protocol->open(conn);
}

/* ---- The states' turns: each returns whether there is more to do at once ---- */

static bool
shake_hands(struct net_conn *conn)
{
    switch (transport_handshake(&conn->transport)) {
    case TRANSPORT_OK:
        if (conn->transport.ssl == NULL)
            move(conn, CONN_SNIFFING);
        else
            serve_with(conn, transport_is_h2(&conn->transport) ? &http2_protocol : &http1_protocol);
        return true;
    case TRANSPORT_AGAIN:
        conn->may_read = false;
        return false;
    case TRANSPORT_EOF:
    case TRANSPORT_BROKEN:
        break;
    }
    conn->listener->stats.handshakes_failed++;
    move(conn, CONN_CLOSED);
    return true;
}

/* Reads once into the listener's scratch; an empty slice if nothing came. */
static struct slice
read_some(struct net_conn *conn)
{
    struct listener *listener = conn->listener;
    size_t len = 0;

    if (!conn->may_read)
        return (struct slice){0};
    if (conn->reads_left == 0) {
        event_active(conn->woken, EV_TIMEOUT, 0);
        return (struct slice){0};
    }
    conn->reads_left--;
    switch (transport_read(&conn->transport, listener->scratch, SCRATCH_SIZE, &len)) {
    case TRANSPORT_OK:
        break;
    case TRANSPORT_AGAIN:
        conn->may_read = false;
        break;
    case TRANSPORT_EOF:
        conn->may_read = false;
        conn->eof = true;
        break;
    case TRANSPORT_BROKEN:
        move(conn, CONN_CLOSED);
        break;
    }
    return slice_make(listener->scratch, len);
}

/* What was read has room: reading stops before it could have none. */
static void
keep(struct net_conn *conn, struct slice bytes)
{
    bool kept = buffer_append(&conn->pending, bytes);

    assert(kept);
}

static bool
sniff(struct net_conn *conn)
{
    struct slice bytes = read_some(conn);
    struct slice preface = slice_text(PREFACE);

    if (conn->eof && conn->state == CONN_SNIFFING)
        move(conn, CONN_CLOSED);
    if (conn->state == CONN_CLOSED)
        return true;
    if (bytes.len > 0)
        keep(conn, bytes);
    if (conn->pending.len == 0)
        return false;

    struct slice begin = buffer_slice(&conn->pending);
    bool differs;

    if (begin.len > preface.len)
        begin.len = preface.len;
    differs = memcmp(begin.at, preface.at, begin.len) != 0;
    if (!differs && begin.len < preface.len)
        return bytes.len > 0;
    serve_with(conn, differs ? &http1_protocol : &http2_protocol);
    return true;
}

/* Feeds the session; what it does not eat now waits. */
static bool
take_pending(struct net_conn *conn)
{
    struct slice input = buffer_slice(&conn->pending);

    if (input.len == 0)
        return false;
    if (!conn->protocol->take_input(conn->session, &input)) {
        move(conn, CONN_CLOSED);
        return true;
    }

    size_t eaten = conn->pending.len - input.len;

    buffer_consume(&conn->pending, eaten);
    if (conn->pending.len == 0) {
        size_t max = conn->pending.max;

        buffer_fini(&conn->pending);
        buffer_init(&conn->pending, max);
    }
    return eaten > 0;
}

/* The peer says no more: what it waits for is sent, what it does not wait for is aborted. */
static void
peer_ended(struct net_conn *conn)
{
    list_each (link, &conn->exchanges) {
        struct http_exchange *exchange = LIST_ENTRY(link, struct http_exchange, link);

        if (exchange->state != EXCHANGE_SENDING)
            exchange_free(exchange);
    }
    net_conn_drain(conn);
}

static bool
wants_input(const struct net_conn *conn)
{
    return !conn->eof && conn->pending.len <= conn->listener->limits->pipelined_bytes_max;
}

static bool
take_input(struct net_conn *conn)
{
    if (take_pending(conn))
        return true;
    if (!wants_input(conn))
        return false;

    struct slice input = read_some(conn);

    if (conn->state == CONN_CLOSED)
        return true;
    if (conn->eof) {
        peer_ended(conn);
        return true;
    }
    if (input.len == 0)
        return false;
    if (conn->pending.len > 0) {
        keep(conn, input);
        return true;
    }
    if (!conn->protocol->take_input(conn->session, &input)) {
        move(conn, CONN_CLOSED);
        return true;
    }
    if (input.len > 0)
        keep(conn, input);
    return true;
}

/* Requests wait while the peer does not take the answers it has. */
static bool
hand_over(struct net_conn *conn)
{
    bool any = false;

    while (!list_is_empty(&conn->queued) &&
           conn->output_bytes < conn->listener->limits->connection_output_bytes_max) {
        exchange_hand_over(LIST_FIRST(&conn->queued, struct http_exchange, queue_link));
        any = true;
    }
    return any;
}

/* Writes what was gathered; false when the socket takes no more, or broke. */
static bool
flush(struct net_conn *conn)
{
    while (conn->out.len > 0) {
        size_t len = 0;
        struct slice bytes = buffer_slice(&conn->out);

        if (bytes.len > CONN_GATHER)
            bytes.len = CONN_GATHER;

        enum transport_result result = transport_write(&conn->transport, bytes, &len);

        if (result == TRANSPORT_AGAIN)
            return false;
        if (result != TRANSPORT_OK) {
            move(conn, CONN_CLOSED);
            return false;
        }
        buffer_consume(&conn->out, len);
        conn->written_us = clock_monotonic_us();
    }

    size_t max = conn->out.max;

    buffer_fini(&conn->out);
    buffer_init(&conn->out, max);
    return true;
}

static bool
give_output(struct net_conn *conn)
{
    bool any = false;

    while (flush(conn)) {
        if (!conn->protocol->give_output(conn->session, &conn->out)) {
            move(conn, CONN_CLOSED);
            return true;
        }
        if (conn->out.len == 0)
            break;
        conn->written_us = clock_monotonic_us();
        any = true;
    }
    return any;
}

static bool
serve(struct net_conn *conn)
{
    bool moved = take_input(conn);

    if (conn->state == CONN_SERVING)
        moved |= hand_over(conn);
    if (conn->state == CONN_SERVING)
        moved |= give_output(conn);
    if (conn->state != CONN_SERVING)
        return true;
    if (!moved && conn->out.len == 0 &&
        (conn->protocol->is_over(conn->session) ||
         (conn->draining && list_is_empty(&conn->exchanges)))) {
        move(conn, CONN_ENDING);
        return true;
    }
    return moved;
}

static bool
end(struct net_conn *conn)
{
    if (!flush(conn))
        return conn->state == CONN_CLOSED;
    transport_end(&conn->transport);
    conn->may_read = true;
    move(conn, conn->eof ? CONN_CLOSED : CONN_LINGERING);
    return true;
}

static bool
linger(struct net_conn *conn)
{
    struct listener *listener = conn->listener;

    if (conn->reads_left == 0)
        return false;
    conn->reads_left--;
    switch (transport_discard(&conn->transport, listener->scratch, SCRATCH_SIZE)) {
    case TRANSPORT_OK:
        return true;
    case TRANSPORT_AGAIN:
        return false;
    case TRANSPORT_EOF:
    case TRANSPORT_BROKEN:
        break;
    }
    move(conn, CONN_CLOSED);
    return true;
}

/* ---- The machine ---- */

static void
watch_event(struct event *event, short what, bool wanted)
{
    if ((event_pending(event, what, NULL) != 0) == wanted)
        return;
    if (wanted)
        event_add(event, NULL);
    else
        event_del(event);
}

static void
watch(struct net_conn *conn)
{
    bool writes = conn->out.len > 0 || conn->transport.wants_write;

    watch_event(conn->readable, EV_READ, conn->state != CONN_ENDING && wants_input(conn));
    watch_event(conn->writable, EV_WRITE, writes);
}

static void
tick(struct net_conn *conn)
{
    bool again = true;

    assert(!conn->ticking);
    conn->ticking = true;
    conn->reads_left = READS_PER_TURN;
    while (again) {
        switch (conn->state) {
        case CONN_HANDSHAKE:
            again = shake_hands(conn);
            break;
        case CONN_SNIFFING:
            again = sniff(conn);
            break;
        case CONN_SERVING:
            again = serve(conn);
            break;
        case CONN_ENDING:
            again = end(conn);
            break;
        case CONN_LINGERING:
            again = linger(conn);
            break;
        case CONN_CLOSED:
            net_conn_free(conn);
            return;
        }
    }
    conn->ticking = false;
    watch(conn);
}

static void
on_event(evutil_socket_t fd, short what, void *arg)
{
    struct net_conn *conn = arg;

    (void)fd;
    if ((what & EV_READ) != 0)
        conn->may_read = true;
    tick(conn);
}

void
net_conn_wake(struct net_conn *conn)
{
    if (!conn->ticking)
        event_active(conn->woken, EV_TIMEOUT, 0);
}

void
net_conn_open(struct listener *listener, int fd, const char *peer_address)
{
    struct net_conn *conn = xcalloc(1, sizeof(*conn));

    if (!transport_init(&conn->transport, fd, listener->tls)) {
        listener->stats.handshakes_failed++;
        xfree(conn);
        return;
    }
    conn->listener = listener;
    conn->state = CONN_HANDSHAKE;
    conn->since_us = clock_monotonic_us();
    conn->may_read = true;
    list_init(&conn->exchanges);
    list_init(&conn->queued);
    list_append(&listener->connections, &conn->link);
    buffer_init(&conn->pending, listener->limits->pipelined_bytes_max + SCRATCH_SIZE);
    buffer_init(&conn->out, CONN_OUT_MAX);
    snprintf(conn->peer_address, sizeof(conn->peer_address), "%s", peer_address);
    conn->subscriber = subscribers_join(&listener->subscribers, peer_address);
    conn->readable = event_new(listener->base, fd, EV_READ | EV_PERSIST, on_event, conn);
    conn->writable = event_new(listener->base, fd, EV_WRITE | EV_PERSIST, on_event, conn);
    conn->woken = event_new(listener->base, -1, 0, on_event, conn);
    listener->stats.connections++;
    listener->stats.connections_open++;
    net_conn_wake(conn);
}

void
net_conn_free(struct net_conn *conn)
{
    struct listener *listener = conn->listener;

    if (conn->state == CONN_SERVING)
        end_session(conn);
    event_free(conn->readable);
    event_free(conn->writable);
    event_free(conn->woken);
    transport_fini(&conn->transport);
    buffer_fini(&conn->pending);
    buffer_fini(&conn->out);
    list_remove(&conn->link);
    subscriber_leave(conn->subscriber);
    xfree(conn);
    listener_connection_closed(listener);
}

void
net_conn_drain(struct net_conn *conn)
{
    if (conn->draining)
        return;
    conn->draining = true;
    if (conn->state == CONN_SERVING)
        conn->protocol->drain(conn->session);
    else if (conn->state < CONN_SERVING)
        move(conn, CONN_CLOSED); /* it has not asked for anything yet */
    net_conn_wake(conn);
}

void
net_conn_drop(struct net_conn *conn)
{
    move(conn, CONN_CLOSED);
    net_conn_wake(conn);
}

/* ---- Deadlines ---- */

static bool
has_passed(int64_t since_us, unsigned timeout_ms, int64_t now_us)
{
    return now_us - since_us >= (int64_t)timeout_ms * 1000;
}

static void
drop_late(struct net_conn *conn, unsigned timeout_ms, int64_t now_us)
{
    if (!has_passed(conn->since_us, timeout_ms, now_us))
        return;
    conn->listener->stats.timeouts++;
    net_conn_drop(conn);
}

/* How long the exchange may stay as it is, since since_us; 0: as long as the handler likes. */
static unsigned
exchange_timeout_ms(const struct http_exchange *exchange, const struct net_limits *limits)
{
    switch (exchange->state) {
    case EXCHANGE_RECEIVING:
        return limits->request_timeout_ms;
    case EXCHANGE_SENDING:
        /* A peer that was answered early may end its request before it is told to stop. */
        return exchange_is_sent(exchange) && !exchange->is_whole ? limits->linger_timeout_ms
                                                                 : limits->write_timeout_ms;
    case EXCHANGE_QUEUED:
    case EXCHANGE_HANDLED:
        break;
    }
    return 0;
}

static void
sweep_exchange(struct net_conn *conn, struct http_exchange *exchange, int64_t now_us)
{
    unsigned timeout_ms = exchange_timeout_ms(exchange, conn->listener->limits);

    if (timeout_ms == 0 || !has_passed(exchange->since_us, timeout_ms, now_us))
        return;

    conn->listener->stats.timeouts++;
    if (exchange->state == EXCHANGE_SENDING)
        conn->protocol->reset(conn->session, exchange);
    else if (exchange->has_head)
        exchange_refuse(exchange, 408);
    else
        conn->protocol->refuse_head(conn->session, exchange, 408);
    net_conn_wake(conn);
}

static void
sweep_serving(struct net_conn *conn, int64_t now_us)
{
    struct listener *listener = conn->listener;
    const struct net_limits *limits = listener->limits;
    bool full = listener->stats.connections_open >= limits->connections_max;
    unsigned idle_ms = full ? limits->idle_when_full_ms : limits->idle_timeout_ms;

    if (conn->out.len > 0 && has_passed(conn->written_us, limits->write_timeout_ms, now_us)) {
        listener->stats.timeouts++;
        net_conn_drop(conn);
        return;
    }
    if (list_is_empty(&conn->exchanges) && !conn->draining &&
        has_passed(conn->since_us, idle_ms, now_us)) {
        listener->stats.timeouts++;
        net_conn_drain(conn);
    }
    list_each (link, &conn->exchanges) {
        sweep_exchange(conn, LIST_ENTRY(link, struct http_exchange, link), now_us);
        if (conn->state != CONN_SERVING)
            return;
    }
}

void
net_conn_sweep(struct net_conn *conn, int64_t now_us)
{
    const struct net_limits *limits = conn->listener->limits;

    switch (conn->state) {
    case CONN_HANDSHAKE:
    case CONN_SNIFFING:
        drop_late(conn, limits->handshake_timeout_ms, now_us);
        break;
    case CONN_SERVING:
        sweep_serving(conn, now_us);
        break;
    case CONN_ENDING:
        drop_late(conn, limits->write_timeout_ms, now_us);
        break;
    case CONN_LINGERING:
        drop_late(conn, limits->linger_timeout_ms, now_us);
        break;
    case CONN_CLOSED:
        break;
    }
}
