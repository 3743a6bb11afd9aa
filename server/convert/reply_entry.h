#pragma once

#include "base/arena.h"
#include "creditbank/v1/ledger_service.pb-c.h"

/* An entry of the log with its proof, as messages; the texts are borrowed. */
struct proved_entry {
    uint64_t entry_index;
    int64_t booked_at_us;
    struct slice entry;
    const char *tlog_proof;
};

Creditbank__V1__BookedEntry *reply_entry(struct arena *arena, const struct proved_entry *entry);

/* A moment as a message. */
Google__Protobuf__Timestamp *reply_time(struct arena *arena, int64_t time_us);
