#pragma once

#include "base/reason.h"
#include "flow/call.h"

/* Why the caller may not call the method; REASON_NONE if he may. */
enum reason access_check(const struct caller *caller, const struct method *method) MUST_USE;

/* The token of "authorization: Bearer …" (RFC 6750 2.1); false if the field says anything else. */
bool access_token(struct slice authorization, struct slice *token) MUST_USE;
