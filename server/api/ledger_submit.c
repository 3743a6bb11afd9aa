/*
 * LedgerService.Submit: books what an institution signed.
 *
 *   submit --find key--> got_key (once a signature)
 *     --look persons up, if accounts open--> got_persons
 *     --count mismatches, if any--> checked_persons
 *     --book--> got_booked --prove, if it stood already--> got_proof
 *
 * The founding is signed by a key that it registers itself, and admitted by
 * what only `creditbankd init` and whoever read its file know.
 */
#include "api/founding.h"
#include "api/methods.h"
#include "api/opened_persons.h"
#include "convert/reply_entry.h"
#include "creditbank/v1/ledger_service.pb-c.h"
#include "crypto/dsse.h"
#include "ledger/ledger.h"
#include "ledger/prove.h"
#include "store/key_ring.h"

#include <assert.h>

struct submit {
    struct signed_transaction transaction;
    size_t verified; /* signatures that are, the first ones */
    const struct ring_key *key;
    bool validate_only;
    struct person_list persons; /* whom it opens accounts for, as far as they have one */
    struct booked booked;
    struct stored_checkpoint checkpoint;
    uint64_t entry_index; /* where it stood already */
};

static step_fn got_key, got_persons, checked_persons, got_booked, got_checkpoint, got_proof;

/* Signatures: 1 to 4, each key once, of the right lengths. */
static bool
take_signatures(struct call *call, const Creditbank__V1__SubmitRequest *req,
                struct signed_transaction *transaction, struct refusal_list *refusals)
{
    struct arena *arena = call_arena(call);
    struct hash *signers = transaction->value.signers;

    if (req->n_signatures < 1 || req->n_signatures > SIGNERS_MAX) {
        refusal_add(refusals, arena, REFUSAL_NO_ITEM, "signatures", REASON_SIGNATURE_COUNT, "%zu",
                    req->n_signatures);
        return false;
    }
    for (size_t i = 0; i < req->n_signatures; i++) {
        const Creditbank__V1__SubmittedSignature *from = req->signatures[i];

        if (!hash_from_slice(slice_make(from->key_id.data, from->key_id.len), &signers[i]) ||
            from->signature.len != SIGNATURE_SIZE) {
            refusal_add(refusals, arena, REFUSAL_NO_ITEM, "signatures", REASON_SIGNATURE_INVALID,
                        "%s", "");
            return false;
        }
        memcpy(transaction->signatures[i].bytes, from->signature.data, SIGNATURE_SIZE);
        for (size_t j = 0; j < i; j++) {
            if (!hash_equal(&signers[i], &signers[j]))
                continue;
            refusal_add(refusals, arena, REFUSAL_NO_ITEM, "signatures", REASON_SIGNATURE_COUNT,
                        "%zu", i);
            return false;
        }
    }
    transaction->signature_count = transaction->value.signer_count = req->n_signatures;
    return true;
}

/* The transaction in the request; its items are borrowed from it and not looked into yet. */
static bool
take_transaction(struct call *call, const Creditbank__V1__SubmitRequest *req,
                 struct signed_transaction *transaction, struct refusal_list *refusals)
{
    struct arena *arena = call_arena(call);

    transaction->bytes = slice_make(req->transaction.data, req->transaction.len);
    if (!take_signatures(call, req, transaction, refusals) ||
        !convert_transaction(transaction, arena, refusals))
        return false;
    if (req->n_items != transaction->value.item_count) {
        refusal_add(refusals, arena, REFUSAL_NO_ITEM, "items", REASON_ITEM_COUNT, "%zu",
                    req->n_items);
        return false;
    }
    transaction->items = arena_array(arena, req->n_items, sizeof(struct slice));
    for (size_t i = 0; i < req->n_items; i++)
        transaction->items[i] = slice_make(req->items[i].data, req->items[i].len);
    return true;
}

static struct step
book(struct call *call)
{
    const Creditbank__V1__SubmitRequest *req = call_request(call);
    struct submit *s = call_state(call);
    struct refusal_list refusals = {0};

    if (!s->transaction.value.is_control &&
        !convert_items(&s->transaction, call_arena(call), &refusals))
        return call_refuse_all(call, &refusals);
    opened_persons_take(call, req, &s->transaction);
    if (req->n_sealed_persons > s->transaction.opened.count)
        return call_refuse(call, REASON_FIELD_RANGE, "sealed_persons", "0..%zu",
                           s->transaction.opened.count);
    if (s->transaction.opened.count == 0)
        return checked_persons(call);
    opened_persons_list(call, &s->transaction.opened, &s->persons);
    return store_look_up_persons(call, &s->persons, got_persons);
}

static struct step
got_persons(struct call *call)
{
    struct submit *s = call_state(call);
    int64_t mismatches = opened_persons_compare(call, &s->transaction.opened, &s->persons);

    if (mismatches > 0)
        return store_count_mismatches(call, mismatches, checked_persons);
    return checked_persons(call);
}

static struct step
checked_persons(struct call *call)
{
    struct submit *s = call_state(call);

    return ledger_submit(call, &s->transaction, s->validate_only, &s->booked, got_booked);
}

static struct step
verify_next(struct call *call)
{
    struct submit *s = call_state(call);

    if (s->verified == s->transaction.signature_count)
        return book(call);
    return store_look_up_key(call, &s->transaction.value.signers[s->verified], &s->key, got_key);
}

static struct step
submit(struct call *call)
{
    const Creditbank__V1__SubmitRequest *req = call_request(call);
    const struct caller *caller = call_caller(call);
    struct submit *s = call_state(call);
    struct refusal_list refusals = {0};

    s->validate_only = req->validate_only;
    if (!take_transaction(call, req, &s->transaction, &refusals))
        return call_refuse_all(call, &refusals);
    if (founding_is_admitted(call_runtime(call)->founding, &s->transaction))
        return book(call);
    if (caller->kind != CALLER_INSTITUTION)
        return call_refuse(call, REASON_CREDENTIAL_MISSING, "", "%s", "");
    if (!slice_is(s->transaction.value.institution_id, caller->institution_id))
        return call_refuse(call, REASON_CALLER_NOT_SIGNER, "institution_id", "%s", "");
    return verify_next(call);
}

static struct step
got_key(struct call *call)
{
    struct submit *s = call_state(call);

    if (s->key == NULL)
        return call_refuse(call, REASON_KEY_UNKNOWN, "signatures", "%s", "");
    if (!slice_is(s->transaction.value.institution_id, s->key->institution_id))
        return call_refuse(call, REASON_KEY_FOREIGN, "signatures", "%s", "");
    if (!dsse_verify(s->key->key, DSSE_TRANSACTION, s->transaction.bytes,
                     signature_slice(&s->transaction.signatures[s->verified])))
        return call_refuse(call, REASON_SIGNATURE_INVALID, "signatures", "%s", "");
    s->verified++;
    return verify_next(call);
}

static struct step
got_booked(struct call *call)
{
    struct submit *s = call_state(call);

    if (s->booked.entry_index == ENTRY_NONE || s->booked.tlog_proof != NULL)
        return got_proof(call);
    s->entry_index = (uint64_t)s->booked.entry_index;
    return store_find_checkpoint(call, &s->checkpoint, got_checkpoint);
}

static struct step
got_checkpoint(struct call *call)
{
    struct submit *s = call_state(call);

    return ledger_prove(call, &s->checkpoint, &s->entry_index, 1, &s->booked, got_proof);
}

static struct step
got_proof(struct call *call)
{
    const struct submit *s = call_state(call);
    struct arena *arena = call_arena(call);
    Creditbank__V1__SubmitResponse *response = arena_alloc(arena, sizeof(*response));

    creditbank__v1__submit_response__init(response);
    if (s->booked.entry_index != ENTRY_NONE)
        response->entry = reply_entry(arena, &(struct proved_entry){
                                                 .entry_index = (uint64_t)s->booked.entry_index,
                                                 .booked_at_us = s->booked.booked_at_us,
                                                 .entry = s->booked.entry,
                                                 .tlog_proof = s->booked.tlog_proof,
                                             });
    return call_reply(call, response);
}

const struct method ledger_submit_method = {
    .name = "creditbank.v1.LedgerService/Submit",
    .start = submit,
    .state_size = sizeof(struct submit),
    .callers = MAY_ANYBODY | MAY_INSTITUTION,
};
