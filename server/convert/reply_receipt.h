#pragma once

#include "base/arena.h"
#include "convert/reply_entry.h"
#include "crypto/hash.h"

/* An item with its proofs; the item is empty for a control transaction. */
struct proved_item {
    struct slice item;
    uint32_t item_index;
    size_t path_count; /* in its transaction */
    const struct hash *path;
};

/* `entry` is the message of its entry, which receipts of one transaction share. */
Creditbank__V1__Receipt *reply_receipt(struct arena *arena, const struct proved_item *item,
                                       Creditbank__V1__BookedEntry *entry);
