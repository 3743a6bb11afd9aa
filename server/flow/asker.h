#pragma once

#include "flow/channel.h"

/*
 * The asking end of a service (flow/service.h): requests with deadlines over a
 * channel that comes and goes with the process at the other end. Several may be
 * under way; the process answers them in order.
 */
struct asker;

struct asker_limits {
    struct channel_limits channel;
    size_t waiting_max; /* requests under way; one more ends as ASK_FULL */
};

enum ask_end {
    ASK_ANSWERED,
    ASK_FULL,     /* never sent: too many wait already */
    ASK_DOWN,     /* there is no process, or it died; whether it did the work is unknown */
    ASK_TOO_LATE, /* no answer by the deadline; whether it did the work is unknown */
};

/* `type` and `body` only of ASK_ANSWERED; the body is valid until this returns. */
typedef void ask_done_fn(void *arg, enum ask_end end, uint32_t type, struct slice body);

/* Its limits are copied. There is no process yet. */
struct asker *asker_new(struct event_base *base, const struct asker_limits *limits) MUST_USE;

/* Requests under way end as ASK_DOWN before this returns. */
void asker_free(struct asker *asker);

/* A process is there (again); takes `fd` over. What was asked of the last one ends as ASK_DOWN. */
void asker_connect(struct asker *asker, int fd);

bool asker_is_connected(const struct asker *asker) MUST_USE;

/* How many requests are under way. */
size_t asker_waiting(const struct asker *asker) MUST_USE;

/* Asks; the body is copied. `done` runs once, from the event loop, never inside this call. */
void asker_ask(struct asker *asker, uint32_t type, struct slice body, int64_t deadline_us,
               ask_done_fn *done, void *arg);
