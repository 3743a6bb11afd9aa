#pragma once

#include "base/arena.h"
#include "crypto/hash.h"

#include "creditbank.h"

#include "creditbank/v1/transaction.pb-c.h"

/* A log entry taken apart; everything lives in the arena or is borrowed from the BookedEntry. */
struct entry {
    uint64_t index;
    struct hash leaf;      /* its leaf hash in the log, RFC 6962 */
    struct hash key_chain; /* of its institution, before it */
    const Creditbank__V1__LogEntry *log;
    const Creditbank__V1__Transaction *transaction;
};

/* Most bytes of a log entry (docs/formats.md), and of an item. */
#define ENTRY_MAX 65535
#define ITEM_MAX ((size_t)256 * 1024)

/*
 * Reads an entry: canonical, of version 1, for the log `origin`, and agreeing with
 * what stands beside it. False and VERIFY_ENTRY_INVALID, VERIFY_ORIGIN or VERIFY_POSITION.
 */
bool entry_open(const Creditbank__V1__BookedEntry *booked, const char *origin, struct arena *arena,
                struct entry *entry, struct creditbank_error *error) MUST_USE;

/* Whether a signed time is there, of 1900 to 2199, and in whole microseconds. */
bool entry_time_is_valid(const Google__Protobuf__Timestamp *time) MUST_USE;

/* Reads canonical bytes of an item; false and VERIFY_ITEM_INVALID. */
bool entry_open_item(struct slice bytes, struct arena *arena, const Creditbank__V1__Item **item,
                     struct creditbank_error *error) MUST_USE;

/*
 * Whether the item is in what the transaction's signatures cover; false and
 * VERIFY_ITEM_PATH.
 */
bool entry_holds_item(const struct entry *entry, const Creditbank__V1__Receipt *receipt,
                      struct creditbank_error *error) MUST_USE;

/* The account that an item is about; NULL where it is about none. */
const char *entry_item_account(const Creditbank__V1__Item *item) MUST_USE;
