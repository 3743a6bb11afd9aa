/*
 * LedgerService.GetReceipt: what proves one item, or a control transaction.
 *
 *   get_receipt --newest checkpoint--> got_checkpoint --prove entry--> proved
 *     --find item--> got_item
 *
 * A personal item is shown to its owner and to who signed it; to others it
 * answers as one that is not there. Public records are shown to any caller.
 * What the bank signs is mostly what learners did in their sessions: its
 * operator reads no person, and sees public records only.
 */
#include "api/methods.h"
#include "convert/entry.h"
#include "convert/reply_receipt.h"
#include "ledger/prove.h"

#include <inttypes.h>

struct get_receipt {
    struct stored_checkpoint checkpoint;
    uint64_t entry_index;
    struct booked booked;
    struct log_entry entry;
    struct item_place place;
    struct stored_item item;
};

static step_fn got_checkpoint, proved, got_item;

static struct step
get_receipt(struct call *call)
{
    struct get_receipt *s = call_state(call);

    return store_find_checkpoint(call, &s->checkpoint, got_checkpoint);
}

static struct step
got_checkpoint(struct call *call)
{
    const Creditbank__V1__GetReceiptRequest *req = call_request(call);
    struct get_receipt *s = call_state(call);

    s->entry_index = req->entry_index;
    return ledger_prove(call, &s->checkpoint, &s->entry_index, 1, &s->booked, proved);
}

static struct step
reply(struct call *call)
{
    struct get_receipt *s = call_state(call);
    struct arena *arena = call_arena(call);
    Creditbank__V1__GetReceiptResponse *response = arena_alloc(arena, sizeof(*response));

    creditbank__v1__get_receipt_response__init(response);
    response->receipt = reply_receipt(
        arena,
        &(struct proved_item){
            .item = s->item.bytes,
            .item_index = (uint32_t)s->item.place.item_index,
            .path_count = s->item.path_count,
            .path = s->item.path,
        },
        reply_entry(arena, &(struct proved_entry){.entry_index = s->entry_index,
                                                  .booked_at_us = s->booked.booked_at_us,
                                                  .entry = s->booked.entry,
                                                  .tlog_proof = s->booked.tlog_proof}));
    return call_reply(call, response);
}

static struct step
refuse_item(struct call *call)
{
    const Creditbank__V1__GetReceiptRequest *req = call_request(call);

    return call_refuse(call, REASON_ITEM_UNKNOWN, "item_index", "%" PRIu64 "/%" PRIu32,
                       req->entry_index, req->item_index);
}

static struct scope
item_scope(const struct call *call)
{
    struct scope scope = scope_of(call);

    if (call_caller(call)->institution_kind == INSTITUTION_OPERATOR)
        scope.kind = SCOPE_NOBODY;
    return scope;
}

static struct step
proved(struct call *call)
{
    const Creditbank__V1__GetReceiptRequest *req = call_request(call);
    struct get_receipt *s = call_state(call);
    struct scope scope = item_scope(call);

    if (!convert_log_entry(s->booked.entry, call_arena(call), &s->entry))
        return call_refuse(call, REASON_INTERNAL_ERROR, "", "%s", "");
    if (s->entry.transaction.value.is_control)
        return reply(call);
    if (req->item_index >= ITEMS_MAX)
        return refuse_item(call);
    s->place = (struct item_place){s->booked.entry_index, (int32_t)req->item_index};
    return store_find_items(call, &scope, &s->place, 1, &s->item, got_item);
}

static struct step
got_item(struct call *call)
{
    struct get_receipt *s = call_state(call);

    if (s->item.bytes.len == 0)
        return refuse_item(call);
    return reply(call);
}

const struct method ledger_get_receipt_method = {
    .name = "creditbank.v1.LedgerService/GetReceipt",
    .start = get_receipt,
    .state_size = sizeof(struct get_receipt),
    .callers = MAY_LEARNER | MAY_INSTITUTION,
};
