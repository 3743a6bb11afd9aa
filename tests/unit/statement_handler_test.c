/* api: GetStatement against scripted operations: whole, in parts, and as large as may be. */
#include "handler.h"

#include "api/credentials.h"
#include "api/methods.h"
#include "api/statement_part.h"
#include "base/arena.h"
#include "base/base64.h"
#include "base/buffer.h"
#include "convert/entry.h"
#include "convert/reply.h"
#include "convert/reply_entry.h"
#include "convert/transaction.h"
#include "creditbank/v1/statement_service.pb-c.h"
#include "crypto/crypto.h"
#include "crypto/tlog_proof.h"
#include "ledger/prove.h"
#include "notary/notary.h"
#include "store/account.h"
#include "wire/json.h"

#include <string.h>

#define ACCOUNT "12345678901237"
#define HISTORIES_MAX 4

static struct runtime runtime;
static const struct caller learner = {.kind = CALLER_LEARNER, .account_no = ACCOUNT};

/* What the operations find, and what they were asked. */
static struct {
    uint64_t log_size;
    struct record_list records;
    struct key_history histories[HISTORIES_MAX]; /* the answers in turn, the last one again */
    size_t history_count, histories_read;
    struct slice item;
    struct stored_item proved; /* its path */
    const char *proof;
    struct item_place after;
    const char *stopped; /* why the bank has stopped; NULL: it has not */
} script;

/* What was answered. */
static struct {
    Creditbank__V1__StatementList *list;
    size_t key_record_count, json_size;
} answer;

/* ------------------------------------------------------------------ operations */

const char *
ledger_stopped(const struct ledger *ledger)
{
    (void)ledger;
    return script.stopped;
}

struct step
store_find_checkpoint(struct call *call, struct stored_checkpoint *out, step_fn *next)
{
    *out = (struct stored_checkpoint){script.log_size, slice_text("note")};
    return handler_operation(call, "checkpoint", next);
}

struct step
store_list_records(struct call *call, const struct record_range *range, struct record_list *out,
                   step_fn *next)
{
    assert_true(slice_is(range->account_no, ACCOUNT));
    assert_int_equal(range->size, script.log_size);
    assert_int_equal(range->limit, STATEMENT_LINES_MAX + 1);
    script.after = range->after;
    *out = script.records;
    return handler_operation(call, "records", next);
}

struct step
store_find_items(struct call *call, const struct scope *scope, const struct item_place *places,
                 size_t count, struct stored_item *out, step_fn *next)
{
    assert_int_equal(scope->kind, SCOPE_OWNER);
    assert_true(count <= 1 || places[count - 1].entry_index - places[0].entry_index < 64);
    for (size_t i = 0; i < count; i++)
        out[i] = (struct stored_item){.place = places[i],
                                      .bytes = script.item,
                                      .path_count = script.proved.path_count,
                                      .path = script.proved.path};
    return handler_operation(call, "items", next);
}

struct step
ledger_prove(struct call *call, const struct stored_checkpoint *checkpoint, const uint64_t *indexes,
             size_t count, struct booked *booked, step_fn *next)
{
    struct slice entry = handler_entry(call_arena(call), 1700000000123456);

    assert_int_equal(checkpoint->size, script.log_size);
    for (size_t i = 0; i < count; i++)
        booked[i] = (struct booked){.entry_index = (int64_t)indexes[i],
                                    .booked_at_us = 1700000000123456,
                                    .entry = entry,
                                    .tlog_proof = script.proof};
    return handler_operation(call, "prove", next);
}

struct step
store_find_key_history(struct call *call, const struct text_list *institutions, uint64_t size,
                       int32_t limit, struct key_history *out, step_fn *next)
{
    assert_int_equal(size, script.log_size);
    assert_int_equal(limit, STATEMENT_KEY_RECORDS_MAX + 1);
    assert_int_equal(institutions->count, script.records.count > 0 ? 1 : 0);
    *out = script.histories[script.histories_read];
    script.histories_read += script.histories_read + 1 < script.history_count;
    return handler_operation(call, "key history", next);
}

struct step
notary_sign_statement(struct call *call, struct slice list, struct notary_signature *signature,
                      step_fn *next)
{
    assert_true(list.len > 0);
    *signature = (struct notary_signature){0};
    memset(signature->signature.bytes, 1, sizeof(signature->signature.bytes));
    return handler_operation(call, "sign list", next);
}

struct step
store_find_account(struct call *call, const struct scope *scope, struct slice account_no,
                   struct account_found *found, step_fn *next)
{
    (void)scope, (void)account_no;
    *found = (struct account_found){0};
    return handler_operation(call, "account", next);
}

/* ------------------------------------------------------------------ runs */

static struct item_place places[STATEMENT_LINES_MAX + 1];
static int32_t bytes[STATEMENT_LINES_MAX + 1];
static uint64_t key_entries[STATEMENT_KEY_RECORDS_MAX + 1];

#define ITEMS_EACH 64

/* So many records, 64 in a transaction, from entry 1 on. */
static void
have_records(size_t count, int32_t size)
{
    for (size_t i = 0; i < count; i++) {
        places[i] = (struct item_place){1 + (int64_t)i / ITEMS_EACH, (int32_t)i % ITEMS_EACH};
        bytes[i] = size;
    }
    script.records = (struct record_list){count, places, bytes};
}

static struct key_history
history(size_t count, int64_t size)
{
    return (struct key_history){.count = count, .bytes = size, .entries = key_entries};
}

static int
begin(void **state)
{
    (void)state;
    memset(&script, 0, sizeof(script));
    memset(&answer, 0, sizeof(answer));
    script.log_size = 2000;
    script.histories[0] = history(1, 200);
    script.history_count = 1;
    script.item = slice_text("item");
    script.proof = "proof";
    have_records(2, 200);
    return 0;
}

static int
end(void **state)
{
    (void)state;
    if (answer.list != NULL)
        creditbank__v1__statement_list__free_unpacked(answer.list, NULL);
    return 0;
}

static void
keep_answer(const struct call *call)
{
    const Creditbank__V1__GetStatementResponse *response = call->response;
    const Creditbank__V1__Statement *statement = response->statement;
    struct buffer json;

    answer.list =
        creditbank__v1__statement_list__unpack(NULL, statement->list.len, statement->list.data);
    assert_non_null(answer.list);
    assert_int_equal(answer.list->n_lines, statement->n_lines);
    for (size_t i = 0; i < statement->n_lines; i++) {
        assert_int_equal(answer.list->lines[i]->entry_index, script.records.places[i].entry_index);
        assert_int_equal(answer.list->lines[i]->item_index, script.records.places[i].item_index);
        assert_int_equal(statement->lines[i]->entry->entry_index,
                         script.records.places[i].entry_index);
        assert_int_equal(statement->lines[i]->item_index, script.records.places[i].item_index);
        assert_int_equal(statement->lines[i]->item.len, script.item.len);
    }
    answer.key_record_count = statement->n_key_records;
    buffer_init(&json, 2 * CALL_RESPONSE_MAX);
    assert_true(wire_json_print(&response->base, &json));
    answer.json_size = json.len;
    buffer_fini(&json);
}

static struct handler_seen
ask(const Creditbank__V1__GetStatementRequest *request)
{
    return handler_play(&(struct handler_run){&statement_get_statement_method, request, learner,
                                              &runtime, .check = keep_answer});
}

static struct handler_seen
ask_first(void)
{
    Creditbank__V1__GetStatementRequest request;

    creditbank__v1__get_statement_request__init(&request);
    return ask(&request);
}

/* The request for what stands behind a place; both are valid until the next one. */
static Creditbank__V1__GetStatementRequest *
behind(uint64_t entry_index, uint32_t item_index)
{
    static Creditbank__V1__GetStatementRequest request;
    static Creditbank__V1__StatementLine after;

    creditbank__v1__get_statement_request__init(&request);
    creditbank__v1__statement_line__init(&after);
    after.entry_index = entry_index;
    after.item_index = item_index;
    request.after = &after;
    return &request;
}

/* ------------------------------------------------------------------ tests */

static void
a_statement_is_made_under_one_checkpoint(void **state)
{
    Creditbank__V1__GetStatementRequest request;
    struct handler_run run = {&statement_get_statement_method, &request, .caller = learner,
                              .runtime = &runtime};

    (void)state;
    creditbank__v1__get_statement_request__init(&request);
    struct handler_seen seen = handler_play(&run);

    handler_expect(&seen, "checkpoint, records, items, prove, key history, prove, sign list");
    handler_play_mishaps(&run);
    request.disclose_identity = true;
    seen = handler_play(&run);
    handler_expect(&seen,
                   "checkpoint, records, items, prove, key history, prove, sign list, account");
    handler_play_mishaps(&run);
}

static void
a_bank_that_has_stopped_states_nothing(void **state)
{
    (void)state;
    script.stopped = "docs/operating.md#a-runbook";
    struct handler_seen seen = ask_first();

    assert_int_equal(seen.reason, REASON_LEDGER_STOPPED);
    handler_expect(&seen, "");
}

static void
what_fits_is_whole(void **state)
{
    (void)state;
    assert_int_equal(ask_first().status, STATUS_OK);
    assert_int_equal(script.after.entry_index, -1);
    assert_int_equal(answer.list->n_lines, 2);
    assert_null(answer.list->after);
    assert_false(answer.list->goes_on);
}

/* 100 transactions with two records each: the leaf hashes of 64 transactions, then of 36. */
static void
a_statement_reads_the_hashes_of_a_few_transactions_at_a_time(void **state)
{
    (void)state;
    have_records(200, 200);
    for (int i = 0; i < 200; i++)
        places[i] = (struct item_place){i / 2, i % 2};
    struct handler_seen seen = ask_first();

    assert_int_equal(answer.list->n_lines, 200);
    handler_expect(&seen,
                   "checkpoint, records, items, items, prove, key history, prove, sign list");
}

static void
a_part_says_that_more_records_follow(void **state)
{
    (void)state;
    have_records(STATEMENT_LINES_MAX + 1, 200);
    assert_int_equal(ask_first().status, STATUS_OK);
    assert_int_equal(answer.list->n_lines, STATEMENT_LINES_MAX);
    assert_null(answer.list->after);
    assert_true(answer.list->goes_on);
}

static void
a_further_part_has_what_stands_behind_and_says_behind_what(void **state)
{
    (void)state;
    assert_int_equal(ask(behind(1999, 999)).status, STATUS_OK);
    assert_int_equal(script.after.entry_index, 1999);
    assert_int_equal(script.after.item_index, 999);
    assert_non_null(answer.list->after);
    assert_int_equal(answer.list->after->entry_index, 1999);
    assert_int_equal(answer.list->after->item_index, 999);
    assert_false(answer.list->goes_on);
}

/* Behind the first item of all there are the others, and it is not the beginning. */
static void
the_first_place_of_the_log_is_a_place(void **state)
{
    (void)state;
    assert_int_equal(ask(behind(0, 0)).status, STATUS_OK);
    assert_int_equal(script.after.entry_index, 0);
    assert_non_null(answer.list->after);
}

static void
nothing_behind_is_a_part_too(void **state)
{
    (void)state;
    have_records(0, 0);
    assert_int_equal(ask(behind(1999, 0)).status, STATUS_OK);
    assert_int_equal(answer.list->n_lines, 0);
    assert_false(answer.list->goes_on);
}

static void
a_place_outside_the_log_is_refused(void **state)
{
    static const struct {
        uint64_t entry_index;
        uint32_t item_index;
        enum reason reason;
        const char *operations;
    } cases[] = {
        {(uint64_t)INT64_MAX + 1, 0, REASON_FIELD_RANGE, ""},
        {1, ITEMS_MAX, REASON_FIELD_RANGE, ""},
        {2000, 0, REASON_ENTRY_UNKNOWN, "checkpoint"},
        {INT64_MAX, 0, REASON_ENTRY_UNKNOWN, "checkpoint"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        struct handler_seen seen = ask(behind(cases[i].entry_index, cases[i].item_index));

        assert_int_equal(seen.reason, cases[i].reason);
        handler_expect(&seen, cases[i].operations);
    }
}

static void
identity_is_shown_with_the_first_part_only(void **state)
{
    Creditbank__V1__GetStatementRequest *request = behind(1, 0);

    (void)state;
    request->disclose_identity = true;
    assert_int_equal(ask(request).reason, REASON_STATEMENT_IDENTITY_PART);
}

/* The operator and a school, 256 keys registered and revoked by each, and the founding. */
static void
a_line_has_room_beside_all_keys_of_its_institution(void **state)
{
    (void)state;
    have_records(1, (int32_t)(ACCOUNT_ITEM_BYTES_MAX + ENTRY_BYTES_MAX));
    script.histories[0] =
        history(STATEMENT_KEY_RECORDS_MAX, (int64_t)STATEMENT_KEY_RECORDS_MAX * 1024);
    assert_int_equal(ask_first().status, STATUS_OK);
    assert_int_equal(answer.list->n_lines, 1);
    assert_false(answer.list->goes_on);
    assert_int_equal(answer.key_record_count, STATEMENT_KEY_RECORDS_MAX);
}

/* More keys than one institution may have are of several, of whom half the lines name fewer. */
static void
lines_make_room_for_the_keys_that_prove_them(void **state)
{
    (void)state;
    have_records(1000, 200);
    script.histories[0] = history(STATEMENT_KEY_RECORDS_MAX + 1, 200);
    script.histories[1] = history(1, 200);
    script.history_count = 2;
    struct handler_seen seen = ask_first();

    assert_int_equal(answer.list->n_lines, 500);
    assert_true(answer.list->goes_on);
    assert_int_equal(answer.key_record_count, 1);
    assert_string_equal(seen.operations[seen.operation_count - 4], "key history");
    assert_string_equal(seen.operations[seen.operation_count - 3], "key history");
}

/* Where most of the lines fit beside the keys, no more of them than need be are cut. */
static void
lines_fill_the_room_beside_the_keys(void **state)
{
    (void)state;
    have_records(1000, 200);
    script.histories[0] = history(600, (int64_t)600 * 400);
    assert_int_equal(ask_first().status, STATUS_OK);
    assert_in_range(answer.list->n_lines, 501, 999);
    assert_true(answer.list->goes_on);
}

/* It cannot be: rather refused than a part that promises more and has nothing. */
static void
no_part_goes_on_without_a_line(void **state)
{
    (void)state;
    have_records(2, 200);
    script.histories[0] = history(STATEMENT_KEY_RECORDS_MAX + 1, 200);
    assert_int_equal(ask_first().reason, REASON_INTERNAL_ERROR);
}

/* ------------------------------------------------------------------ the largest */

/* A proof of 32 hashes under a checkpoint of the longest name, all of it escaped in JSON. */
static const char *
longest_proof(struct arena *arena)
{
    char origin[129];
    struct hash root = {{7}};
    uint8_t signature[4 + 64] = {9};
    struct buffer note, text, base64;
    struct tlog_proof proof = {.index = UINT32_MAX, .path.count = 32};

    memset(origin, '"', 128);
    origin[128] = '\0';
    buffer_init(&note, NOTE_MAX);
    buffer_init(&text, TLOG_PROOF_MAX);
    buffer_init(&base64, 1024);
    assert_true(base64_encode(BASE64_STANDARD, hash_slice(&root), &base64));
    assert_true(buffer_printf(&note, "%s\n4294967296\n%.*s\n\n\u2014 %s ", origin, (int)base64.len,
                              (const char *)base64.at, origin));
    base64.len = 0;
    assert_true(base64_encode(BASE64_STANDARD, slice_make(signature, sizeof(signature)), &base64));
    assert_true(buffer_printf(&note, "%.*s\n", (int)base64.len, (const char *)base64.at));
    for (size_t i = 0; i < proof.path.count; i++)
        proof.path.hashes[i] = root;
    proof.checkpoint = buffer_slice(&note);
    assert_true(tlog_proof_format(&proof, &text));

    const char *made = arena_text(arena, buffer_slice(&text));

    buffer_fini(&note);
    buffer_fini(&text);
    buffer_fini(&base64);
    return made;
}

/* A log of 2^32 entries, with records in its last ones: what is counted is what JSON takes. */
static void
the_largest_part_fits_into_an_answer(void **state)
{
    static struct hash path[10];
    static const struct {
        size_t item_size, key_records;
        size_t least_lines, most_lines;
    } cases[] = {
        {100, 1, 1000, 1000},
        {400, 100, 1000, 1000},
        {1000, 1, 500, 999},
        {16384, 1, 100, 250},
        {16384, STATEMENT_KEY_RECORDS_MAX, 10, 100},
    };
    static uint8_t item[16384];
    struct arena *arena = arena_new((size_t)1 << 20);
    size_t entry_size = handler_entry(arena, 1700000000123456).len;

    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        size_t item_size = cases[i].item_size, keys_read = cases[i].key_records;

        end(state);
        begin(state);
        script.log_size = (uint64_t)1 << 32;
        script.proof = longest_proof(arena);
        script.item = slice_make(item, item_size);
        script.proved = (struct stored_item){.path_count = ARRAY_COUNT(path), .path = path};
        have_records(STATEMENT_LINES_MAX + 1, (int32_t)(item_size + entry_size));
        for (size_t j = 0; j < script.records.count; j++)
            places[j] = (struct item_place){(int64_t)UINT32_MAX - 20 + places[j].entry_index,
                                            900 + places[j].item_index};
        script.histories[0] = history(keys_read, (int64_t)(keys_read * entry_size));
        assert_int_equal(ask_first().status, STATUS_OK);
        assert_true(answer.list->goes_on);
        assert_in_range(answer.list->n_lines, cases[i].least_lines, cases[i].most_lines);
        assert_in_range(answer.json_size, 1, CALL_RESPONSE_MAX);
        /* And no room is left for nothing, where it is bytes that end the part. */
        if (cases[i].least_lines < STATEMENT_LINES_MAX)
            assert_true(answer.json_size > CALL_RESPONSE_MAX / 100 * 97);
    }
    arena_free(arena);
}

static int
setup(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(key_entries); i++)
        key_entries[i] = i;
    handler_open_runtime(&runtime);
    return 0;
}

static int
teardown(void **state)
{
    (void)state;
    handler_close_runtime(&runtime);
    return 0;
}

#define STATEMENT_TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        STATEMENT_TEST(a_statement_is_made_under_one_checkpoint),
        STATEMENT_TEST(a_bank_that_has_stopped_states_nothing),
        STATEMENT_TEST(what_fits_is_whole),
        STATEMENT_TEST(a_statement_reads_the_hashes_of_a_few_transactions_at_a_time),
        STATEMENT_TEST(a_part_says_that_more_records_follow),
        STATEMENT_TEST(a_further_part_has_what_stands_behind_and_says_behind_what),
        STATEMENT_TEST(the_first_place_of_the_log_is_a_place),
        STATEMENT_TEST(nothing_behind_is_a_part_too),
        STATEMENT_TEST(a_place_outside_the_log_is_refused),
        STATEMENT_TEST(identity_is_shown_with_the_first_part_only),
        STATEMENT_TEST(a_line_has_room_beside_all_keys_of_its_institution),
        STATEMENT_TEST(lines_make_room_for_the_keys_that_prove_them),
        STATEMENT_TEST(lines_fill_the_room_beside_the_keys),
        STATEMENT_TEST(no_part_goes_on_without_a_line),
        STATEMENT_TEST(the_largest_part_fits_into_an_answer),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
