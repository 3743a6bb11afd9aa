/* api: the handlers of AccountService, against scripted operations. */
#include "handler.h"

#include "api/activation_code.h"
#include "api/credentials.h"
#include "api/methods.h"
#include "base/arena.h"
#include "base/clock.h"
#include "core/code.h"
#include "core/item.h"
#include "creditbank/v1/account_service.pb-c.h"
#include "crypto/crypto.h"
#include "store/account.h"
#include "store/outcome.h"
#include "store/person.h"
#include "store/session.h"

#include <stdio.h>
#include <string.h>

#define ACCOUNT "12345678901237"

/* What the operations were asked for, and what they give. */
static struct {
    struct scope scope;
    char account_no[ACCOUNT_NO_MAX + 1];
    int32_t limit;
    char after[3][64];
    size_t row_count;
    const struct sealed_identity *person;
    bool has_person;

    /* persons */
    const char *known_name; /* of everybody who is looked up; NULL: nobody is known */
    int64_t mismatches;     /* that were counted */
} script;

static struct identity_keys keys;
static struct credentials *credentials;
static struct runtime runtime;
static struct arena *script_arena;

static void
note_text(char *to, size_t size, struct slice text)
{
    snprintf(to, size, "%.*s", (int)text.len, (const char *)text.at);
}

/* ------------------------------------------------------------------ operations */

static struct sealed_identity
seal_person(const char *name, struct slice account_no)
{
    struct identity identity = {DOCUMENT_PASSPORT, slice_text("E12345678"), slice_text(name),
                                .salts = {{1}, {2}, {3}}};

    return identity_seal(&identity, account_no, &keys, script_arena);
}

struct step
store_find_account(struct call *call, const struct scope *scope, struct slice account_no,
                   struct account_found *found, step_fn *next)
{
    script.scope = *scope;
    note_text(script.account_no, sizeof(script.account_no), account_no);
    found->row.account_no = slice_text(ACCOUNT);
    found->row.state = ACCOUNT_ACTIVE;
    found->row.opened_by = slice_text("school-a");
    found->row.open_time_us = 1700000000000000;
    found->has_person = script.has_person;
    if (script.has_person)
        found->person = seal_person("王小明", slice_text(ACCOUNT));
    return handler_operation(call, "find account", next);
}

struct step
store_list_exemptions(struct call *call, const struct scope *scope, struct slice account_no,
                      struct exemption_list *list, step_fn *next)
{
    (void)scope;
    note_text(script.account_no, sizeof(script.account_no), account_no);
    *list = (struct exemption_list){0};
    return handler_operation(call, "list exemptions", next);
}

struct step
store_list_enrolments(struct call *call, const struct enrolment_page *page, struct rows *out,
                      step_fn *next)
{
    struct enrolment *rows = arena_array(call_arena(call), script.row_count, sizeof(*rows));

    script.limit = page->limit;
    note_text(script.after[0], sizeof(script.after[0]), page->after);
    for (size_t i = 0; i < script.row_count; i++) {
        rows[i].student_no = slice_text(arena_printf(call_arena(call), "S%zu", i));
        rows[i].end_date = DATE_OPEN;
    }
    *out = (struct rows){script.row_count, rows};
    return handler_operation(call, "list enrolments", next);
}

struct step
store_find_enrolments(struct call *call, struct slice school_id,
                      const struct text_list *student_nos, struct rows *out, step_fn *next)
{
    assert_true(slice_is(school_id, "school-a"));
    assert_int_equal(student_nos->count, 2);
    *out = (struct rows){0};
    return handler_operation(call, "find enrolments", next);
}

struct step
store_list_looks(struct call *call, struct slice account_no, int64_t before, int32_t limit,
                 struct look_list *list, step_fn *next)
{
    note_text(script.account_no, sizeof(script.account_no), account_no);
    snprintf(script.after[0], sizeof(script.after[0]), "%lld", (long long)before);
    script.limit = limit;
    list->count = script.row_count;
    list->looks = arena_array(call_arena(call), script.row_count, sizeof(*list->looks));
    for (size_t i = 0; i < script.row_count; i++)
        list->looks[i].look_no = 1000 - (int64_t)i;
    return handler_operation(call, "list looks", next);
}

struct step
store_list_outcomes(struct call *call, const struct scope *scope, const struct outcome_page *page,
                    struct outcome_list *list, step_fn *next)
{
    script.scope = *scope;
    script.limit = page->limit;
    snprintf(script.after[0], sizeof(script.after[0]), "%d", page->after_date);
    note_text(script.after[1], sizeof(script.after[1]), page->after_institution);
    note_text(script.after[2], sizeof(script.after[2]), page->after_outer_id);
    list->count = script.row_count;
    list->outcomes = arena_array(call_arena(call), script.row_count, sizeof(*list->outcomes));
    for (size_t i = 0; i < script.row_count; i++) {
        struct outcome *row = &list->outcomes[i].row;

        row->institution_id = slice_text("school-a");
        row->outer_id = slice_text(arena_printf(call_arena(call), "R%zu", i));
        row->outcome_date = 20000;
        row->expiry_date = DATE_OPEN;
    }
    return handler_operation(call, "list outcomes", next);
}

struct step
store_find_holders(struct call *call, const struct scope *scope, struct slice account_no,
                   struct outcome_list *list, step_fn *next)
{
    (void)scope, (void)account_no;
    assert_int_equal(list->count, script.row_count);
    return handler_operation(call, "find holders", next);
}

struct step
store_list_outcome_versions(struct call *call, const struct scope *scope,
                            const struct outcome_key *key, struct outcome_list *list, step_fn *next)
{
    (void)scope;
    note_text(script.account_no, sizeof(script.account_no), key->account_no);
    *list = (struct outcome_list){0};
    return handler_operation(call, "list versions", next);
}

static void
find_person(struct person *person, const char *name, struct slice account_no)
{
    person->found = true;
    person->account_no = account_no;
    person->sealed = seal_person(name, account_no);
}

static const struct hash no_hash;

struct step
store_count_identities(struct call *call, int64_t count, step_fn *next)
{
    assert_true(count >= 1);
    return handler_operation(call, "count identities", next);
}

struct step
store_count_mismatches(struct call *call, int64_t count, step_fn *next)
{
    script.mismatches = count;
    return handler_operation(call, "count mismatches", next);
}

struct step
store_look_up_persons(struct call *call, struct person_list *list, step_fn *next)
{
    for (size_t i = 0; i < list->count && script.known_name != NULL; i++)
        if (!hash_equal(&list->persons[i].index_hash, &no_hash))
            find_person(&list->persons[i], script.known_name, slice_text(ACCOUNT));
    return handler_operation(call, "look up persons", next);
}

struct step
store_issue_codes(struct call *call, struct slice school_id, struct code_list *list, step_fn *next)
{
    assert_true(slice_is(school_id, "school-a"));
    for (size_t i = 0; i < list->count; i += 2)
        list->codes[i].is_issued = true;
    return handler_operation(call, "issue codes", next);
}

/* credentials.c waits for these; no handler here does. */
struct step
store_find_session(struct call *call, const struct hash *token_hash, struct session *session,
                   step_fn *next)
{
    (void)token_hash, (void)session;
    return handler_operation(call, "find session", next);
}

/* ------------------------------------------------------------------ callers */

static struct handler_run
run_as(const struct method *method, const void *request, enum caller_kind kind)
{
    struct handler_run run = {.method = method, .request = request, .runtime = &runtime};

    run.caller.kind = kind;
    if (kind == CALLER_LEARNER)
        snprintf(run.caller.account_no, sizeof(run.caller.account_no), ACCOUNT);
    else
        snprintf(run.caller.institution_id, sizeof(run.caller.institution_id), "school-a");
    return run;
}

static int
setup(void **state)
{
    (void)state;
    memset(&script, 0, sizeof(script));
    script_arena = arena_new((size_t)1 << 20);
    keys = (struct identity_keys){.epoch_count = 1};
    keys.epochs[0].number = 1;
    credentials = credentials_new(&(struct credentials_config){
        .log_origin = "bank.example.cn/log", .operator_id = "bank", .identity_keys = &keys});
    runtime.credentials = credentials;
    return 0;
}

static int
teardown(void **state)
{
    (void)state;
    credentials_free(credentials);
    arena_free(script_arena);
    return 0;
}

/* ------------------------------------------------------------------ GetAccount */

static void
check_whole(const struct call *call)
{
    const Creditbank__V1__GetAccountResponse *response = call->response;

    assert_string_equal(response->account->account_no, ACCOUNT);
    assert_string_equal(response->account->name, "王小明");
    assert_string_equal(response->account->document_number, "E12345678");
    assert_string_equal(response->account->opened_by, "school-a");
}

static void
check_masked(const struct call *call)
{
    const Creditbank__V1__GetAccountResponse *response = call->response;

    assert_string_equal(response->account->name, "王*");
    assert_string_equal(response->account->document_number, "E*******8");
    assert_string_equal(response->account->opened_by, "");
}

static void
the_owner_sees_her_name_and_others_a_mask(void **state)
{
    Creditbank__V1__GetAccountRequest req;
    struct handler_run run = run_as(&account_get_account_method, &req, CALLER_LEARNER);
    struct handler_seen seen;

    (void)state;
    creditbank__v1__get_account_request__init(&req);
    script.has_person = true;
    run.check = check_whole;
    seen = handler_play(&run);
    assert_int_equal(seen.status, STATUS_OK);
    assert_string_equal(script.account_no, ACCOUNT); /* an empty name is her own */
    assert_int_equal(script.scope.kind, SCOPE_OWNER);
    handler_expect(&seen, "find account");
    handler_play_mishaps(&run);

    run = run_as(&account_get_account_method, &req, CALLER_INSTITUTION);
    req.account_no = (char *)(uintptr_t)ACCOUNT;
    run.check = check_masked;
    assert_int_equal(handler_play(&run).status, STATUS_OK);
    assert_int_equal(script.scope.kind, SCOPE_INSTITUTION);
}

static void
an_account_out_of_scope_answers_as_an_absent_one(void **state)
{
    Creditbank__V1__GetAccountRequest req;
    struct handler_run run = run_as(&account_get_account_method, &req, CALLER_INSTITUTION);
    struct handler_seen seen;

    (void)state;
    creditbank__v1__get_account_request__init(&req);
    req.account_no = (char *)(uintptr_t)ACCOUNT;
    run.refuse_with = REASON_ACCOUNT_UNKNOWN;
    seen = handler_play(&run);
    assert_int_equal(seen.status, STATUS_NOT_FOUND);
    assert_int_equal(seen.reason, REASON_ACCOUNT_UNKNOWN);
}

/* ------------------------------------------------------------------ pages */

static char next_token[256];

static void
keep_outcomes_token(const struct call *call)
{
    const Creditbank__V1__ListOutcomesResponse *response = call->response;

    snprintf(next_token, sizeof(next_token), "%s", response->next_page_token);
    assert_int_equal(response->n_outcomes, script.row_count < 2 ? script.row_count : 2);
}

static void
outcomes_come_page_by_page(void **state)
{
    Creditbank__V1__ListOutcomesRequest req;
    struct handler_run run = run_as(&account_list_outcomes_method, &req, CALLER_LEARNER);

    (void)state;
    creditbank__v1__list_outcomes_request__init(&req);
    run.check = keep_outcomes_token;
    req.page_size = 2;
    script.row_count = 3; /* one more than a page: another follows */
    assert_int_equal(handler_play(&run).status, STATUS_OK);
    assert_int_equal(script.limit, 3);
    assert_string_equal(script.after[0], "2147483647");
    assert_string_not_equal(next_token, "");

    req.page_token = next_token;
    script.row_count = 2;
    assert_int_equal(handler_play(&run).status, STATUS_OK);
    assert_string_equal(script.after[0], "20000");
    assert_string_equal(script.after[1], "school-a");
    assert_string_equal(script.after[2], "R1");
    assert_string_equal(next_token, "");
    run.check = NULL;
    req.page_token = (char *)(uintptr_t) "";
    handler_play_mishaps(&run);
}

static void
a_foreign_page_token_is_refused(void **state)
{
    /* The last is of this method and has three keys, the first of which is no date. */
    static const char *const tokens[] = {
        "x",
        "AAAA",
        "AXgBeAF4",
        "!!!!",
        "AA==",
        "AAAAAA",
        "KWNyZWRpdGJhbmsudjEuQWNjb3VudFNlcnZpY2UvTGlzdE91dGNvbWVzAXgBeAF4"};
    Creditbank__V1__ListOutcomesRequest req;
    struct handler_run run = run_as(&account_list_outcomes_method, &req, CALLER_LEARNER);

    (void)state;
    creditbank__v1__list_outcomes_request__init(&req);
    for (size_t i = 0; i < ARRAY_COUNT(tokens); i++) {
        struct handler_seen seen;

        req.page_token = (char *)(uintptr_t)tokens[i];
        seen = handler_play(&run);
        assert_int_equal(seen.reason, REASON_PAGE_TOKEN_WRONG);
        assert_int_equal(seen.operation_count, 0);
    }
    req.page_token = (char *)(uintptr_t) "";
    req.page_size = 1001;
    assert_int_equal(handler_play(&run).reason, REASON_FIELD_RANGE);
    req.page_size = -1;
    assert_int_equal(handler_play(&run).reason, REASON_FIELD_RANGE);
}

static void
keep_enrolments_token(const struct call *call)
{
    const Creditbank__V1__ListEnrolmentsResponse *response = call->response;

    snprintf(next_token, sizeof(next_token), "%s", response->next_page_token);
}

static void
enrolments_and_looks_come_page_by_page(void **state)
{
    Creditbank__V1__ListEnrolmentsRequest req;
    Creditbank__V1__ListAccessRecordsRequest looks;
    struct handler_run run = run_as(&account_list_enrolments_method, &req, CALLER_INSTITUTION);

    (void)state;
    creditbank__v1__list_enrolments_request__init(&req);
    creditbank__v1__list_access_records_request__init(&looks);
    run.check = keep_enrolments_token;
    script.row_count = 101;
    assert_int_equal(handler_play(&run).status, STATUS_OK);
    req.page_token = next_token;
    script.row_count = 1;
    assert_int_equal(handler_play(&run).status, STATUS_OK);
    assert_string_equal(script.after[0], "S99");
    handler_play_mishaps(&run);

    run = run_as(&account_list_access_records_method, &looks, CALLER_LEARNER);
    assert_int_equal(handler_play(&run).status, STATUS_OK);
    assert_string_equal(script.after[0], "9223372036854775807");
    assert_string_equal(script.account_no, ACCOUNT);
    handler_play_mishaps(&run);
}

static void
keep_looks_token(const struct call *call)
{
    const Creditbank__V1__ListAccessRecordsResponse *response = call->response;

    snprintf(next_token, sizeof(next_token), "%s", response->next_page_token);
}

/* Both lists have one key, and a student number may be a number too. */
static void
a_page_token_of_another_list_is_refused(void **state)
{
    Creditbank__V1__ListAccessRecordsRequest looks;
    Creditbank__V1__ListEnrolmentsRequest enrolments;
    struct handler_run run = run_as(&account_list_access_records_method, &looks, CALLER_LEARNER);

    (void)state;
    creditbank__v1__list_access_records_request__init(&looks);
    creditbank__v1__list_enrolments_request__init(&enrolments);
    run.check = keep_looks_token;
    script.row_count = 101;
    assert_int_equal(handler_play(&run).status, STATUS_OK);
    looks.page_token = enrolments.page_token = next_token;
    run.check = NULL;
    assert_int_equal(handler_play(&run).status, STATUS_OK);
    run = run_as(&account_list_enrolments_method, &enrolments, CALLER_INSTITUTION);
    assert_int_equal(handler_play(&run).reason, REASON_PAGE_TOKEN_WRONG);
}

static void
the_simple_lists_ask_once(void **state)
{
    Creditbank__V1__ListExemptionsRequest exemptions;
    Creditbank__V1__ListOutcomeVersionsRequest versions;
    Creditbank__V1__BatchGetEnrolmentsRequest batch;
    char *numbers[] = {(char *)(uintptr_t) "1", (char *)(uintptr_t) "2"};
    struct handler_run run;

    (void)state;
    creditbank__v1__list_exemptions_request__init(&exemptions);
    creditbank__v1__list_outcome_versions_request__init(&versions);
    creditbank__v1__batch_get_enrolments_request__init(&batch);
    run = run_as(&account_list_exemptions_method, &exemptions, CALLER_LEARNER);
    handler_play_mishaps(&run);
    run = run_as(&account_list_outcome_versions_method, &versions, CALLER_LEARNER);
    handler_play_mishaps(&run);
    run = run_as(&account_batch_get_enrolments_method, &batch, CALLER_INSTITUTION);
    assert_int_equal(handler_play(&run).reason, REASON_FIELD_RANGE);
    batch.n_student_nos = 2;
    batch.student_nos = numbers;
    handler_play_mishaps(&run);
    batch.n_student_nos = 1001;
    assert_int_equal(handler_play(&run).reason, REASON_FIELD_RANGE);
}

/* ------------------------------------------------------------------ ResolveIdentities */

static struct resolved {
    char account_no[ACCOUNT_NO_MAX + 1], reason[64];
    bool unopened;
    size_t commitments;
    struct identity sealed; /* opened again */
} resolved;

/* What is sealed is she, for this account, and the commitments are to her. */
static void
check_sealed(const Creditbank__V1__ResolvedIdentity *from)
{
    struct slice bytes = slice_make(from->sealed_person.data, from->sealed_person.len);
    struct hash commitments[IDENTITY_FIELDS];
    struct sealed_identity sealed;

    assert_true(code_is_account_no(slice_text(from->account_no)));
    assert_true(identity_unpack(bytes, &sealed));
    assert_true(identity_open(&sealed, slice_text(from->account_no), &keys, script_arena,
                              &resolved.sealed));
    assert_int_equal(from->n_commitments, IDENTITY_FIELDS);
    identity_commit(&resolved.sealed, commitments);
    for (size_t i = 0; i < IDENTITY_FIELDS; i++) {
        assert_int_equal(from->commitments[i]->field, i + 1);
        assert_memory_equal(from->commitments[i]->hash.data, commitments[i].bytes, HASH_SIZE);
    }
}

static void
keep_resolved(const struct call *call)
{
    const Creditbank__V1__ResolveIdentitiesResponse *response = call->response;
    const Creditbank__V1__ResolvedIdentity *first = response->identities[0];

    snprintf(resolved.account_no, sizeof(resolved.account_no), "%s", first->account_no);
    snprintf(resolved.reason, sizeof(resolved.reason), "%s", first->reason);
    resolved.unopened = first->unopened;
    resolved.commitments = first->n_commitments;
    if (first->unopened)
        check_sealed(first);
    else
        assert_int_equal(first->sealed_person.len, 0);
}

static struct handler_seen
resolve(const char *number, const char *name)
{
    static Creditbank__V1__Identity identity;
    static Creditbank__V1__Identity *identities[] = {&identity};
    static Creditbank__V1__ResolveIdentitiesRequest req;
    struct handler_run run;

    creditbank__v1__identity__init(&identity);
    creditbank__v1__resolve_identities_request__init(&req);
    identity.document_type = CREDITBANK__V1__DOCUMENT_TYPE__DOCUMENT_TYPE_PASSPORT;
    identity.document_number = (char *)(uintptr_t)number;
    identity.name = (char *)(uintptr_t)name;
    req.n_identities = 1;
    req.identities = identities;
    run = run_as(&account_resolve_identities_method, &req, CALLER_INSTITUTION);
    run.check = keep_resolved;
    return handler_play(&run);
}

static void
a_person_without_an_account_is_sealed_and_not_stored(void **state)
{
    struct handler_seen seen;
    char first[ACCOUNT_NO_MAX + 1];

    (void)state;
    clock_set_us(1700000000000000);
    seen = resolve("e12345678", "王小明");
    clock_set_us(-1);
    handler_expect(&seen, "count identities, look up persons");
    assert_string_equal(resolved.reason, "");
    assert_true(resolved.unopened);
    assert_true(slice_is(resolved.sealed.number, "E12345678"));
    assert_true(slice_is(resolved.sealed.name, "王小明"));
    assert_int_equal(resolved.sealed.seal_time_us, 1700000000000000);

    /* The number is drawn, not made of the document. */
    snprintf(first, sizeof(first), "%s", resolved.account_no);
    (void)resolve("E12345678", "王小明");
    assert_string_not_equal(resolved.account_no, first);
}

static void
check_rows_of_one_document(const struct call *call)
{
    const Creditbank__V1__ResolveIdentitiesResponse *response = call->response;
    Creditbank__V1__ResolvedIdentity *const *rows = response->identities;

    assert_true(rows[0]->unopened);
    assert_string_equal(rows[1]->reason, "DOCUMENT_NUMBER_FORM");
    assert_string_equal(rows[2]->reason, "DOCUMENT_NAMED_TWICE");
    assert_string_equal(rows[2]->account_no, "");
    assert_int_equal(rows[2]->sealed_person.len, 0);
    assert_string_equal(rows[3]->account_no, rows[0]->account_no);
    assert_int_equal(rows[3]->sealed_person.len, rows[0]->sealed_person.len);
    assert_memory_equal(rows[3]->sealed_person.data, rows[0]->sealed_person.data,
                        rows[0]->sealed_person.len);
}

static void
rows_of_one_new_document_get_one_account_by_the_first_name(void **state)
{
    const char *texts[][2] = {{"E12345678", "王小明"},
                              {"E1", "王小明"},
                              {"e12345678", "王大明"},
                              {"e12345678", "王小明"}};
    Creditbank__V1__Identity rows[ARRAY_COUNT(texts)];
    Creditbank__V1__Identity *identities[ARRAY_COUNT(texts)];
    Creditbank__V1__ResolveIdentitiesRequest req;
    struct handler_run run = run_as(&account_resolve_identities_method, &req, CALLER_INSTITUTION);
    struct handler_seen seen;

    (void)state;
    creditbank__v1__resolve_identities_request__init(&req);
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        identities[i] = &rows[i];
        creditbank__v1__identity__init(&rows[i]);
        rows[i].document_type = CREDITBANK__V1__DOCUMENT_TYPE__DOCUMENT_TYPE_PASSPORT;
        rows[i].document_number = (char *)(uintptr_t)texts[i][0];
        rows[i].name = (char *)(uintptr_t)texts[i][1];
    }
    req.n_identities = ARRAY_COUNT(rows);
    req.identities = identities;
    run.check = check_rows_of_one_document;
    seen = handler_play(&run);
    handler_expect(&seen, "count identities, look up persons"); /* it is no mismatch */
}

static void
a_known_person_keeps_her_account(void **state)
{
    struct handler_seen seen;

    (void)state;
    script.known_name = "王小明";
    seen = resolve(" Ｅ12345678", "　王小明");
    handler_expect(&seen, "count identities, look up persons");
    assert_string_equal(resolved.account_no, ACCOUNT);
    assert_false(resolved.unopened);
    assert_int_equal(resolved.commitments, 0);
}

static void
another_name_is_told_nothing(void **state)
{
    struct handler_seen seen;

    (void)state;
    script.known_name = "王小明";
    seen = resolve("E12345678", "王大明");
    assert_int_equal(seen.status, STATUS_OK);
    handler_expect(&seen, "count identities, look up persons, count mismatches");
    assert_int_equal(script.mismatches, 1);
    assert_string_equal(resolved.reason, "IDENTITY_MISMATCH");
    assert_string_equal(resolved.account_no, "");
    assert_false(resolved.unopened);
    assert_int_equal(resolved.commitments, 0);
}

static void
a_bad_document_is_refused_alone(void **state)
{
    struct handler_seen seen = resolve("E1", "王小明");

    (void)state;
    handler_expect(&seen, "count identities, look up persons");
    assert_string_equal(resolved.reason, "DOCUMENT_NUMBER_FORM");
    seen = resolve("E12345678", " ");
    assert_string_equal(resolved.reason, "NAME_INVALID");
}

/* Two rows of one call: of the first the name is right. */
static void
too_many_wrong_names_refuse_the_whole_call(void **state)
{
    char number[] = "E12345678", right[] = "王小明", wrong[] = "王大明";
    Creditbank__V1__Identity rows[2];
    Creditbank__V1__Identity *identities[] = {&rows[0], &rows[1]};
    Creditbank__V1__ResolveIdentitiesRequest req;
    struct handler_run run = run_as(&account_resolve_identities_method, &req, CALLER_INSTITUTION);
    struct handler_seen seen;

    (void)state;
    script.known_name = right;
    creditbank__v1__resolve_identities_request__init(&req);
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        creditbank__v1__identity__init(&rows[i]);
        rows[i].document_type = CREDITBANK__V1__DOCUMENT_TYPE__DOCUMENT_TYPE_PASSPORT;
        rows[i].document_number = number;
        rows[i].name = i == 0 ? right : wrong;
    }
    req.n_identities = ARRAY_COUNT(rows);
    req.identities = identities;
    run.refuse_with = REASON_MISMATCHES_TOO_MANY;
    run.refused = 2;
    seen = handler_play(&run);
    handler_expect(&seen, "count identities, look up persons, count mismatches");
    assert_int_equal(script.mismatches, 1);
    assert_int_equal(seen.status, STATUS_RESOURCE_EXHAUSTED);
    assert_int_equal(seen.reason, REASON_MISMATCHES_TOO_MANY);
}

static void
resolving_survives_mishaps(void **state)
{
    Creditbank__V1__Identity identity;
    Creditbank__V1__Identity *identities[] = {&identity};
    Creditbank__V1__ResolveIdentitiesRequest req;
    struct handler_run run = run_as(&account_resolve_identities_method, &req, CALLER_INSTITUTION);

    (void)state;
    creditbank__v1__identity__init(&identity);
    creditbank__v1__resolve_identities_request__init(&req);
    assert_int_equal(handler_play(&run).reason, REASON_FIELD_RANGE);
    identity.document_type = CREDITBANK__V1__DOCUMENT_TYPE__DOCUMENT_TYPE_PASSPORT;
    identity.document_number = (char *)(uintptr_t) "E12345678";
    identity.name = (char *)(uintptr_t) "王小明";
    req.n_identities = 1;
    req.identities = identities;
    handler_play_mishaps(&run);
    script.known_name = "王大明";
    handler_play_mishaps(&run);
}

/* ------------------------------------------------------------------ activation codes */

static void
check_codes(const struct call *call)
{
    const Creditbank__V1__IssueActivationCodesResponse *response = call->response;
    struct hash first, second;

    assert_int_equal(response->n_codes, 2); /* the scripted school has not the one between */
    assert_string_equal(response->codes[0]->account_no, "a");
    assert_string_equal(response->codes[1]->account_no, "c");
    assert_int_equal(strlen(response->codes[0]->code), 19);
    assert_true(activation_code_hash(slice_text(response->codes[0]->code), &first));
    assert_true(activation_code_hash(slice_text(response->codes[1]->code), &second));
    assert_false(hash_equal(&first, &second));
}

static void
codes_are_given_for_the_schools_own_learners(void **state)
{
    char *accounts[] = {(char *)(uintptr_t) "a", (char *)(uintptr_t) "b", (char *)(uintptr_t) "c"};
    Creditbank__V1__IssueActivationCodesRequest req;
    struct handler_run run =
        run_as(&account_issue_activation_codes_method, &req, CALLER_INSTITUTION);

    (void)state;
    creditbank__v1__issue_activation_codes_request__init(&req);
    assert_int_equal(handler_play(&run).reason, REASON_FIELD_RANGE);
    req.n_account_nos = 3;
    req.account_nos = accounts;
    run.check = check_codes;
    assert_int_equal(handler_play(&run).status, STATUS_OK);
    handler_play_mishaps(&run);
}

static void
a_code_is_the_same_however_it_is_typed(void **state)
{
    struct hash hash, typed, expected = hash_sha256(slice_text("0123456789ABCDEF"));

    (void)state;
    assert_true(activation_code_hash(slice_text("0123-4567-89AB-CDEF"), &hash));
    assert_true(hash_equal(&hash, &expected));
    assert_true(activation_code_hash(slice_text(" ol23 4567-89abcdef"), &typed));
    assert_true(hash_equal(&hash, &typed));
    assert_false(activation_code_hash(slice_text("0123-4567-89AB-CDE"), &hash));
    assert_false(activation_code_hash(slice_text("0123-4567-89AB-CDEFG"), &hash));
    assert_false(activation_code_hash(slice_text("0123-4567-89AB-CDEU"), &hash));
    assert_false(activation_code_hash(slice_make("\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 16), &hash));
    assert_false(activation_code_hash(slice_text(""), &hash));
}

int
main(void)
{
#define TEST(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(the_owner_sees_her_name_and_others_a_mask),
        TEST(an_account_out_of_scope_answers_as_an_absent_one),
        TEST(outcomes_come_page_by_page),
        TEST(a_foreign_page_token_is_refused),
        TEST(a_page_token_of_another_list_is_refused),
        TEST(enrolments_and_looks_come_page_by_page),
        TEST(the_simple_lists_ask_once),
        TEST(a_person_without_an_account_is_sealed_and_not_stored),
        TEST(rows_of_one_new_document_get_one_account_by_the_first_name),
        TEST(a_known_person_keeps_her_account),
        TEST(another_name_is_told_nothing),
        TEST(a_bad_document_is_refused_alone),
        TEST(too_many_wrong_names_refuse_the_whole_call),
        TEST(resolving_survives_mishaps),
        TEST(codes_are_given_for_the_schools_own_learners),
        TEST(a_code_is_the_same_however_it_is_typed),
    };
    int failed = cmocka_run_group_tests_name("api accounts", tests, NULL, NULL);

    crypto_fini();
    return failed;
}
