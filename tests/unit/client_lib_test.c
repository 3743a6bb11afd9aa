/* Drafts, the outbox, answers of the Connect protocol, and when to try again. */
#include "unit.h"

#include "crypto/crypto.h"
#include "crypto/dsse.h"
#include "lib/connect.h"
#include "lib/credential.h"
#include "lib/key.h"
#include "lib/retry.h"
#include "wire/unpack.h"

#include "client_bank.h"

#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct wire_limits limits = {
    .depth_max = 16, .fields_max = 100000, .elements_max = 1000, .memory_max = 16 << 20};

static const uint8_t request_id[CREDITBANK_REQUEST_ID_SIZE] = {1, 2,  3,  4,  5,  6,  7,  8,
                                                               9, 10, 11, 12, 13, 14, 15, 16};

static struct slice
slice_of(ProtobufCBinaryData bytes)
{
    return slice_make(bytes.data, bytes.len);
}

/* A draft of items about an account, all in the arena. */
static void
fill_items(struct arena *arena, Creditbank__V1__Item **items, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        Creditbank__V1__AccountActivated *activated = arena_alloc(arena, sizeof(*activated));

        items[i] = arena_alloc(arena, sizeof(*items[i]));
        creditbank__v1__item__init(items[i]);
        creditbank__v1__account_activated__init(activated);
        activated->account_no = arena_printf(arena, "%014zu", i);
        items[i]->body_case = CREDITBANK__V1__ITEM__BODY_ACCOUNT_ACTIVATED;
        items[i]->account_activated = activated;
    }
}

static struct creditbank_bytes
make_request(struct arena *arena, const struct creditbank_key *key, size_t count)
{
    Creditbank__V1__Item **items = arena_array(arena, count, sizeof(*items));
    struct creditbank_draft draft = {.log_origin = BANK_ORIGIN,
                                     .institution_id = "school",
                                     .request_id = request_id,
                                     .create_time_us = INT64_C(1772668800123456),
                                     .items = items,
                                     .item_count = count,
                                     .keys = &key,
                                     .key_count = 1};
    struct creditbank_bytes request;
    struct creditbank_error error;

    fill_items(arena, items, count);
    assert_true(creditbank_draft_sign(&draft, &request, &error));
    return request;
}

static void
a_draft_is_canonical_commits_to_its_items_and_is_signed(void **state)
{
    struct arena *arena = arena_new(64 << 20);
    struct creditbank_key *key = key_wrap(private_key_generate(KEY_ED25519));
    struct creditbank_bytes bytes = make_request(arena, key, 3);
    struct wire_fault fault;
    const Creditbank__V1__SubmitRequest *request = (const void *)wire_unpack(
        &creditbank__v1__submit_request__descriptor, slice_make(bytes.at, bytes.len), arena,
        WIRE_CANONICAL, &limits, &fault);
    struct hash leaves[3], root;

    (void)state;
    assert_non_null(request);
    assert_int_equal(request->n_items, 3);
    for (size_t i = 0; i < 3; i++) {
        const Creditbank__V1__Item *item = (const void *)wire_unpack(
            &creditbank__v1__item__descriptor, slice_of(request->items[i]), arena, WIRE_CANONICAL,
            &limits, &fault);

        assert_non_null(item);
        assert_int_equal(item->salt.len, CREDITBANK_SALT_SIZE);
        leaves[i] = merkle_leaf(slice_of(request->items[i]));
    }
    assert_memory_not_equal(request->items[0].data + 2, request->items[1].data + 2,
                            CREDITBANK_SALT_SIZE);

    const Creditbank__V1__Transaction *transaction = (const void *)wire_unpack(
        &creditbank__v1__transaction__descriptor, slice_of(request->transaction), arena,
        WIRE_CANONICAL, &limits, &fault);

    assert_non_null(transaction);
    root = merkle_root(leaves, 3);
    assert_int_equal(transaction->items->item_count, 3);
    assert_memory_equal(transaction->items->items_root.data, root.bytes, HASH_SIZE);
    assert_memory_equal(transaction->request_id.data, request_id, sizeof(request_id));
    assert_int_equal(transaction->create_time->seconds, INT64_C(1772668800));
    assert_int_equal(transaction->create_time->nanos, 123456000);
    assert_true(dsse_verify(private_key_public(key->private), DSSE_TRANSACTION,
                            slice_of(request->transaction),
                            slice_of(request->signatures[0]->signature)));
    creditbank_bytes_free(&bytes);
    creditbank_key_free(key);
    arena_free(arena);
}

static void
a_draft_that_the_bank_would_refuse_for_its_shape_is_not_made(void **state)
{
    struct arena *arena = arena_new(64 << 20);
    struct creditbank_key *key = key_wrap(private_key_generate(KEY_ED25519));
    const struct creditbank_key *keys[] = {key, key, key, key, key};
    Creditbank__V1__Item *items[1001];
    Creditbank__V1__Control control;
    struct creditbank_bytes request;
    struct creditbank_error error;
    struct creditbank_draft good = {.log_origin = BANK_ORIGIN,
                                    .institution_id = "school",
                                    .items = items,
                                    .item_count = 1,
                                    .keys = keys,
                                    .key_count = 1};
    struct creditbank_draft bad[7];

    creditbank__v1__control__init(&control);
    (void)state;
    fill_items(arena, items, 1001);
    for (size_t i = 0; i < ARRAY_COUNT(bad); i++)
        bad[i] = good;
    bad[0].item_count = 0;
    bad[1].item_count = 1001;
    bad[2].key_count = 0;
    bad[3].key_count = 5;
    bad[4].control = &control;
    bad[5].log_origin = "";
    bad[6].institution_id = NULL;
    for (size_t i = 0; i < ARRAY_COUNT(bad); i++) {
        assert_false(creditbank_draft_sign(&bad[i], &request, &error));
        assert_string_equal(error.code, "DRAFT_INVALID");
        assert_null(request.at);
    }
    assert_true(creditbank_draft_sign(&good, &request, &error));
    creditbank_bytes_free(&request);
    creditbank_key_free(key);
    arena_free(arena);
}

static void
the_answer_to_a_submit_has_to_hold_what_was_sent(void **state)
{
    struct bank_faults none = {0};
    struct creditbank_error error;
    struct bank bank, other;
    Creditbank__V1__SubmitRequest sent;
    const Creditbank__V1__LogEntry *entry;
    struct creditbank_bytes request;
    struct wire_fault fault;

    creditbank__v1__submit_request__init(&sent);
    (void)state;
    bank_init(&bank, &none);
    bank_init(&other, &none);
    entry = (const void *)wire_unpack(&creditbank__v1__log_entry__descriptor, bank.entries[4],
                                      bank.arena, WIRE_CANONICAL, &limits, &fault);
    sent.transaction = entry->transaction;
    request.len = creditbank__v1__submit_request__get_packed_size(&sent);
    request.at = arena_alloc(bank.arena, request.len);
    (void)creditbank__v1__submit_request__pack(&sent, request.at);
    assert_true(creditbank_entry_verify(bank_entry(&bank, 4), &request, bank.bank_key, &error));
    assert_true(creditbank_entry_verify(bank_entry(&bank, 4), &request, NULL, &error));
    assert_false(creditbank_entry_verify(bank_entry(&bank, 3), &request, bank.bank_key, &error));
    assert_string_equal(error.code, "VERIFY_ENTRY_INVALID");
    assert_false(creditbank_entry_verify(bank_entry(&bank, 4), &request, other.bank_key, &error));
    assert_string_equal(error.code, "VERIFY_CHECKPOINT");
    bank_free(&bank);
    bank_free(&other);
}

/* A folder for one test. */
static int
make_folder(void **state)
{
    char *folder = strdup("/tmp/creditbank-client.XXXXXX");

    *state = folder;
    return mkdtemp(folder) != NULL ? 0 : -1;
}

static int
remove_one(const char *path, const struct stat *status, int kind, struct FTW *place)
{
    (void)status;
    (void)kind;
    (void)place;
    return remove(path);
}

static int
remove_folder(void **state)
{
    int failed = nftw(*state, remove_one, 8, FTW_DEPTH | FTW_PHYS);

    free(*state);
    return failed;
}

static void
the_outbox_keeps_exact_bytes_until_they_are_answered(void **state)
{
    struct arena *arena = arena_new(64 << 20);
    struct creditbank_key *key = key_wrap(private_key_generate(KEY_P256));
    struct creditbank_bytes request = make_request(arena, key, 200), kept;
    struct creditbank_error error;
    struct creditbank_outbox_names names;
    struct creditbank_outbox *outbox = creditbank_outbox_open(*state, &error);
    Creditbank__V1__SubmitResponse answer;
    Creditbank__V1__BookedEntry entry;
    char name[CREDITBANK_OUTBOX_NAME_SIZE], path[256];
    uint64_t entry_index = 0;

    creditbank__v1__submit_response__init(&answer);
    creditbank__v1__booked_entry__init(&entry);
    entry.entry_index = 7;
    answer.entry = &entry;
    assert_non_null(outbox);
    assert_null(creditbank_outbox_open(*state, &error));
    assert_string_equal(error.code, "OUTBOX_IN_USE");
    assert_true(creditbank_outbox_name(&request, name, &error));
    assert_int_equal(creditbank_outbox_find(outbox, name, &entry_index), CREDITBANK_OUTBOX_ABSENT);
    assert_true(creditbank_outbox_put(outbox, &request, name, &error));
    assert_string_equal(name, "0102030405060708090a0b0c0d0e0f10");
    assert_true(creditbank_outbox_put(outbox, &request, name, &error));

    /* As after a crash: opened anew, a half-written file beside it. */
    creditbank_outbox_close(outbox);
    snprintf(path, sizeof(path), "%s/ffffffffffffffffffffffffffffffff.submit.new", (char *)*state);
    close(open(path, O_CREAT | O_WRONLY, 0600));
    outbox = creditbank_outbox_open(*state, &error);
    assert_non_null(outbox);
    assert_true(creditbank_outbox_list(outbox, &names, &error));
    assert_int_equal(names.count, 1);
    assert_true(creditbank_outbox_get(outbox, names.names[0], &kept, &error));
    assert_int_equal(kept.len, request.len);
    assert_memory_equal(kept.at, request.at, kept.len);
    creditbank_bytes_free(&kept);
    creditbank_outbox_names_free(&names);

    assert_int_equal(creditbank_outbox_find(outbox, name, &entry_index), CREDITBANK_OUTBOX_WAITING);
    assert_true(creditbank_outbox_settle(outbox, name, &answer, &error));
    assert_int_equal(creditbank_outbox_find(outbox, name, &entry_index),
                     CREDITBANK_OUTBOX_ANSWERED);
    assert_int_equal(entry_index, 7);
    assert_true(creditbank_outbox_list(outbox, &names, &error));
    assert_int_equal(names.count, 0);
    creditbank_outbox_names_free(&names);
    snprintf(path, sizeof(path), "%s/done/%s.answer", (char *)*state, name);
    assert_int_equal(access(path, F_OK), 0);

    assert_true(creditbank_outbox_put(outbox, &request, name, &error));
    assert_true(creditbank_outbox_settle(outbox, name, NULL, &error));
    assert_false(creditbank_outbox_get(outbox, name, &kept, &error));
    creditbank_outbox_close(outbox);
    creditbank_bytes_free(&request);
    creditbank_key_free(key);
    arena_free(arena);
}

static void
the_outbox_takes_no_name_that_leads_elsewhere(void **state)
{
    struct creditbank_error error;
    struct creditbank_outbox *outbox = creditbank_outbox_open(*state, &error);
    struct creditbank_bytes kept;

    assert_false(creditbank_outbox_get(outbox, "../../../../etc/passwd", &kept, &error));
    assert_false(creditbank_outbox_settle(outbox, "done", NULL, &error));
    creditbank_outbox_close(outbox);
}

static void
a_disk_that_will_not_is_said(void **state)
{
    struct creditbank_error error;
    char path[256];

    snprintf(path, sizeof(path), "%s/file", (char *)*state);
    close(open(path, O_CREAT | O_WRONLY, 0600));
    assert_null(creditbank_outbox_open(path, &error));
    assert_string_equal(error.code, "FILE_UNWRITABLE");
}

static void
decode(long http_status, const char *body, struct creditbank_result *result)
{
    struct connect_answer answer = {.http_status = http_status, .body = slice_text(body)};

    connect_decode(&answer, &creditbank__v1__submit_response__descriptor, result);
}

static void
an_error_brings_its_refusals(void **state)
{
    struct creditbank_result result;

    (void)state;
    /* Refusal{item: {value: 2}, field: "a", reason: "OUTCOME_USED"}: 0a 02 08 02 12 01 61 1a 0c …
     */
    decode(400,
           "{\"code\":\"failed_precondition\",\"message\":\"m\",\"details\":["
           "{\"type\":\"creditbank.v1.Refusal\",\"value\":\"CgIIAhIBYRoMT1VUQ09NRV9VU0VE\"},"
           "{\"type\":\"other\",\"value\":\"AA\"}]}",
           &result);
    assert_int_equal(result.code, STATUS_FAILED_PRECONDITION);
    assert_int_equal(result.refusal_count, 1);
    assert_int_equal(result.refusals[0]->item->value, 2);
    assert_string_equal(result.refusals[0]->field, "a");
    assert_string_equal(result.refusals[0]->reason, "OUTCOME_USED");
    creditbank_result_free(&result);
}

static void
an_answer_that_is_not_of_the_protocol_still_is_a_refusal(void **state)
{
    static const struct {
        long http_status;
        const char *body;
        int code;
    } answers[] = {
        {503, "<html>", STATUS_UNAVAILABLE},
        {404, "", STATUS_UNIMPLEMENTED},
        {401, "[]", STATUS_UNAUTHENTICATED},
        {500, "{\"code\":7}", STATUS_UNKNOWN},
        {400,
         "{\"code\":\"nonsense\",\"details\":[1,{\"type\":\"creditbank.v1.Refusal\","
         "\"value\":\"!!\"}]}",
         STATUS_INTERNAL},
        {200, "not of the right content type", STATUS_UNKNOWN},
    };
    struct creditbank_result result;

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(answers); i++) {
        decode(answers[i].http_status, answers[i].body, &result);
        assert_int_equal(result.code, answers[i].code);
        assert_int_equal(result.refusal_count, 1);
        assert_string_equal(result.refusals[0]->reason, "ANSWER_INVALID");
        assert_null(result.reply);
        creditbank_result_free(&result);
    }
}

static void
only_what_may_help_is_tried_again(void **state)
{
    static const struct {
        struct attempt attempt;
        bool due;
    } cases[] = {
        {{ATTEMPT_NOT_SENT, STATUS_OK, 0, false}, true},
        {{ATTEMPT_LOST, STATUS_OK, 0, true}, true},
        {{ATTEMPT_LOST, STATUS_OK, 0, false}, false},
        {{ATTEMPT_ANSWERED, STATUS_OK, 0, true}, false},
        {{ATTEMPT_ANSWERED, STATUS_UNAVAILABLE, 0, true}, true},
        {{ATTEMPT_ANSWERED, STATUS_UNAVAILABLE, 0, false}, false},
        {{ATTEMPT_ANSWERED, STATUS_RESOURCE_EXHAUSTED, 500, true}, true},
        {{ATTEMPT_ANSWERED, STATUS_RESOURCE_EXHAUSTED, 60001, true}, false},
        {{ATTEMPT_ANSWERED, STATUS_FAILED_PRECONDITION, 0, true}, false},
        {{ATTEMPT_ANSWERED, STATUS_INTERNAL, 0, true}, false},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++)
        assert_int_equal(retry_is_due(&cases[i].attempt), cases[i].due);
    assert_true(retry_may_repeat("Submit"));
    assert_false(retry_may_repeat("Activate"));
}

static void
the_wait_doubles_with_half_of_it_by_chance_and_has_an_end(void **state)
{
    (void)state;
    assert_int_equal(retry_delay_ms(1, 0, 0), 100);
    assert_int_equal(retry_delay_ms(1, 0, 100), 200);
    assert_int_equal(retry_delay_ms(3, 0, 0), 400);
    assert_int_equal(retry_delay_ms(1000, 0, 5000), CREDITBANK_BACKOFF_MAX_MS);
    assert_int_equal(retry_delay_ms(1, 3000, 7), 3000);
}

static void
an_outcome_is_known_only_by_an_answer_that_looked(void **state)
{
    (void)state;
    assert_true(retry_leaves_unknown(STATUS_UNAVAILABLE, false));
    assert_true(retry_leaves_unknown(STATUS_DEADLINE_EXCEEDED, false));
    assert_false(retry_leaves_unknown(STATUS_ALREADY_EXISTS, true));
    assert_false(retry_leaves_unknown(STATUS_RESOURCE_EXHAUSTED, false));
    assert_true(retry_leaves_unknown(STATUS_RESOURCE_EXHAUSTED, true));
    assert_true(retry_leaves_unknown(STATUS_UNAUTHENTICATED, true));
}

static void
a_token_is_made_anew_a_minute_before_it_ends(void **state)
{
    struct creditbank_key *key = key_wrap(private_key_generate(KEY_ED25519));
    struct creditbank_options options = {.log_origin = BANK_ORIGIN, .key = key};
    struct credential credential;
    int64_t now = INT64_C(1772668800000000);
    char first[2048] = {0};
    struct slice token;

    (void)state;
    credential_init(&credential, &options);
    token = credential_token(&credential, now);
    memcpy(first, token.at, token.len);
    token = credential_token(&credential, now + INT64_C(179) * 1000000);
    assert_true(slice_is(token, first));
    token = credential_token(&credential, now + INT64_C(180) * 1000000);
    assert_false(slice_is(token, first));
    credential_fini(&credential);
    creditbank_key_free(key);
}

static void
a_client_wants_tls_and_one_way_to_sign_in(void **state)
{
    struct creditbank_key *key = key_wrap(private_key_generate(KEY_ED25519));
    struct creditbank_options bad[] = {
        {0},
        {.server = "ftp://127.0.0.1"},
        {.server = "http://bank.example"},
        {.server = "http://127.0.0.1.evil.example"},
        {.server = "https://a", .key = key},
        {.server = "https://a", .key = key, .log_origin = "x", .session_token = "t"},
        {.server = "https://a", .attempts = 1000},
    };
    struct creditbank_options good = {.server = "http://127.0.0.1:1", .attempts = 1};
    struct creditbank_client *client;
    struct creditbank_error error;

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(bad); i++) {
        assert_null(creditbank_client_new(&bad[i], &error));
        assert_string_equal(error.code, "CLIENT_OPTION_INVALID");
    }
    client = creditbank_client_new(&good, &error);
    assert_non_null(client);

    Creditbank__V1__SubmitRequest message;
    struct creditbank_request request = {.service = &creditbank__v1__ledger_service__descriptor,
                                         .method = "Submit",
                                         .message = &message.base};
    struct creditbank_result result;

    creditbank__v1__submit_request__init(&message);
    assert_false(creditbank_call(client, &request, &result));
    assert_int_equal(result.code, STATUS_UNAVAILABLE);
    assert_false(result.unknown);
    assert_string_equal(result.refusals[0]->reason, "BANK_UNREACHABLE");
    creditbank_result_free(&result);
    creditbank_client_free(client);
    creditbank_key_free(key);
}

static int
end(void **state)
{
    (void)state;
    crypto_fini();
    return 0;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_draft_is_canonical_commits_to_its_items_and_is_signed),
        cmocka_unit_test(a_draft_that_the_bank_would_refuse_for_its_shape_is_not_made),
        cmocka_unit_test(the_answer_to_a_submit_has_to_hold_what_was_sent),
        cmocka_unit_test_setup_teardown(the_outbox_keeps_exact_bytes_until_they_are_answered,
                                        make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(the_outbox_takes_no_name_that_leads_elsewhere, make_folder,
                                        remove_folder),
        cmocka_unit_test_setup_teardown(a_disk_that_will_not_is_said, make_folder, remove_folder),
        cmocka_unit_test(an_error_brings_its_refusals),
        cmocka_unit_test(an_answer_that_is_not_of_the_protocol_still_is_a_refusal),
        cmocka_unit_test(only_what_may_help_is_tried_again),
        cmocka_unit_test(the_wait_doubles_with_half_of_it_by_chance_and_has_an_end),
        cmocka_unit_test(an_outcome_is_known_only_by_an_answer_that_looked),
        cmocka_unit_test(a_token_is_made_anew_a_minute_before_it_ends),
        cmocka_unit_test(a_client_wants_tls_and_one_way_to_sign_in),
    };

    return cmocka_run_group_tests(tests, NULL, end);
}
