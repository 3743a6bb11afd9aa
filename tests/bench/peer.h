#pragma once

/*
 * A caller's connection: Connect calls with protobuf over HTTP/2, TLS 1.3 and
 * loopback. It reconnects never: a connection that ends is a fault of the run.
 */
#include "base/slice.h"

#include <event2/event.h>
#include <openssl/ssl.h>

/* How a call ended; `body` is valid until the function returns. */
struct peer_answer {
    int http_status;
    struct slice body;
};

/* What happens on a connection; `arg` is the peer's, `call` is that of peer_call(). */
struct peer_events {
    void (*ready)(void *arg);
    void (*answered)(void *arg, void *call, const struct peer_answer *answer);
    void *arg;
};

struct peer_config {
    struct event_base *base;
    SSL_CTX *tls;
    uint16_t port;
    struct peer_events events;
};

struct peer;

/* TLS 1.3 and "h2" for all peers of a run; the server's certificate is the run's own. */
SSL_CTX *peer_tls_new(void);

struct peer *peer_new(const struct peer_config *config);
void peer_free(struct peer *peer);

/* A POST to `path` with a bearer token ("" for none); the bytes are copied. */
struct peer_request {
    const char *path;
    struct slice token;
    struct slice body;
};
void peer_call(struct peer *peer, const struct peer_request *request, void *call);
