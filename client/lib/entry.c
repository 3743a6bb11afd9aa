#include "entry.h"

#include "crypto/merkle.h"
#include "wire/timestamp.h"
#include "wire/unpack.h"

#include "error.h"

#define ENTRY_VERSION 1
#define NANOS_PER_MICRO 1000

static const struct wire_limits entry_limits = {
    .depth_max = 8, .fields_max = 4096, .elements_max = 256, .memory_max = (size_t)8 * ENTRY_MAX};
static const struct wire_limits item_limits = {
    .depth_max = 12, .fields_max = 32768, .elements_max = 512, .memory_max = 16 * ITEM_MAX};

static struct slice
slice_of(ProtobufCBinaryData bytes)
{
    return slice_make(bytes.data, bytes.len);
}

/* Whether a time that stands beside the entry is the entry's own. */
static bool
same_time(const Google__Protobuf__Timestamp *a, const Google__Protobuf__Timestamp *b)
{
    return a != NULL && a->seconds == b->seconds && a->nanos == b->nanos;
}

bool
entry_time_is_valid(const Google__Protobuf__Timestamp *time)
{
    char text[TIMESTAMP_TEXT_SIZE];

    return time != NULL && time->nanos % NANOS_PER_MICRO == 0 &&
           timestamp_format(time->seconds, time->nanos, text);
}

static bool
open_transaction(struct arena *arena, struct entry *entry, struct creditbank_error *error)
{
    struct wire_fault fault;

    entry->transaction = (const void *)wire_unpack(&creditbank__v1__transaction__descriptor,
                                                   slice_of(entry->log->transaction), arena,
                                                   WIRE_CANONICAL, &entry_limits, &fault);
    if (entry->transaction == NULL)
        return error_set_fault(error, REASON_VERIFY_ENTRY_INVALID, &fault);
    if (entry->transaction->content_case == CREDITBANK__V1__TRANSACTION__CONTENT__NOT_SET)
        return error_set(error, REASON_VERIFY_ENTRY_INVALID, "content");
    if (!entry_time_is_valid(entry->transaction->create_time))
        return error_set(error, REASON_VERIFY_ENTRY_INVALID, "create_time");
    return true;
}

bool
entry_open(const Creditbank__V1__BookedEntry *booked, const char *origin, struct arena *arena,
           struct entry *entry, struct creditbank_error *error)
{
    struct wire_fault fault;

    if (booked == NULL || booked->log_entry.len > ENTRY_MAX)
        return error_set(error, REASON_VERIFY_ENTRY_INVALID, "log_entry");
    entry->index = booked->entry_index;
    entry->leaf = merkle_leaf(slice_of(booked->log_entry));
    entry->log = (const void *)wire_unpack(&creditbank__v1__log_entry__descriptor,
                                           slice_of(booked->log_entry), arena, WIRE_CANONICAL,
                                           &entry_limits, &fault);
    if (entry->log == NULL)
        return error_set_fault(error, REASON_VERIFY_ENTRY_INVALID, &fault);
    if (entry->log->version != ENTRY_VERSION)
        return error_set(error, REASON_VERIFY_ENTRY_INVALID, "version");
    if (!hash_from_slice(slice_of(entry->log->key_chain), &entry->key_chain))
        return error_set(error, REASON_VERIFY_ENTRY_INVALID, "key_chain");
    if (!entry_time_is_valid(entry->log->booked_at))
        return error_set(error, REASON_VERIFY_ENTRY_INVALID, "booked_at");
    if (!open_transaction(arena, entry, error))
        return false;
    if (strcmp(entry->transaction->log_origin, origin) != 0)
        return error_set(error, REASON_VERIFY_ORIGIN, "%s", "");
    if (!same_time(booked->booked_at, entry->log->booked_at))
        return error_set(error, REASON_VERIFY_POSITION, "%s", "");
    return true;
}

bool
entry_open_item(struct slice bytes, struct arena *arena, const Creditbank__V1__Item **item,
                struct creditbank_error *error)
{
    struct wire_fault fault;
    const Creditbank__V1__Item *opened;

    if (bytes.len > ITEM_MAX)
        return error_set(error, REASON_VERIFY_ITEM_INVALID, "%zu", bytes.len);
    opened = (const void *)wire_unpack(&creditbank__v1__item__descriptor, bytes, arena,
                                       WIRE_CANONICAL, &item_limits, &fault);
    if (opened == NULL)
        return error_set_fault(error, REASON_VERIFY_ITEM_INVALID, &fault);
    if (opened->salt.len != CREDITBANK_SALT_SIZE)
        return error_set(error, REASON_VERIFY_ITEM_INVALID, "salt");
    if (opened->body_case == CREDITBANK__V1__ITEM__BODY__NOT_SET)
        return error_set(error, REASON_VERIFY_ITEM_INVALID, "body");
    *item = opened;
    return true;
}

bool
entry_holds_item(const struct entry *entry, const Creditbank__V1__Receipt *receipt,
                 struct creditbank_error *error)
{
    const Creditbank__V1__Transaction *transaction = entry->transaction;
    struct merkle_proof path = {0};
    struct merkle_head head;
    struct hash leaf = merkle_leaf(slice_of(receipt->item));

    if (transaction->content_case != CREDITBANK__V1__TRANSACTION__CONTENT_ITEMS ||
        !hash_from_slice(slice_of(transaction->items->items_root), &head.root))
        return error_set(error, REASON_VERIFY_ITEM_PATH, "%s", "");
    head.size = transaction->items->item_count;
    for (size_t i = 0; i < receipt->n_item_path; i++)
        if (!merkle_proof_add(&path, slice_of(receipt->item_path[i])))
            return error_set(error, REASON_VERIFY_ITEM_PATH, "%s", "");
    if (!merkle_verify_inclusion(&head, receipt->item_index, &leaf, &path))
        return error_set(error, REASON_VERIFY_ITEM_PATH, "%s", "");
    return true;
}

const char *
entry_item_account(const Creditbank__V1__Item *item)
{
    const ProtobufCFieldDescriptor *body =
        protobuf_c_message_descriptor_get_field(item->base.descriptor, (unsigned)item->body_case);

    if (body == NULL)
        return NULL;

    /* All members of the union are pointers to messages, so any of them is the one. */
    const ProtobufCMessage *message = &item->account_opened->base;
    const ProtobufCFieldDescriptor *account =
        protobuf_c_message_descriptor_get_field_by_name(message->descriptor, "account_no");

    if (account == NULL)
        return NULL;

    char *text;

    memcpy(&text, (const char *)message + account->offset, sizeof(text));
    return text;
}
