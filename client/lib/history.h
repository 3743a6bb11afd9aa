#pragma once

#include "base/slice.h"
#include "crypto/key.h"

#include "creditbank.h"

#include "entry.h"

/*
 * The history of keys that a statement brings with it: every control entry that
 * touched a key of the institutions it needs, by log position. Keys are valid by
 * position: registered before an entry, not revoked before it.
 *
 * An institution's key chain is 32 zero bytes, and after each such entry
 *
 *   chain' = SHA-256(0x02 || chain || leaf hash of the entry)
 *
 * An entry states the chain of its institution before it, so that a history with
 * a record left out does not fit the entries after it.
 */
struct history;

struct history *history_new(void) MUST_USE;
void history_free(struct history *history);

/* What the bank's first entry says; false and VERIFY_FOUNDING where this is none. */
bool history_found(struct history *history, const struct entry *entry,
                   struct creditbank_error *error) MUST_USE;

/*
 * Takes up a control entry about keys, in ascending order after the founding,
 * when its signatures have been checked. False and VERIFY_KEY_….
 */
bool history_add(struct history *history, const struct entry *entry,
                 struct creditbank_error *error) MUST_USE;

/* Whether the entry states its institution's key chain; false and VERIFY_KEY_CHAIN. */
bool history_check_chain(const struct history *history, const struct entry *entry,
                         struct creditbank_error *error) MUST_USE;

/* Whether every signature is of a valid key of the entry's institution; false and VERIFY_…. */
bool history_check_signatures(const struct history *history, const struct entry *entry,
                              struct creditbank_error *error) MUST_USE;

/* The bank's service key of that id, valid in a log of that size; NULL where there is none. */
const struct public_key *history_service_key(const struct history *history, const struct hash *id,
                                             uint64_t log_size) MUST_USE;

/* The key by which the founding says that checkpoints are signed, 32 raw bytes. */
struct slice history_log_key(const struct history *history) MUST_USE;
