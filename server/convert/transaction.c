#include "convert/transaction.h"

#include "convert/decode.h"
#include "crypto/merkle.h"
#include "wire/unpack.h"

/*
 * Memory for unpacked items. A message of two bytes takes hundreds, so that many empty
 * ones in little space could use up the call's: that is MESSAGE_TOO_LARGE.
 */
#define ITEMS_MEMORY_BASE ((size_t)8 << 20)
#define ITEMS_MEMORY_PER_BYTE 8

static bool
refuse_length(const struct decoder *decoder, const char *field, size_t len, size_t expected)
{
    refusal_add(decoder->refusals, decoder->arena, decoder->item_index, field, REASON_FIELD_LENGTH,
                "%zu, %zu", len, expected);
    return false;
}

static bool
decode_create_time(const struct decoder *decoder, const Google__Protobuf__Timestamp *time,
                   int64_t *time_us)
{
    if (decode_time(time, time_us))
        return true;
    refusal_add(decoder->refusals, decoder->arena, REFUSAL_NO_ITEM, "create_time",
                REASON_DATE_INVALID, "%s", "");
    return false;
}

static bool
decode_item_set(const struct decoder *decoder, const Creditbank__V1__ItemSet *set,
                struct signed_transaction *transaction)
{
    if (set->item_count < 1 || set->item_count > ITEMS_MAX) {
        refusal_add(decoder->refusals, decoder->arena, REFUSAL_NO_ITEM, "items.item_count",
                    REASON_ITEM_COUNT, "%u", set->item_count);
        return false;
    }
    if (!hash_from_slice(decode_bytes(&set->items_root), &transaction->items_root))
        return refuse_length(decoder, "items.items_root", set->items_root.len, HASH_SIZE);
    transaction->value.item_count = set->item_count;
    return true;
}

static bool
decode_content(const struct decoder *decoder, const Creditbank__V1__Transaction *message,
               struct signed_transaction *transaction)
{
    struct transaction *value = &transaction->value;

    switch (message->content_case) {
    case CREDITBANK__V1__TRANSACTION__CONTENT_CONTROL:
        value->is_control = true;
        return decode_control(decoder, value->log_origin, message->control, &value->control);
    case CREDITBANK__V1__TRANSACTION__CONTENT_ITEMS:
        return decode_item_set(decoder, message->items, transaction);
    case CREDITBANK__V1__TRANSACTION__CONTENT__NOT_SET:
    case _CREDITBANK__V1__TRANSACTION__CONTENT__CASE_IS_INT_SIZE:
        break;
    }
    refusal_add(decoder->refusals, decoder->arena, REFUSAL_NO_ITEM, "content",
                REASON_FIELD_REQUIRED, "content");
    return false;
}

bool
convert_transaction(struct signed_transaction *transaction, struct arena *arena,
                    struct refusal_list *refusals)
{
    struct decoder decoder = {arena, refusals, REFUSAL_NO_ITEM};
    struct transaction *value = &transaction->value;
    struct wire_fault fault;

    if (transaction->bytes.len > TRANSACTION_BYTES_MAX) {
        refusal_add(refusals, arena, REFUSAL_NO_ITEM, "transaction", REASON_FIELD_TOO_LONG,
                    "%zu > %d", transaction->bytes.len, TRANSACTION_BYTES_MAX);
        return false;
    }

    const Creditbank__V1__Transaction *message = (const Creditbank__V1__Transaction *)wire_unpack(
        &creditbank__v1__transaction__descriptor, transaction->bytes, arena, WIRE_CANONICAL,
        &signed_limits, &fault);

    if (message == NULL)
        return decode_refuse(&decoder, "transaction", &fault);
    value->log_origin = decode_text(message->log_origin);
    value->institution_id = decode_text(message->institution_id);
    if (message->request_id.len != REQUEST_ID_SIZE)
        return refuse_length(&decoder, "request_id", message->request_id.len, REQUEST_ID_SIZE);
    memcpy(value->request_id, message->request_id.data, REQUEST_ID_SIZE);
    return decode_create_time(&decoder, message->create_time, &value->create_time_us) &&
           decode_content(&decoder, message, transaction);
}

static bool
check_root(const struct signed_transaction *transaction, struct arena *arena,
           struct refusal_list *refusals)
{
    size_t count = transaction->value.item_count;
    struct hash *leaves = arena_array(arena, count, sizeof(*leaves));

    for (size_t i = 0; i < count; i++)
        leaves[i] = merkle_leaf(transaction->items[i]);

    struct hash root = merkle_root(leaves, count);

    if (hash_equal(&root, &transaction->items_root))
        return true;
    refusal_add(refusals, arena, REFUSAL_NO_ITEM, "items.items_root", REASON_ITEMS_ROOT_WRONG, "%s",
                "");
    return false;
}

bool
convert_items(struct signed_transaction *transaction, struct arena *arena,
              struct refusal_list *refusals)
{
    size_t count = transaction->value.item_count;
    size_t before = arena_used(arena), most = ITEMS_MEMORY_BASE;
    bool good = true;

    if (!check_root(transaction, arena, refusals))
        return false;
    for (size_t i = 0; i < count; i++)
        most += ITEMS_MEMORY_PER_BYTE * transaction->items[i].len;
    transaction->value.items = arena_array(arena, count, sizeof(struct item));
    for (size_t i = 0; i < count && arena_used(arena) - before <= most; i++)
        good = convert_item(transaction->items[i], (uint32_t)i, arena, &transaction->value.items[i],
                            refusals) &&
               good;
    if (arena_used(arena) - before <= most)
        return good;
    refusal_add(refusals, arena, REFUSAL_NO_ITEM, "items", REASON_MESSAGE_TOO_LARGE, "%zu", most);
    return false;
}
