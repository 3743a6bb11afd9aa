/* Applications: what the rules give, who holds what meanwhile, and what becomes of them. */
#include "core_fixture.h"

#include "core/application.h"

#include <stdio.h>

#define AT(member) offsetof(struct item, member)

static int
use_of(struct core_bank *bank, const char *outer_id)
{
    const struct outcome *outcome =
        world_find(bank->world, TABLE_OUTCOME,
                   &(struct outcome){.institution_id = slice_text("issuer"),
                                     .outer_id = slice_text(outer_id)});

    return outcome != NULL ? outcome->hold_state : 0;
}

static const struct exemption *
exemption_of(struct core_bank *bank, const char *account_no)
{
    return world_find(bank->world, TABLE_EXEMPTION,
                      &(struct exemption){.account_no = slice_text(account_no),
                                          .school_id = slice_text("school"),
                                          .programme_id = slice_text("cs"),
                                          .course_code = slice_text("c1")});
}

static void
approves_an_application_with_two_keys(void **state)
{
    struct core_bank *bank = *state;
    struct item early, own, decided, twice;

    core_award(bank, ACCOUNT_A, "w-1");
    core_submit(bank, ACCOUNT_A, APP_1, "w-1");
    assert_int_equal(use_of(bank, "w-1"), HOLD_RESERVED);
    core_moves(bank, SCHOOL, ITEM_APPLICATION_ACCEPTED, 1);
    early = core_decision(bank, ACCOUNT_A, APP_1, 2, VERDICT_APPROVE);
    core_refuses(bank, DECIDER, &early, "application_decided.application_no",
                 REASON_APPLICATION_STATE);
    core_moves(bank, REVIEWER, ITEM_APPLICATION_REVIEWED, 2);
    own = core_decision(bank, ACCOUNT_A, APP_1, 3, VERDICT_APPROVE);
    core_refuses(bank, REVIEWER, &own, "application_decided.signatures", REASON_SAME_KEY_REVIEWED);
    core_refuses(bank, SCHOOL_2, &own, "application_decided.application_no",
                 REASON_APPLICATION_UNKNOWN);
    core_refuses(bank, SCHOOL, &own, "signatures", REASON_DUTY_MISSING);
    decided = own;
    core_books(bank, DECIDER, &decided);
    assert_int_equal(use_of(bank, "w-1"), HOLD_USED);
    assert_int_equal(exemption_of(bank, ACCOUNT_A)->state, HOLD_USED);
    assert_int_equal(exemption_of(bank, ACCOUNT_A)->centicredits, 200);
    assert_true(slice_is(exemption_of(bank, ACCOUNT_A)->exemption_word, "免修"));
    twice = core_decision(bank, ACCOUNT_A, APP_1, 4, VERDICT_APPROVE);
    core_refuses(bank, DECIDER, &twice, "application_decided.application_no",
                 REASON_APPLICATION_STATE);
}

static void
decides_only_what_the_rules_give(void **state)
{
    static const struct core_case cases[] = {
        {"application_decided.revision", REASON_REVISION_STALE, CASE_INT32,
         AT(application_decided.revision), 2, NULL},
        {"application_decided.verdict", REASON_FIELD_RANGE, CASE_INT32,
         AT(application_decided.verdict), 0, NULL},
        {"application_decided.version", REASON_DECISION_DIFFERS, CASE_INT32,
         AT(application_decided.version), 2, NULL},
        {"application_decided.version", REASON_DECISION_DIFFERS, CASE_TEXT,
         AT(application_decided.rulebook_id), 0, "rc"},
        {"application_decided.exemptions", REASON_DECISION_DIFFERS, CASE_SIZE,
         AT(application_decided.exemption_count), 0, NULL},
        {"application_decided.outcomes_used", REASON_DECISION_DIFFERS, CASE_SIZE,
         AT(application_decided.outcome_count), 0, NULL},
        {"application_decided.exemptions", REASON_DECISION_DIFFERS, CASE_INT32,
         AT(application_decided.verdict), VERDICT_REJECT, NULL},
        {"application_decided.trace_hash", REASON_TRACE_DIFFERS, CASE_TEXT,
         AT(application_decided.trace_hash), 0, "short"},
        {"application_decided.application_no", REASON_APPLICATION_UNKNOWN, CASE_TEXT,
         AT(application_decided.account_no), 0, ACCOUNT_B},
    };
    struct core_bank *bank = *state;
    struct item good;

    core_award(bank, ACCOUNT_A, "w-1");
    core_submit(bank, ACCOUNT_A, APP_1, "w-1");
    core_moves(bank, SCHOOL, ITEM_APPLICATION_ACCEPTED, 1);
    core_moves(bank, REVIEWER, ITEM_APPLICATION_REVIEWED, 2);
    good = core_decision(bank, ACCOUNT_A, APP_1, 3, VERDICT_APPROVE);
    good.application_decided.exemptions[0].centicredits = 300;
    core_refuses(bank, DECIDER, &good, "application_decided.exemptions", REASON_DECISION_DIFFERS);
    good.application_decided.exemptions[0].centicredits = 200;
    core_refuses_each(bank, DECIDER, &good, cases, ARRAY_COUNT(cases));
}

static void
uses_an_outcome_and_a_course_once(void **state)
{
    struct core_bank *bank = *state;
    struct item second;

    core_award(bank, ACCOUNT_A, "w-1");
    core_award(bank, ACCOUNT_A, "w-2");
    core_submit(bank, ACCOUNT_A, APP_1, "w-1");
    second = core_application(bank, ACCOUNT_A, APP_2, "w-1");
    core_refuses(bank, SERVICE, &second, "application_submitted.lines[0]", REASON_OUTCOME_RESERVED);
    assert_true(core_told(bank, 0, "application_submitted.lines[0]", REASON_COURSE_RESERVED));
    assert_string_equal(bank->refusals.first->detail, APP_1);
    second = core_application(bank, ACCOUNT_A, APP_2, "w-2");
    core_refuses(bank, SERVICE, &second, "application_submitted.lines[0]", REASON_COURSE_RESERVED);

    core_moves(bank, SCHOOL, ITEM_APPLICATION_ACCEPTED, 1);
    core_moves(bank, REVIEWER, ITEM_APPLICATION_REVIEWED, 2);
    struct item decided = core_decision(bank, ACCOUNT_A, APP_1, 3, VERDICT_APPROVE);

    core_books(bank, DECIDER, &decided);
    second = core_application(bank, ACCOUNT_A, APP_2, "w-1");
    core_refuses(bank, SERVICE, &second, "application_submitted.lines[0]", REASON_OUTCOME_USED);
    assert_true(core_told(bank, 0, "application_submitted.lines[0]", REASON_COURSE_EXEMPTED));
}

static void
frees_what_was_reserved_when_it_ends_otherwise(void **state)
{
    struct core_bank *bank = *state;
    struct item rejected;

    core_award(bank, ACCOUNT_A, "w-1");
    core_submit(bank, ACCOUNT_A, APP_1, "w-1");
    core_moves(bank, SCHOOL, ITEM_APPLICATION_ACCEPTED, 1);
    core_moves(bank, REVIEWER, ITEM_APPLICATION_RETURNED, 2);
    core_moves(bank, SERVICE, ITEM_APPLICATION_WITHDRAWN, 3);
    assert_int_equal(use_of(bank, "w-1"), HOLD_FREE);
    assert_int_equal(exemption_of(bank, ACCOUNT_A)->state, HOLD_FREE);

    core_submit(bank, ACCOUNT_A, APP_2, "w-1");
    rejected = core_move(ITEM_APPLICATION_ACCEPTED, ACCOUNT_A, APP_2, 1);
    core_books(bank, SCHOOL, &rejected);
    rejected = core_move(ITEM_APPLICATION_REVIEWED, ACCOUNT_A, APP_2, 2);
    core_books(bank, REVIEWER, &rejected);
    rejected = core_decision(bank, ACCOUNT_A, APP_2, 3, VERDICT_REJECT);
    core_books(bank, DECIDER, &rejected);
    assert_int_equal(use_of(bank, "w-1"), HOLD_FREE);
    assert_int_equal(core_find_application(bank, APP_2)->state, APPLICATION_REJECTED);
}

/* Revoked while it is decided: it can be rejected, never approved. */
static void
does_not_approve_what_was_revoked_meanwhile(void **state)
{
    struct core_bank *bank = *state;
    struct item revoked = core_revoked(ACCOUNT_A, "w-1", CHANGE_ENTRY_ERROR), decided;
    struct item again = core_certificate(ACCOUNT_A, "w-1");

    core_award(bank, ACCOUNT_A, "w-1");
    core_submit(bank, ACCOUNT_A, APP_1, "w-1");
    core_moves(bank, SCHOOL, ITEM_APPLICATION_ACCEPTED, 1);
    core_moves(bank, REVIEWER, ITEM_APPLICATION_REVIEWED, 2);
    core_books(bank, ISSUER, &revoked);
    core_refuses(bank, ISSUER, &again, "certificate_awarded.outer_id", REASON_OUTCOME_USED);
    decided = core_decision(bank, ACCOUNT_A, APP_1, 3, VERDICT_APPROVE);
    core_refuses(bank, DECIDER, &decided, "application_decided.verdict", REASON_RULES_NOT_MET);
    decided = core_decision(bank, ACCOUNT_A, APP_1, 3, VERDICT_REJECT);
    core_books(bank, DECIDER, &decided);
    core_books(bank, ISSUER, &again);
}

/* A certificate issued anew is the same achievement: what was used stays used. */
static void
does_not_use_a_replaced_certificate_again(void **state)
{
    struct core_bank *bank = *state;
    struct item revoked = core_revoked(ACCOUNT_A, "w-1", CHANGE_REPLACED), item;

    core_award(bank, ACCOUNT_A, "w-1");
    core_submit(bank, ACCOUNT_A, APP_1, "w-1");
    core_moves(bank, SCHOOL, ITEM_APPLICATION_ACCEPTED, 1);
    core_moves(bank, REVIEWER, ITEM_APPLICATION_REVIEWED, 2);
    item = core_decision(bank, ACCOUNT_A, APP_1, 3, VERDICT_APPROVE);
    core_books(bank, DECIDER, &item);
    core_books(bank, ISSUER, &revoked);
    item = core_certificate(ACCOUNT_B, "w-2");
    item.certificate_awarded.replaces_outer_id = slice_text("w-1");
    core_refuses(bank, ISSUER, &item, "certificate_awarded.replaces_outer_id",
                 REASON_REPLACED_WRONG);
    item.certificate_awarded.account_no = slice_text(ACCOUNT_A);
    core_books(bank, ISSUER, &item);
    assert_int_equal(use_of(bank, "w-2"), HOLD_USED);
    item = core_application(bank, ACCOUNT_A, APP_2, "w-2");
    core_refuses(bank, SERVICE, &item, "application_submitted.lines[0]", REASON_OUTCOME_USED);
}

/* The place of a certificate may be taken anew after an error, but not to use it anew. */
static void
does_not_use_again_what_was_used_in_its_place_in_error(void **state)
{
    struct core_bank *bank = *state;
    struct item replaced = core_revoked(ACCOUNT_A, "w-1", CHANGE_REPLACED);
    struct item error = core_revoked(ACCOUNT_A, "w-2", CHANGE_ENTRY_ERROR);
    struct item second = core_certificate(ACCOUNT_A, "w-2");
    struct item third = core_certificate(ACCOUNT_A, "w-3"), item;

    second.certificate_awarded.replaces_outer_id = slice_text("w-1");
    third.certificate_awarded.replaces_outer_id = slice_text("w-1");
    core_award(bank, ACCOUNT_A, "w-1");
    core_books(bank, ISSUER, &replaced);
    core_books(bank, ISSUER, &second);
    core_submit(bank, ACCOUNT_A, APP_1, "w-2");
    core_moves(bank, SCHOOL, ITEM_APPLICATION_ACCEPTED, 1);
    core_moves(bank, REVIEWER, ITEM_APPLICATION_REVIEWED, 2);
    item = core_decision(bank, ACCOUNT_A, APP_1, 3, VERDICT_APPROVE);
    core_books(bank, DECIDER, &item);
    core_books(bank, ISSUER, &error);
    core_books(bank, ISSUER, &third);
    assert_int_equal(use_of(bank, "w-3"), HOLD_USED);
    item = core_application(bank, ACCOUNT_A, APP_2, "w-3");
    core_refuses(bank, SERVICE, &item, "application_submitted.lines[0]", REASON_OUTCOME_USED);
}

/* One thing about the certificate is not as the rule wants it. */
static void
refuses_an_outcome_that_a_clause_does_not_take(void **state)
{
    static const struct {
        const char *certificate_id;
        int64_t centiscore;
        int32_t issue_date, expiry_date;
        enum reason reason; /* REASON_NONE: taken */
    } cases[] = {
        {"web-2", 6000, TODAY, TODAY, REASON_NONE},
        {"web-2", 6000, 18150, DATE_OPEN, REASON_NONE}, /* 2019-09-11: not six years old yet */
        {"web-2", 6000, 18149, DATE_OPEN, REASON_NONE}, /* 2019-09-10: six years today */
        {"web-2", 6000, 18148, DATE_OPEN, REASON_OUTCOME_TOO_OLD},
        {"web-2", 5999, TODAY, DATE_OPEN, REASON_SCORE_TOO_LOW},
        {"web-1", 9000, TODAY, DATE_OPEN, REASON_GRADE_TOO_LOW},
        {"trade-3", 9000, TODAY, DATE_OPEN, REASON_GRADE_TOO_LOW}, /* of another scheme */
        {"cloud-2", 9000, TODAY, DATE_OPEN, REASON_CERTIFICATE_NOT_ACCEPTED},
        {"web-2", 9000, TODAY - 9, TODAY - 1, REASON_OUTCOME_EXPIRED},
    };
    struct core_bank *bank = *state;

    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        char number[] = {'w', (char)('0' + i), '\0'};
        struct item item = core_certificate(ACCOUNT_A, number);

        item.certificate_awarded.certificate_id = slice_text(cases[i].certificate_id);
        item.certificate_awarded.centiscore = cases[i].centiscore;
        item.certificate_awarded.issue_date = cases[i].issue_date;
        item.certificate_awarded.expiry_date = cases[i].expiry_date;
        core_books(bank, ISSUER, &item);
        item = core_application(bank, ACCOUNT_A, APP_1, number);
        if (cases[i].reason != REASON_NONE) {
            core_refuses(bank, SERVICE, &item, "application_submitted.lines[0]", cases[i].reason);
            /* And that not all of the clauses hold; a date is not a matter of the rule's. */
            assert_int_equal(bank->refusals.count,
                             cases[i].reason == REASON_OUTCOME_EXPIRED ? 1 : 2);
            continue;
        }

        struct transaction transaction = core_items(bank, SERVICE, &item, 1);
        size_t mark = world_mark(bank->world);

        assert_int_equal(core_execute(bank, &transaction), EXECUTE_BOOKED);
        world_undo(bank->world, mark);
    }
}

static void
refuses_an_application_field_by_field(void **state)
{
    static const struct core_case cases[] = {
        {"application_submitted.application_no", REASON_FIELD_LENGTH, CASE_TEXT,
         AT(application_submitted.application_no), 0, "APP"},
        {"application_submitted.application_no", REASON_FIELD_CHARACTERS, CASE_TEXT,
         AT(application_submitted.application_no), 0, "APPU000000000001"},
        {"application_submitted.version", REASON_RULE_NOT_PUBLISHED, CASE_INT32,
         AT(application_submitted.version), 2, NULL},
        {"application_submitted.version", REASON_RULE_NOT_PUBLISHED, CASE_TEXT,
         AT(application_submitted.school_id), 0, "school-2"},
        {"application_submitted.lines", REASON_FIELD_RANGE, CASE_SIZE,
         AT(application_submitted.line_count), 0, NULL},
        {"application_submitted.lines[0]", REASON_OUTCOME_UNKNOWN, CASE_TEXT,
         AT(application_submitted.account_no), 0, ACCOUNT_B},
        {"application_submitted.rulebook_id", REASON_ACCOUNT_NOT_ACTIVE, CASE_TEXT,
         AT(application_submitted.account_no), 0, ACCOUNT_C},
        {"application_submitted.rulebook_id", REASON_NOT_ENROLLED, CASE_TEXT,
         AT(application_submitted.account_no), 0, ACCOUNT_C},
        {"application_submitted.trace_hash", REASON_TRACE_DIFFERS, CASE_TEXT,
         AT(application_submitted.trace_hash), 0, ""},
    };
    struct core_bank *bank = *state;
    struct item good, again;

    core_award(bank, ACCOUNT_A, "w-1");
    good = core_application(bank, ACCOUNT_A, APP_1, "w-1");
    core_refuses_each(bank, SERVICE, &good, cases, ARRAY_COUNT(cases));
    again = core_application(bank, ACCOUNT_A, APP_1, "w-1");
    core_refuses(bank, SERVICE, &again, "application_submitted.application_no",
                 REASON_ALREADY_EXISTS);
}

/* A line's rule and courses, each wrong in its own way; two lines with one outcome or one course.
 */
static void
refuses_lines_that_do_not_fit_the_rulebook(void **state)
{
    static const struct {
        const char *codes[2];
        uint32_t rule_no;
        enum reason reason;
    } cases[] = {
        {{"c3", NULL}, 1, REASON_COURSE_NOT_IN_RULE},  {{"c9", NULL}, 1, REASON_COURSE_NOT_IN_RULE},
        {{"zz", NULL}, 1, REASON_COURSE_NOT_IN_RULE},  {{"c1", NULL}, 9, REASON_RULE_UNKNOWN},
        {{"c3", NULL}, 2, REASON_ISSUER_NOT_ACCEPTED},
    };
    struct core_bank *bank = *state;
    struct item item;

    core_award(bank, ACCOUNT_A, "w-1");
    core_award(bank, ACCOUNT_A, "w-2");
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        item = core_application(bank, ACCOUNT_A, APP_1, "w-1");
        item.application_submitted.lines[0].rule_no = cases[i].rule_no;
        item.application_submitted.lines[0].course_codes.texts[0] = slice_text(cases[i].codes[0]);
        core_refuses(bank, SERVICE, &item, "application_submitted.lines[0]", cases[i].reason);
    }
    item = core_application(bank, ACCOUNT_A, APP_1, "w-1");

    struct line_applied two[] = {item.application_submitted.lines[0],
                                 item.application_submitted.lines[0]};
    struct slice other[] = {slice_text("c2")};

    item.application_submitted.lines = two;
    item.application_submitted.line_count = 2;
    core_refuses(bank, SERVICE, &item, "application_submitted.lines[1]", REASON_OUTCOME_TWICE);
    assert_true(core_told(bank, 0, "application_submitted.lines[1]", REASON_COURSE_TWICE));
    two[1].course_codes.texts = other;
    core_refuses(bank, SERVICE, &item, "application_submitted.lines[1]", REASON_OUTCOME_TWICE);
    two[1] = two[0];
    two[1].outcome.outer_id = slice_text("w-2");
    core_refuses(bank, SERVICE, &item, "application_submitted.lines[1]", REASON_COURSE_TWICE);
}

/* More lines or courses than anybody needs are refused before they are evaluated. */
static void
refuses_too_many_lines_and_courses_at_once(void **state)
{
    enum { MANY = 1000 };
    static struct slice codes[MANY];
    static struct line_applied lines[APPLICATION_LINES_MAX + 1];
    struct core_bank *bank = *state;
    struct item item;

    core_award(bank, ACCOUNT_A, "w-1");
    item = core_application(bank, ACCOUNT_A, APP_1, "w-1");
    for (size_t i = 0; i < ARRAY_COUNT(lines); i++)
        lines[i] = item.application_submitted.lines[0];
    item.application_submitted.lines = lines;
    item.application_submitted.line_count = ARRAY_COUNT(lines);
    core_refuses(bank, SERVICE, &item, "application_submitted.lines", REASON_FIELD_RANGE);
    assert_int_equal(bank->refusals.count, 1);
    item.application_submitted.line_count = 40;
    for (size_t i = 0; i < 40; i++)
        lines[i].course_codes = (struct text_list){MANY, codes};
    core_refuses(bank, SERVICE, &item, "application_submitted.lines[39].course_codes",
                 REASON_FIELD_RANGE);
    assert_int_equal(bank->refusals.count, 40);
}

static void
exempts_from_no_course_that_was_passed(void **state)
{
    struct core_bank *bank = *state;
    struct item result = core_result(ACCOUNT_A, "r-1"), item;

    core_award(bank, ACCOUNT_A, "w-1");
    result.course_result_recorded.course_code = slice_text("c1");
    result.course_result_recorded.centicredits = 200;
    core_books(bank, SCHOOL, &result);
    item = core_application(bank, ACCOUNT_A, APP_1, "w-1");
    core_refuses(bank, SERVICE, &item, "application_submitted.lines[0]", REASON_COURSE_DONE);
    assert_string_equal(bank->refusals.first->detail, "c1");
}

static void
says_by_which_entry_an_outcome_was_revoked(void **state)
{
    struct core_bank *bank = *state;
    struct item revoked = core_revoked(ACCOUNT_A, "w-1", CHANGE_MISCONDUCT), item;
    char entry[24];

    core_award(bank, ACCOUNT_A, "w-1");
    item = core_application(bank, ACCOUNT_A, APP_1, "w-1");
    snprintf(entry, sizeof(entry), "%lld", (long long)bank->position.entry_index);
    core_books(bank, ISSUER, &revoked);
    core_refuses(bank, SERVICE, &item, "application_submitted.lines[0]", REASON_OUTCOME_REVOKED);
    assert_string_equal(bank->refusals.first->detail, entry);
}

/* Who loses a race is told what she lost, and not also that a field differs which she never sent.
 */
static void
says_nothing_of_the_trace_to_whom_the_rules_refuse(void **state)
{
    struct core_bank *bank = *state;
    struct item first, second;

    core_award(bank, ACCOUNT_A, "w-1");
    first = core_application(bank, ACCOUNT_A, APP_1, "w-1");
    second = core_application(bank, ACCOUNT_A, APP_2, "w-1"); /* evaluated before the first is in */
    core_books(bank, SERVICE, &first);
    core_refuses(bank, SERVICE, &second, "application_submitted.lines[0]", REASON_OUTCOME_RESERVED);
    assert_true(core_told(bank, 0, "application_submitted.lines[0]", REASON_COURSE_RESERVED));
    assert_int_equal(bank->refusals.count, 2);
}

/* The trace is text that anybody can write again (docs/formats.md). */
static void
hashes_the_trace_that_is_documented(void **state)
{
    static const char trace[] = "creditbank trace 1\n"
                                "account " ACCOUNT_A "\n"
                                "rulebook school rb 1\n"
                                "date 2025-09-10\n"
                                "check ACCOUNT_ACTIVE wanted=yes found=yes holds\n"
                                "check ENROLLED wanted=yes found=yes holds\n"
                                "check RULEBOOK_PUBLISHED wanted=yes found=yes holds\n"
                                "check RULEBOOK_FROM wanted=2025-08-11 found=2025-09-10 holds\n"
                                "check RULEBOOK_TO wanted=2025-10-10 found=2025-09-10 holds\n"
                                "line 1 rule 1 outcome issuer w-1\n"
                                "check OUTCOME_OWN wanted=yes found=yes holds\n"
                                "check OUTCOME_ONCE wanted=yes found=yes holds\n"
                                "check OUTCOME_VALID wanted=yes found=yes holds\n"
                                "check OUTCOME_UNEXPIRED wanted=2025-09-10 found=open holds\n"
                                "check OUTCOME_FREE wanted=free found=free holds\n"
                                "check RULE wanted=1 found=1 holds\n"
                                "check ALL_OF wanted=4 found=4 holds\n"
                                "check FAMILY wanted=web found=web holds\n"
                                "check GRADE_AT_LEAST wanted=1+x:2 found=1+x:2 holds\n"
                                "check SCORE_AT_LEAST wanted=1:6000 found=1:7000 holds\n"
                                "check MAX_AGE_YEARS wanted=6 found=2025-09-10 holds\n"
                                "check COURSE_OF_RULE wanted=c1 found=c1 holds\n"
                                "check COURSE_ONCE wanted=yes found=yes holds\n"
                                "check COURSE_NOT_DONE wanted=yes found=yes holds\n"
                                "check COURSE_FREE wanted=free found=free holds\n";
    struct core_bank *bank = *state;
    struct hash expected = hash_sha256(slice_text(trace));
    struct item item;

    core_award(bank, ACCOUNT_A, "w-1");
    item = core_application(bank, ACCOUNT_A, APP_1, "w-1");
    assert_memory_equal(item.application_submitted.trace_hash.at, expected.bytes, HASH_SIZE);
}

/* Before and after the dates of the rulebook. */
static void
keeps_to_the_dates_of_the_rulebook(void **state)
{
    struct core_bank *bank = *state;
    struct item item;

    core_award(bank, ACCOUNT_A, "w-1");
    bank->position.booked_at_us += INT64_C(31) * 86400 * 1000000;
    item = core_application(bank, ACCOUNT_A, APP_1, "w-1");
    core_refuses(bank, SERVICE, &item, "application_submitted.rulebook_id", REASON_WINDOW_CLOSED);
}

#define TEST(function) \
    cmocka_unit_test_setup_teardown(function, core_bank_setup, core_bank_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(approves_an_application_with_two_keys),
        TEST(decides_only_what_the_rules_give),
        TEST(uses_an_outcome_and_a_course_once),
        TEST(frees_what_was_reserved_when_it_ends_otherwise),
        TEST(does_not_approve_what_was_revoked_meanwhile),
        TEST(does_not_use_a_replaced_certificate_again),
        TEST(does_not_use_again_what_was_used_in_its_place_in_error),
        TEST(refuses_an_outcome_that_a_clause_does_not_take),
        TEST(refuses_an_application_field_by_field),
        TEST(refuses_lines_that_do_not_fit_the_rulebook),
        TEST(refuses_too_many_lines_and_courses_at_once),
        TEST(exempts_from_no_course_that_was_passed),
        TEST(says_by_which_entry_an_outcome_was_revoked),
        TEST(says_nothing_of_the_trace_to_whom_the_rules_refuse),
        TEST(hashes_the_trace_that_is_documented),
        TEST(keeps_to_the_dates_of_the_rulebook),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
