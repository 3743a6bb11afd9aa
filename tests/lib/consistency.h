#pragma once

#include "crypto/merkle.h"

/*
 * Whether the proof shows that `older` is the beginning of `newer`, by RFC 9162
 * 2.1.4.2: as whoever watches the log does, which nobody in the tree does yet.
 * The empty tree says nothing and is refused; trees of one size need equal roots
 * and an empty proof.
 */
bool consistency_holds(const struct merkle_head *older, const struct merkle_head *newer,
                       const struct merkle_proof *proof) MUST_USE;
