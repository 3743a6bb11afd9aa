#include "crypto/crypto.h"

#include "base/panic.h"
#include "crypto/crypto_private.h"

static struct fetched fetched;

const struct fetched *
crypto_fetched(void)
{
    if (fetched.sha256 != NULL)
        return &fetched;
    fetched.aes_256_gcm = EVP_CIPHER_fetch(NULL, "AES-256-GCM", NULL);
    fetched.sha256 = EVP_MD_fetch(NULL, "SHA2-256", NULL);
    if (fetched.sha256 == NULL || fetched.aes_256_gcm == NULL)
        panic("crypto: OpenSSL has no SHA-256 or no AES-256-GCM");
    return &fetched;
}

void
crypto_fini(void)
{
    EVP_MD_free(fetched.sha256);
    EVP_CIPHER_free(fetched.aes_256_gcm);
    fetched = (struct fetched){0};
}
