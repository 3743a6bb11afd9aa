#include "crypto/seal.h"

#include "base/panic.h"
#include "base/scope.h"
#include "crypto/crypto_private.h"
#include "crypto/random.h"

#include <assert.h>
#include <limits.h>
#include <openssl/crypto.h>
#include <openssl/err.h>

#define NONCE_SIZE 12
#define TAG_SIZE 16

/* The label keeps these hashes apart from any other HMAC that might use the key. */
#define INDEX_LABEL "creditbank.v1 identity index"

static void
free_cipher(EVP_CIPHER_CTX **ctx)
{
    EVP_CIPHER_CTX_free(*ctx);
}

void
seal_key_wipe(struct seal_key *key)
{
    OPENSSL_cleanse(key->bytes, sizeof(key->bytes));
}

static bool
encrypt(EVP_CIPHER_CTX *ctx, struct slice context, struct slice plain, uint8_t *cipher,
        uint8_t tag[TAG_SIZE])
{
    int len;

    return EVP_EncryptUpdate(ctx, NULL, &len, context.at, (int)context.len) == 1 &&
           EVP_EncryptUpdate(ctx, cipher, &len, plain.at, (int)plain.len) == 1 &&
           EVP_EncryptFinal_ex(ctx, tag, &len) == 1 &&
           EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_GET_TAG, TAG_SIZE, tag) == 1;
}

bool
seal(const struct seal_key *key, struct slice context, struct slice plain, struct buffer *sealed)
{
    assert(context.len <= INT_MAX);
    assert(plain.len <= INT_MAX - SEAL_OVERHEAD);

    uint8_t *nonce = buffer_extend(sealed, plain.len + SEAL_OVERHEAD);

    if (nonce == NULL)
        return false;
    random_bytes(nonce, NONCE_SIZE);

    SCOPED(free_cipher) EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
    uint8_t *cipher = nonce + NONCE_SIZE;

    if (ctx == NULL ||
        EVP_EncryptInit_ex2(ctx, crypto_fetched()->aes_256_gcm, key->bytes, nonce, NULL) != 1 ||
        !encrypt(ctx, context, plain, cipher, cipher + plain.len))
        panic("crypto: sealing failed");
    return true;
}

static bool
decrypt(EVP_CIPHER_CTX *ctx, struct slice context, struct slice cipher, uint8_t *plain)
{
    uint8_t tag[TAG_SIZE];
    int len;

    memcpy(tag, cipher.at + cipher.len, TAG_SIZE);
    return EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_SET_TAG, TAG_SIZE, tag) == 1 &&
           EVP_DecryptUpdate(ctx, NULL, &len, context.at, (int)context.len) == 1 &&
           EVP_DecryptUpdate(ctx, plain, &len, cipher.at, (int)cipher.len) == 1 &&
           EVP_DecryptFinal_ex(ctx, plain + cipher.len, &len) == 1;
}

bool
seal_open(const struct seal_key *key, struct slice context, struct slice sealed,
          struct buffer *plain)
{
    if (sealed.len < SEAL_OVERHEAD || sealed.len > INT_MAX || context.len > INT_MAX)
        return false;

    struct slice cipher = slice_make(sealed.at + NONCE_SIZE, sealed.len - SEAL_OVERHEAD);
    size_t before = plain->len;
    uint8_t *room = buffer_extend(plain, cipher.len);

    if (room == NULL)
        return false;

    SCOPED(free_cipher) EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();

    if (ctx != NULL &&
        EVP_DecryptInit_ex2(ctx, crypto_fetched()->aes_256_gcm, key->bytes, sealed.at, NULL) == 1 &&
        decrypt(ctx, context, cipher, room))
        return true;
    /* GCM decrypts before it authenticates: what it wrote is nobody's to read. */
    OPENSSL_cleanse(room, cipher.len);
    plain->len = before;
    ERR_clear_error();
    return false;
}

bool
seal_wrap(const struct seal_key *epoch, struct slice context, const struct seal_key *key,
          struct buffer *wrapped)
{
    return seal(epoch, context, slice_make(key->bytes, SEAL_KEY_SIZE), wrapped);
}

bool
seal_unwrap(const struct seal_key *epoch, struct slice context, struct slice wrapped,
            struct seal_key *key)
{
    struct buffer plain;

    if (wrapped.len != SEAL_WRAPPED_SIZE)
        return false;
    buffer_init(&plain, SEAL_KEY_SIZE);

    bool opened = seal_open(epoch, context, wrapped, &plain);

    if (opened) {
        memcpy(key->bytes, plain.at, SEAL_KEY_SIZE);
        OPENSSL_cleanse(plain.at, SEAL_KEY_SIZE);
    }
    buffer_fini(&plain);
    return opened;
}

struct hash
seal_index(const struct seal_key *key, uint32_t document_type, struct slice number)
{
    SCOPED(buffer_fini) struct buffer text;

    /* A NUL ends the label and the type: neither has one, so no two inputs meet. */
    buffer_init(&text, number.len + 64);
    if (!buffer_printf(&text, "%s%c%u%c", INDEX_LABEL, 0, document_type, 0) ||
        !buffer_append(&text, number))
        panic("crypto: an identity number of %zu bytes", number.len);

    struct hash hash = hash_hmac(slice_make(key->bytes, SEAL_KEY_SIZE), buffer_slice(&text));

    OPENSSL_cleanse(text.at, text.len);
    return hash;
}
