#pragma once

/* Bytes written in hexadecimal, as standards print them; a wrong digit fails the test. */
#include "base/hex.h"
#include "crypto/hash.h"
#include "crypto/key.h"

#include "unit.h"

#define HEX_BYTES_MAX 512

struct hex_bytes {
    size_t len;
    uint8_t bytes[HEX_BYTES_MAX];
};

static inline struct hex_bytes
from_hex(const char *text)
{
    struct hex_bytes result = {.len = strlen(text) / 2};
    char lower[2 * HEX_BYTES_MAX + 1] = "";

    assert_true(result.len <= HEX_BYTES_MAX);
    for (size_t i = 0; i < strlen(text); i++)
        lower[i] = (char)(text[i] >= 'A' && text[i] <= 'F' ? text[i] + 32 : text[i]);
    assert_true(hex_parse(slice_text(lower), result.bytes, result.len));
    return result;
}

static inline struct slice
hex_slice(const struct hex_bytes *hex)
{
    return slice_make(hex->bytes, hex->len);
}

static inline struct hash
hash_from_hex(const char *text)
{
    struct hex_bytes hex = from_hex(text);
    struct hash hash;

    assert_true(hash_from_slice(hex_slice(&hex), &hash));
    return hash;
}

static inline void
assert_hash(struct hash hash, const char *expected)
{
    char text[2 * HASH_SIZE + 1];

    assert_string_equal(hex_format(hash_slice(&hash), text), expected);
}

static inline void
assert_slice(struct slice slice, const char *expected)
{
    assert_int_equal(slice.len, strlen(expected));
    assert_memory_equal(slice.at, expected, slice.len);
}

/* The public key whose SubjectPublicKeyInfo these digits are. */
static inline struct public_key *
key_from_hex(const char *spki)
{
    struct hex_bytes hex = from_hex(spki);

    return public_key_parse(hex_slice(&hex));
}
