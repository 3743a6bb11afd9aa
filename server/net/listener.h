#pragma once

#include "net/http.h"
#include "net/limits.h"
#include "net/tls.h"

struct event_base;

/*
 * Accepts connections on a listening socket and serves HTTP/1.1 and HTTP/2 on
 * them: through TLS by ALPN, or in clear by what the peer says first. Several
 * processes may share the socket. The process must ignore SIGPIPE (asserted).
 *
 * The socket, the context, the handler and the limits are borrowed: they must
 * outlive the listener, and the base too. `tls` NULL means clear text.
 */
struct listener;

struct listener *listener_new(struct event_base *base, int fd, struct tls_context *tls,
                              const struct http_handler *handler,
                              const struct net_limits *limits) MUST_USE;

/* Closes at once whatever is open (on_abort runs); not to be called from a handler. */
void listener_free(struct listener *listener);

/*
 * Accepts no more, closes idle connections, lets each of the others answer what
 * it has received. Then on_drained runs once, from the loop, also when there is
 * nothing to drain; it may free the listener.
 */
void listener_drain(struct listener *listener, void (*on_drained)(void *arg), void *arg);

/* Counters since the listener was made, but for the gauges. */
struct net_stats {
    uint64_t connections_open;  /* gauge */
    uint64_t exchanges_open;    /* gauge: being received, handled or answered */
    uint64_t body_bytes_held;   /* gauge */
    uint64_t output_bytes_held; /* gauge */
    uint64_t connections;
    uint64_t requests;
    uint64_t aborts;     /* the peer left before its answer */
    uint64_t times_full; /* the listener paused at connections_max */
    uint64_t handshakes_failed;
    uint64_t refused_by_limit;  /* 408, 413, 414, 431, 503, ENHANCE_YOUR_CALM, closed at once */
    uint64_t refused_malformed; /* the other 4xx and 5xx of ours, and HTTP/2 protocol errors */
    uint64_t timeouts;          /* connections and streams that were ended by a deadline */
};

const struct net_stats *listener_stats(const struct listener *listener);
