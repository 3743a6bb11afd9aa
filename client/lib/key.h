#pragma once

#include "crypto/key.h"

#include "creditbank.h"

/* What is behind the public handle of a key. */
struct creditbank_key {
    struct private_key *private;
};

/* The handle of a private key, which it owns from now on. */
struct creditbank_key *key_wrap(struct private_key *private) MUST_USE;

/* The key's signature over the claim as it stands in the log; false if the claim will not do. */
bool key_claim_sign(const struct private_key *key, const struct creditbank_claim *claim,
                    struct signature *signature) MUST_USE;

/* Under which type a key signs its claim, and the service key a statement's list. */
#define DSSE_KEY_CLAIM "application/vnd.creditbank.key-claim.v1+protobuf"
#define DSSE_STATEMENT "application/vnd.creditbank.statement.v1+protobuf"
