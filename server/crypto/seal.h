#pragma once

#include "base/buffer.h"
#include "crypto/hash.h"

/*
 * Sealing: AES-256-GCM (NIST SP 800-38D) with a fresh random nonce, as
 *
 *   nonce[12] || ciphertext || tag[16]
 *
 * The context is authenticated with it but not inside: what the bytes are and
 * whose, so that sealed bytes moved to another row do not open. One key seals at
 * most 2^32 times (SP 800-38D 8.3), which a key per learner never comes near.
 */
#define SEAL_KEY_SIZE 32
#define SEAL_OVERHEAD 28
#define SEAL_WRAPPED_SIZE (SEAL_KEY_SIZE + SEAL_OVERHEAD)

struct seal_key {
    uint8_t bytes[SEAL_KEY_SIZE];
};

/* Overwrites the key in a way that the compiler keeps. */
void seal_key_wipe(struct seal_key *key);

/* Appends the sealed bytes; false beyond the buffer's limit. */
bool seal(const struct seal_key *key, struct slice context, struct slice plain,
          struct buffer *sealed) MUST_USE;

/* Appends the plain bytes; false, and nothing appended, for another key, context or bytes. */
bool seal_open(const struct seal_key *key, struct slice context, struct slice sealed,
               struct buffer *plain) MUST_USE;

/* A key sealed under another one: a learner's under the epoch's. */
bool seal_wrap(const struct seal_key *epoch, struct slice context, const struct seal_key *key,
               struct buffer *wrapped) MUST_USE;
bool seal_unwrap(const struct seal_key *epoch, struct slice context, struct slice wrapped,
                 struct seal_key *key) MUST_USE;

/*
 * By what a person is found without the number being stored: HMAC-SHA256 under
 * the index key of a label of its own, the document type and the normalised number.
 */
struct hash seal_index(const struct seal_key *key, uint32_t document_type,
                       struct slice number) MUST_USE;
