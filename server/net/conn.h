#pragma once

#include "base/address.h"
#include "base/buffer.h"
#include "base/list.h"
#include "net/exchange.h"
#include "net/transport.h"

#include <event2/event.h>

/* Output is gathered up to here before it is written: one TLS record (RFC 8446 5.1). */
#define CONN_GATHER ((size_t)16384)

/* What is gathered may go beyond by one frame of HTTP/2, of at most as many bytes. */
#define CONN_OUT_MAX (2 * CONN_GATHER + 1024)

struct listener;

/*
 * How a protocol serves a connection; http1.c and http2.c have one each. The
 * session is what `open` returns. None of these is called from within another,
 * but that answer() may come from a handler that take_input() or abort called.
 */
struct protocol {
    void *(*open)(struct net_conn *conn);
    void (*close)(void *session);

    /* Eats from the front of *input; false: the connection cannot go on. */
    bool (*take_input)(void *session, struct slice *input);

    /* Appends what is to be sent, until CONN_GATHER bytes are there or there is no more. */
    bool (*give_output)(void *session, struct buffer *out);

    /* Nothing more will be said or heard on it. */
    bool (*is_over)(void *session);

    /* Takes over the answer: the exchange is in SENDING, its request still there. */
    void (*answer)(void *session, struct http_exchange *exchange,
                   const struct http_response *response);

    /* No new requests; the connection ends when no exchange is left. */
    void (*drain)(void *session);

    /* The exchange is being freed; it was this session's. */
    void (*forget)(void *session, struct http_exchange *exchange);

    /* A deadline: the head of a request, or the sending of an answer, takes too long. */
    void (*refuse_head)(void *session, struct http_exchange *exchange, unsigned status);
    void (*reset)(void *session, struct http_exchange *exchange);
};

extern const struct protocol http1_protocol, http2_protocol;

/*
 * A connection, from accept to close. One tick() runs it, from its events only.
 *
 *   HANDSHAKE --TLS is up--------+
 *       |                        v
 *       +--in clear--> SNIFFING --> SERVING --over--> ENDING --flushed--> LINGERING --> CLOSED
 *
 *   any --broken, peer gone, deadline--> CLOSED
 *
 * SNIFFING waits for the first bytes in clear, which tell HTTP/2's preface from
 * HTTP/1.1. ENDING writes what is left; LINGERING has ended its side and waits
 * for the peer to end its own, lest a reset destroy our last words (RFC 9112 9.6).
 *
 * Invariant: exchanges and a session exist in SERVING only.
 */
enum conn_state {
    CONN_HANDSHAKE,
    CONN_SNIFFING,
    CONN_SERVING,
    CONN_ENDING,
    CONN_LINGERING,
    CONN_CLOSED,
};

struct net_conn {
    enum conn_state state;
    struct listener *listener;
    struct list link; /* in listener->connections */
    struct transport transport;
    struct event *readable, *writable, *woken;
    const struct protocol *protocol;
    void *session;
    struct list exchanges; /* in the order they began */
    struct list queued;    /* in the order they became whole */
    struct buffer pending; /* read, and not eaten yet */
    struct buffer out;     /* given, and not written yet */
    size_t body_bytes;     /* of all its exchanges' requests */
    size_t output_bytes;   /* of all its exchanges' answers */
    int64_t since_us;      /* begin of the state; in SERVING, of being idle */
    int64_t written_us;    /* last progress of `out` */
    unsigned reads_left;   /* in this turn of the loop */
    bool may_read;         /* the socket has not said yet that it is empty */
    bool eof;              /* the peer ended its side */
    bool draining;
    bool ticking;
    char peer_address[ADDRESS_MAX + 1];
    struct subscriber *subscriber; /* by whom its connections are counted */
};

/* Takes over the accepted socket; `peer_address` is copied. */
void net_conn_open(struct listener *listener, int fd, const char *peer_address);

/* Looks at its deadlines; does not free it. */
void net_conn_sweep(struct net_conn *conn, int64_t now_us);

/* Takes no more requests, and closes when none is left. */
void net_conn_drain(struct net_conn *conn);

/* Cannot go on: closes it without another word; freed later, from the loop. */
void net_conn_drop(struct net_conn *conn);

/* Aborts, closes and frees at once. */
void net_conn_free(struct net_conn *conn);

/* Something is to be done for it: soon, from the loop. */
void net_conn_wake(struct net_conn *conn);
