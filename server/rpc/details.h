#pragma once

#include "rpc/protocol.h"

#include "creditbank/v1/refusal.pb-c.h"

#define DETAILS_TYPE "creditbank.v1.Refusal"

/* The refusal as the message that clients get, both languages filled in. */
Creditbank__V1__Refusal *details_refusal(const struct refusal *refusal,
                                         struct arena *arena) MUST_USE;

/*
 * Appends the bytes of the answer as a google.rpc.Status, its details as many
 * refusals as keep them within details_max bytes, and its message to `message`.
 * Both buffers are large enough (asserted).
 */
void details_status(const struct answer *answer, size_t details_max, struct buffer *message,
                    struct buffer *status);

/* The answer's sentence; says how many refusals there are where only some are listed. */
bool details_message(const struct answer *answer, size_t listed, struct buffer *message) MUST_USE;
