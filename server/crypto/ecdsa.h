#pragma once

#include "base/attributes.h"
#include "crypto/key.h"

/* Longest DER of an ECDSA or SM2 signature over a 256-bit group: two integers of 33 bytes. */
#define ECDSA_DER_MAX 72

/*
 * OpenSSL reads and writes signatures over curves in the DER of RFC 3279 2.2.3,
 * the bank's formats as r || s. False where the one cannot be the other.
 */
bool ecdsa_to_der(struct slice signature, uint8_t der[ECDSA_DER_MAX], size_t *len) MUST_USE;
bool ecdsa_from_der(struct slice der, struct signature *signature) MUST_USE;
