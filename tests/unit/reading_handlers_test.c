/* api: the handlers of rules, applications, log and receipts, scripted. */
#include "handler.h"

#include "api/credentials.h"
#include "api/methods.h"
#include "base/arena.h"
#include "calculator/calculator.h"
#include "convert/reply.h"
#include "convert/reply_entry.h"
#include "creditbank/v1/application_service.pb-c.h"
#include "creditbank/v1/log_service.pb-c.h"
#include "creditbank/v1/rule_service.pb-c.h"
#include "crypto/crypto.h"
#include "ledger/prove.h"
#include "notary/notary.h"
#include "store/account.h"
#include "store/application.h"
#include "store/load.h"
#include "store/posted_outcome.h"
#include "store/rulebook.h"

#include <string.h>

#define ACCOUNT "12345678901237"

static struct runtime runtime;
static bool request_is_booked, rules_are_empty;
static unsigned courses_asked = 1; /* of the rule that options are made of */

/* ------------------------------------------------------------------ the rows */

static const struct course a_course = {
    .school_id = T("school-a"), .programme_id = T("p"), .course_code = T("c-1")};
static const struct rulebook_head a_head = {T("school-a"), T("r"), 1, 1};
#define OF_R .school_id = T("school-a"), .rulebook_id = T("r"), .version = 1
static const struct rulebook a_rulebook = {OF_R, .programme_id = T("p"), .to_date = DATE_OPEN,
                                           .state = RULEBOOK_PUBLISHED};
static const struct rule a_rule = {OF_R, .rule_no = 1};
static const struct rule_clause a_clause = {OF_R, .rule_no = 1, .clause_no = 1,
                                            .test = CLAUSE_ISSUERS, .text = T("issuer-a")};
static const struct rule_course a_rule_course = {OF_R, .rule_no = 1, .course_code = T("c-1")};
/* And a rule of four courses. */
#define OF_MANY .school_id = T("school-a"), .rulebook_id = T("many"), .version = 1
static const struct rulebook_head many_head = {T("school-a"), T("many"), 1, 1};
static const struct rulebook many_rulebook = {OF_MANY, .programme_id = T("p"), .to_date = DATE_OPEN,
                                              .state = RULEBOOK_PUBLISHED};
static const struct rule many_rule = {OF_MANY, .rule_no = 1};
static const struct rule_clause many_clause = {OF_MANY, .rule_no = 1, .clause_no = 1,
                                               .test = CLAUSE_ISSUERS, .text = T("issuer-a")};
static const struct rule_course many_rule_courses[] = {
    {OF_MANY, .rule_no = 1, .course_code = T("c-1")},
    {OF_MANY, .rule_no = 1, .course_code = T("c-2")},
    {OF_MANY, .rule_no = 1, .course_code = T("c-3")},
    {OF_MANY, .rule_no = 1, .course_code = T("c-4")}};
static const struct course many_courses[] = {
    {.school_id = T("school-a"), .programme_id = T("p"), .course_code = T("c-2")},
    {.school_id = T("school-a"), .programme_id = T("p"), .course_code = T("c-3")},
    {.school_id = T("school-a"), .programme_id = T("p"), .course_code = T("c-4")}};
static const struct account an_account = {.account_no = T(ACCOUNT), .state = ACCOUNT_ACTIVE};
static const struct enrolment an_enrolment = {.account_no = T(ACCOUNT),
                                              .school_id = T("school-a"),
                                              .student_no = T("S1"),
                                              .programme_id = T("p"),
                                              .state = ENROLMENT_ACTIVE,
                                              .end_date = DATE_OPEN};
static const struct outcome an_outcome = {.institution_id = T("issuer-a"),
                                          .outer_id = T("n-1"),
                                          .account_no = T(ACCOUNT),
                                          .kind = OUTCOME_CERTIFICATE,
                                          .state = OUTCOME_VALID,
                                          .hold_state = HOLD_FREE,
                                          .expiry_date = DATE_OPEN};
static const struct application an_application = {.application_no = T("A"),
                                                  .account_no = T(ACCOUNT),
                                                  .school_id = T("school-a"),
                                                  .programme_id = T("p"),
                                                  .rulebook_id = T("r"),
                                                  .version = 1,
                                                  .state = APPLICATION_SUBMITTED,
                                                  .revision = 1,
                                                  .submission_no = 1};
static const struct application_line a_line = {.application_no = T("A"),
                                               .submission_no = 1,
                                               .line_no = 1,
                                               .rule_no = 1,
                                               .institution_id = T("issuer-a"),
                                               .outer_id = T("n-1")};
static const struct application_course an_application_course = {T("A"), 1, 1, T("c-1")};

static const struct {
    enum table_id table;
    const void *row;
} world_rows[] = {
    {TABLE_COURSE, &a_course},
    {TABLE_RULEBOOK_HEAD, &a_head},
    {TABLE_RULEBOOK, &a_rulebook},
    {TABLE_RULE, &a_rule},
    {TABLE_RULE_CLAUSE, &a_clause},
    {TABLE_RULE_COURSE, &a_rule_course},
    {TABLE_RULEBOOK_HEAD, &many_head},
    {TABLE_RULEBOOK, &many_rulebook},
    {TABLE_RULE, &many_rule},
    {TABLE_RULE_CLAUSE, &many_clause},
    {TABLE_RULE_COURSE, &many_rule_courses[0]},
    {TABLE_RULE_COURSE, &many_rule_courses[1]},
    {TABLE_RULE_COURSE, &many_rule_courses[2]},
    {TABLE_RULE_COURSE, &many_rule_courses[3]},
    {TABLE_COURSE, &many_courses[0]},
    {TABLE_COURSE, &many_courses[1]},
    {TABLE_COURSE, &many_courses[2]},
    {TABLE_ACCOUNT, &an_account},
    {TABLE_ENROLMENT, &an_enrolment},
    {TABLE_OUTCOME, &an_outcome},
    {TABLE_APPLICATION_LINE, &a_line},
    {TABLE_APPLICATION_COURSE, &an_application_course},
};

#define ONE(row) ((struct rows){1, &(row)})

/* ------------------------------------------------------------------ operations */

struct step
calculator_combine(struct call *call, const struct combination_problem *problem,
                   struct combination *answer, step_fn *next)
{
    struct combination_fault fault;

    assert_true(combination_is_valid(problem, &fault));
    assert_int_equal(problem->option_count, courses_asked > 1 ? courses_asked + 1 : 1);
    assert_int_equal(problem->course_count, courses_asked);
    for (unsigned i = 0; i < problem->option_count; i++) {
        assert_int_equal(problem->options[i].outcomes, 1);
        assert_int_equal(__builtin_popcountll(problem->options[i].courses),
                         i == 0 ? courses_asked : 1);
    }
    *answer = (struct combination){.options = {0}, .option_count = 1, .is_exact = true};
    return handler_operation(call, "combine", next);
}

struct step
store_list_rulebooks(struct call *call, const struct rulebook_key *after, int32_t limit,
                     struct rows *out, step_fn *next)
{
    (void)after, (void)limit;
    *out = ONE(a_rulebook);
    return handler_operation(call, "rulebooks", next);
}

struct step
store_look_up_rulebook(struct call *call, const struct rulebook_key *key, struct rulebook_rows *out,
                       step_fn *next)
{
    if (slice_is(key->rulebook_id, "r"))
        *out = (struct rulebook_rows){.rulebook = ONE(a_rulebook),
                                      .rules = ONE(a_rule),
                                      .clauses = ONE(a_clause),
                                      .courses = ONE(a_rule_course)};
    return handler_operation(call, "rulebook", next);
}

/* Gives all rows at once: so a second round is for what the first ones led to, and is not there. */
struct step
store_load_missing(struct call *call, struct world *world, step_fn *next)
{
    for (size_t i = 0; i < world_missing_count(world); i++) {
        struct missing_unit unit = world_missing(world, i);

        world_load_unit(world, unit.table, unit.key);
    }
    world_forget_missing(world);
    for (size_t i = 0; i < ARRAY_COUNT(world_rows) && !rules_are_empty; i++)
        world_load_row(world, world_rows[i].table, world_rows[i].row);
    return handler_operation(call, "load", next);
}

struct step
store_list_valid_outcomes(struct call *call, const struct scope *scope, struct valid_outcomes *list,
                          step_fn *next)
{
    (void)scope;
    assert_true(slice_is(list->account_no, ACCOUNT));
    list->rows = ONE(an_outcome);
    return handler_operation(call, "outcomes", next);
}

struct step
store_find_application(struct call *call, const struct scope *scope, struct slice application_no,
                       struct application *out, step_fn *next)
{
    (void)application_no;
    assert_int_equal(scope->kind, SCOPE_OWNER);
    *out = an_application;
    return handler_operation(call, "application", next);
}

struct step
store_list_applications(struct call *call, const struct application_page *page, struct rows *out,
                        step_fn *next)
{
    (void)page;
    *out = ONE(an_application);
    return handler_operation(call, "applications", next);
}

struct step
store_list_application_lines(struct call *call, const struct rows *applications,
                             struct application_lines *out, step_fn *next)
{
    assert_int_equal(applications->count, 1);
    *out = (struct application_lines){ONE(a_line), ONE(an_application_course)};
    return handler_operation(call, "lines", next);
}

struct step
store_list_application_moves(struct call *call, const struct scope *scope,
                             const struct application *application, struct rows *out, step_fn *next)
{
    (void)scope, (void)application;
    *out = (struct rows){0};
    return handler_operation(call, "moves", next);
}

struct step
store_has_request(struct call *call, struct slice institution_id, struct slice request_id,
                  bool *found, step_fn *next)
{
    assert_true(slice_is(institution_id, "bank"));
    assert_int_equal(request_id.len, REQUEST_ID_SIZE);
    *found = request_is_booked;
    return handler_operation(call, "request", next);
}

struct step
notary_sign_transaction(struct call *call, const struct notary_transaction *transaction,
                        struct notary_signature *signature, step_fn *next)
{
    assert_int_equal(transaction->item_count, 1);
    *signature = (struct notary_signature){0};
    return handler_operation(call, "sign", next);
}

struct step
ledger_submit(struct call *call, const struct signed_transaction *transaction, bool validate_only,
              struct booked *booked, step_fn *next)
{
    assert_false(validate_only);
    assert_int_equal(transaction->value.item_count, 1);
    *booked = (struct booked){.entry_index = 7, .tlog_proof = ""};
    return handler_operation(call, "book", next);
}

struct step
store_find_checkpoint(struct call *call, struct stored_checkpoint *out, step_fn *next)
{
    *out = (struct stored_checkpoint){10, slice_text("note")};
    return handler_operation(call, "checkpoint", next);
}

struct step
ledger_prove(struct call *call, const struct stored_checkpoint *checkpoint, const uint64_t *indexes,
             size_t count, struct booked *booked, step_fn *next)
{
    assert_int_equal(checkpoint->size, 10);
    for (size_t i = 0; i < count; i++)
        booked[i] = (struct booked){.entry_index = (int64_t)indexes[i],
                                    .entry = handler_entry(call_arena(call), 1700000000000000),
                                    .tlog_proof = "proof"};
    return handler_operation(call, "prove", next);
}

struct step
ledger_prove_consistency(struct call *call, uint64_t older, uint64_t newer,
                         struct merkle_proof *proof, step_fn *next)
{
    assert_int_equal(older, 3);
    assert_int_equal(newer, 10);
    proof->count = 1;
    return handler_operation(call, "prove consistency", next);
}

struct step
store_list_entries(struct call *call, int64_t first, int32_t limit, int64_t bytes_max,
                   struct stored_entries *out, step_fn *next)
{
    (void)first, (void)bytes_max;
    assert_int_equal(limit, 256);
    *out = (struct stored_entries){0};
    return handler_operation(call, "entries", next);
}

struct step
store_find_items(struct call *call, const struct scope *scope, const struct item_place *places,
                 size_t count, struct stored_item *out, step_fn *next)
{
    bool is_shown = scope->kind == SCOPE_OWNER;

    assert_true(count <= 1 || places[count - 1].entry_index - places[0].entry_index < 64);
    for (size_t i = 0; i < count; i++)
        out[i] =
            (struct stored_item){.place = places[i], .bytes = slice_text(is_shown ? "item" : "")};
    return handler_operation(call, "items", next);
}

struct step
store_list_posted_outcomes(struct call *call, struct slice institution_id,
                           const struct text_list *outer_ids, struct rows *out, step_fn *next)
{
    assert_true(slice_is(institution_id, "issuer-a"));
    assert_int_equal(outer_ids->count, 1);
    *out = ONE(an_outcome);
    return handler_operation(call, "posted outcomes", next);
}

/* ------------------------------------------------------------------ runs */

static const struct caller learner = {.kind = CALLER_LEARNER, .account_no = ACCOUNT};
static const struct caller issuer = {.kind = CALLER_INSTITUTION, .institution_id = "issuer-a"};

static struct handler_seen
play(const struct method *method, const void *request, const struct caller *caller)
{
    return handler_play(
        &(struct handler_run){method, request, .caller = *caller, .runtime = &runtime});
}

/* A good run waits for these operations, and ends once whatever befalls it at any of them. */
static void
refuses(const struct method *method, const void *request, const struct caller *caller,
        enum reason reason)
{
    assert_int_equal(play(method, request, caller).reason, reason);
}

static void
expect(const struct method *method, const void *request, const struct caller *caller,
       const char *operations)
{
    struct handler_run run = {method, request, .caller = *caller, .runtime = &runtime};
    struct handler_seen seen = handler_play(&run);

    assert_int_equal(seen.reason, REASON_NONE);
    handler_expect(&seen, operations);
    handler_play_mishaps(&run);
}

static void
a_page_that_nobody_gave_is_refused(void **state)
{
    Creditbank__V1__ListRulebooksRequest request;

    (void)state;
    creditbank__v1__list_rulebooks_request__init(&request);
    expect(&rule_list_rulebooks_method, &request, &learner, "rulebooks");
    /* ListRulebooks and one key of the two. */
    request.page_token = (char[]){"J2NyZWRpdGJhbmsudjEuUnVsZVNlcnZpY2UvTGlzdFJ1bGVib29rcwFy"};
    refuses(&rule_list_rulebooks_method, &request, &learner, REASON_PAGE_TOKEN_WRONG);
    request.page_token = (char[]){""};
    request.page_size = 1001;
    refuses(&rule_list_rulebooks_method, &request, &learner, REASON_FIELD_RANGE);
}

static void
an_evaluation_loads_until_nothing_is_missing(void **state)
{
    Creditbank__V1__EvaluateRequest request;
    Creditbank__V1__GetRulebookRequest rulebook;

    (void)state;
    creditbank__v1__evaluate_request__init(&request);
    creditbank__v1__get_rulebook_request__init(&rulebook);
    refuses(&rule_get_rulebook_method, &rulebook, &learner, REASON_RULEBOOK_UNKNOWN);
    rulebook.rulebook_id = (char[]){"r"};
    expect(&rule_get_rulebook_method, &rulebook, &learner, "rulebook");
    request.school_id = (char[]){"school-a"};
    request.rulebook_id = (char[]){"r"};
    expect(&rule_evaluate_method, &request, &learner, "outcomes, load, load");
    rules_are_empty = true;
    refuses(&rule_evaluate_method, &request, &learner, REASON_RULEBOOK_UNKNOWN);
    rules_are_empty = false;
}

/* One rule, one outcome, one course: there is one way, and what was solved is judged again. */
static void
a_best_combination_is_solved_and_shown_as_it_would_be_applied_for(void **state)
{
    Creditbank__V1__FindBestCombinationRequest request;

    (void)state;
    creditbank__v1__find_best_combination_request__init(&request);
    request.school_id = (char[]){"school-a"};
    request.rulebook_id = (char[]){"r"};
    expect(&rule_find_best_combination_method, &request, &learner, "outcomes, load, load, combine");
    rules_are_empty = true;
    refuses(&rule_find_best_combination_method, &request, &learner, REASON_RULEBOOK_UNKNOWN);
    rules_are_empty = false;
}

/* All of them, and then each alone: not each of their sets. */
static void
a_rule_with_many_courses_is_tried_with_all_and_with_each_of_them(void **state)
{
    Creditbank__V1__FindBestCombinationRequest request;

    (void)state;
    creditbank__v1__find_best_combination_request__init(&request);
    request.school_id = (char[]){"school-a"};
    request.rulebook_id = (char[]){"many"};
    courses_asked = ARRAY_COUNT(many_rule_courses);
    expect(&rule_find_best_combination_method, &request, &learner, "outcomes, load, load, combine");
    courses_asked = 1;
}

/* A line for c-1 by the first rule, in `asked`. */
static struct asked {
    Creditbank__V1__OutcomeRef outcome;
    Creditbank__V1__ApplicationLine line;
    Creditbank__V1__ApplicationLine *lines[1];
    char *codes[1];
} asked;

static void
ask_for_a_line(void)
{
    static char code[] = "c-1", institution_id[] = "issuer-a", outer_id[] = "n-1";

    creditbank__v1__outcome_ref__init(&asked.outcome);
    creditbank__v1__application_line__init(&asked.line);
    asked.outcome.institution_id = institution_id;
    asked.outcome.outer_id = outer_id;
    asked.line.rule_no = 1;
    asked.line.outcome = &asked.outcome;
    asked.line.n_course_codes = 1;
    asked.line.course_codes = asked.codes;
    asked.codes[0] = code;
    asked.lines[0] = &asked.line;
}

static void
an_application_is_signed_booked_and_shown(void **state)
{
    Creditbank__V1__CreateApplicationRequest request;
    uint8_t id[REQUEST_ID_SIZE] = {1};

    (void)state;
    ask_for_a_line();
    creditbank__v1__create_application_request__init(&request);
    request.school_id = (char[]){"school-a"};
    request.rulebook_id = (char[]){"r"};
    request.n_lines = 1;
    request.lines = asked.lines;
    refuses(&application_create_application_method, &request, &learner, REASON_FIELD_LENGTH);
    request.request_id = (ProtobufCBinaryData){sizeof(id), id};
    expect(&application_create_application_method, &request, &learner,
           "request, load, load, sign, book, application, load, load, moves");
    request_is_booked = true;
    expect(&application_create_application_method, &request, &learner,
           "request, application, load, load, moves");
    asked.line.rule_no = 2;
    refuses(&application_create_application_method, &request, &learner, REASON_REQUEST_ID_REUSED);
    request_is_booked = false;
}

static void
an_application_is_submitted_again_once(void **state)
{
    Creditbank__V1__ResubmitApplicationRequest request;

    (void)state;
    ask_for_a_line();
    creditbank__v1__resubmit_application_request__init(&request);
    request.application_no = (char[]){"A"};
    request.revision = 2;
    request.lines = asked.lines;
    refuses(&application_resubmit_application_method, &request, &learner, REASON_FIELD_RANGE);
    request.n_lines = 1;
    expect(&application_resubmit_application_method, &request, &learner,
           "request, application, load, load, sign, book, application, load, load, moves");
    request_is_booked = true;
    expect(&application_resubmit_application_method, &request, &learner,
           "request, application, load, load, moves");
    request_is_booked = false;
    asked.line.rule_no = 2;
    refuses(&application_resubmit_application_method, &request, &learner, REASON_RULE_UNKNOWN);
    asked.line.outcome = NULL;
    refuses(&application_resubmit_application_method, &request, &learner, REASON_FIELD_REQUIRED);
}

static void
an_application_is_shown_listed_appealed_and_withdrawn(void **state)
{
    Creditbank__V1__GetApplicationRequest get;
    Creditbank__V1__ListApplicationsRequest list;
    Creditbank__V1__AppealApplicationRequest appeal;
    Creditbank__V1__WithdrawApplicationRequest withdraw;

    (void)state;
    creditbank__v1__get_application_request__init(&get);
    creditbank__v1__list_applications_request__init(&list);
    creditbank__v1__appeal_application_request__init(&appeal);
    creditbank__v1__withdraw_application_request__init(&withdraw);
    expect(&application_get_application_method, &get, &learner, "application, load, load, moves");
    expect(&application_list_applications_method, &list, &learner, "applications, lines");
    expect(&application_appeal_application_method, &appeal, &learner,
           "application, sign, book, application, load, load, moves");
    expect(&application_withdraw_application_method, &withdraw, &learner,
           "application, sign, book, application, load, load, moves");
}

static void
the_log_is_shown_under_the_newest_checkpoint(void **state)
{
    Creditbank__V1__GetCheckpointRequest checkpoint;
    Creditbank__V1__GetInclusionProofRequest inclusion;
    Creditbank__V1__GetConsistencyProofRequest consistency;
    Creditbank__V1__ListEntriesRequest entries;

    (void)state;
    creditbank__v1__get_checkpoint_request__init(&checkpoint);
    creditbank__v1__get_inclusion_proof_request__init(&inclusion);
    creditbank__v1__get_consistency_proof_request__init(&consistency);
    creditbank__v1__list_entries_request__init(&entries);
    expect(&log_get_checkpoint_method, &checkpoint, &learner, "checkpoint");
    expect(&log_get_inclusion_proof_method, &inclusion, &learner, "checkpoint, prove");
    expect(&log_list_entries_method, &entries, &learner, "entries");
    refuses(&log_get_consistency_proof_method, &consistency, &learner, REASON_LOG_SIZE);
    consistency.old_size = 3;
    expect(&log_get_consistency_proof_method, &consistency, &learner,
           "checkpoint, prove consistency");
    consistency.new_size = 11;
    refuses(&log_get_consistency_proof_method, &consistency, &learner, REASON_LOG_SIZE);
}

static void
a_receipt_is_for_its_owner_and_signer(void **state)
{
    Creditbank__V1__GetReceiptRequest request;

    (void)state;
    creditbank__v1__get_receipt_request__init(&request);
    expect(&ledger_get_receipt_method, &request, &learner, "checkpoint, prove, items");
    refuses(&ledger_get_receipt_method, &request, &issuer, REASON_ITEM_UNKNOWN);
    request.item_index = 1000;
    refuses(&ledger_get_receipt_method, &request, &learner, REASON_ITEM_UNKNOWN);
}

static void
outcomes_are_found_for_who_posted_them(void **state)
{
    Creditbank__V1__BatchGetOutcomesRequest request;
    char number[] = "n-1", *numbers[] = {number};

    (void)state;
    creditbank__v1__batch_get_outcomes_request__init(&request);
    refuses(&ledger_batch_get_outcomes_method, &request, &issuer, REASON_FIELD_RANGE);
    request.n_outer_ids = 1;
    request.outer_ids = numbers;
    expect(&ledger_batch_get_outcomes_method, &request, &issuer, "posted outcomes");
}

static int
setup(void **state)
{
    (void)state;
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

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_page_that_nobody_gave_is_refused),
        cmocka_unit_test(an_evaluation_loads_until_nothing_is_missing),
        cmocka_unit_test(a_best_combination_is_solved_and_shown_as_it_would_be_applied_for),
        cmocka_unit_test(a_rule_with_many_courses_is_tried_with_all_and_with_each_of_them),
        cmocka_unit_test(an_application_is_signed_booked_and_shown),
        cmocka_unit_test(an_application_is_submitted_again_once),
        cmocka_unit_test(an_application_is_shown_listed_appealed_and_withdrawn),
        cmocka_unit_test(the_log_is_shown_under_the_newest_checkpoint),
        cmocka_unit_test(a_receipt_is_for_its_owner_and_signer),
        cmocka_unit_test(outcomes_are_found_for_who_posted_them),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
