#include "net/listener_private.h"

#include "base/address.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/memory.h"
#include "net/conn.h"

#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

union peer_name {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
};

static void
format_peer(const union peer_name *name, char *text, socklen_t size)
{
    const struct in6_addr *v6 = &name->v6.sin6_addr;

    text[0] = '\0';
    if (name->any.sa_family == AF_INET)
        inet_ntop(AF_INET, &name->v4.sin_addr, text, size);
    else if (name->any.sa_family == AF_INET6 && IN6_IS_ADDR_V4MAPPED(v6))
        inet_ntop(AF_INET, &v6->s6_addr[12], text, size);
    else if (name->any.sa_family == AF_INET6)
        inet_ntop(AF_INET6, v6, text, size);
}

static bool
is_full(const struct listener *listener)
{
    return listener->stats.connections_open >= listener->limits->connections_max;
}

/* Accepts while it may; connections beyond wait in the kernel, or go to another worker. */
static void
watch(struct listener *listener)
{
    bool wanted = !listener->draining && !is_full(listener);

    if ((event_pending(listener->acceptable, EV_READ, NULL) != 0) == wanted)
        return;
    if (wanted)
        event_add(listener->acceptable, NULL);
    else
        event_del(listener->acceptable);
}

/* One who holds many connections open leaves room for others. */
static bool
has_too_many(const struct listener *listener, const char *address)
{
    return subscribers_count(&listener->subscribers, address) >=
           listener->limits->connections_per_address_max;
}

static bool
accept_one(struct listener *listener)
{
    const int on = 1;
    union peer_name name = {0};
    socklen_t len = sizeof(name);
    char address[ADDRESS_MAX + 1];
    int fd = accept4(listener->fd, &name.any, &len, SOCK_NONBLOCK | SOCK_CLOEXEC);

    if (fd < 0) {
        if (errno == EAGAIN || errno == EINTR || errno == ECONNABORTED)
            return false;
        /* No descriptors or no memory: the next sweep tries again. */
        log_warn("accept failed errno=%d", errno);
        event_del(listener->acceptable);
        return false;
    }
    format_peer(&name, address, sizeof(address));
    if (has_too_many(listener, address)) {
        listener->stats.refused_by_limit++;
        close(fd);
        return true;
    }
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    net_conn_open(listener, fd, address);
    return true;
}

static void
on_acceptable(evutil_socket_t fd, short what, void *arg)
{
    struct listener *listener = arg;

    (void)fd;
    (void)what;
    for (unsigned i = 0; i < listener->limits->accepts_per_turn_max; i++) {
        if (is_full(listener)) {
            listener->stats.times_full++;
            watch(listener);
            return;
        }
        if (!accept_one(listener))
            return;
    }
}

/*
 * Where answers were refused for want of room, those that wait longest make it:
 * a peer that takes its answers is seldom among them, and one that takes them
 * byte by byte cannot make them younger.
 */
static void
make_room(struct listener *listener)
{
    size_t enough = listener->limits->listener_output_bytes_max / 2;

    while (listener->output_refused && listener->stats.output_bytes_held > enough) {
        struct http_exchange *oldest =
            LIST_FIRST(&listener->answers, struct http_exchange, answer_link);

        listener->stats.timeouts++;
        net_conn_drop(oldest->conn);
    }
    listener->output_refused = false;
}

static void
on_sweep(evutil_socket_t fd, short what, void *arg)
{
    struct listener *listener = arg;
    int64_t now_us = clock_monotonic_us();

    (void)fd;
    (void)what;
    list_each (link, &listener->connections) {
        net_conn_sweep(LIST_ENTRY(link, struct net_conn, link), now_us);
    }
    make_room(listener);
    watch(listener);
}

static void
after_drain(evutil_socket_t fd, short what, void *arg)
{
    struct listener *listener = arg;
    void (*tell)(void *arg) = listener->on_drained;

    (void)fd;
    (void)what;
    listener->on_drained = NULL;
    if (tell != NULL)
        tell(listener->on_drained_arg);
}

struct listener *
listener_new(struct event_base *base, int fd, struct tls_context *tls,
             const struct http_handler *handler, const struct net_limits *limits)
{
    struct listener *listener = xcalloc(1, sizeof(*listener));
    struct timeval interval = {.tv_sec = limits->sweep_interval_ms / 1000,
                               .tv_usec = limits->sweep_interval_ms % 1000 * 1000L};
    struct sigaction on_pipe;

    /* OpenSSL writes with write(2): without this a peer that leaves ends the process. */
    sigaction(SIGPIPE, NULL, &on_pipe);
    assert(on_pipe.sa_handler == SIG_IGN);

    listener->base = base;
    listener->fd = fd;
    listener->tls = tls;
    listener->handler = handler;
    listener->limits = limits;
    list_init(&listener->connections);
    subscribers_init(&listener->subscribers);
    list_init(&listener->answers);
    listener->acceptable = event_new(base, fd, EV_READ | EV_PERSIST, on_acceptable, listener);
    listener->sweep = event_new(base, -1, EV_PERSIST, on_sweep, listener);
    listener->drained = event_new(base, -1, 0, after_drain, listener);
    event_add(listener->sweep, &interval);
    watch(listener);
    return listener;
}

void
listener_free(struct listener *listener)
{
    if (listener == NULL)
        return;
    listener->draining = true;
    listener->on_drained = NULL;
    list_each (link, &listener->connections) {
        net_conn_free(LIST_ENTRY(link, struct net_conn, link));
    }
    event_free(listener->acceptable);
    event_free(listener->sweep);
    event_free(listener->drained);
    xfree(listener);
}

static void
tell_if_drained(struct listener *listener)
{
    if (listener->draining && list_is_empty(&listener->connections))
        event_active(listener->drained, EV_TIMEOUT, 0);
}

void
listener_drain(struct listener *listener, void (*on_drained)(void *arg), void *arg)
{
    assert(!listener->draining);
    listener->draining = true;
    listener->on_drained = on_drained;
    listener->on_drained_arg = arg;
    watch(listener);
    list_each (link, &listener->connections) {
        net_conn_drain(LIST_ENTRY(link, struct net_conn, link));
    }
    tell_if_drained(listener);
}

void
listener_connection_closed(struct listener *listener)
{
    listener->stats.connections_open--;
    watch(listener);
    tell_if_drained(listener);
}

const struct net_stats *
listener_stats(const struct listener *listener)
{
    return &listener->stats;
}

const char *
listener_date(struct listener *listener)
{
    static const char *const days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    time_t now = (time_t)(clock_now_us() / 1000000);
    struct tm tm;

    if (now == listener->date_second)
        return listener->date;
    gmtime_r(&now, &tm);
    snprintf(listener->date, sizeof(listener->date), "%s, %02d %s %04d %02d:%02d:%02d GMT",
             days[tm.tm_wday], tm.tm_mday, months[tm.tm_mon], tm.tm_year + 1900, tm.tm_hour,
             tm.tm_min, tm.tm_sec);
    listener->date_second = now;
    return listener->date;
}
