#pragma once

#include "flow/call.h"
#include "method_ids.h"

/*
 * The methods that the bank serves, by enum method_id. The table is made from
 * the contract: each method in it names a constant of its handler's file, as
 * account_get_account_method in api/account_get_account.c, and one that nobody wrote
 * does not link.
 */
extern const struct method *const methods[METHOD_COUNT];

#define METHOD(symbol, ...) extern const struct method symbol##_method;
#include "methods.inc"
#undef METHOD
