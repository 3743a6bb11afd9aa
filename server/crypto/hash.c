#include "crypto/hash.h"

#include "base/panic.h"
#include "crypto/crypto_private.h"

#include <limits.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

struct hash
hash_sha256(struct slice bytes)
{
    return hash_sha256_parts(&bytes, 1);
}

struct hash
hash_sha256_parts(const struct slice *parts, size_t count)
{
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    bool done = ctx != NULL && EVP_DigestInit_ex2(ctx, crypto_fetched()->sha256, NULL) == 1;
    struct hash hash;

    for (size_t i = 0; i < count && done; i++)
        done = EVP_DigestUpdate(ctx, parts[i].at, parts[i].len) == 1;
    if (!done || EVP_DigestFinal_ex(ctx, hash.bytes, NULL) != 1)
        panic("crypto: SHA-256 failed");
    EVP_MD_CTX_free(ctx);
    return hash;
}

struct hash
hash_hmac(struct slice key, struct slice bytes)
{
    struct hash hash;

    if (key.len > INT_MAX || HMAC(crypto_fetched()->sha256, key.at, (int)key.len, bytes.at,
                                  bytes.len, hash.bytes, NULL) == NULL)
        panic("crypto: HMAC failed");
    return hash;
}

bool
hash_equal(const struct hash *a, const struct hash *b)
{
    return CRYPTO_memcmp(a->bytes, b->bytes, HASH_SIZE) == 0;
}

int
hash_compare(const struct hash *a, const struct hash *b)
{
    return memcmp(a->bytes, b->bytes, HASH_SIZE);
}

bool
hash_from_slice(struct slice bytes, struct hash *hash)
{
    if (bytes.len != HASH_SIZE)
        return false;
    memcpy(hash->bytes, bytes.at, HASH_SIZE);
    return true;
}
