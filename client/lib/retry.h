#pragma once

#include "base/attributes.h"
#include "base/status.h"

#include <stdint.h>

/* How one attempt at a call ended, as far as the network goes. */
enum attempt_end {
    ATTEMPT_NOT_SENT, /* no connection: the bank knows nothing of it */
    ATTEMPT_LOST,     /* sent, at least in part, and not answered */
    ATTEMPT_ANSWERED, /* with a status */
};

struct attempt {
    enum attempt_end end;
    enum status status;     /* where it was answered */
    int64_t retry_after_ms; /* what the server asked for; 0: nothing */
    bool repeatable;        /* the method may be carried out twice */
};

/* A server that asks for a longer wait than this is not waited for. */
#define RETRY_AFTER_MAX_MS 60000

/* Whether another attempt makes sense. */
bool retry_is_due(const struct attempt *attempt) MUST_USE;

/*
 * How long to wait before attempt `number` + 1 (numbers from 1): the doubled
 * minimum, of which a half is jitter, and at least what the server asked for.
 * `random` is any number.
 */
int64_t retry_delay_ms(unsigned number, int64_t retry_after_ms, uint64_t random) MUST_USE;

/* Whether the call may have been carried out although it did not end well. */
bool retry_leaves_unknown(enum status status, bool attempt_was_lost) MUST_USE;

/* Whether the method's call may be repeated where its answer was lost. */
bool retry_may_repeat(const char *method) MUST_USE;
