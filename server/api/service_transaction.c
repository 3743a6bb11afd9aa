#include "api/service_transaction.h"

#include "api/credentials.h"
#include "convert/reply.h"
#include "convert/reply_entry.h"
#include "crypto/random.h"

#include <assert.h>

/* Canonical bytes of the transaction over t->item. */
static struct slice
pack_transaction(struct call *call, const struct service_transaction *t,
                 const uint8_t request_id[REQUEST_ID_SIZE])
{
    const struct credentials_config *config = credentials_config(call);
    struct arena *arena = call_arena(call);
    struct hash root = merkle_leaf(t->item);
    Creditbank__V1__ItemSet items;
    Creditbank__V1__Transaction message;

    creditbank__v1__item_set__init(&items);
    creditbank__v1__transaction__init(&message);
    items.item_count = 1;
    items.items_root = reply_hash(arena, &root);
    message.log_origin = reply_text(arena, slice_text(config->log_origin));
    message.institution_id = reply_text(arena, slice_text(config->operator_id));
    message.request_id = reply_bytes(arena, slice_make(request_id, REQUEST_ID_SIZE));
    message.create_time = reply_time(arena, call_now_us(call));
    message.content_case = CREDITBANK__V1__TRANSACTION__CONTENT_ITEMS;
    message.items = &items;
    return reply_pack(arena, &message.base);
}

struct step
service_transaction_sign(struct call *call, struct service_transaction *t,
                         Creditbank__V1__Item *item, const uint8_t request_id[REQUEST_ID_SIZE],
                         step_fn *next)
{
    uint8_t salt[SALT_SIZE];

    random_bytes(salt, sizeof(salt));
    item->salt = reply_bytes(call_arena(call), slice_make(salt, sizeof(salt)));
    t->item = reply_pack(call_arena(call), &item->base);
    t->transaction.bytes = pack_transaction(call, t, request_id);
    t->transaction.items = &t->item;
    return notary_sign_transaction(
        call, &(struct notary_transaction){t->transaction.bytes, &t->item, 1}, &t->signature, next);
}

struct step
service_transaction_book(struct call *call, struct service_transaction *t, step_fn *next)
{
    struct refusal_list refusals = {0};

    t->transaction.is_named_by_id = true;
    t->transaction.signature_count = t->transaction.value.signer_count = 1;
    t->transaction.signatures[0] = t->signature.signature;
    t->transaction.value.signers[0] = t->signature.key_id;
    if (!convert_transaction(&t->transaction, call_arena(call), &refusals) ||
        !convert_items(&t->transaction, call_arena(call), &refusals))
        return call_refuse_all(call, &refusals);
    return ledger_submit(call, &t->transaction, false, &t->booked, next);
}
