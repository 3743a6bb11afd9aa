/*
 * Which stored hashes a proof over the log takes, and the proof from them.
 *
 *   a proof       is a list of ranges, one hash each      (RFC 9162 2.1.3.1, 2.1.4.1)
 *   a range       is complete subtrees, the largest first (the bits of its length)
 *   a subtree     of 2^h leaves is 2^(h % 8) stored hashes of level h / 8
 *
 * The subtrees of a range are of falling heights, so those of one level lie
 * side by side in one tile: they are one run.
 */
#include "crypto/merkle.h"

#include <assert.h>

#define TILE_HEIGHT 8

static unsigned
level_of(unsigned height)
{
    return height / TILE_HEIGHT;
}

/* The height of the largest complete subtree at the start of `len` leaves. */
static unsigned
height_of(uint64_t len)
{
    return 63 - (unsigned)__builtin_clzll(len);
}

/* How many stored hashes a complete subtree of that height is made of. */
static unsigned
width_of(unsigned height)
{
    return 1U << height % TILE_HEIGHT;
}

static void
add_run(struct merkle_plan *plan, unsigned level, uint64_t begin, unsigned count)
{
    assert(plan->run_count < MERKLE_RUNS_MAX);
    plan->runs[plan->run_count++] =
        (struct merkle_run){.level = level, .first = begin >> TILE_HEIGHT * level, .count = count};
    plan->hash_count += count;
}

static void
add_runs(struct merkle_plan *plan, struct merkle_range range)
{
    while (range.begin < range.end) {
        unsigned level = level_of(height_of(range.end - range.begin));
        uint64_t begin = range.begin;
        unsigned count = 0;

        while (range.begin < range.end && level_of(height_of(range.end - range.begin)) == level) {
            unsigned height = height_of(range.end - range.begin);

            count += width_of(height);
            range.begin += (uint64_t)1 << height;
        }
        add_run(plan, level, begin, count);
    }
}

/* The ranges were found from the root down; a proof lists them from the leaves up. */
static void
finish(struct merkle_plan *plan)
{
    for (size_t i = 0; i < plan->range_count / 2; i++) {
        struct merkle_range *a = &plan->ranges[i];
        struct merkle_range *b = &plan->ranges[plan->range_count - 1 - i];
        struct merkle_range range = *a;

        *a = *b;
        *b = range;
    }
    for (size_t i = 0; i < plan->range_count; i++)
        add_runs(plan, plan->ranges[i]);
}

static void
add_range(struct merkle_plan *plan, uint64_t begin, uint64_t end)
{
    assert(plan->range_count < MERKLE_PROOF_MAX);
    plan->ranges[plan->range_count++] = (struct merkle_range){.begin = begin, .end = end};
}

/* Where RFC 9162 splits the tree over these leaves: its largest proper power of two. */
static uint64_t
middle_of(uint64_t begin, uint64_t end)
{
    return begin + ((uint64_t)1 << height_of(end - begin - 1));
}

/* RFC 9162 2.1.3.1: the siblings of the leaf and of all its parents. */
bool
merkle_plan_inclusion(struct merkle_plan *plan, uint64_t index, uint64_t size)
{
    uint64_t begin = 0, end = size;

    if (index >= size || size > MERKLE_SIZE_MAX)
        return false;
    *plan = (struct merkle_plan){0};
    while (end - begin > 1) {
        uint64_t middle = middle_of(begin, end);

        if (index < middle) {
            add_range(plan, middle, end);
            end = middle;
        } else {
            add_range(plan, begin, middle);
            begin = middle;
        }
    }
    finish(plan);
    return true;
}

/* RFC 9162 2.1.4.1: down to the subtree in which the older tree ends, its siblings on the way. */
bool
merkle_plan_consistency(struct merkle_plan *plan, uint64_t older, uint64_t newer)
{
    uint64_t begin = 0, end = newer;

    if (older == 0 || older > newer || newer > MERKLE_SIZE_MAX)
        return false;
    *plan = (struct merkle_plan){0};
    while (older < end) {
        uint64_t middle = middle_of(begin, end);

        if (older <= middle) {
            add_range(plan, middle, end);
            end = middle;
        } else {
            add_range(plan, begin, middle);
            begin = middle;
        }
    }
    /* A subtree that begins the log is the older tree itself, whose root the verifier has. */
    if (begin > 0)
        add_range(plan, begin, end);
    finish(plan);
    return true;
}

/* The root of one range; moves `hashes` past those it took. */
static struct hash
range_root(struct merkle_range range, const struct hash **hashes)
{
    struct merkle_edge edge = {.size = range.end - range.begin};
    size_t count = 0;

    for (uint64_t left = edge.size; left > 0;) {
        unsigned height = height_of(left);

        edge.nodes[count++] = merkle_root(*hashes, width_of(height));
        *hashes += width_of(height);
        left -= (uint64_t)1 << height;
    }
    return merkle_edge_head(&edge).root;
}

void
merkle_plan_prove(const struct merkle_plan *plan, const struct hash *hashes,
                  struct merkle_proof *proof)
{
    proof->count = plan->range_count;
    for (size_t i = 0; i < plan->range_count; i++)
        proof->hashes[i] = range_root(plan->ranges[i], &hashes);
}
