/* What readers ask the database: each question is understood, and proofs are those of the tree. */
#include "consistency.h"
#include "core/item.h"
#include "crypto/tlog_proof.h"
#include "db.h"
#include "db/pool.h"
#include "flow/call_private.h"
#include "ledger/prove.h"
#include "store/account.h"
#include "store/application.h"
#include "store/catalogue.h"
#include "store/posted_outcome.h"
#include "store/rulebook.h"
#include "store/statement.h"

#include <stdio.h>
#include <stdlib.h>

#define LOG_SIZE_MAX 700

struct asked {
    step_fn *ask;
    void *arg;
    bool is_ended;
    enum status status;
    enum reason reason;
};

static struct runtime runtime;
static struct hash leaves[LOG_SIZE_MAX];

static struct step
start(struct call *call)
{
    const struct asked *asked = call_request(call);

    return asked->ask(call);
}

static struct step
done(struct call *call)
{
    return call_reply(call, "");
}

static const struct method method = {.name = "creditbank.v1.Test/Ask", .start = start};

static void
on_end(void *arg, const struct call *call)
{
    struct asked *asked = arg;

    asked->is_ended = true;
    asked->status = call->status;
    asked->reason = call->refusals.count > 0 ? call->refusals.first->reason : REASON_NONE;
}

static void *
arg_of(struct call *call)
{
    return ((const struct asked *)call_request(call))->arg;
}

/* Asks as an institution; what is answered lives until then only in `arg`. */
static struct asked
ask(struct fixture *fixture, step_fn *fn, void *arg)
{
    struct asked asked = {.ask = fn, .arg = arg};
    struct call *call = call_new(&method, &runtime, arena_new((size_t)64 << 20));

    call->request = &asked;
    call->caller = (struct caller){.kind = CALLER_INSTITUTION, .institution_id = "school-a"};
    call->on_end = on_end;
    call->on_end_arg = &asked;
    call_start(call, start);
    fixture_run_until(fixture, &asked.is_ended);
    return asked;
}

/* ------------------------------------------------------------------ a log */

static void
add_entry(struct blocking *db, uint64_t index)
{
    static const struct db_statement insert = {
        "insert_entry",
        "INSERT INTO log.entry (entry_index, leaf_hash, institution_id, request_id, booked_at_us,"
        " entry) VALUES ($1, $2, 'school-a', $3, 0, $4)",
    };
    struct arena *arena = arena_new((size_t)1 << 20);
    struct db_params *params = params_new(arena);
    struct slice entry = slice_text(arena_printf(arena, "entry %llu", (unsigned long long)index));

    leaves[index] = merkle_leaf(entry);
    params_add_int8(params, (int64_t)index);
    params_add_bytes(params, hash_slice(&leaves[index]));
    params_add_bytes(params, slice_text(arena_printf(arena, "%016llu", (unsigned long long)index)));
    params_add_bytes(params, entry);
    assert_true(blocking_run(db, &insert, params, NULL, NULL));
    arena_free(arena);
}

static void
add_subtree(struct blocking *db, const struct merkle_subtree *subtree)
{
    static const struct db_statement insert = {
        "insert_subtree",
        "INSERT INTO log.subtree (level, number, hash) VALUES ($1, $2, $3)",
    };
    struct arena *arena = arena_new((size_t)1 << 16);
    struct db_params *params = params_new(arena);

    params_add_int4(params, (int32_t)subtree->level);
    params_add_int8(params, (int64_t)subtree->number);
    params_add_bytes(params, hash_slice(&subtree->hash));
    assert_true(blocking_run(db, &insert, params, NULL, NULL));
    arena_free(arena);
}

static void
fill_log(struct blocking *db)
{
    struct merkle_edge edge = {0};
    struct merkle_completed completed;

    assert_true(blocking_script(db, "BEGIN"));
    for (uint64_t i = 0; i < LOG_SIZE_MAX; i++) {
        add_entry(db, i);
        merkle_edge_append(&edge, &leaves[i], &completed);
        for (size_t j = 0; j < completed.count; j++)
            add_subtree(db, &completed.subtrees[j]);
    }
    assert_true(blocking_script(db, "INSERT INTO log.checkpoint (size, note) VALUES"
                                    " (300, 'older'), (700, 'newer'); COMMIT"));
    assert_true(blocking_script(db, "INSERT INTO log.item (entry_index, item_index, account_no,"
                                    " item) VALUES (20, 0, '12345678901234', 'a'),"
                                    " (20, 1, '98765432109870', 'b'),"
                                    " (20, 3, '12345678901234', 'cde'),"
                                    " (100, 2, '12345678901234', 'f'),"
                                    " (650, 0, '12345678901234', 'g')"));
}

static int
setup(void **state)
{
    struct conn_config config;
    struct fixture *fixture;
    struct blocking *db;

    if (fixture_setup(state) != 0)
        return 1;
    fixture = *state;
    db = fixture_open_bank(fixture);
    if (db == NULL)
        return 1;
    fill_log(db);
    blocking_close(db);
    config = conn_config_default(fixture->conninfo, "test");
    runtime.pool = pool_new(
        fixture->base,
        &(struct pool_config){.conn_count = 1, .queue_max = 4, .queue_wait_ms = 10000}, &config);
    return 0;
}

static int
teardown(void **state)
{
    pool_free(runtime.pool);
    return fixture_teardown(state);
}

/* ------------------------------------------------------------------ questions */

static struct rows rows[4];
static struct rulebook_rows rulebook_rows;
static struct application application;
static struct application_lines application_lines;
static struct scope owner = {SCOPE_OWNER, {(const uint8_t *)"12345678901234", 14}};
static struct valid_outcomes valid_outcomes = {
    .account_no = {(const uint8_t *)"12345678901234", 14}, .limit = 10};
static struct record_list records;
static struct key_history history;
static struct stored_item stored_item;
static struct stored_entries entries;
static bool found;

static struct step
ask_institutions(struct call *call)
{
    return store_list_institutions(call, 3, slice_text(""), 11, &rows[0], done);
}

static struct step
ask_institution(struct call *call)
{
    return store_look_up_institution(call, slice_text("school-a"), &rows[0], &rows[1], done);
}

static struct step
ask_certificates(struct call *call)
{
    return store_list_certificates(call, slice_text(""), slice_text(""), 11, &rows[0], done);
}

static struct step
ask_recording_rules(struct call *call)
{
    return store_list_recording_rules(call, &rows[0], done);
}

static struct step
ask_periods_over(struct call *call)
{
    return store_list_periods_over(call, 20000, 50, &rows[0], done);
}

static struct step
ask_calendar_days(struct call *call)
{
    return store_list_calendar_days(call, 2025, &rows[0], done);
}

static struct step
ask_programmes(struct call *call)
{
    struct programme_key after = {slice_text("school-a"), slice_text("")};

    return store_list_programmes(call, &after, 11, &rows[0], done);
}

static struct step
ask_programme(struct call *call)
{
    struct programme_key key = {slice_text("school-a"), slice_text("p")};

    return store_look_up_programme(call, &key, &rows[0], &rows[1], done);
}

static struct step
ask_rulebooks(struct call *call)
{
    struct rulebook_key after = {slice_text("school-a"), slice_text(""), 0};

    return store_list_rulebooks(call, &after, 11, &rows[0], done);
}

static struct step
ask_rulebook(struct call *call)
{
    struct rulebook_key key = {slice_text("school-a"), slice_text("r"), 0};

    return store_look_up_rulebook(call, &key, &rulebook_rows, done);
}

static struct step
ask_application(struct call *call)
{
    struct scope scope = scope_of(call);

    return store_find_application(call, &scope, slice_text("A"), &application, done);
}

static struct step
ask_own_application(struct call *call)
{
    return store_find_application(call, &owner, slice_text("A"), &application, done);
}

static struct step
ask_applications(struct call *call)
{
    struct application_page page = {.scope = scope_of(call), .after_entry = -1, .limit = 11};

    return store_list_applications(call, &page, &rows[0], done);
}

static struct step
ask_own_applications(struct call *call)
{
    struct application_page page = {.scope = owner, .after_entry = -1, .limit = 11};

    return store_list_applications(call, &page, &rows[0], done);
}

static struct step
ask_application_lines(struct call *call)
{
    struct application one = {.application_no = slice_text("A")};

    return store_list_application_lines(call, &(struct rows){1, &one}, &application_lines, done);
}

static struct step
ask_application_moves(struct call *call)
{
    struct application one = {.application_no = slice_text("A"), .account_no = owner.id};
    struct scope scope = scope_of(call);

    return store_list_application_moves(call, &scope, &one, &rows[0], done);
}

static struct step
ask_valid_outcomes(struct call *call)
{
    struct scope scope = scope_of(call);

    return store_list_valid_outcomes(call, &scope, &valid_outcomes, done);
}

static struct step
ask_posted_outcomes(struct call *call)
{
    struct slice number = slice_text("n-1");

    return store_list_posted_outcomes(call, slice_text("school-a"), &(struct text_list){1, &number},
                                      &rows[0], done);
}

static struct step
ask_records(struct call *call)
{
    struct record_range range = {
        .account_no = owner.id, .size = 700, .after = RECORDS_FROM_FIRST, .limit = 11};

    return store_list_records(call, &range, &records, done);
}

static struct step
ask_key_history(struct call *call)
{
    struct slice id = slice_text("school-a");

    return store_find_key_history(call, &(struct text_list){1, &id}, 700, 11, &history, done);
}

static struct step
ask_items(struct call *call)
{
    static const struct item_place place = {3, 0};
    struct scope scope = scope_of(call);

    return store_find_items(call, &scope, &place, 1, &stored_item, done);
}

static struct step
ask_entries(struct call *call)
{
    return store_list_entries(call, 10, 5, 20, &entries, done);
}

static struct step
ask_request(struct call *call)
{
    return store_has_request(call, slice_text("school-a"), slice_text("0000000000000007"), &found,
                             done);
}

static void
every_question_is_understood(void **state)
{
    static const struct {
        step_fn *ask;
        enum reason reason;
    } questions[] = {
        {ask_institutions, REASON_NONE},
        {ask_institution, REASON_NONE},
        {ask_certificates, REASON_NONE},
        {ask_recording_rules, REASON_NONE},
        {ask_periods_over, REASON_NONE},
        {ask_calendar_days, REASON_NONE},
        {ask_programmes, REASON_NONE},
        {ask_programme, REASON_NONE},
        {ask_rulebooks, REASON_NONE},
        {ask_rulebook, REASON_NONE},
        {ask_application, REASON_APPLICATION_UNKNOWN},
        {ask_own_application, REASON_APPLICATION_UNKNOWN},
        {ask_applications, REASON_NONE},
        {ask_own_applications, REASON_NONE},
        {ask_application_lines, REASON_NONE},
        {ask_application_moves, REASON_NONE},
        {ask_valid_outcomes, REASON_ACCOUNT_UNKNOWN},
        {ask_posted_outcomes, REASON_NONE},
        {ask_records, REASON_NONE},
        {ask_key_history, REASON_LOG_NOT_FOUNDED},
        {ask_items, REASON_NONE},
        {ask_entries, REASON_NONE},
        {ask_request, REASON_NONE},
    };

    for (size_t i = 0; i < ARRAY_COUNT(questions); i++) {
        struct asked asked = ask(*state, questions[i].ask, NULL);

        if (asked.reason != questions[i].reason)
            fail_msg("question %zu: %s", i, reason_text(asked.reason)->code);
    }
    assert_true(found);
    assert_int_equal(stored_item.bytes.len, 0);
    assert_int_equal(entries.count, 2); /* "entry 10" and "entry 11" are 16 bytes of 20 */
}

/* ------------------------------------------------------------------ records */

#define LISTED_MAX 4

struct listing {
    struct record_range range;
    struct record_list list;
    size_t count; /* what was listed */
    struct item_place places[LISTED_MAX];
    int32_t bytes[LISTED_MAX];
};

static struct step
keep_listing(struct call *call)
{
    struct listing *listing = arg_of(call);

    listing->count = listing->list.count;
    assert_true(listing->count <= LISTED_MAX);
    for (size_t i = 0; i < listing->count; i++) {
        listing->places[i] = listing->list.places[i];
        listing->bytes[i] = listing->list.bytes[i];
    }
    return done(call);
}

static struct step
ask_listing(struct call *call)
{
    struct listing *listing = arg_of(call);

    return store_list_records(call, &listing->range, &listing->list, keep_listing);
}

static void
records_are_listed_behind_a_place(void **state)
{
    /* Of the account's in entries 20, 20, 100 and 650: from which on, and how many. */
    static const struct {
        struct item_place after;
        uint64_t size;
        int32_t limit;
        size_t first, count;
    } cases[] = {
        {{-1, 0}, 700, 4, 0, 4},  {{-1, 0}, 700, 3, 0, 3},   {{-1, 0}, 650, 4, 0, 3},
        {{0, 0}, 700, 4, 0, 4},   {{20, 0}, 700, 4, 1, 3},   {{20, 1}, 700, 4, 1, 3},
        {{20, 3}, 700, 4, 2, 2},  {{20, 999}, 700, 1, 2, 1}, {{99, 999}, 700, 4, 2, 2},
        {{100, 2}, 700, 4, 3, 1}, {{650, 0}, 700, 4, 4, 0},  {{100, 2}, 650, 4, 3, 0},
    };
    static const struct item_place places[] = {{20, 0}, {20, 3}, {100, 2}, {650, 0}};
    static const int32_t bytes[] = {1 + 8, 3 + 8, 1 + 9, 1 + 9}; /* and "entry 20" … */

    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        struct listing listing = {.range = {.account_no = owner.id,
                                            .size = cases[i].size,
                                            .after = cases[i].after,
                                            .limit = cases[i].limit}};

        assert_int_equal(ask(*state, ask_listing, &listing).status, STATUS_OK);
        assert_int_equal(listing.count, cases[i].count);
        for (size_t j = 0; j < listing.count; j++) {
            assert_int_equal(listing.places[j].entry_index, places[cases[i].first + j].entry_index);
            assert_int_equal(listing.places[j].item_index, places[cases[i].first + j].item_index);
            assert_int_equal(listing.bytes[j], bytes[cases[i].first + j]);
        }
    }
}

/* ------------------------------------------------------------------ proofs */

struct proving {
    uint64_t size;
    uint64_t indexes[LOG_SIZE_MAX];
    struct booked booked[LOG_SIZE_MAX];
    struct stored_checkpoint checkpoint;
    size_t count;
    uint64_t older;
    struct merkle_proof proof;
};

static struct step
check_proofs(struct call *call)
{
    const struct proving *p = arg_of(call);
    struct merkle_head head = {p->size, merkle_root(leaves, p->size)};

    for (size_t i = 0; i < p->count; i++) {
        struct tlog_proof proof;

        assert_null(tlog_proof_parse(slice_text(p->booked[i].tlog_proof), &proof));
        assert_int_equal(proof.index, p->indexes[i]);
        assert_true(
            merkle_verify_inclusion(&head, proof.index, &leaves[p->indexes[i]], &proof.path));
    }
    return done(call);
}

static struct step
ask_proofs(struct call *call)
{
    struct proving *p = arg_of(call);

    return ledger_prove(call, &p->checkpoint, p->indexes, p->count, p->booked, check_proofs);
}

static struct step
ask_consistency(struct call *call)
{
    struct proving *p = arg_of(call);

    return ledger_prove_consistency(call, p->older, p->size, &p->proof, done);
}

static const uint64_t sizes[] = {1, 2, 3, 100, 255, 256, 257, 300, 511, 512, 513, 699, 700};

static void
every_entry_is_proved_under_every_size(void **state)
{
    static struct proving p;

    for (size_t i = 0; i < ARRAY_COUNT(sizes); i++) {
        p = (struct proving){.size = sizes[i], .count = sizes[i]};
        p.checkpoint =
            (struct stored_checkpoint){sizes[i], slice_text("a\n\n\xe2\x80\x94 a AAAAAAA=\n")};
        for (uint64_t j = 0; j < p.count; j++)
            p.indexes[j] = p.count - 1 - j;
        assert_int_equal(ask(*state, ask_proofs, &p).status, STATUS_OK);
    }
}

static void
one_log_continues_another(void **state)
{
    static struct proving p;

    for (size_t i = 0; i < ARRAY_COUNT(sizes); i++) {
        for (size_t j = 0; j <= i; j++) {
            struct merkle_head older = {sizes[j], merkle_root(leaves, sizes[j])};
            struct merkle_head newer = {sizes[i], merkle_root(leaves, sizes[i])};

            p = (struct proving){.size = sizes[i], .older = sizes[j]};
            assert_int_equal(ask(*state, ask_consistency, &p).status, STATUS_OK);
            assert_true(consistency_holds(&older, &newer, &p.proof));
        }
    }
}

static void
what_no_checkpoint_covers_is_not_proved(void **state)
{
    static struct proving p = {.count = 1, .indexes = {300}, .checkpoint = {.size = 300}};

    assert_int_equal(ask(*state, ask_proofs, &p).reason, REASON_NOT_SIGNED_YET);
    p.indexes[0] = 700;
    assert_int_equal(ask(*state, ask_proofs, &p).reason, REASON_ENTRY_UNKNOWN);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_question_is_understood),
        cmocka_unit_test(records_are_listed_behind_a_place),
        cmocka_unit_test(every_entry_is_proved_under_every_size),
        cmocka_unit_test(one_log_continues_another),
        cmocka_unit_test(what_no_checkpoint_covers_is_not_proved),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
