#pragma once

#include "convert/transaction.h"

/* The version of the log's semantics that is written now. */
#define ENTRY_VERSION 1

/* Longest LogEntry: the leaf of the log (C2SP tlog-tiles entry bundles have 16-bit lengths). */
#define ENTRY_BYTES_MAX 65535

/* Canonical bytes of the LogEntry of a transaction; in the arena. */
struct slice convert_entry(const struct signed_transaction *transaction, int64_t booked_at_us,
                           const struct hash *key_chain, struct arena *arena) MUST_USE;

/* A LogEntry as it stands in the log. */
struct log_entry {
    int64_t booked_at_us;
    struct hash key_chain;
    struct signed_transaction transaction; /* without items */
};

/* Decodes a LogEntry; false where the bytes are none. For what the bank wrote itself. */
bool convert_log_entry(struct slice bytes, struct arena *arena, struct log_entry *entry) MUST_USE;
