#pragma once

#include "base/buffer.h"

/*
 * A certificate that only vouches for itself, for a bank that is tried out: for
 * localhost, 127.0.0.1 and ::1, P-256, valid from now on for SELF_SIGNED_DAYS
 * (RFC 5280). Appends both as PEM; false beyond the buffers' limits.
 */
#define SELF_SIGNED_DAYS 825
#define SELF_SIGNED_PEM_MAX 4096

bool self_signed_make(struct buffer *certificate, struct buffer *key) MUST_USE;
