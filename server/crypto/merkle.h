#pragma once

#include "base/attributes.h"
#include "crypto/hash.h"

/*
 * The Merkle tree of RFC 9162 section 2.1 (the same as RFC 6962's), and its
 * proofs. Pure: bytes in, bytes out.
 *
 * Two users: a transaction's items, whose leaf hashes are all at hand, and the
 * log, whose hashes lie in a database (merkle_edge to grow it, merkle_plan to
 * prove it).
 */

/* Trees have at most this many leaves, so that sizes fit a signed 64-bit integer. */
#define MERKLE_SIZE_MAX INT64_MAX

/* Most hashes that a proof over such a tree has. */
#define MERKLE_PROOF_MAX 64

struct hash merkle_leaf(struct slice entry) MUST_USE;
struct hash merkle_node(const struct hash *left, const struct hash *right) MUST_USE;

/* The hash of a tree over leaf hashes at hand; of none it is SHA-256 of nothing. */
struct hash merkle_root(const struct hash *leaves, size_t count) MUST_USE;

/* The hashes of an inclusion or consistency proof, in the order of RFC 9162. */
struct merkle_proof {
    size_t count;
    struct hash hashes[MERKLE_PROOF_MAX];
};

/* Adds a hash from outside: false if it is not 32 bytes or the proof would be too long. */
bool merkle_proof_add(struct merkle_proof *proof, struct slice hash) MUST_USE;

/* The proof that the leaf at `index` (which exists) is in the tree over these leaf hashes. */
void merkle_prove(const struct hash *leaves, size_t count, size_t index,
                  struct merkle_proof *proof);

/* A tree: how many leaves it has, and its hash. */
struct merkle_head {
    uint64_t size;
    struct hash root;
};

/*
 * Whether the proof shows that `leaf` is the leaf hash at `index` in the tree
 * `head`. A proof with a hash too many or too few proves nothing.
 */
bool merkle_verify_inclusion(const struct merkle_head *head, uint64_t index,
                             const struct hash *leaf, const struct merkle_proof *proof) MUST_USE;

/*
 * Levels of the log's stored hashes (C2SP tlog-tiles, tiles of height 8): the
 * hash number n of level L is the root of the complete subtree over the leaves
 * [n * 256^L, (n + 1) * 256^L). Level 0 are the leaf hashes.
 */
#define MERKLE_TILE_WIDTH 256
#define MERKLE_LEVELS 8

/* One stored hash of level 1 or above, which has just become complete. */
struct merkle_subtree {
    unsigned level;
    uint64_t number;
    struct hash hash;
};

/*
 * The right edge: the roots of the complete subtrees that a tree of this size
 * is made of, the largest first; all that is needed to append to it. Zeroed it
 * is the edge of the empty tree.
 */
struct merkle_edge {
    uint64_t size;
    struct hash nodes[MERKLE_PROOF_MAX];
};

/* The subtrees that one appended leaf completed, lowest level first. */
struct merkle_completed {
    size_t count;
    struct merkle_subtree subtrees[MERKLE_LEVELS];
};

/* Appends a leaf hash; `completed` is set to what is now to be stored, and may be NULL. */
void merkle_edge_append(struct merkle_edge *edge, const struct hash *leaf,
                        struct merkle_completed *completed);

struct merkle_head merkle_edge_head(const struct merkle_edge *edge) MUST_USE;

/*
 * The edge as bytes: its hashes one after another, one for each bit set in the
 * size, which is kept beside them. Borrowed from the edge.
 */
struct slice merkle_edge_bytes(const struct merkle_edge *edge) MUST_USE;
bool merkle_edge_parse(uint64_t size, struct slice bytes, struct merkle_edge *edge) MUST_USE;

/*
 * A proof over the log in three steps:
 *
 *   merkle_plan_inclusion(&plan, index, size)     which stored hashes it takes
 *   ... the caller fetches plan.runs, in order    plan.hash_count hashes
 *   merkle_plan_prove(&plan, hashes, &proof)      the proof
 *
 * Each run lies within one tile, so each is one short read by primary key.
 */
struct merkle_run {
    unsigned level;
    unsigned count;
    uint64_t first; /* number of the first stored hash within its level */
};

/* The leaves [begin, end): one subtree, whose root is one hash of the proof. */
struct merkle_range {
    uint64_t begin, end;
};

/* A range is one run, or, where it ends at a ragged right edge, one a level. */
#define MERKLE_RUNS_MAX (MERKLE_PROOF_MAX + MERKLE_LEVELS)

struct merkle_plan {
    size_t range_count;
    struct merkle_range ranges[MERKLE_PROOF_MAX];
    size_t run_count;
    struct merkle_run runs[MERKLE_RUNS_MAX];
    size_t hash_count; /* of all runs: at most about 512 a level of the log */
};

/* False, and no plan, unless index < size <= MERKLE_SIZE_MAX. */
bool merkle_plan_inclusion(struct merkle_plan *plan, uint64_t index, uint64_t size) MUST_USE;

/* False, and no plan, unless 0 < older <= newer <= MERKLE_SIZE_MAX. Equal sizes take no hash. */
bool merkle_plan_consistency(struct merkle_plan *plan, uint64_t older, uint64_t newer) MUST_USE;

/* The proof from the plan's hashes: plan->hash_count of them, run after run. */
void merkle_plan_prove(const struct merkle_plan *plan, const struct hash *hashes,
                       struct merkle_proof *proof);
