#pragma once

#include <stdbool.h>
#include <stdint.h>

/* How often something may happen: at most `rate` times at once, and `rate` times a second. */
struct bucket {
    uint32_t rate;
    uint32_t tokens;
    int64_t filled_us;
};

static inline void
bucket_init(struct bucket *bucket, uint32_t rate, int64_t now_us)
{
    *bucket = (struct bucket){.rate = rate, .tokens = rate, .filled_us = now_us};
}

static inline void
bucket_give(struct bucket *bucket, uint32_t tokens)
{
    uint32_t room = bucket->rate - bucket->tokens;

    bucket->tokens += tokens < room ? tokens : room;
}

/* False if it happened too often. */
static inline bool
bucket_take(struct bucket *bucket, int64_t now_us)
{
    const int64_t second_us = 1000000;

    if (now_us - bucket->filled_us >= second_us) {
        bucket->tokens = bucket->rate;
        bucket->filled_us = now_us;
    }
    if (bucket->tokens == 0)
        return false;
    bucket->tokens--;
    return true;
}
