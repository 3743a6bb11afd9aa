#pragma once

#include "crypto/crypto.h"

#include <openssl/evp.h>

/* What OpenSSL is asked for once and used often; only this folder sees it. */
struct fetched {
    EVP_MD *sha256;
    EVP_CIPHER *aes_256_gcm;
};

const struct fetched *crypto_fetched(void) __attribute__((returns_nonnull));
