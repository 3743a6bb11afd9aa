#pragma once

#include "crypto/key.h"

#include <openssl/evp.h>

/* What OpenSSL has to be told to sign or verify with a key of an algorithm. */
struct key_scheme {
    const char *digest;    /* NULL where the algorithm has its own */
    const char *signer_id; /* SM2's distinguishing identifier, or NULL */
};

const struct key_scheme *key_scheme(enum key_algorithm algorithm);

/* Sets the signer's id, where the scheme has one, before the message is hashed. */
bool key_scheme_apply(const struct key_scheme *scheme, EVP_PKEY_CTX *ctx) MUST_USE;
