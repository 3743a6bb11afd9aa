#pragma once

#include "base/attributes.h"
#include "base/slice.h"

/* How long a client waits, in microseconds from now. False where the text is none. */

/* grpc-timeout: 1 to 8 digits and one of H, M, S, m, u, n ("gRPC over HTTP2"); "250m". */
bool timeout_from_grpc(struct slice text, int64_t *timeout_us) MUST_USE;

/* connect-timeout-ms: 1 to 10 digits. */
bool timeout_from_connect(struct slice text, int64_t *timeout_us) MUST_USE;
