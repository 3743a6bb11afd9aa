#pragma once

#include "base/buffer.h"

/*
 * grpc-message ("gRPC over HTTP2", Status-Message): bytes 0x20 to 0x7e but "%"
 * stand for themselves, all others as "%" and two capital digits. False beyond
 * the buffer's limit.
 */
bool percent_encode(struct slice text, struct buffer *encoded) MUST_USE;

/* A value of a query: "%41" is a byte, "+" a blank. False where "%" has no two digits after it. */
bool percent_decode(struct slice text, struct buffer *decoded) MUST_USE;

/* The value of that name in "a=1&b=2", still encoded, the first if many; at == NULL if none. */
struct slice query_find(struct slice query, const char *name) MUST_USE;
