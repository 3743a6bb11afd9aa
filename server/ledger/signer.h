#pragma once

#include "ledger/private.h"

/*
 * Has the notary sign what was committed, and answers whoever waits for it.
 *
 *           +--> READING --+   the newest checkpoint's edge; what other workers booked
 *           |              |
 *   READY --+--> ASKING  --+--> READY   the notary, over a tree that was booked
 *           |              |
 *           +--> STORING --+   its checkpoint, before anybody is answered with it
 */
struct signer;

struct signer *signer_new(struct ledger *ledger, const char *conninfo) MUST_USE;
void signer_free(struct signer *signer);

/*
 * Of these submissions those booked were committed and those repeated had been
 * before; they are answered when a checkpoint covers them, without a proof
 * where it has to come from the database. The others are none of its business.
 */
void signer_add(struct signer *signer, const struct booking *booking);

/* How many wait. */
size_t signer_waiting(const struct signer *signer) MUST_USE;

/*
 * Whether the database is known to have what the notary signed last: until then nothing is
 * booked, so that one that was set back takes no entry. batch_tick() is called when it is.
 */
bool signer_is_level(const struct signer *signer) MUST_USE;

/* The largest tree known to be signed. While signer_is_level() it is one that the database has. */
void signer_head(const struct signer *signer, struct merkle_head *head);
