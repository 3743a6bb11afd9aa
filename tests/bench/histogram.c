#include "histogram.h"

#define STEPS 32
#define STEP_BITS 5

/* Below 32 every value has a bucket; above, every power of two has 32. */
static size_t
bucket_of(uint64_t us)
{
    if (us < STEPS)
        return us;

    unsigned shift = 63 - (unsigned)__builtin_clzll(us) - STEP_BITS;
    size_t bucket = ((size_t)shift + 1) * STEPS + (size_t)((us >> shift) - STEPS);

    return bucket < HISTOGRAM_BUCKETS ? bucket : HISTOGRAM_BUCKETS - 1;
}

static int64_t
upper_bound(size_t bucket)
{
    if (bucket < STEPS)
        return (int64_t)bucket;

    size_t shift = bucket / STEPS - 1;

    return (int64_t)(((uint64_t)(bucket % STEPS) + STEPS + 1) << shift) - 1;
}

void
histogram_add(struct histogram *histogram, int64_t us)
{
    histogram->buckets[bucket_of(us > 0 ? (uint64_t)us : 0)]++;
    histogram->count++;
}

int64_t
histogram_at(const struct histogram *histogram, double share)
{
    double wanted = share * (double)histogram->count;
    uint64_t seen = 0;

    for (size_t i = 0; i < HISTOGRAM_BUCKETS; i++) {
        seen += histogram->buckets[i];
        if ((double)seen >= wanted)
            return upper_bound(i);
    }
    return upper_bound(HISTOGRAM_BUCKETS - 1);
}
