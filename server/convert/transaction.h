#pragma once

#include "base/refusal.h"
#include "core/execute.h"
#include "core/identity.h"
#include "crypto/key.h"

/*
 * Bytes that were signed, to core's values and back. Whatever is not canonical
 * or lacks what every reader needs is refused here, with item and field; the
 * rules of the bank are execute()'s.
 */

/* Longest transaction (a control record in it is at most 32 KiB) and items. */
#define TRANSACTION_BYTES_MAX 40960
#define ITEM_BYTES_MAX ((size_t)256 * 1024)
#define ACCOUNT_ITEM_BYTES_MAX ((size_t)16 * 1024)

/* A transaction as it was received: the bytes that count, and what they say. */
struct signed_transaction {
    struct slice bytes;
    size_t signature_count;
    struct signature signatures[SIGNERS_MAX];
    struct slice *items; /* bytes of each */
    struct hash items_root;
    struct transaction value;  /* value.items is filled by convert_items() */
    struct opened_list opened; /* whom its items open accounts for, in their order */
    /*
     * Of the bank's own: the request id is made of what is asked for, so that one
     * that is booked under it is this one, though salt and time be others.
     */
    bool is_named_by_id;
};

/*
 * Decodes `transaction->bytes` into its value (but not the items), and
 * items_root. False, and refusals, where it is not one.
 */
bool convert_transaction(struct signed_transaction *transaction, struct arena *arena,
                         struct refusal_list *refusals) MUST_USE;

/* Decodes `transaction->items`; false, and refusals naming the items, where one is none. */
bool convert_items(struct signed_transaction *transaction, struct arena *arena,
                   struct refusal_list *refusals) MUST_USE;

/* One item alone. */
bool convert_item(struct slice bytes, uint32_t item_index, struct arena *arena, struct item *item,
                  struct refusal_list *refusals) MUST_USE;
