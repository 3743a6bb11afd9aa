#pragma once

#include "ledger/private.h"

/*
 * Has the notary sign what was committed, and answers whoever waits for it.
 *
 *   LOADING --> READY --> FETCHING --> ASKING --> READY …
 *
 * LOADING reads the newest stored checkpoint; FETCHING reads leaf hashes that
 * this worker did not book itself; ASKING waits for the notary.
 */
struct signer;

struct signer *signer_new(struct ledger *ledger, const char *conninfo) MUST_USE;
void signer_free(struct signer *signer);

/*
 * These submissions were committed, with leaves [base, base + count) of the
 * log; those booked are answered when a checkpoint covers them.
 */
void signer_add(struct signer *signer, const struct booking *booking);

/* How many wait. */
size_t signer_waiting(const struct signer *signer) MUST_USE;

/* The largest tree known to be signed; false while none was read yet. */
bool signer_head(const struct signer *signer, struct merkle_head *head) MUST_USE;
