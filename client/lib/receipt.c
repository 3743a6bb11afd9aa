/* Checks what the bank answered to a Submit, before anybody relies on it. */
#include "creditbank.h"

#include "crypto/tlog_proof.h"
#include "wire/unpack.h"

#include "entry.h"
#include "error.h"

#define RECEIPT_MEMORY_MAX (16 * CREDITBANK_REQUEST_MAX)

static const struct wire_limits submit_limits = {.depth_max = 4,
                                                 .fields_max = (size_t)2 * CREDITBANK_ITEMS_MAX,
                                                 .elements_max = CREDITBANK_ITEMS_MAX,
                                                 .memory_max = RECEIPT_MEMORY_MAX / 2};

static struct slice
slice_of(ProtobufCBinaryData bytes)
{
    return slice_make(bytes.data, bytes.len);
}

static bool
check_log(const Creditbank__V1__BookedEntry *booked, const struct entry *entry,
          const char *bank_key, struct creditbank_error *error)
{
    struct note_verifier *verifier = note_verifier_parse(slice_text(bank_key));
    const struct note_verifier *verifiers[] = {verifier};
    struct tlog_proof proof;
    struct checkpoint checkpoint;
    const char *why;

    if (verifier == NULL)
        return error_set(error, REASON_VERIFY_BANK_KEY_INVALID, "%s", "");
    why = tlog_proof_parse(slice_text(booked->tlog_proof), &proof);
    if (why == NULL && proof.index != entry->index)
        why = "index";
    if (why == NULL)
        why = tlog_proof_verify(&proof, &entry->leaf, verifiers, 1, &checkpoint);
    note_verifier_free(verifier);
    if (why != NULL)
        return error_set_why(error, REASON_VERIFY_CHECKPOINT, "", why);
    return true;
}

static bool
check(const Creditbank__V1__BookedEntry *booked, const struct creditbank_bytes *request,
      const char *bank_key, struct arena *arena, struct creditbank_error *error)
{
    struct wire_fault fault;
    struct entry entry;
    const Creditbank__V1__SubmitRequest *sent;
    const Creditbank__V1__Transaction *transaction = NULL;

    sent = (const void *)wire_unpack(&creditbank__v1__submit_request__descriptor,
                                     slice_make(request->at, request->len), arena, WIRE_LENIENT,
                                     &submit_limits, &fault);
    if (sent != NULL)
        transaction = (const void *)wire_unpack(&creditbank__v1__transaction__descriptor,
                                                slice_of(sent->transaction), arena, WIRE_CANONICAL,
                                                &submit_limits, &fault);
    if (transaction == NULL)
        return error_set_fault(error, REASON_DRAFT_INVALID, &fault);
    if (!entry_open(booked, transaction->log_origin, arena, &entry, error))
        return false;
    if (!slice_equal(slice_of(entry.log->transaction), slice_of(sent->transaction)))
        return error_set(error, REASON_VERIFY_ENTRY_INVALID, "transaction");
    return bank_key == NULL || check_log(booked, &entry, bank_key, error);
}

bool
creditbank_entry_verify(const Creditbank__V1__BookedEntry *booked,
                        const struct creditbank_bytes *request, const char *bank_key,
                        struct creditbank_error *error)
{
    struct arena *arena = arena_new(RECEIPT_MEMORY_MAX);
    bool good = check(booked, request, bank_key, arena, error);

    arena_free(arena);
    return good;
}
