#include "crypto/self_signed.h"

#include "base/panic.h"
#include "base/scope.h"
#include "crypto/random.h"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#define SERIAL_SIZE 16

static const struct {
    int nid;
    const char *value;
} extensions[] = {
    {NID_subject_alt_name, "DNS:localhost,IP:127.0.0.1,IP:::1"},
    {NID_basic_constraints, "critical,CA:FALSE"},
    {NID_key_usage, "critical,digitalSignature"},
    {NID_ext_key_usage, "serverAuth"},
};

static void
free_pkey(EVP_PKEY **pkey)
{
    EVP_PKEY_free(*pkey);
}

static void
free_x509(X509 **x509)
{
    X509_free(*x509);
}

static void
free_bio(BIO **bio)
{
    BIO_free(*bio);
}

/* RFC 5280 4.1.2.2: a positive integer of at most 20 octets, which no other certificate has. */
static bool
set_serial(X509 *x509)
{
    uint8_t bytes[SERIAL_SIZE];

    random_bytes(bytes, sizeof(bytes));
    bytes[0] = (uint8_t)((bytes[0] & 0x7f) | 0x40);

    BIGNUM *number = BN_bin2bn(bytes, sizeof(bytes), NULL);
    bool is_set = number != NULL && BN_to_ASN1_INTEGER(number, X509_get_serialNumber(x509)) != NULL;

    BN_free(number);
    return is_set;
}

static bool
set_extensions(X509 *x509)
{
    for (size_t i = 0; i < ARRAY_COUNT(extensions); i++) {
        X509_EXTENSION *extension =
            X509V3_EXT_conf_nid(NULL, NULL, extensions[i].nid, extensions[i].value);
        bool is_set = extension != NULL && X509_add_ext(x509, extension, -1) == 1;

        X509_EXTENSION_free(extension);
        if (!is_set)
            return false;
    }
    return true;
}

static bool
fill(X509 *x509, EVP_PKEY *pkey)
{
    static const unsigned char name[] = "localhost";
    X509_NAME *subject = X509_get_subject_name(x509);

    return X509_set_version(x509, X509_VERSION_3) == 1 && set_serial(x509) &&
           X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, name, -1, -1, 0) == 1 &&
           X509_set_issuer_name(x509, subject) == 1 &&
           X509_gmtime_adj(X509_getm_notBefore(x509), 0) != NULL &&
           X509_time_adj_ex(X509_getm_notAfter(x509), SELF_SIGNED_DAYS, 0, NULL) != NULL &&
           X509_set_pubkey(x509, pkey) == 1 && set_extensions(x509) &&
           X509_sign(x509, pkey, EVP_sha256()) > 0;
}

static bool
take(BIO *bio, struct buffer *pem)
{
    char *at;
    long len = BIO_get_mem_data(bio, &at);

    return len > 0 && buffer_append(pem, slice_make(at, (size_t)len));
}

bool
self_signed_make(struct buffer *certificate, struct buffer *key)
{
    SCOPED(free_pkey) EVP_PKEY *pkey = EVP_EC_gen("P-256");
    SCOPED(free_x509) X509 *x509 = X509_new();
    SCOPED(free_bio) BIO *certificate_bio = BIO_new(BIO_s_mem());
    SCOPED(free_bio) BIO *key_bio = BIO_new(BIO_s_secmem());

    if (pkey == NULL || x509 == NULL || certificate_bio == NULL || key_bio == NULL ||
        !fill(x509, pkey) || PEM_write_bio_X509(certificate_bio, x509) != 1 ||
        PEM_write_bio_PKCS8PrivateKey(key_bio, pkey, NULL, NULL, 0, NULL, NULL) != 1)
        panic("OpenSSL makes no certificate");
    return take(certificate_bio, certificate) && take(key_bio, key);
}
