#pragma once

#include "base/refusal.h"
#include "core/item.h"
#include "core/world.h"

/*
 * The rules of the bank: execute(world, entry) -> effects | refusals.
 *
 * No clock, no randomness, no I/O: the same world and the same entry give the
 * same effects for ever. A transaction that is refused, or met rows that are
 * not loaded, leaves the world as it was.
 */
enum execute_result {
    EXECUTE_BOOKED,
    EXECUTE_REFUSED,    /* `refusals` says why: everything that was found */
    EXECUTE_NOT_LOADED, /* world_missing() says what to load; nothing else is known yet */
};

/* Where a transaction is to stand. */
struct position {
    int64_t entry_index;
    int64_t booked_at_us; /* since 1970-01-01T00:00:00Z, never before the entry before it */
};

/* A create_time may be so much before and after the booking. */
#define CREATE_TIME_PAST_US ((int64_t)24 * 3600 * 1000000)
#define CREATE_TIME_FUTURE_US ((int64_t)5 * 60 * 1000000)

enum execute_result execute(struct world *world, const struct transaction *transaction,
                            const struct position *position, struct arena *arena,
                            struct refusal_list *refusals) MUST_USE;

/*
 * The hash chain to state in the entry of a transaction that can be booked: its
 * institution's; zeros in the founding, which has no log before it.
 */
struct hash execute_key_chain(struct world *world, const struct transaction *transaction) MUST_USE;

/*
 * After execute() booked a transaction and its entry was hashed: advances the
 * key chains of the institutions whose keys a control record touched.
 *   chain' = SHA-256(0x02 || chain || leaf)
 */
void execute_advance_chains(struct world *world, const struct transaction *transaction,
                            const struct hash *leaf);
