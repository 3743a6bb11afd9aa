#pragma once

#include "base/arena.h"
#include "crypto/merkle.h"

/*
 * Proofs for the newest leaves of a log, from the right edge before them and
 * their leaf hashes: nothing is read. All of them together cost about as many
 * hashes as there are leaves.
 */
struct merkle_recent {
    uint64_t base, size; /* the leaves are [base, size) */
    struct hash *nodes[MERKLE_PROOF_MAX];
    uint64_t first[MERKLE_PROOF_MAX]; /* number of nodes[level][0] in its level */
    size_t counts[MERKLE_PROOF_MAX];
    struct hash
        ragged[MERKLE_PROOF_MAX]; /* of the leaves behind the last complete node of a level */
    bool has_ragged[MERKLE_PROOF_MAX];
};

/* Takes the edge of `base` leaves and the hashes of those that follow, at least one. */
void merkle_recent_init(struct merkle_recent *recent, const struct merkle_edge *edge,
                        const struct hash *leaves, size_t count, struct arena *arena);

/* The proof of a leaf at `index` in [base, size) in the tree of `size` leaves. */
void merkle_recent_prove(const struct merkle_recent *recent, uint64_t index,
                         struct merkle_proof *proof);
