#pragma once

#include "flow/call.h"

/* The account that a request names; a learner's own where it names none. */
struct slice account_named(const struct call *call, const char *account_no);
