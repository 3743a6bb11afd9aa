#include "base/clock.h"

#include <time.h>

static int64_t set_us = -1;

static int64_t
read_us(clockid_t id)
{
    struct timespec now;

    if (set_us >= 0)
        return set_us;
    clock_gettime(id, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

int64_t
clock_now_us(void)
{
    return read_us(CLOCK_REALTIME);
}

int64_t
clock_monotonic_us(void)
{
    return read_us(CLOCK_MONOTONIC);
}

void
clock_set_us(int64_t now_us)
{
    set_us = now_us;
}
