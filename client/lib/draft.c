/*
 * Makes a SubmitRequest: the items with their salts, their root, the transaction
 * over it, the signatures over that. Packing with protobuf-c is canonical
 * (wire/scan.h), so what is hashed and signed here is what the bank receives.
 */
#include "creditbank.h"

#include "base/clock.h"
#include "base/memory.h"
#include "crypto/dsse.h"
#include "crypto/merkle.h"
#include "crypto/random.h"
#include "wire/unpack.h"

#include "error.h"
#include "key.h"

#define DRAFT_MEMORY_MAX (8 * CREDITBANK_REQUEST_MAX)
#define MICROS_PER_SECOND 1000000

/* What is being made; everything lives in the arena. */
struct making {
    const struct creditbank_draft *draft;
    struct arena *arena;
    Creditbank__V1__SubmitRequest request;
    struct hash *leaves;
};

static ProtobufCBinaryData
binary(struct slice bytes)
{
    return (ProtobufCBinaryData){bytes.len, (uint8_t *)(uintptr_t)bytes.at};
}

static struct slice
random_slice(struct arena *arena, size_t len)
{
    uint8_t *bytes = arena_alloc(arena, len);

    random_bytes(bytes, len);
    return slice_make(bytes, len);
}

static bool
check_draft(const struct creditbank_draft *draft, struct creditbank_error *error)
{
    if (draft->log_origin == NULL || draft->log_origin[0] == '\0')
        return error_set(error, REASON_DRAFT_INVALID, "log_origin");
    if (draft->institution_id == NULL || draft->institution_id[0] == '\0')
        return error_set(error, REASON_DRAFT_INVALID, "institution_id");
    if (draft->key_count == 0 || draft->key_count > CREDITBANK_SIGNATURES_MAX)
        return error_set(error, REASON_DRAFT_INVALID, "%zu keys; 1 to %d sign", draft->key_count,
                         CREDITBANK_SIGNATURES_MAX);
    if (draft->control != NULL && draft->item_count > 0)
        return error_set(error, REASON_DRAFT_INVALID, "both a control record and items");
    if (draft->control == NULL &&
        (draft->item_count == 0 || draft->item_count > CREDITBANK_ITEMS_MAX))
        return error_set(error, REASON_DRAFT_INVALID, "%zu items; 1 to %d are allowed",
                         draft->item_count, CREDITBANK_ITEMS_MAX);
    return true;
}

/* The item's bytes, with a salt drawn where it has none. */
static struct slice
pack_item(struct making *making, const Creditbank__V1__Item *item)
{
    Creditbank__V1__Item salted = *item;

    if (salted.salt.len == 0)
        salted.salt = binary(random_slice(making->arena, CREDITBANK_SALT_SIZE));
    return wire_pack(&salted.base, making->arena);
}

/* Packs the items and hashes them; false when together they are more than a request holds. */
static bool
pack_items(struct making *making, struct creditbank_error *error)
{
    size_t count = making->draft->item_count, total = 0;

    making->leaves = arena_array(making->arena, count, sizeof(*making->leaves));
    making->request.items = arena_array(making->arena, count, sizeof(*making->request.items));
    for (size_t i = 0; i < count; i++) {
        total += protobuf_c_message_get_packed_size(&making->draft->items[i]->base);
        if (total > CREDITBANK_REQUEST_MAX)
            return error_set(error, REASON_DRAFT_INVALID, "over %zu bytes",
                             (size_t)CREDITBANK_REQUEST_MAX);

        struct slice bytes = pack_item(making, making->draft->items[i]);

        making->leaves[i] = merkle_leaf(bytes);
        making->request.items[i] = binary(bytes);
    }
    making->request.n_items = count;
    return true;
}

static struct slice
pack_transaction(struct making *making)
{
    const struct creditbank_draft *draft = making->draft;
    int64_t now = draft->create_time_us != 0 ? draft->create_time_us : clock_now_us();
    Google__Protobuf__Timestamp create_time;
    Creditbank__V1__ItemSet items;
    Creditbank__V1__Transaction transaction;
    struct slice request_id = draft->request_id != NULL
                                  ? slice_make(draft->request_id, CREDITBANK_REQUEST_ID_SIZE)
                                  : random_slice(making->arena, CREDITBANK_REQUEST_ID_SIZE);
    struct hash root;

    creditbank__v1__transaction__init(&transaction);
    creditbank__v1__item_set__init(&items);
    google__protobuf__timestamp__init(&create_time);
    create_time.seconds = now / MICROS_PER_SECOND;
    create_time.nanos = (int32_t)(now % MICROS_PER_SECOND) * 1000;
    transaction.log_origin = (char *)(uintptr_t)draft->log_origin;
    transaction.institution_id = (char *)(uintptr_t)draft->institution_id;
    transaction.request_id = binary(request_id);
    transaction.create_time = &create_time;
    if (draft->control != NULL) {
        transaction.content_case = CREDITBANK__V1__TRANSACTION__CONTENT_CONTROL;
        transaction.control = (Creditbank__V1__Control *)(uintptr_t)draft->control;
        return wire_pack(&transaction.base, making->arena);
    }
    root = merkle_root(making->leaves, draft->item_count);
    items.item_count = (uint32_t)draft->item_count;
    items.items_root = binary(hash_slice(&root));
    transaction.content_case = CREDITBANK__V1__TRANSACTION__CONTENT_ITEMS;
    transaction.items = &items;
    return wire_pack(&transaction.base, making->arena);
}

static void
sign(struct making *making, struct slice transaction)
{
    const struct creditbank_draft *draft = making->draft;

    making->request.signatures =
        arena_array(making->arena, draft->key_count, sizeof(*making->request.signatures));
    making->request.n_signatures = draft->key_count;
    for (size_t i = 0; i < draft->key_count; i++) {
        Creditbank__V1__SubmittedSignature *signature =
            arena_alloc(making->arena, sizeof(*signature));
        struct signature made = dsse_sign(draft->keys[i]->private, DSSE_TRANSACTION, transaction);

        creditbank__v1__submitted_signature__init(signature);
        signature->key_id =
            binary(slice_make(creditbank_key_id(draft->keys[i]), CREDITBANK_KEY_ID_SIZE));
        signature->signature = binary(arena_copy(making->arena, signature_slice(&made)));
        making->request.signatures[i] = signature;
    }
}

static bool
make(struct making *making, struct creditbank_bytes *request, struct creditbank_error *error)
{
    const struct creditbank_draft *draft = making->draft;

    if (draft->control != NULL &&
        protobuf_c_message_get_packed_size(&draft->control->base) > CREDITBANK_REQUEST_MAX)
        return error_set(error, REASON_DRAFT_INVALID, "the control record is too long");
    if (draft->control == NULL && !pack_items(making, error))
        return false;

    struct slice transaction = pack_transaction(making);

    making->request.transaction = binary(transaction);
    making->request.validate_only = draft->validate_only;
    making->request.n_sealed_persons = draft->sealed_person_count;
    making->request.sealed_persons = (ProtobufCBinaryData *)(uintptr_t)draft->sealed_persons;
    sign(making, transaction);
    request->len = protobuf_c_message_get_packed_size(&making->request.base);
    if (request->len > CREDITBANK_REQUEST_MAX)
        return error_set(error, REASON_DRAFT_INVALID, "%zu bytes; %zu are allowed", request->len,
                         (size_t)CREDITBANK_REQUEST_MAX);
    request->at = xmalloc(request->len);
    (void)protobuf_c_message_pack(&making->request.base, request->at);
    return true;
}

bool
creditbank_draft_sign(const struct creditbank_draft *draft, struct creditbank_bytes *request,
                      struct creditbank_error *error)
{
    struct making making = {.draft = draft};

    *request = (struct creditbank_bytes){0};
    if (!check_draft(draft, error))
        return false;
    making.arena = arena_new(DRAFT_MEMORY_MAX);
    creditbank__v1__submit_request__init(&making.request);

    bool made = make(&making, request, error);

    if (!made)
        request->len = 0;
    arena_free(making.arena);
    return made;
}
