/* Public keys: which are accepted, and what their signatures say. */
#include "crypto/key.h"

#include "base/memory.h"
#include "base/scope.h"
#include "crypto/ecdsa.h"
#include "crypto/key_private.h"

#include <assert.h>
#include <openssl/err.h>
#include <openssl/x509.h>

#define ED25519_SIZE 32
#define PREFIX_MAX 27

/*
 * The SubjectPublicKeyInfo of an algorithm is the same bytes up to the key
 * itself: so its canonical form is a prefix and a length. RFC 8410 4, and RFC
 * 5480 2 with the named curves prime256v1 and (GM/T 0006) sm2p256v1; the last
 * byte, 4, begins an uncompressed point.
 */
static const struct algorithm {
    const char *name;
    struct key_scheme scheme;
    size_t prefix_len, len;
    uint8_t prefix[PREFIX_MAX];
} algorithms[] = {
    [KEY_ED25519] = {"Ed25519",
                     {NULL, NULL},
                     12,
                     12 + ED25519_SIZE,
                     {0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00}},
    [KEY_P256] = {"P-256", {"SHA2-256", NULL}, 27, KEY_SPKI_MAX, {0x30, 0x59, 0x30, 0x13, 0x06,
                                                                  0x07, 0x2a, 0x86, 0x48, 0xce,
                                                                  0x3d, 0x02, 0x01, 0x06, 0x08,
                                                                  0x2a, 0x86, 0x48, 0xce, 0x3d,
                                                                  0x03, 0x01, 0x07, 0x03, 0x42,
                                                                  0x00, 0x04}},
    [KEY_SM2] = {"SM2",
                 {"SM3", "1234567812345678"},
                 27,
                 KEY_SPKI_MAX,
                 {0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48,
                  0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x81, 0x1c,
                  0xcf, 0x55, 0x01, 0x82, 0x2d, 0x03, 0x42, 0x00, 0x04}},
};

/*
 * The y coordinates, little-endian, of the points whose order divides 8. Under
 * such a key one signature fits many messages.
 */
static const uint8_t small_order[][ED25519_SIZE] = {
    {0x00},
    {0x01},
    {0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4,
     0x89, 0xf2, 0xef, 0x98, 0xf0, 0xd5, 0xdf, 0xac, 0x05, 0xd3, 0xc6,
     0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53, 0xfc, 0x05},
    {0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b,
     0x76, 0x0d, 0x10, 0x67, 0x0f, 0x2a, 0x20, 0x53, 0xfa, 0x2c, 0x39,
     0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac, 0x03, 0x7a},
    {0xec, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
     0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
     0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f},
};

struct public_key {
    enum key_algorithm algorithm;
    struct hash id;
    size_t spki_len;
    uint8_t spki[KEY_SPKI_MAX];
    EVP_PKEY *pkey;
};

const char *
key_algorithm_name(enum key_algorithm algorithm)
{
    return algorithms[algorithm].name;
}

bool
key_algorithm_from_name(struct slice name, enum key_algorithm *algorithm)
{
    for (size_t i = KEY_ED25519; i < ARRAY_COUNT(algorithms); i++) {
        if (!slice_is(name, algorithms[i].name))
            continue;
        *algorithm = (enum key_algorithm)i;
        return true;
    }
    return false;
}

const struct key_scheme *
key_scheme(enum key_algorithm algorithm)
{
    return &algorithms[algorithm].scheme;
}

bool
key_scheme_apply(const struct key_scheme *scheme, EVP_PKEY_CTX *ctx)
{
    return scheme->signer_id == NULL ||
           EVP_PKEY_CTX_set1_id(ctx, scheme->signer_id, (int)strlen(scheme->signer_id)) == 1;
}

/* Whether the little-endian number, its sign bit apart, is below p = 2^255 - 19. */
static bool
is_canonical(const uint8_t y[ED25519_SIZE])
{
    for (size_t i = 1; i < ED25519_SIZE - 1; i++) {
        if (y[i] != 0xff)
            return true;
    }
    return y[ED25519_SIZE - 1] != 0x7f || y[0] < 0xed;
}

/* RFC 8032 5.1.3 decodes no y of p or above; a point of small order binds nobody. */
static bool
is_sound_ed25519(const uint8_t point[ED25519_SIZE])
{
    uint8_t y[ED25519_SIZE];

    memcpy(y, point, ED25519_SIZE);
    y[ED25519_SIZE - 1] &= 0x7f;
    for (size_t i = 0; i < ARRAY_COUNT(small_order); i++) {
        if (memcmp(y, small_order[i], ED25519_SIZE) == 0)
            return false;
    }
    return is_canonical(y);
}

/* The algorithm whose canonical encoding these bytes may be. */
static bool
recognise(struct slice spki, enum key_algorithm *algorithm)
{
    for (size_t i = KEY_ED25519; i < ARRAY_COUNT(algorithms); i++) {
        if (spki.len != algorithms[i].len ||
            memcmp(spki.at, algorithms[i].prefix, algorithms[i].prefix_len) != 0)
            continue;
        *algorithm = (enum key_algorithm)i;
        return true;
    }
    return false;
}

struct public_key *
public_key_parse(struct slice spki)
{
    enum key_algorithm algorithm;

    if (!recognise(spki, &algorithm))
        return NULL;
    if (algorithm == KEY_ED25519 && !is_sound_ed25519(spki.at + spki.len - ED25519_SIZE))
        return NULL;

    /* Decoding also checks that a point is on its curve. */
    const uint8_t *at = spki.at;
    EVP_PKEY *pkey = d2i_PUBKEY(NULL, &at, (long)spki.len);

    if (pkey == NULL) {
        ERR_clear_error();
        return NULL;
    }

    struct public_key *key = xcalloc(1, sizeof(*key));

    key->algorithm = algorithm;
    key->id = hash_sha256(spki);
    key->spki_len = spki.len;
    memcpy(key->spki, spki.at, spki.len);
    key->pkey = pkey;
    return key;
}

void
public_key_free(struct public_key *key)
{
    if (key == NULL)
        return;
    EVP_PKEY_free(key->pkey);
    xfree(key);
}

struct public_key *
public_key_from_ed25519(struct slice raw)
{
    const struct algorithm *ed25519 = &algorithms[KEY_ED25519];
    uint8_t spki[KEY_SPKI_MAX];

    if (raw.len != ED25519_SIZE)
        return NULL;
    memcpy(spki, ed25519->prefix, ed25519->prefix_len);
    memcpy(spki + ed25519->prefix_len, raw.at, ED25519_SIZE);
    return public_key_parse(slice_make(spki, ed25519->len));
}

struct slice
public_key_ed25519(const struct public_key *key)
{
    assert(key->algorithm == KEY_ED25519);
    return slice_make(key->spki + key->spki_len - ED25519_SIZE, ED25519_SIZE);
}

enum key_algorithm
public_key_algorithm(const struct public_key *key)
{
    return key->algorithm;
}

struct slice
public_key_spki(const struct public_key *key)
{
    return slice_make(key->spki, key->spki_len);
}

const struct hash *
public_key_id(const struct public_key *key)
{
    return &key->id;
}

static void
free_digest(EVP_MD_CTX **ctx)
{
    EVP_MD_CTX_free(*ctx);
}

/* `signature` as OpenSSL wants it. */
static bool
verify_message(const struct public_key *key, struct slice message, struct slice signature)
{
    const struct key_scheme *scheme = key_scheme(key->algorithm);
    SCOPED(free_digest) EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    EVP_PKEY_CTX *pkey_ctx;

    return ctx != NULL &&
           EVP_DigestVerifyInit_ex(ctx, &pkey_ctx, scheme->digest, NULL, NULL, key->pkey, NULL) ==
               1 &&
           key_scheme_apply(scheme, pkey_ctx) &&
           EVP_DigestVerify(ctx, signature.at, signature.len, message.at, message.len) == 1;
}

static bool
verify(const struct public_key *key, struct slice message, struct slice signature)
{
    uint8_t der[ECDSA_DER_MAX];
    size_t der_len;

    if (key->algorithm == KEY_ED25519)
        return verify_message(key, message, signature);
    return ecdsa_to_der(signature, der, &der_len) &&
           verify_message(key, message, slice_make(der, der_len));
}

bool
public_key_verify(const struct public_key *key, struct slice message, struct slice signature)
{
    if (signature.len == SIGNATURE_SIZE && verify(key, message, signature))
        return true;
    /* What OpenSSL says of it would be taken for an error of the next TLS call. */
    ERR_clear_error();
    return false;
}
