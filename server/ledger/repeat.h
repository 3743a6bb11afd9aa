#pragma once

#include "convert/entry.h"

/*
 * NULL if the transaction is the one in the entry (its bytes are equal;
 * signatures do not count), else the first field in which they differ.
 */
const char *repeat_differs(const struct signed_transaction *transaction, struct slice entry,
                           struct arena *arena);
