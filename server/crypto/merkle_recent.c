/*
 * On every level stand the complete nodes that begin at or behind the base,
 * and in front of them, where the base has that bit set, the edge's node of
 * that level: the left sibling that a proof may need.
 */
#include "crypto/merkle_recent.h"

#include <assert.h>

/* The edge keeps its largest node first: the node of a level stands behind those of higher bits. */
static const struct hash *
edge_node(const struct merkle_edge *edge, unsigned level)
{
    return &edge->nodes[__builtin_popcountll(edge->size >> level >> 1)];
}

static void
build_level(struct merkle_recent *recent, const struct merkle_edge *edge, unsigned level,
            struct arena *arena)
{
    const struct hash *below = recent->nodes[level - 1];
    uint64_t begin = edge->size >> level;
    uint64_t end = recent->size >> level;
    bool has_left = (begin & 1) != 0;
    struct hash *nodes = arena_array(arena, end - begin + 1, sizeof(*nodes));
    size_t count = 0;

    if (has_left)
        nodes[count++] = *edge_node(edge, level);
    for (uint64_t number = begin; number < end; number++) {
        const struct hash *left = &below[2 * number - recent->first[level - 1]];

        nodes[count++] = merkle_node(left, left + 1);
    }
    recent->nodes[level] = nodes;
    recent->counts[level] = count;
    recent->first[level] = begin - has_left;
}

static void
build_ragged(struct merkle_recent *recent)
{
    for (unsigned level = 0; level + 1 < MERKLE_PROOF_MAX; level++) {
        bool odd = ((recent->size >> level) & 1) != 0;
        const struct hash *last = recent->nodes[level] + recent->counts[level] - 1;

        recent->has_ragged[level + 1] = recent->has_ragged[level] || odd;
        if (odd && recent->has_ragged[level])
            recent->ragged[level + 1] = merkle_node(last, &recent->ragged[level]);
        else if (odd)
            recent->ragged[level + 1] = *last;
        else
            recent->ragged[level + 1] = recent->ragged[level];
    }
}

void
merkle_recent_init(struct merkle_recent *recent, const struct merkle_edge *edge,
                   const struct hash *leaves, size_t count, struct arena *arena)
{
    bool has_left = (edge->size & 1) != 0;
    struct hash *bottom = arena_array(arena, count + 1, sizeof(*bottom));

    assert(count > 0);
    *recent = (struct merkle_recent){.base = edge->size, .size = edge->size + count};
    if (has_left)
        bottom[0] = *edge_node(edge, 0);
    memcpy(bottom + has_left, leaves, count * sizeof(*leaves));
    recent->nodes[0] = bottom;
    recent->first[0] = edge->size - has_left;
    recent->counts[0] = count + has_left;
    for (unsigned level = 1; level < MERKLE_PROOF_MAX; level++)
        build_level(recent, edge, level, arena);
    build_ragged(recent);
}

void
merkle_recent_prove(const struct merkle_recent *recent, uint64_t index, struct merkle_proof *proof)
{
    assert(index >= recent->base);
    assert(index < recent->size);
    proof->count = 0;
    for (unsigned level = 0; level < MERKLE_PROOF_MAX && (recent->size - 1) >> level > 0; level++) {
        uint64_t sibling = (index >> level) ^ 1;
        uint64_t complete = recent->size >> level;

        if (sibling < complete)
            proof->hashes[proof->count++] = recent->nodes[level][sibling - recent->first[level]];
        else if (sibling == complete && recent->has_ragged[level])
            proof->hashes[proof->count++] = recent->ragged[level];
    }
}
