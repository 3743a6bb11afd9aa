#pragma once

#include "wire/fault.h"

#include <stdint.h>

/* How often one caller may call, counted by each process for itself. */
struct rpc_rate {
    unsigned calls_per_second; /* in the long run, at most 1,000,000; RATE_LIMITED */
    unsigned burst;            /* at once after a pause; RATE_LIMITED */
    unsigned under_way_max;    /* not ended, also calls that nobody waits for; CALLS_TOO_MANY */
};

/*
 * Everything that callers could make grow or last, with its limit and the
 * reason that a caller is given there; rpc_limits_default has the values.
 */
struct rpc_limits {
    unsigned calls_max;      /* under way in the process; CALLS_TOO_MANY */
    struct rpc_rate address; /* one peer address; in IPv6 one /64 */
    struct rpc_rate institution;
    struct rpc_rate learner;
    size_t callers_max;      /* remembered, > 2 * calls_max; the longest idle is forgotten */
    unsigned retry_ms;       /* what a caller is told to wait where nothing better is known */
    unsigned timeout_ms;     /* of a call that asks for none; DEADLINE_PASSED */
    unsigned timeout_max_ms; /* of any call; DEADLINE_PASSED */

    size_t message_bytes_max;  /* of one request message; REQUEST_TOO_LARGE */
    size_t response_bytes_max; /* of one answer; beyond it RESPONSE_TOO_LARGE */
    struct wire_limits wire;   /* what a request message may hold */

    /* The arena of a call: so much, and `factor` times what the request takes. */
    size_t call_memory_bytes;
    size_t call_memory_factor;
    unsigned large_calls_max;       /* at once, of methods that hold megabytes; the others wait */
    size_t large_calls_waiting_max; /* CALLS_TOO_MANY */
    size_t requests_memory_max;     /* the latter part of all calls under way; CALLS_TOO_MANY */
};

/* What can be configured at most: callers_max and timeout_max_ms go no further. */
#define RPC_CALLS_MOST 8191
#define RPC_TIMEOUT_MOST_MS 120000

extern const struct rpc_limits rpc_limits_default;
