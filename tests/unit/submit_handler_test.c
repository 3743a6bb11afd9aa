/* api: Submit against scripted operations, with what libcreditbank signs. */
#include "handler.h"

#include "api/credentials.h"
#include "api/methods.h"
#include "base/arena.h"
#include "base/clock.h"
#include "core/identity.h"
#include "core/item.h"
#include "creditbank/v1/ledger_service.pb-c.h"
#include "lib/key.h"
#include "store/key_ring.h"
#include "store/log_read.h"
#include "store/person.h"
#include "store/session.h"

#include "ledger/ledger.h"
#include "ledger/prove.h"

#include <stdio.h>

#define ORIGIN "bank.example.cn/log"
#define ACCOUNT "12345678901237"
#define KNOWN_ACCOUNT "98765432109870"
#define NOW_US ((int64_t)1800000000 * 1000000)
#define ARENA_BYTES ((size_t)1 << 20)

/* What the operations find, and what was submitted. */
static struct {
    struct ring_key keys[2];
    int64_t entry_index;
    bool is_proved; /* the booking comes with its proof */
    struct opened_person opened;
    size_t opened_count;
    bool validate_only;
    const char *known_name; /* of the person's account; NULL: she has none */
} script;

static struct creditbank_key *signers[2];
static struct identity_keys keys;
static struct runtime runtime;
static struct arena *arena;

/* ------------------------------------------------------------------ operations */

struct step
store_look_up_key(struct call *call, const struct hash *key_id, const struct ring_key **key,
                  step_fn *next)
{
    *key = NULL;
    for (size_t i = 0; i < ARRAY_COUNT(script.keys); i++)
        if (hash_equal(&script.keys[i].key_id, key_id))
            *key = &script.keys[i];
    return handler_operation(call, "find key", next);
}

struct step
store_look_up_persons(struct call *call, struct person_list *list, step_fn *next)
{
    for (size_t i = 0; i < list->count && script.known_name != NULL; i++) {
        struct identity identity = {DOCUMENT_PASSPORT, slice_text("E12345678"),
                                    slice_text(script.known_name), .salts = {{4}, {5}, {6}}};

        list->persons[i].found = true;
        list->persons[i].account_no = slice_text(KNOWN_ACCOUNT);
        list->persons[i].sealed = identity_seal(&identity, slice_text(KNOWN_ACCOUNT), &keys, arena);
    }
    return handler_operation(call, "look up persons", next);
}

struct step
store_count_mismatches(struct call *call, int64_t count, step_fn *next)
{
    assert_int_equal(count, 1);
    return handler_operation(call, "count mismatches", next);
}

struct step
ledger_submit(struct call *call, const struct signed_transaction *transaction, bool validate_only,
              struct booked *booked, step_fn *next)
{
    script.validate_only = validate_only;
    script.opened_count = transaction->opened.count;
    if (transaction->opened.count > 0)
        script.opened = transaction->opened.persons[0];
    *booked = (struct booked){
        .entry_index = script.entry_index,
        .booked_at_us = NOW_US,
        .entry = slice_text("entry"),
        .tlog_proof = script.is_proved ? "proof" : NULL,
    };
    return handler_operation(call, "submit", next);
}

struct step
store_find_checkpoint(struct call *call, struct stored_checkpoint *out, step_fn *next)
{
    *out = (struct stored_checkpoint){0};
    return handler_operation(call, "find checkpoint", next);
}

struct step
ledger_prove(struct call *call, const struct stored_checkpoint *checkpoint, const uint64_t *indexes,
             size_t count, struct booked *booked, step_fn *next)
{
    (void)checkpoint;
    assert_int_equal(count, 1);
    assert_int_equal(indexes[0], script.entry_index);
    booked[0].tlog_proof = "stored proof";
    return handler_operation(call, "prove", next);
}

/* credentials.c waits for it; Submit does not. */
struct step
store_find_session(struct call *call, const struct hash *token_hash, struct session *session,
                   step_fn *next)
{
    (void)token_hash, (void)session;
    return handler_operation(call, "find session", next);
}

uint64_t
key_ring_epoch(const struct key_ring *ring)
{
    (void)ring;
    return 0;
}

/* ------------------------------------------------------------------ a request */

/* A person, sealed by the bank for the account, and the item that opens it. */
static ProtobufCBinaryData
fill_opening(Creditbank__V1__Item *item)
{
    struct identity identity = {DOCUMENT_PASSPORT, slice_text("E12345678"), slice_text("王小明"),
                                .salts = {{1}, {2}, {3}}, .seal_time_us = NOW_US - 5};
    struct sealed_identity sealed = identity_seal(&identity, slice_text(ACCOUNT), &keys, arena);
    struct slice packed = identity_pack(&sealed, arena);
    Creditbank__V1__AccountOpened *opened = arena_alloc(arena, sizeof(*opened));
    struct hash *hashes = arena_array(arena, IDENTITY_FIELDS, sizeof(*hashes));

    creditbank__v1__account_opened__init(opened);
    opened->account_no = (char *)(uintptr_t)ACCOUNT;
    opened->commitments = arena_array(arena, IDENTITY_FIELDS, sizeof(*opened->commitments));
    opened->n_commitments = IDENTITY_FIELDS;
    identity_commit(&identity, hashes);
    for (size_t i = 0; i < IDENTITY_FIELDS; i++) {
        opened->commitments[i] = arena_alloc(arena, sizeof(**opened->commitments));
        creditbank__v1__identity_commitment__init(opened->commitments[i]);
        opened->commitments[i]->field = (Creditbank__V1__IdentityField)(i + 1);
        opened->commitments[i]->hash = (ProtobufCBinaryData){HASH_SIZE, hashes[i].bytes};
    }
    creditbank__v1__item__init(item);
    item->body_case = CREDITBANK__V1__ITEM__BODY_ACCOUNT_OPENED;
    item->account_opened = opened;
    return (ProtobufCBinaryData){packed.len, (uint8_t *)(uintptr_t)packed.at};
}

/* The opening of an account, signed by `signer_count` keys of school-a. */
static Creditbank__V1__SubmitRequest *
make_request(size_t signer_count)
{
    Creditbank__V1__Item item, *items[] = {&item};
    ProtobufCBinaryData sealed = fill_opening(&item);
    const struct creditbank_key *const signing[] = {signers[0], signers[1]};
    struct creditbank_draft draft = {.log_origin = ORIGIN,
                                     .institution_id = "school-a",
                                     .create_time_us = NOW_US,
                                     .items = items,
                                     .item_count = 1,
                                     .keys = signing,
                                     .key_count = signer_count,
                                     .sealed_persons = &sealed,
                                     .sealed_person_count = 1};
    struct creditbank_bytes bytes;
    struct creditbank_error error;
    Creditbank__V1__SubmitRequest *request;

    assert_true(creditbank_draft_sign(&draft, &bytes, &error));
    request = creditbank__v1__submit_request__unpack(NULL, bytes.len, bytes.at);
    creditbank_bytes_free(&bytes);
    assert_non_null(request);
    return request;
}

static struct handler_run
run_with(const Creditbank__V1__SubmitRequest *request)
{
    struct handler_run run = {.method = &ledger_submit_method,
                              .request = request,
                              .runtime = &runtime,
                              .caller.kind = CALLER_INSTITUTION};

    snprintf(run.caller.institution_id, sizeof(run.caller.institution_id), "school-a");
    return run;
}

static struct handler_seen
play(const Creditbank__V1__SubmitRequest *request)
{
    struct handler_run run = run_with(request);

    return handler_play(&run);
}

static int
setup(void **state)
{
    static struct credentials_config config = {.log_origin = ORIGIN, .identity_keys = &keys};

    (void)state;
    memset(&script, 0, sizeof(script));
    memset(&keys, 0, sizeof(keys));
    keys.epoch_count = 1;
    keys.epochs[0].number = 1;
    arena = arena_new(ARENA_BYTES);
    for (size_t i = 0; i < ARRAY_COUNT(signers); i++) {
        struct private_key *key = private_key_generate(i == 0 ? KEY_ED25519 : KEY_P256);

        signers[i] = key_wrap(key);
        script.keys[i] = (struct ring_key){.key = private_key_public(key),
                                           .key_id = *public_key_id(private_key_public(key)),
                                           .institution_id = "school-a",
                                           .revoked_entry = ENTRY_NONE};
    }
    script.entry_index = 41;
    script.is_proved = true;
    runtime.credentials = credentials_new(&config);
    clock_set_us(NOW_US);
    return 0;
}

static int
teardown(void **state)
{
    (void)state;
    clock_set_us(-1);
    credentials_free(runtime.credentials);
    for (size_t i = 0; i < ARRAY_COUNT(signers); i++)
        creditbank_key_free(signers[i]);
    arena_free(arena);
    return 0;
}

/* ------------------------------------------------------------------ the tests */

static void
check_entry(const struct call *call)
{
    const Creditbank__V1__SubmitResponse *response = call->response;

    assert_int_equal(response->entry->entry_index, 41);
    assert_string_equal(response->entry->tlog_proof, "proof");
    assert_int_equal(response->entry->log_entry.len, 5);
}

static void
every_signature_is_verified_before_it_is_booked(void **state)
{
    Creditbank__V1__SubmitRequest *request = make_request(2);
    struct handler_run run = run_with(request);
    struct handler_seen seen;

    (void)state;
    run.check = check_entry;
    seen = handler_play(&run);
    assert_int_equal(seen.status, STATUS_OK);
    handler_expect(&seen, "find key, find key, look up persons, submit");
    assert_int_equal(script.opened_count, 1);
    assert_int_equal(script.opened.fault, REASON_NONE);
    assert_int_equal(script.opened.seal_time_us, NOW_US - 5);
    assert_false(script.validate_only);
    handler_play_mishaps(&run);
    creditbank__v1__submit_request__free_unpacked(request, NULL);
}

static void
check_stored_proof(const struct call *call)
{
    const Creditbank__V1__SubmitResponse *response = call->response;

    assert_string_equal(response->entry->tlog_proof, "stored proof");
}

static void
what_stood_already_is_proved_from_what_is_stored(void **state)
{
    Creditbank__V1__SubmitRequest *request = make_request(1);
    struct handler_run run = run_with(request);
    struct handler_seen seen;

    (void)state;
    script.is_proved = false;
    run.check = check_stored_proof;
    seen = handler_play(&run);
    handler_expect(&seen, "find key, look up persons, submit, find checkpoint, prove");
    handler_play_mishaps(&run);
    creditbank__v1__submit_request__free_unpacked(request, NULL);
}

static void
check_no_entry(const struct call *call)
{
    const Creditbank__V1__SubmitResponse *response = call->response;

    assert_null(response->entry);
}

static void
what_is_only_checked_has_no_entry(void **state)
{
    Creditbank__V1__SubmitRequest *request = make_request(1);
    struct handler_run run = run_with(request);
    struct handler_seen seen;

    (void)state;
    request->validate_only = true;
    script.entry_index = ENTRY_NONE;
    script.is_proved = false;
    run.check = check_no_entry;
    seen = handler_play(&run);
    assert_int_equal(seen.status, STATUS_OK);
    handler_expect(&seen, "find key, look up persons, submit");
    assert_true(script.validate_only);
    creditbank__v1__submit_request__free_unpacked(request, NULL);
}

static void
a_signature_is_refused_for_what_is_wrong_with_it(void **state)
{
    Creditbank__V1__SubmitRequest *request = make_request(2);

    (void)state;
    request->signatures[1]->signature.data[3] ^= 1;
    assert_int_equal(play(request).reason, REASON_SIGNATURE_INVALID);
    request->signatures[1]->signature.data[3] ^= 1;
    snprintf(script.keys[1].institution_id, sizeof(script.keys[1].institution_id), "school-b");
    assert_int_equal(play(request).reason, REASON_KEY_FOREIGN);
    script.keys[1].key_id.bytes[0] ^= 1;
    assert_int_equal(play(request).reason, REASON_KEY_UNKNOWN);
    request->signatures[1]->signature.len--;
    assert_int_equal(play(request).reason, REASON_SIGNATURE_INVALID);
    assert_int_equal(play(request).operation_count, 0);
    request->signatures[1]->signature.len++;
    memcpy(request->signatures[1]->key_id.data, request->signatures[0]->key_id.data, HASH_SIZE);
    assert_int_equal(play(request).reason, REASON_SIGNATURE_COUNT);
    creditbank__v1__submit_request__free_unpacked(request, NULL);
}

static void
only_the_signing_institution_submits(void **state)
{
    Creditbank__V1__SubmitRequest *request = make_request(1);
    struct handler_run run = run_with(request);

    (void)state;
    snprintf(run.caller.institution_id, sizeof(run.caller.institution_id), "school-b");
    assert_int_equal(handler_play(&run).reason, REASON_CALLER_NOT_SIGNER);
    run.caller.kind = CALLER_ANYBODY;
    assert_int_equal(handler_play(&run).reason, REASON_CREDENTIAL_MISSING);
    creditbank__v1__submit_request__free_unpacked(request, NULL);
}

/* The booking refuses it, after it has looked whether the same request stands in the log. */
static void
what_is_wrong_with_a_person_goes_along_to_the_booking(void **state)
{
    Creditbank__V1__SubmitRequest *request = make_request(1);

    (void)state;
    request->sealed_persons[0].data[100] ^= 1;
    assert_int_equal(play(request).status, STATUS_OK);
    assert_int_equal(script.opened.fault, REASON_SEALED_PERSON_INVALID);
    request->n_sealed_persons = 0;
    assert_int_equal(play(request).status, STATUS_OK);
    assert_int_equal(script.opened.fault, REASON_SEALED_PERSON_INVALID);
    request->n_sealed_persons = 1;
    creditbank__v1__submit_request__free_unpacked(request, NULL);
}

/* As where ResolveIdentities is asked: a look at her, and a mismatch that counts. */
static void
who_has_an_account_by_now_is_told_as_one_who_is_looked_up(void **state)
{
    Creditbank__V1__SubmitRequest *request = make_request(1);
    struct handler_run run = run_with(request);
    struct handler_seen seen;

    (void)state;
    script.known_name = "王小明";
    seen = handler_play(&run);
    handler_expect(&seen, "find key, look up persons, submit");
    assert_int_equal(script.opened.fault, REASON_PERSON_HAS_ACCOUNT);
    script.known_name = "王大明";
    seen = handler_play(&run);
    handler_expect(&seen, "find key, look up persons, count mismatches, submit");
    assert_int_equal(script.opened.fault, REASON_IDENTITY_MISMATCH);
    handler_play_mishaps(&run);
    creditbank__v1__submit_request__free_unpacked(request, NULL);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_signature_is_verified_before_it_is_booked),
        TEST(what_stood_already_is_proved_from_what_is_stored),
        TEST(what_is_only_checked_has_no_entry),
        TEST(a_signature_is_refused_for_what_is_wrong_with_it),
        TEST(only_the_signing_institution_submits),
        TEST(what_is_wrong_with_a_person_goes_along_to_the_booking),
        TEST(who_has_an_account_by_now_is_told_as_one_who_is_looked_up),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
