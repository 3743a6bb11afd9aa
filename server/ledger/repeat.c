#include "ledger/repeat.h"

const char *
repeat_differs(const struct signed_transaction *transaction, struct slice entry,
               struct arena *arena)
{
    struct log_entry *first = arena_alloc(arena, sizeof(*first));
    const struct transaction *now = &transaction->value;

    if (!convert_log_entry(entry, arena, first))
        return "transaction";
    if (slice_equal(transaction->bytes, first->transaction.bytes))
        return NULL;

    const struct transaction *then = &first->transaction.value;

    if (!slice_equal(now->log_origin, then->log_origin))
        return "log_origin";
    if (now->create_time_us != then->create_time_us)
        return "create_time";
    if (now->is_control || then->is_control)
        return "control";
    if (now->item_count != then->item_count)
        return "items.item_count";
    return "items.items_root";
}
