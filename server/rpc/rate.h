#pragma once

#include "rpc/limits.h"

#include "base/slice.h"

/*
 * Who calls how often, and how many of their calls are under way: for a bounded
 * number of callers, each named by a short key. Who is forgotten, because others
 * came since, begins anew; nobody is forgotten while a call of his is under way.
 */
struct rate_table;
struct rate_caller;

#define RATE_KEY_MAX 63

enum rate_verdict {
    RATE_ADMITTED,
    RATE_TOO_FAST,
    RATE_TOO_MANY, /* under way */
};

/* callers_max is more than can have calls under way (asserted when the table is full of them). */
struct rate_table *rate_table_new(size_t callers_max) MUST_USE;
void rate_table_free(struct rate_table *table);

/*
 * A call of `key` (at most RATE_KEY_MAX bytes) begins at now_us, a monotonic
 * time. Admitted: *caller is for rate_end(), once the call has ended. Else
 * *wait_us says after how long it would be admitted; 0 if nobody knows.
 */
enum rate_verdict rate_begin(struct rate_table *table, struct slice key,
                             const struct rpc_rate *rate, int64_t now_us,
                             struct rate_caller **caller, int64_t *wait_us) MUST_USE;
void rate_end(struct rate_table *table, struct rate_caller *caller);
