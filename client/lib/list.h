#pragma once

#include "base/arena.h"
#include "wire/fault.h"

#include "creditbank.h"

/* What the bank signs of a statement. */

/* In the arena; NULL and a fault where the bytes are no canonical StatementList. */
const Creditbank__V1__StatementList *list_open(struct slice bytes, struct arena *arena,
                                               struct wire_fault *fault) MUST_USE;

/*
 * Whether positions ascend from `after` to the last line, all of them below log_size,
 * and something stands before more that follows.
 */
bool list_is_in_order(const Creditbank__V1__StatementList *list) MUST_USE;
