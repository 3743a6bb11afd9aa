/* Private keys: made, kept in PKCS#8, and signing. */
#include "base/memory.h"
#include "base/panic.h"
#include "base/scope.h"
#include "crypto/ecdsa.h"
#include "crypto/key_private.h"
#include "crypto/random.h"

#include <assert.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/x509.h>

/* RFC 7914 scrypt at 16 MiB and five passes: about a quarter of a second a guess. */
#define SCRYPT_SALT_SIZE 16
#define SCRYPT_N 16384
#define SCRYPT_R 8
#define SCRYPT_P 5

struct private_key {
    EVP_PKEY *pkey;
    struct public_key *public;
};

static void
free_bio(BIO **bio)
{
    BIO_free(*bio);
}

static void
free_digest(EVP_MD_CTX **ctx)
{
    EVP_MD_CTX_free(*ctx);
}

/* Takes the key over; NULL where its algorithm is none of ours. */
static struct private_key *
wrap(EVP_PKEY *pkey)
{
    uint8_t *spki = NULL;
    int len = i2d_PUBKEY(pkey, &spki);
    struct public_key *public = len > 0 ? public_key_parse(slice_make(spki, (size_t)len)) : NULL;

    OPENSSL_free(spki);
    if (public == NULL) {
        EVP_PKEY_free(pkey);
        return NULL;
    }

    struct private_key *key = xcalloc(1, sizeof(*key));

    *key = (struct private_key){.pkey = pkey, .public = public};
    return key;
}

struct private_key *
private_key_generate(enum key_algorithm algorithm)
{
    EVP_PKEY *pkey = NULL;

    switch (algorithm) {
    case KEY_ED25519:
        pkey = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
        break;
    case KEY_P256:
        pkey = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");
        break;
    case KEY_SM2:
        pkey = EVP_PKEY_Q_keygen(NULL, NULL, "SM2");
        break;
    }

    struct private_key *key = pkey == NULL ? NULL : wrap(pkey);

    if (key == NULL)
        panic("crypto: no %s key can be made", key_algorithm_name(algorithm));
    return key;
}

void
private_key_free(struct private_key *key)
{
    if (key == NULL)
        return;
    public_key_free(key->public);
    EVP_PKEY_free(key->pkey);
    xfree(key);
}

const struct public_key *
private_key_public(const struct private_key *key)
{
    return key->public;
}

struct signature
private_key_sign(const struct private_key *key, struct slice message)
{
    enum key_algorithm algorithm = public_key_algorithm(key->public);
    const struct key_scheme *scheme = key_scheme(algorithm);
    SCOPED(free_digest) EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    EVP_PKEY_CTX *pkey_ctx;
    struct signature signature;
    uint8_t bytes[ECDSA_DER_MAX];
    size_t len = sizeof(bytes);

    if (ctx == NULL ||
        EVP_DigestSignInit_ex(ctx, &pkey_ctx, scheme->digest, NULL, NULL, key->pkey, NULL) != 1 ||
        !key_scheme_apply(scheme, pkey_ctx) ||
        EVP_DigestSign(ctx, bytes, &len, message.at, message.len) != 1)
        panic("crypto: signing with %s failed", key_algorithm_name(algorithm));
    if (algorithm == KEY_ED25519) {
        assert(len == SIGNATURE_SIZE);
        memcpy(signature.bytes, bytes, SIGNATURE_SIZE);
        return signature;
    }
    if (!ecdsa_from_der(slice_make(bytes, len), &signature))
        panic("crypto: OpenSSL made a signature that is none");
    return signature;
}

/* OpenSSL asks for the passphrase only where the PEM is encrypted. */
static int
give_passphrase(char *room, int size, int writing, void *passphrase)
{
    const struct slice *text = passphrase;

    (void)writing;
    if (size < 0 || text->len == 0 || text->len > (size_t)size)
        return -1;
    memcpy(room, text->at, text->len);
    return (int)text->len;
}

static bool
begins_with(struct slice text, const char *start)
{
    size_t len = strlen(start);

    return text.len >= len && slice_is(slice_make(text.at, len), start);
}

const char *
private_key_parse(struct slice pem, struct slice passphrase, struct private_key **key)
{
    bool encrypted = begins_with(pem, "-----BEGIN ENCRYPTED PRIVATE KEY-----");

    if (pem.len > KEY_PEM_MAX)
        return "the key is longer than 4096 bytes";
    if (!encrypted && !begins_with(pem, "-----BEGIN PRIVATE KEY-----"))
        return "the key is not PKCS#8 in PEM";
    if (encrypted && passphrase.len == 0)
        return "the key is encrypted, and there is no passphrase";

    SCOPED(free_bio) BIO *bio = BIO_new_mem_buf(pem.at, (int)pem.len);
    EVP_PKEY *pkey = PEM_read_bio_PrivateKey(bio, NULL, give_passphrase, &passphrase);

    ERR_clear_error();
    if (pkey == NULL)
        return encrypted ? "the passphrase is wrong, or the key is damaged" : "the key is damaged";
    *key = wrap(pkey);
    return *key == NULL ? "the key is none of Ed25519, P-256 and SM2" : NULL;
}

static bool
write_encrypted(BIO *bio, PKCS8_PRIV_KEY_INFO *clear, struct slice passphrase)
{
    uint8_t salt[SCRYPT_SALT_SIZE];

    random_bytes(salt, sizeof(salt));

    X509_ALGOR *scheme = PKCS5_pbe2_set_scrypt(EVP_aes_256_cbc(), salt, sizeof(salt), NULL,
                                               SCRYPT_N, SCRYPT_R, SCRYPT_P);
    /* The scheme then belongs to the encrypted key. */
    X509_SIG *encrypted =
        PKCS8_set0_pbe((const char *)passphrase.at, (int)passphrase.len, clear, scheme);
    bool written = encrypted != NULL && PEM_write_bio_PKCS8(bio, encrypted) == 1;

    X509_SIG_free(encrypted);
    return written;
}

static bool
write_pem(BIO *bio, const struct private_key *key, struct slice passphrase)
{
    PKCS8_PRIV_KEY_INFO *clear = EVP_PKEY2PKCS8(key->pkey);
    bool written = passphrase.len > 0 ? write_encrypted(bio, clear, passphrase)
                                      : PEM_write_bio_PKCS8_PRIV_KEY_INFO(bio, clear) == 1;

    PKCS8_PRIV_KEY_INFO_free(clear);
    return written;
}

const char *
private_key_format(const struct private_key *key, struct slice passphrase, struct buffer *pem)
{
    if (passphrase.len > KEY_PASSPHRASE_MAX)
        return "the passphrase is longer than 1024 bytes";

    SCOPED(free_bio) BIO *bio = BIO_new(BIO_s_secmem());
    char *text;

    if (bio == NULL || !write_pem(bio, key, passphrase))
        panic("crypto: the key cannot be written");

    long len = BIO_get_mem_data(bio, &text);

    return buffer_append(pem, slice_make(text, (size_t)len)) ? NULL : "the key is too long";
}
