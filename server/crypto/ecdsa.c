#include "crypto/ecdsa.h"

#include "base/scope.h"

#include <assert.h>
#include <openssl/ec.h>

#define HALF (SIGNATURE_SIZE / 2)

static void
free_sig(ECDSA_SIG **sig)
{
    ECDSA_SIG_free(*sig);
}

bool
ecdsa_to_der(struct slice signature, uint8_t der[ECDSA_DER_MAX], size_t *len)
{
    if (signature.len != SIGNATURE_SIZE)
        return false;

    SCOPED(free_sig) ECDSA_SIG *sig = ECDSA_SIG_new();
    BIGNUM *r = BN_bin2bn(signature.at, HALF, NULL);
    BIGNUM *s = BN_bin2bn(signature.at + HALF, HALF, NULL);

    assert(sig != NULL);
    assert(r != NULL);
    assert(s != NULL);
    ECDSA_SIG_set0(sig, r, s);

    int written = i2d_ECDSA_SIG(sig, &der);

    *len = written > 0 ? (size_t)written : 0;
    return written > 0;
}

bool
ecdsa_from_der(struct slice der, struct signature *signature)
{
    const uint8_t *at = der.at;
    SCOPED(free_sig) ECDSA_SIG *sig = d2i_ECDSA_SIG(NULL, &at, (long)der.len);

    return sig != NULL && BN_bn2binpad(ECDSA_SIG_get0_r(sig), signature->bytes, HALF) == HALF &&
           BN_bn2binpad(ECDSA_SIG_get0_s(sig), signature->bytes + HALF, HALF) == HALF;
}
