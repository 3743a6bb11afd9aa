#pragma once

#include "base/buffer.h"
#include "crypto/key.h"

/*
 * The token by which an institution signs in a call: a compact JWS (RFC 7515)
 * over a JWT (RFC 7519), made with its registered signing key.
 *
 *   header  {"alg": "EdDSA" | "ES256" | "SM2SM3", "kid": key id, "typ": "JWT"}
 *   claims  {"iss": key id, "aud": log origin, "iat": s, "exp": s, "jti": optional text}
 *
 * Key ids are 64 lower-case hexadecimal digits, times are whole seconds since 1970.
 * Other members are refused: nobody signs what nobody reads. The algorithm is the
 * key's; the header only has to agree with it.
 */
#define JWT_MAX ((size_t)2048)

/* `exp` is at most this far after `iat`, which is not after now: so 5 minutes ahead at most. */
#define JWT_LIFE_MAX_S 300

/* How far the two clocks may differ, either way. */
#define JWT_SKEW_S 30

/* A token taken apart; its slice is of the bytes that were parsed. Not yet verified. */
struct jwt {
    struct hash key_id; /* kid and iss, which are equal */
    enum key_algorithm algorithm;
    struct hash audience; /* SHA-256 of aud */
    int64_t issued_s, expires_s;
    struct slice signed_part; /* header and claims, as they were signed */
    struct signature signature;
};

/* NULL, or why the text is no token of ours. */
const char *jwt_parse(struct slice text, struct jwt *jwt) MUST_USE;

/*
 * NULL if the key (found by jwt->key_id) signed the token for this audience and
 * it is valid now; else why not. The caller checks that the key itself is valid.
 */
const char *jwt_verify(const struct jwt *jwt, const struct public_key *key, struct slice audience,
                       int64_t now_us) MUST_USE;

/* Appends a token valid for `life_s` from now on; false beyond the buffer's limit. */
bool jwt_sign(const struct private_key *key, struct slice audience, int64_t now_us, unsigned life_s,
              struct buffer *text) MUST_USE;
