#pragma once

#include "core/item.h"
#include "store/log_read.h"

/* What a statement is made of, beside the items and proofs that log_read.h and ledger have. */

/* Positions of items, ascending. */
struct record_list {
    size_t count;
    struct item_place *places;
    int32_t *bytes; /* of each item and its entry */
};

/* Which: about the account, in the first `size` entries, behind a place. */
struct record_range {
    struct slice account_no;
    uint64_t size;
    struct item_place after; /* RECORDS_FROM_FIRST: all */
    int32_t limit;
};
#define RECORDS_FROM_FIRST ((struct item_place){-1, 0})

struct step store_list_records(struct call *call, const struct record_range *range,
                               struct record_list *out, step_fn *next) MUST_USE;

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
