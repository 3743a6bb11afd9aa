#pragma once

#include "crypto/key.h"

/*
 * DSSE v1 (secure-systems-lab/dsse protocol.md): what is signed is not the
 * payload but "DSSEv1", its type and the payload, each with its length, so that
 * a signature for one purpose never counts for another.
 */

/* The payload type of what institutions sign. */
#define DSSE_TRANSACTION "application/vnd.creditbank.transaction.v1+protobuf"

/* Longest payload that is signed or verified. */
#define DSSE_PAYLOAD_MAX ((size_t)2 * 1024 * 1024)

/* Appends the pre-authentication encoding; false beyond the buffer's limit. */
bool dsse_encode(const char *type, struct slice payload, struct buffer *encoding) MUST_USE;

/* The payload is at most DSSE_PAYLOAD_MAX bytes; a longer one panics. */
struct signature dsse_sign(const struct private_key *key, const char *type,
                           struct slice payload) MUST_USE;

/* False also for a payload that is longer. */
bool dsse_verify(const struct public_key *key, const char *type, struct slice payload,
                 struct slice signature) MUST_USE;
