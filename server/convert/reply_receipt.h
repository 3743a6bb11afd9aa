#pragma once

#include "base/arena.h"
#include "convert/reply_entry.h"
#include "crypto/merkle.h"

/* An item with its proofs; the item is empty for a control transaction. */
struct proved_item {
    struct slice item;
    uint32_t item_index;
    const struct merkle_proof *path; /* NULL: none */
    struct proved_entry entry;
};

Creditbank__V1__Receipt *reply_receipt(struct arena *arena, const struct proved_item *item);
