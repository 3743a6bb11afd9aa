/* Transactions, control records and log entries: bytes to values and back. */
#include "convert/entry.h"
#include "creditbank/v1/transaction.pb-c.h"
#include "crypto/merkle.h"
#include "wire/unpack.h"

#include "unit.h"

#include <string.h>

#define BUDGET ((size_t)64 << 20)
#define SECOND 1757469600 /* 2025-09-10T02:00:00Z */

static uint8_t request_id[REQUEST_ID_SIZE] = {9, 8, 7};
static uint8_t hash_bytes[HASH_SIZE] = {7};

static int
setup(void **state)
{
    *state = arena_new(BUDGET);
    return 0;
}

static int
teardown(void **state)
{
    arena_free(*state);
    return 0;
}

static char *
text(const char *constant)
{
    return (char *)(uintptr_t)constant; /* protobuf-c is not const */
}

/* A transaction without content, and its time. */
struct draft {
    Creditbank__V1__Transaction message;
    Google__Protobuf__Timestamp time;
    Creditbank__V1__ItemSet items;
    Creditbank__V1__Control control;
};

static void
draft_init(struct draft *d)
{
    creditbank__v1__transaction__init(&d->message);
    google__protobuf__timestamp__init(&d->time);
    creditbank__v1__item_set__init(&d->items);
    creditbank__v1__control__init(&d->control);
    d->message.log_origin = text("bank.example/log");
    d->message.institution_id = text("school");
    d->message.request_id = (ProtobufCBinaryData){REQUEST_ID_SIZE, request_id};
    d->time.seconds = SECOND;
    d->time.nanos = 5000;
    d->message.create_time = &d->time;
    d->items.item_count = 2;
    d->items.items_root = (ProtobufCBinaryData){HASH_SIZE, hash_bytes};
    d->message.content_case = CREDITBANK__V1__TRANSACTION__CONTENT_ITEMS;
    d->message.items = &d->items;
}

static bool
convert(struct arena *arena, struct draft *d, struct signed_transaction *transaction,
        struct refusal_list *refusals)
{
    *refusals = (struct refusal_list){0};
    *transaction = (struct signed_transaction){.bytes = wire_pack(&d->message.base, arena)};
    return convert_transaction(transaction, arena, refusals);
}

static void
decodes_a_commitment_to_items(void **state)
{
    struct signed_transaction transaction;
    struct refusal_list refusals;
    struct draft d;

    draft_init(&d);
    assert_true(convert(*state, &d, &transaction, &refusals));
    assert_true(slice_is(transaction.value.log_origin, "bank.example/log"));
    assert_true(slice_is(transaction.value.institution_id, "school"));
    assert_memory_equal(transaction.value.request_id, request_id, REQUEST_ID_SIZE);
    assert_int_equal(transaction.value.create_time_us, INT64_C(1757469600000005));
    assert_false(transaction.value.is_control);
    assert_int_equal(transaction.value.item_count, 2);
    assert_memory_equal(transaction.items_root.bytes, hash_bytes, HASH_SIZE);
}

static void
refuses_a_transaction_field_by_field(void **state)
{
    struct signed_transaction transaction;
    struct refusal_list refusals;

    for (int i = 0; i < 9; i++) {
        static const struct {
            const char *field;
            enum reason reason;
        } expected[] = {
            {"items.item_count", REASON_ITEM_COUNT},   {"items.item_count", REASON_ITEM_COUNT},
            {"items.items_root", REASON_FIELD_LENGTH}, {"request_id", REASON_FIELD_LENGTH},
            {"create_time", REASON_DATE_INVALID},      {"create_time", REASON_DATE_INVALID},
            {"create_time", REASON_DATE_INVALID},      {"content", REASON_FIELD_REQUIRED},
            {"control.body", REASON_FIELD_REQUIRED},
        };
        struct draft d;

        draft_init(&d);
        if (i == 0)
            d.items.item_count = 0;
        if (i == 1)
            d.items.item_count = 1001;
        if (i == 2)
            d.items.items_root.len = 31;
        if (i == 3)
            d.message.request_id.len = 15;
        if (i == 4)
            d.message.create_time = NULL;
        if (i == 5)
            d.time.nanos = 5; /* not whole microseconds */
        if (i == 6)
            d.time.seconds = INT64_MAX;
        if (i >= 7)
            d.message.content_case = i == 7 ? CREDITBANK__V1__TRANSACTION__CONTENT__NOT_SET
                                            : CREDITBANK__V1__TRANSACTION__CONTENT_CONTROL;
        if (i == 8)
            d.message.control = &d.control;
        assert_false(convert(*state, &d, &transaction, &refusals));
        assert_int_equal(refusals.count, 1);
        assert_string_equal(refusals.first->field, expected[i].field);
        assert_int_equal(refusals.first->reason, expected[i].reason);
        assert_int_equal(refusals.first->item_index, REFUSAL_NO_ITEM);
    }
}

static void
refuses_a_transaction_that_is_too_long(void **state)
{
    struct arena *arena = *state;
    char *origin = arena_alloc(arena, TRANSACTION_BYTES_MAX + 1);
    struct signed_transaction transaction;
    struct refusal_list refusals;
    struct draft d;

    memset(origin, 'x', TRANSACTION_BYTES_MAX);
    draft_init(&d);
    d.message.log_origin = origin;
    assert_false(convert(arena, &d, &transaction, &refusals));
    assert_int_equal(refusals.first->reason, REASON_FIELD_TOO_LONG);
}

/* The claim is what the key's holder has to sign: origin, institution, key id and duties. */
static void
decodes_a_key_and_writes_its_claim(void **state)
{
    struct arena *arena = *state;
    Creditbank__V1__KeyRegistered key;
    Creditbank__V1__Duty duties[] = {CREDITBANK__V1__DUTY__DUTY_POST,
                                     CREDITBANK__V1__DUTY__DUTY_ADMIN};
    uint8_t spki[] = {1, 2, 3};
    struct hash key_id = hash_sha256(slice_make(spki, sizeof(spki)));
    uint8_t expected[128] = "\x0a\x10"
                            "bank.example/log"
                            "\x12\x06"
                            "school"
                            "\x1a\x20";
    struct signed_transaction transaction;
    struct refusal_list refusals;
    struct draft d;

    creditbank__v1__key_registered__init(&key);
    memcpy(expected + 28, key_id.bytes, HASH_SIZE);
    memcpy(expected + 60, (const uint8_t[]){0x22, 2, DUTY_POST, DUTY_ADMIN}, 4);
    draft_init(&d);
    key.institution_id = text("school");
    key.spki = (ProtobufCBinaryData){sizeof(spki), spki};
    key.n_duties = 2;
    key.duties = duties;
    d.control.body_case = CREDITBANK__V1__CONTROL__BODY_KEY_REGISTERED;
    d.control.key_registered = &key;
    d.message.content_case = CREDITBANK__V1__TRANSACTION__CONTENT_CONTROL;
    d.message.control = &d.control;
    assert_true(convert(arena, &d, &transaction, &refusals));
    assert_true(transaction.value.is_control);
    assert_int_equal(transaction.value.control.kind, CONTROL_KEY_REGISTERED);
    assert_int_equal(transaction.value.control.key_registered.duties,
                     DUTY_BIT(DUTY_POST) | DUTY_BIT(DUTY_ADMIN));
    assert_int_equal(transaction.value.control.key_registered.claim.len, 64);
    assert_memory_equal(transaction.value.control.key_registered.claim.at, expected, 64);

    duties[1] = CREDITBANK__V1__DUTY__DUTY_POST;
    assert_false(convert(arena, &d, &transaction, &refusals));
    assert_int_equal(refusals.first->reason, REASON_FIELD_ORDER);
}

static void
holds_items_to_their_root(void **state)
{
    struct arena *arena = *state;
    Creditbank__V1__Item message;
    Creditbank__V1__AccountActivated activated;
    struct slice items[2];
    struct hash leaves[2], root;
    struct signed_transaction transaction;
    struct refusal_list refusals;
    struct draft d;

    creditbank__v1__item__init(&message);
    creditbank__v1__account_activated__init(&activated);
    activated.account_no = text("10000000000016");
    message.body_case = CREDITBANK__V1__ITEM__BODY_ACCOUNT_ACTIVATED;
    message.account_activated = &activated;
    for (uint8_t i = 0; i < 2; i++) {
        uint8_t salt[SALT_SIZE] = {(uint8_t)(i + 1)};

        message.salt = (ProtobufCBinaryData){SALT_SIZE, salt};
        items[i] = wire_pack(&message.base, arena);
        leaves[i] = merkle_leaf(items[i]);
    }
    root = merkle_root(leaves, 2);
    draft_init(&d);
    d.items.items_root.data = root.bytes;
    assert_true(convert(arena, &d, &transaction, &refusals));
    transaction.items = items;
    assert_true(convert_items(&transaction, arena, &refusals));
    assert_int_equal(transaction.value.items[1].kind, ITEM_ACCOUNT_ACTIVATED);
    assert_int_equal(transaction.value.items[1].salt.at[0], 2);

    struct slice swapped[] = {items[1], items[0]};

    transaction.items = swapped;
    assert_false(convert_items(&transaction, arena, &refusals));
    assert_string_equal(refusals.first->field, "items.items_root");
    assert_int_equal(refusals.first->reason, REASON_ITEMS_ROOT_WRONG);
}

static struct slice
entry_of(struct arena *arena, struct signed_transaction *transaction)
{
    struct refusal_list refusals;
    struct draft d;
    const struct hash chain = {{3}};

    draft_init(&d);
    assert_true(convert(arena, &d, transaction, &refusals));
    transaction->signature_count = 2;
    memset(&transaction->value.signers[0], 4, HASH_SIZE);
    memset(&transaction->value.signers[1], 5, HASH_SIZE);
    memset(&transaction->signatures[0], 6, SIGNATURE_SIZE);
    memset(&transaction->signatures[1], 7, SIGNATURE_SIZE);
    return convert_entry(transaction, INT64_C(1757469600000007), &chain, arena);
}

static void
reads_the_entry_that_it_wrote(void **state)
{
    struct arena *arena = *state;
    struct signed_transaction transaction;
    struct slice bytes = entry_of(arena, &transaction);
    struct log_entry entry = {0};

    assert_true(convert_log_entry(bytes, arena, &entry));
    assert_int_equal(entry.booked_at_us, INT64_C(1757469600000007));
    assert_int_equal(entry.key_chain.bytes[0], 3);
    assert_true(slice_equal(entry.transaction.bytes, transaction.bytes));
    assert_int_equal(entry.transaction.signature_count, 2);
    assert_int_equal(entry.transaction.value.signer_count, 2);
    assert_memory_equal(entry.transaction.value.signers, transaction.value.signers,
                        (size_t)2 * HASH_SIZE);
    assert_memory_equal(entry.transaction.signatures, transaction.signatures,
                        (size_t)2 * SIGNATURE_SIZE);
    assert_int_equal(entry.transaction.value.create_time_us, transaction.value.create_time_us);
    /* Cut off it is none, but where the second signature (102 bytes) is missing as a whole. */
    for (size_t len = 0; len < bytes.len; len++)
        assert_int_equal(convert_log_entry(slice_make(bytes.at, len), arena, &entry),
                         len == bytes.len - 102);
}

/* An entry of a later version, without a time, or at a time that no clock shows, is none. */
static void
refuses_entries_that_are_none(void **state)
{
    struct arena *arena = *state;
    struct signed_transaction transaction;
    struct slice bytes = entry_of(arena, &transaction);

    for (int i = 0; i < 5; i++) {
        Creditbank__V1__LogEntry *message =
            creditbank__v1__log_entry__unpack(NULL, bytes.len, bytes.at);
        struct log_entry entry = {0};

        if (i == 0)
            message->version = 2;
        if (i == 1)
            message->booked_at->seconds = INT64_MAX / 1000;
        if (i == 2)
            message->booked_at->nanos = -1000;
        if (i == 3)
            message->key_chain.len = 31;
        if (i == 4)
            message->signatures[0]->signature.len = 63;
        assert_false(convert_log_entry(wire_pack(&message->base, arena), arena, &entry));
        creditbank__v1__log_entry__free_unpacked(message, NULL);
    }
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(decodes_a_commitment_to_items),
        TEST(refuses_a_transaction_field_by_field),
        TEST(refuses_a_transaction_that_is_too_long),
        TEST(decodes_a_key_and_writes_its_claim),
        TEST(holds_items_to_their_root),
        TEST(reads_the_entry_that_it_wrote),
        TEST(refuses_entries_that_are_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
