#pragma once

#include "crypto/hash.h"

/*
 * What the service key may sign, decided from the bytes alone: the notary trusts
 * no worker, and knows just enough of protobuf's encoding to look.
 */
struct permit {
    struct slice log_origin;
    struct slice operator_id; /* whose key the service key is */
    struct hash key_id;
};

/*
 * NULL if the bytes are a transaction of this bank over exactly these items, each
 * of a kind that sessions make; else why it is not signed.
 */
const char *permit_transaction(const struct permit *permit, struct slice transaction,
                               const struct slice *items, size_t item_count) MUST_USE;

/*
 * NULL if the bytes can be a StatementList of this log, of at least so many entries, that names
 * this key; else why not.
 */
const char *permit_statement(const struct permit *permit, uint64_t size_min,
                             struct slice list) MUST_USE;
