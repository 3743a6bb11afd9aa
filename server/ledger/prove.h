#pragma once

#include "ledger/ledger.h"
#include "store/log_read.h"

/*
 * Proves entries, which may repeat, under a stored checkpoint: booked[i] is of
 * indexes[i], with its bytes and tlog-proof, all in the call's arena. One round
 * trip, in which proofs share what they have in common. Fails the call with
 * ENTRY_UNKNOWN where an entry is not there, and with NOT_SIGNED_YET where the
 * checkpoint does not cover it yet. `checkpoint` and `indexes` live in the call.
 */
struct step ledger_prove(struct call *call, const struct stored_checkpoint *checkpoint,
                         const uint64_t *indexes, size_t count, struct booked *booked,
                         step_fn *next) MUST_USE;

/* The RFC 9162 proof that the tree of the newer size continues that of the older one. */
struct step ledger_prove_consistency(struct call *call, uint64_t older, uint64_t newer,
                                     struct merkle_proof *proof, step_fn *next) MUST_USE;
