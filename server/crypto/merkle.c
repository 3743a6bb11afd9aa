/* Trees over hashes at hand, the right edge, and what proofs must show. */
#include "crypto/merkle.h"

#include <assert.h>

/* RFC 9162 2.1.1: leaves and nodes begin with a byte of their own, lest one pass for the other. */
static const uint8_t leaf_prefix[] = {0x00};
static const uint8_t node_prefix[] = {0x01};

struct hash
merkle_leaf(struct slice entry)
{
    struct slice parts[] = {slice_make(leaf_prefix, sizeof(leaf_prefix)), entry};

    return hash_sha256_parts(parts, ARRAY_COUNT(parts));
}

struct hash
merkle_node(const struct hash *left, const struct hash *right)
{
    uint8_t bytes[1 + 2 * HASH_SIZE];

    bytes[0] = node_prefix[0];
    memcpy(bytes + 1, left->bytes, HASH_SIZE);
    memcpy(bytes + 1 + HASH_SIZE, right->bytes, HASH_SIZE);
    return hash_sha256(slice_make(bytes, sizeof(bytes)));
}

struct hash
merkle_root(const struct hash *leaves, size_t count)
{
    struct merkle_edge edge = {0};

    for (size_t i = 0; i < count; i++)
        merkle_edge_append(&edge, &leaves[i], NULL);
    return merkle_edge_head(&edge).root;
}

/* The largest power of two below `count`, which is at least 2: where RFC 9162 splits a tree. */
static size_t
split(size_t count)
{
    return (size_t)1 << (63 - __builtin_clzll(count - 1));
}

bool
merkle_proof_add(struct merkle_proof *proof, struct slice hash)
{
    if (proof->count == MERKLE_PROOF_MAX || !hash_from_slice(hash, &proof->hashes[proof->count]))
        return false;
    proof->count++;
    return true;
}

void
merkle_prove(const struct hash *leaves, size_t count, size_t index, struct merkle_proof *proof)
{
    struct hash from_root[MERKLE_PROOF_MAX];
    size_t depth = 0;

    assert(index < count);
    while (count > 1) {
        size_t left = split(count);

        if (index < left) {
            from_root[depth++] = merkle_root(leaves + left, count - left);
            count = left;
            continue;
        }
        from_root[depth++] = merkle_root(leaves, left);
        leaves += left;
        index -= left;
        count -= left;
    }
    proof->count = depth;
    for (size_t i = 0; i < depth; i++)
        proof->hashes[i] = from_root[depth - 1 - i];
}

/* RFC 9162 2.1.3.2, in its words: fn and sn are the paths of the leaf and of the last one. */
bool
merkle_verify_inclusion(const struct merkle_head *head, uint64_t index, const struct hash *leaf,
                        const struct merkle_proof *proof)
{
    if (index >= head->size || head->size > MERKLE_SIZE_MAX)
        return false;

    uint64_t fn = index, sn = head->size - 1;
    struct hash root = *leaf;

    for (size_t i = 0; i < proof->count; i++, fn >>= 1, sn >>= 1) {
        if (sn == 0)
            return false;
        if (fn % 2 == 0 && fn != sn) {
            root = merkle_node(&root, &proof->hashes[i]);
            continue;
        }
        root = merkle_node(&proof->hashes[i], &root);
        while (fn % 2 == 0 && fn != 0) {
            fn >>= 1;
            sn >>= 1;
        }
    }
    return sn == 0 && hash_equal(&root, &head->root);
}

static size_t
node_count(uint64_t size)
{
    return (size_t)__builtin_popcountll(size);
}

/*
 * Appending is adding one to a binary number: every trailing one bit is a
 * complete subtree that the new one joins, one level up each.
 */
void
merkle_edge_append(struct merkle_edge *edge, const struct hash *leaf,
                   struct merkle_completed *completed)
{
    assert(edge->size < MERKLE_SIZE_MAX);

    size_t count = node_count(edge->size);
    struct hash node = *leaf;
    unsigned height = 0;

    if (completed != NULL)
        completed->count = 0;
    for (uint64_t bits = edge->size; bits % 2 == 1; bits >>= 1) {
        node = merkle_node(&edge->nodes[--count], &node);
        height++;
        if (completed != NULL && height % 8 == 0)
            completed->subtrees[completed->count++] = (struct merkle_subtree){
                .level = height / 8, .number = edge->size >> height, .hash = node};
    }
    edge->nodes[count] = node;
    edge->size++;
}

struct merkle_head
merkle_edge_head(const struct merkle_edge *edge)
{
    size_t count = node_count(edge->size);

    if (count == 0)
        return (struct merkle_head){.root = hash_sha256(slice_make(NULL, 0))};

    struct hash root = edge->nodes[--count];

    while (count > 0)
        root = merkle_node(&edge->nodes[--count], &root);
    return (struct merkle_head){.size = edge->size, .root = root};
}

struct slice
merkle_edge_bytes(const struct merkle_edge *edge)
{
    return slice_make(edge->nodes, node_count(edge->size) * HASH_SIZE);
}

bool
merkle_edge_parse(uint64_t size, struct slice bytes, struct merkle_edge *edge)
{
    if (size > MERKLE_SIZE_MAX || bytes.len != node_count(size) * HASH_SIZE)
        return false;
    *edge = (struct merkle_edge){.size = size};
    if (bytes.len > 0)
        memcpy(edge->nodes, bytes.at, bytes.len);
    return true;
}
