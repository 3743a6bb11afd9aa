#pragma once

#include "base/list.h"
#include "net/listener.h"
#include "net/subscriber.h"

#include <event2/event.h>
#include <time.h>

#define SCRATCH_SIZE ((size_t)16384)
#define HTTP_DATE_SIZE 32

/* What the connections of a listener share. */
struct listener {
    struct event_base *base;
    int fd;
    struct tls_context *tls;
    const struct http_handler *handler;
    const struct net_limits *limits;
    struct net_stats stats;
    struct list connections;
    struct subscribers subscribers; /* whose they are */
    struct list answers;            /* of all connections that are being sent, the oldest first */
    bool output_refused;            /* since the last sweep, for listener_output_bytes_max */
    struct event *acceptable, *sweep, *drained;
    bool draining;
    void (*on_drained)(void *arg);
    void *on_drained_arg;

    /* What is read passes through here, so that idle connections need no buffer. */
    uint8_t scratch[SCRATCH_SIZE];
    time_t date_second; /* of the text below */
    char date[HTTP_DATE_SIZE];
};

/* One connection fewer: may accept again, or be drained. */
void listener_connection_closed(struct listener *listener);

/* RFC 9110 5.6.7: now, as "Sun, 06 Nov 1994 08:49:37 GMT"; valid until the next call. */
const char *listener_date(struct listener *listener);
