/*
 * The bytes of a transaction, which entries are made of and repetitions told by.
 * Nothing of what it says beyond its head is read from them: one of control
 * stands as if it were of items, and the root is a hash of what tells it apart.
 */
#include "write.h"

#include "creditbank/v1/transaction.pb-c.h"
#include "wire/unpack.h"

static struct hash
root_of(const struct transaction *value)
{
    struct slice parts[] = {
        slice_make(value->request_id, REQUEST_ID_SIZE),
        value->item_count > 0 ? value->items[0].salt : slice_text("control"),
    };

    return hash_sha256_parts(parts, ARRAY_COUNT(parts));
}

/* Whom it opens accounts for: of every account one person. */
static void
write_persons(struct arena *arena, struct signed_transaction *transaction)
{
    const struct transaction *value = &transaction->value;
    struct opened_list *list = &transaction->opened;

    *list = (struct opened_list){
        .persons = arena_array(arena, value->item_count, sizeof(struct opened_person))};
    for (size_t i = 0; i < value->item_count; i++)
        if (value->items[i].kind == ITEM_ACCOUNT_OPENED)
            list->persons[list->count++] = (struct opened_person){
                .item_index = (uint32_t)i,
                .account_no = value->items[i].account_opened.account_no,
                .index_hash = write_person(value->items[i].account_opened.account_no),
                .seal_time_us = value->create_time_us,
            };
}

struct hash
write_person(struct slice account_no)
{
    return hash_sha256(account_no);
}

void
write_bytes(struct arena *arena, struct signed_transaction *transaction)
{
    const struct transaction *value = &transaction->value;
    struct hash root = root_of(value);
    uint8_t request_id[REQUEST_ID_SIZE];
    Creditbank__V1__Transaction message;
    Creditbank__V1__ItemSet items;
    Google__Protobuf__Timestamp create_time;

    memcpy(request_id, value->request_id, sizeof(request_id));
    creditbank__v1__transaction__init(&message);
    creditbank__v1__item_set__init(&items);
    google__protobuf__timestamp__init(&create_time);
    create_time.seconds = value->create_time_us / 1000000;
    create_time.nanos = (int32_t)(value->create_time_us % 1000000) * 1000;
    items.item_count = value->item_count > 0 ? (uint32_t)value->item_count : 1;
    items.items_root = (ProtobufCBinaryData){.len = HASH_SIZE, .data = root.bytes};
    message.log_origin = arena_text(arena, value->log_origin);
    message.institution_id = arena_text(arena, value->institution_id);
    message.request_id = (ProtobufCBinaryData){.len = REQUEST_ID_SIZE, .data = request_id};
    message.create_time = &create_time;
    message.content_case = CREDITBANK__V1__TRANSACTION__CONTENT_ITEMS;
    message.items = &items;
    transaction->bytes = wire_pack(&message.base, arena);
    transaction->items_root = root;
    transaction->items = arena_array(arena, value->item_count, sizeof(struct slice));
    transaction->signature_count = value->signer_count;
    write_persons(arena, transaction);
}
