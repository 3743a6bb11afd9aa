#pragma once

#include <stddef.h>
#include <stdint.h>

/*
 * Latencies, counted in buckets that are at most 1/32 wide of what they hold,
 * from 1 microsecond to over an hour: like HdrHistogram, with a fixed memory.
 */
#define HISTOGRAM_BUCKETS 1024

struct histogram {
    uint64_t count;
    uint64_t buckets[HISTOGRAM_BUCKETS];
};

void histogram_add(struct histogram *histogram, int64_t us);

/* The latency that the share (0 to 1) of them did not exceed, as its bucket's upper bound. */
int64_t histogram_at(const struct histogram *histogram, double share);
