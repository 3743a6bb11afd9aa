#pragma once

#include "base/attributes.h"
#include "base/slice.h"

struct event_base;

/*
 * Typed messages between two processes of one daemon over a stream socket pair.
 * A message is a fixed head, in the machine's own byte order for both ends are
 * one program, and a body; it may carry a file descriptor (SCM_RIGHTS). Whatever
 * is read is still checked: a head that breaks a limit ends the channel.
 */
struct channel;

struct channel_message {
    uint32_t type; /* what the two ends agreed on */
    uint64_t tag;  /* an answer repeats its request's */
    int64_t
        deadline_us;   /* on the monotonic clock, which both ends share; after it nobody listens */
    struct slice body; /* received: valid until the callback returns */
    int fd;            /* sent: stays the sender's; received: now the receiver's; -1 for none */
};

struct channel_limits {
    size_t body_max;   /* a larger one is not sent, and received it ends the channel */
    size_t output_max; /* bytes that wait to be written, whole messages */
};

/*
 * Both run from the event loop, one message a turn, so that no peer starves the
 * others; in both the channel may be freed. `closed` runs once, when the other
 * end has gone or broke a rule.
 */
struct channel_events {
    void (*message)(void *arg, const struct channel_message *message);
    void (*closed)(void *arg);
    void *arg;
};

/* Makes the two ends; false with errno set. Both close on exec. */
bool channel_pair(int ends[2]) MUST_USE;

/* Takes `fd` over, which becomes non-blocking. */
struct channel *channel_new(struct event_base *base, int fd, const struct channel_limits *limits,
                            const struct channel_events *events) MUST_USE;

/* What waits to be written is dropped; no callback runs any more. */
void channel_free(struct channel *channel);

/* Copies the message, and its descriptor, into the queue; false beyond a limit or once closed. */
bool channel_send(struct channel *channel, const struct channel_message *message) MUST_USE;
