#pragma once

#include "core/item.h"
#include "store/log_read.h"

/* What a statement is made of, beside the items and proofs that log_read.h and ledger have. */

/* Positions of the items about an account in the first `size` entries, ascending. */
struct record_list {
    size_t count;
    int64_t bytes; /* of the items, and with each of its entry */
    struct item_place *places;
};
struct step store_list_records(struct call *call, struct slice account_no, uint64_t size,
                               int32_t limit, struct record_list *out, step_fn *next) MUST_USE;

/*
 * Every entry below `size` that registered or revoked a key of these institutions, of the operator,
 * or of one that signed such an entry: the founding first, ascending. And the service key's id.
 */
struct key_history {
    size_t count;
    int64_t bytes; /* of the entries */
    uint64_t *entries;
    struct hash service_key;
};
struct step store_find_key_history(struct call *call, const struct text_list *institutions,
                                   uint64_t size, int32_t limit, struct key_history *out,
                                   step_fn *next) MUST_USE;
