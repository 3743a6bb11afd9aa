#pragma once

/*
 * For the tests of net: a listener on a free port with a handler that does what
 * the path says, and peers that say any bytes, all in one event loop. Nothing
 * waits for a time: turn() runs the loop until something happened, and a
 * watchdog fails the test if it never does.
 */
#include "base/buffer.h"
#include "net/listener.h"

#include <event2/event.h>

#define HELD_MAX 16

struct server {
    struct event_base *base;
    struct event *watchdog;
    int fd;
    uint16_t port;
    struct net_limits limits;
    struct http_handler handler;
    struct listener *listener;
    struct http_exchange *held[HELD_MAX]; /* of requests for /hold, not answered yet */
    size_t held_count;
    unsigned requests, aborts, drained;
    void *aborted_user;
};

/* `limits` is copied; deadlines are looked at every few milliseconds. */
void server_start(struct server *server, const struct net_limits *limits, struct tls_context *tls);
void server_stop(struct server *server);

/* The listener alone: the loop is there still, for peers that hear of it. */
void server_end_listener(struct server *server);

void turn(struct server *server);
#define UNTIL(server, condition) \
    while (!(condition))         \
    turn(server)

/* Answers the oldest of those held, with the text. */
void server_answer_held(struct server *server, const char *text);

/* A client's end that keeps all it hears. */
struct peer {
    int fd;
    struct event *readable;
    struct buffer heard;
    bool ended; /* by the server */
};

void peer_connect(struct peer *peer, struct server *server);
void peer_say(struct peer *peer, const void *bytes, size_t len);
void peer_say_text(struct peer *peer, const char *text);
bool peer_heard(const struct peer *peer, const char *text);
void peer_close(struct peer *peer);

/* One frame of HTTP/2, and what begins a connection (RFC 9113 3.4). */
void peer_say_preface(struct peer *peer);
void peer_say_frame(struct peer *peer, uint8_t type, uint8_t flags, uint32_t stream,
                    struct slice payload);

/* The error code of the first GOAWAY or RST_STREAM heard; -1 if there is none. */
int64_t peer_heard_goaway(const struct peer *peer);
int64_t peer_heard_reset(const struct peer *peer);

/* Runs a program while the server serves; returns what it printed, to be freed by xfree(). */
char *run_program(struct server *server, const char *const argv[]);
