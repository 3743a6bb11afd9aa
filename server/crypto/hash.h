#pragma once

#include "base/attributes.h"
#include "base/slice.h"

/* SHA-256 (FIPS 180-4), the only hash of the bank's formats, and HMAC with it (RFC 2104). */
#define HASH_SIZE 32

struct hash {
    uint8_t bytes[HASH_SIZE];
};

struct hash hash_sha256(struct slice bytes) MUST_USE;

/* Of the parts as if they stood in one piece. */
struct hash hash_sha256_parts(const struct slice *parts, size_t count) MUST_USE;

struct hash hash_hmac(struct slice key, struct slice bytes) MUST_USE;

/* Takes the same time wherever the two differ. */
bool hash_equal(const struct hash *a, const struct hash *b) MUST_USE;

/* The order of the bytes, as memcmp: for sorting and searching, never for secrets. */
int hash_compare(const struct hash *a, const struct hash *b) MUST_USE;

/* Exactly HASH_SIZE bytes, else false. */
bool hash_from_slice(struct slice bytes, struct hash *hash) MUST_USE;

static inline struct slice
hash_slice(const struct hash *hash)
{
    return slice_make(hash->bytes, HASH_SIZE);
}
