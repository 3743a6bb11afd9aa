#include "notary/permit.h"

#include "base/memory.h"
#include "crypto/merkle.h"

/* protobuf's wire types, as far as what we sign has them. */
enum wire_type { WIRE_VARINT = 0, WIRE_BYTES = 2 };

/* One field: a number, or bytes. */
struct field {
    uint64_t number;
    enum wire_type type;
    uint64_t value;
    struct slice bytes;
};

/* Numbers of fields in proto/creditbank/v1/transaction.proto and statement_service.proto. */
enum {
    TRANSACTION_LOG_ORIGIN = 1,
    TRANSACTION_INSTITUTION_ID = 2,
    TRANSACTION_REQUEST_ID = 3,
    TRANSACTION_CREATE_TIME = 4,
    TRANSACTION_ITEMS = 6,
    ITEM_SET_COUNT = 1,
    ITEM_SET_ROOT = 2,
    ITEM_SALT = 1,
    STATEMENT_LOG_ORIGIN = 1,
    STATEMENT_LOG_SIZE = 3,
    STATEMENT_KEY_ID = 5,
    STATEMENT_LINES = 6,
};

/* Numbers of the bodies that the service key signs: what sessions do, and the calendar. */
static const uint64_t bodies[] = {
    31, /* account_activated */
    50, /* application_submitted */
    55, /* application_withdrawn */
    57, /* application_resubmitted */
    60, /* application_period_ended */
    62, /* application_appealed */
};

#define REQUEST_ID_SIZE 16
#define SALT_SIZE 16

/* A varint of at most 64 bits in its shortest form. */
static bool
take_varint(struct slice *rest, uint64_t *value)
{
    *value = 0;
    for (unsigned shift = 0; rest->len > 0 && shift < 64; shift += 7) {
        uint8_t byte = *rest->at;

        *rest = slice_make(rest->at + 1, rest->len - 1);
        if (shift == 63 && byte > 1)
            return false;
        *value |= (uint64_t)(byte & 0x7f) << shift;
        if (byte < 0x80)
            return byte != 0 || shift == 0;
    }
    return false;
}

static bool
take_field(struct slice *rest, struct field *field)
{
    uint64_t tag, len;

    *field = (struct field){0};
    if (!take_varint(rest, &tag) || tag >> 3 == 0)
        return false;
    field->number = tag >> 3;
    field->type = (enum wire_type)(tag & 7);
    if (field->type == WIRE_VARINT)
        return take_varint(rest, &field->value);
    if (field->type != WIRE_BYTES || !take_varint(rest, &len) || len > rest->len)
        return false;

    field->bytes = slice_make(rest->at, (size_t)len);
    *rest = slice_make(rest->at + len, rest->len - (size_t)len);
    return true;
}

/* The next field, which must be this one, with bytes. */
static bool
take_bytes(struct slice *rest, uint64_t number, struct slice *bytes)
{
    struct field field;

    if (!take_field(rest, &field) || field.number != number || field.type != WIRE_BYTES)
        return false;
    *bytes = field.bytes;
    return true;
}

static bool
is_of_service(uint64_t body)
{
    for (size_t i = 0; i < ARRAY_COUNT(bodies); i++)
        if (bodies[i] == body)
            return true;
    return false;
}

static const char *
check_item(struct slice item)
{
    struct slice salt;
    struct field body;

    if (!take_bytes(&item, ITEM_SALT, &salt) || salt.len != SALT_SIZE ||
        !take_field(&item, &body) || body.type != WIRE_BYTES || item.len != 0)
        return "an item is not a salt and one body";
    if (!is_of_service(body.number))
        return "an item is of a kind that the service key does not sign";
    return NULL;
}

static const char *
check_items(struct slice set, const struct slice *items, size_t item_count)
{
    struct field count;
    struct slice root;

    if (!take_field(&set, &count) || count.number != ITEM_SET_COUNT || count.type != WIRE_VARINT ||
        !take_bytes(&set, ITEM_SET_ROOT, &root) || set.len != 0)
        return "the item set is not a count and a root";
    if (item_count == 0 || count.value != item_count)
        return "the item count is not that of the items";

    struct hash *leaves = xcalloc(item_count, sizeof(*leaves));
    const char *fault = NULL;

    for (size_t i = 0; i < item_count && fault == NULL; i++) {
        fault = check_item(items[i]);
        leaves[i] = merkle_leaf(items[i]);
    }
    struct hash expected = merkle_root(leaves, item_count);
    xfree(leaves);
    if (fault == NULL && !slice_equal(root, hash_slice(&expected)))
        fault = "the items root is not that of the items";
    return fault;
}

const char *
permit_transaction(const struct permit *permit, struct slice transaction, const struct slice *items,
                   size_t item_count)
{
    struct slice origin, institution, request_id, create_time, set;

    if (!take_bytes(&transaction, TRANSACTION_LOG_ORIGIN, &origin) ||
        !take_bytes(&transaction, TRANSACTION_INSTITUTION_ID, &institution) ||
        !take_bytes(&transaction, TRANSACTION_REQUEST_ID, &request_id) ||
        !take_bytes(&transaction, TRANSACTION_CREATE_TIME, &create_time) ||
        !take_bytes(&transaction, TRANSACTION_ITEMS, &set) || transaction.len != 0)
        return "the bytes are not a transaction over items";
    if (!slice_equal(origin, permit->log_origin))
        return "the transaction is for another log";
    if (!slice_equal(institution, permit->operator_id))
        return "the transaction is another institution's";
    if (request_id.len != REQUEST_ID_SIZE)
        return "the request id is not 16 bytes";
    return check_items(set, items, item_count);
}

const char *
permit_statement(const struct permit *permit, uint64_t size_min, struct slice list)
{
    struct slice origin;
    uint64_t last = STATEMENT_LOG_ORIGIN;
    uint64_t log_size = 0;
    bool names_key = false;

    if (!take_bytes(&list, STATEMENT_LOG_ORIGIN, &origin))
        return "the bytes are not a statement list";
    if (!slice_equal(origin, permit->log_origin))
        return "the statement is of another log";
    while (list.len > 0) {
        struct field field;

        /* Only the lines may repeat. */
        if (!take_field(&list, &field) || field.number < last ||
            (field.number == last && last != STATEMENT_LINES))
            return "the bytes are not a canonical statement list";
        last = field.number;
        if (field.number == STATEMENT_LOG_SIZE)
            log_size = field.value;
        if (field.number == STATEMENT_KEY_ID)
            names_key = slice_equal(field.bytes, hash_slice(&permit->key_id));
    }
    if (log_size < size_min)
        return "the statement is of a log that was set back";
    return names_key ? NULL : "the statement does not name the service key";
}
