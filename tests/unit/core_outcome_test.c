/* Course results, training hours, certificates; corrected, revoked, replaced, recorded again. */
#include "core_fixture.h"

#define AT(member) offsetof(struct item, member)

static void
refuses_a_result_field_by_field(void **state)
{
    static const struct core_case cases[] = {
        {"course_result_recorded.account_no", REASON_ACCOUNT_UNKNOWN, CASE_TEXT,
         AT(course_result_recorded.account_no), 0, "10000000000040"},
        {"course_result_recorded.account_no", REASON_NOT_ENROLLED, CASE_TEXT,
         AT(course_result_recorded.account_no), 0, ACCOUNT_C},
        {"course_result_recorded.outer_id", REASON_FIELD_REQUIRED, CASE_TEXT,
         AT(course_result_recorded.outer_id), 0, ""},
        {"course_result_recorded.outer_id", REASON_FIELD_CHARACTERS, CASE_TEXT,
         AT(course_result_recorded.outer_id), 0, "成绩1"},
        {"course_result_recorded.course_code", REASON_COURSE_UNKNOWN, CASE_TEXT,
         AT(course_result_recorded.course_code), 0, "c4"},
        {"course_result_recorded.course_code", REASON_COURSE_UNKNOWN, CASE_TEXT,
         AT(course_result_recorded.programme_id), 0, "other"},
        {"course_result_recorded.centihours", REASON_FIELD_RANGE, CASE_INT64,
         AT(course_result_recorded.centihours), 0, NULL},
        {"course_result_recorded.centihours", REASON_FIELD_RANGE, CASE_INT64,
         AT(course_result_recorded.centihours), 100001, NULL},
        {"course_result_recorded.scheme", REASON_FIELD_RANGE, CASE_INT32,
         AT(course_result_recorded.scheme), 0, NULL},
        {"course_result_recorded.centiscore", REASON_SCORE_OUT_OF_RANGE, CASE_INT64,
         AT(course_result_recorded.centiscore), 10001, NULL},
        {"course_result_recorded.centiscore", REASON_SCORE_OUT_OF_RANGE, CASE_INT64,
         AT(course_result_recorded.centiscore), -1, NULL},
        {"course_result_recorded.completed_date", REASON_DATE_IN_FUTURE, CASE_INT32,
         AT(course_result_recorded.completed_date), TODAY + 1, NULL},
        {"course_result_recorded.completed_date", REASON_DATE_TOO_EARLY, CASE_INT32,
         AT(course_result_recorded.completed_date), -7398, NULL}, /* 1949-09-30 */
        {"course_result_recorded.completed_date", REASON_BEFORE_ENROLMENT, CASE_INT32,
         AT(course_result_recorded.completed_date), TODAY - 10, NULL},
        {"course_result_recorded.centicredits", REASON_CREDITS_WRONG, CASE_INT64,
         AT(course_result_recorded.centicredits), 1000000000000, NULL},
        {"course_result_recorded.centicredits", REASON_CREDITS_WRONG, CASE_INT64,
         AT(course_result_recorded.centicredits), -400, NULL},
        {"course_result_recorded.centicredits", REASON_CREDITS_WRONG, CASE_INT64,
         AT(course_result_recorded.centiscore), 5999, NULL},
    };
    struct item good = core_result(ACCOUNT_A, "r-1");

    core_refuses_each(*state, SCHOOL, &good, cases, ARRAY_COUNT(cases));
}

/* A was in the programme from TODAY - 9, left it, and is in it again. */
static void
takes_results_from_the_first_day_of_the_first_enrolment_on(void **state)
{
    struct core_bank *bank = *state;
    struct item error = core_enrolled(ACCOUNT_C, "S3"), again = core_enrolled(ACCOUNT_A, "S0");
    struct item ended = {
        .kind = ITEM_ENROLMENT_ENDED,
        .enrolment_ended = {slice_text(ACCOUNT_A), slice_text("S1"), TODAY, ENROLMENT_WITHDRAWN}};
    struct item first = core_result(ACCOUNT_A, "r-1"), early = core_result(ACCOUNT_C, "r-2");

    again.learner_enrolled.begin_date = TODAY;
    first.course_result_recorded.completed_date = TODAY - 9;
    core_books(bank, SCHOOL, &ended);
    core_books(bank, SCHOOL, &again);
    core_books(bank, SCHOOL, &first);

    /* C's earlier enrolment was an error, and never was. */
    core_books(bank, SCHOOL, &error);
    ended.enrolment_ended = (struct enrolment_ended){slice_text(ACCOUNT_C), slice_text("S3"), TODAY,
                                                     ENROLMENT_ENTRY_ERROR};
    core_books(bank, SCHOOL, &ended);
    error.learner_enrolled.begin_date = TODAY;
    core_books(bank, SCHOOL, &error);
    early.course_result_recorded.completed_date = TODAY - 1;
    core_refuses(bank, SCHOOL, &early, "course_result_recorded.completed_date",
                 REASON_BEFORE_ENROLMENT);
}

static void
takes_scores_as_their_schemes_write_them(void **state)
{
    static const struct {
        int scheme;
        int64_t centiscore;
        bool known;
    } cases[] = {
        {GRADING_PERCENTAGE, 5999, true}, {GRADING_PASS_FAIL, 10000, true},
        {GRADING_PASS_FAIL, 0, true},     {GRADING_PASS_FAIL, 6000, false},
        {GRADING_FIVE_GRADE, 9000, true}, {GRADING_FIVE_GRADE, 6000, true},
        {GRADING_FIVE_GRADE, 0, true},    {GRADING_FIVE_GRADE, 8500, false},
    };
    struct core_bank *bank = *state;

    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        char number[] = {'r', (char)('0' + i), '\0'};
        struct item item = core_result(ACCOUNT_A, number);

        item.course_result_recorded.scheme = (enum grading_scheme)cases[i].scheme;
        item.course_result_recorded.centiscore = cases[i].centiscore;
        item.course_result_recorded.centicredits = cases[i].centiscore >= 6000 ? 400 : 0;
        if (cases[i].known)
            core_books(bank, SCHOOL, &item);
        else
            core_refuses(bank, SCHOOL, &item, "course_result_recorded.centiscore",
                         REASON_SCORE_OUT_OF_RANGE);
    }
}

/* A number stands once: equal, of another learner, or otherwise different. */
static void
tells_a_repetition_from_a_conflict(void **state)
{
    struct core_bank *bank = *state;
    struct item first = core_result(ACCOUNT_A, "r-1"), again = first, other, foreign;

    first.content_hash = again.content_hash = hash_sha256(slice_text("content"));
    other = first;
    other.content_hash = hash_sha256(slice_text("other"));
    foreign = other;
    foreign.course_result_recorded.account_no = slice_text(ACCOUNT_B);
    core_books(bank, SCHOOL, &first);
    core_refuses(bank, SCHOOL, &again, "course_result_recorded.outer_id",
                 REASON_OUTCOME_ALREADY_RECORDED);
    assert_int_equal(bank->refusals.count, 1);
    core_refuses(bank, SCHOOL, &other, "course_result_recorded.outer_id", REASON_OUTCOME_CONFLICT);
    core_refuses(bank, SCHOOL, &foreign, "course_result_recorded.outer_id",
                 REASON_OUTCOME_OF_ANOTHER);
    assert_int_equal(core_outcome(bank, SCHOOL, "r-1")->version, 1);
}

/* The remainder has moved on, and still a repetition is told as what it is, and as that alone. */
static void
tells_a_repetition_of_training_hours(void **state)
{
    struct core_bank *bank = *state;
    struct item first = core_training(ACCOUNT_A, "t-1", 1000, 50, 200);

    core_books(bank, SCHOOL, &first);
    core_refuses(bank, SCHOOL, &first, "training_hours_recorded.outer_id",
                 REASON_OUTCOME_ALREADY_RECORDED);
    assert_int_equal(bank->refusals.count, 1);
}

static void
keeps_of_a_certificate_what_the_catalogue_says(void **state)
{
    struct core_bank *bank = *state;
    struct item item = core_certificate(ACCOUNT_A, "w-1");

    core_books(bank, ISSUER, &item);

    const struct outcome *outcome = core_outcome(bank, ISSUER, "w-1");

    assert_int_equal(outcome->grade, 2);
    assert_true(slice_is(outcome->certificate_id, "web-2"));
}

static void
refuses_a_number_twice_in_one_transaction(void **state)
{
    struct core_bank *bank = *state;
    struct item items[] = {core_certificate(ACCOUNT_A, "w-1"), core_certificate(ACCOUNT_B, "w-2"),
                           core_certificate(ACCOUNT_B, "w-1")};
    struct transaction transaction;

    items[2].content_hash = hash_sha256(slice_text("of another learner"));
    transaction = core_items(bank, ISSUER, items, ARRAY_COUNT(items));
    assert_int_equal(core_execute(bank, &transaction), EXECUTE_REFUSED);
    assert_int_equal(bank->refusals.count, 1);
    assert_true(core_told(bank, 2, "certificate_awarded.outer_id", REASON_OUTCOME_OF_ANOTHER));
    assert_null(core_outcome(bank, ISSUER, "w-2"));
}

static void
lists_every_bad_item_of_a_transaction(void **state)
{
    struct core_bank *bank = *state;
    struct item items[] = {core_result(ACCOUNT_A, "r-1"), core_result(ACCOUNT_A, "r-2"),
                           core_result(ACCOUNT_A, "r-3")};
    struct transaction transaction;

    items[0].course_result_recorded.centihours = 0;
    items[0].course_result_recorded.centiscore = -1;
    items[2].course_result_recorded.completed_date = TODAY + 1;
    transaction = core_items(bank, SCHOOL, items, ARRAY_COUNT(items));
    assert_int_equal(core_execute(bank, &transaction), EXECUTE_REFUSED);
    assert_int_equal(bank->refusals.count, 3);
    assert_true(core_told(bank, 0, "course_result_recorded.centihours", REASON_FIELD_RANGE));
    assert_true(core_told(bank, 0, "course_result_recorded.centiscore", REASON_SCORE_OUT_OF_RANGE));
    assert_true(core_told(bank, 2, "course_result_recorded.completed_date", REASON_DATE_IN_FUTURE));
}

static int64_t
left_over(struct core_bank *bank, const char *account_no)
{
    const struct hours_balance *row =
        world_find(bank->world, TABLE_HOURS_BALANCE,
                   &(struct hours_balance){.account_no = slice_text(account_no),
                                           .institution_id = slice_text("school"),
                                           .course_kind = COURSE_THEORY});

    return row == NULL ? 0 : row->remainder_centihours;
}

/* 16 hours a credit, in steps of half a credit: 8 hours. 10 h give 0.5 and leave 2; 14 more
 * give 1.0. */
static void
keeps_the_hours_that_make_no_whole_step(void **state)
{
    struct core_bank *bank = *state;
    struct item first = core_training(ACCOUNT_A, "t-1", 1000, 50, 200);
    struct item second = core_training(ACCOUNT_A, "t-2", 1400, 100, 0);
    struct item wrong = core_training(ACCOUNT_A, "t-2", 1400, 50, 600);
    struct item revoked = core_revoked(ACCOUNT_A, "t-1", CHANGE_ENTRY_ERROR);

    core_books(bank, SCHOOL, &first);
    core_refuses(bank, SCHOOL, &wrong, "training_hours_recorded.centicredits",
                 REASON_CREDITS_WRONG);
    assert_string_equal(bank->refusals.first->detail, "1");
    assert_true(
        core_told(bank, 0, "training_hours_recorded.remainder_centihours", REASON_REMAINDER_WRONG));
    core_books(bank, SCHOOL, &second);
    /* The 2 hours that the first left over are in the second's credits. */
    core_refuses(bank, SCHOOL, &revoked, "outcome_revoked.outer_id", REASON_HOURS_USED_LATER);
    assert_string_equal(bank->refusals.first->detail, "2");
    revoked = core_revoked(ACCOUNT_A, "t-2", CHANGE_ENTRY_ERROR);
    core_books(bank, SCHOOL, &revoked);
    assert_int_equal(left_over(bank, ACCOUNT_A), 200);
    revoked = core_revoked(ACCOUNT_A, "t-1", CHANGE_ENTRY_ERROR);
    core_books(bank, SCHOOL, &revoked);
    assert_int_equal(left_over(bank, ACCOUNT_A), 0);
}

/* A rule for earlier days, set later, does not change what was given: nor what is given back. */
static void
gives_back_the_hours_that_were_taken(void **state)
{
    struct core_bank *bank = *state;
    struct item first = core_training(ACCOUNT_A, "t-1", 1000, 50, 200);
    struct item rule = {.kind = ITEM_RECORDING_RULE_SET,
                        .recording_rule_set = {COURSE_THEORY, 1800, 50, TODAY - 100}};
    struct item revoked = core_revoked(ACCOUNT_A, "t-1", CHANGE_ENTRY_ERROR);

    core_books(bank, SCHOOL, &first);
    core_books(bank, OPERATOR, &rule);
    core_books(bank, SCHOOL, &revoked);
    assert_int_equal(left_over(bank, ACCOUNT_A), 0);
}

static void
refuses_training_hours_field_by_field(void **state)
{
    static const struct core_case cases[] = {
        {"training_hours_recorded.title", REASON_FIELD_REQUIRED, CASE_TEXT,
         AT(training_hours_recorded.title), 0, ""},
        {"training_hours_recorded.course_kind", REASON_FIELD_RANGE, CASE_INT32,
         AT(training_hours_recorded.course_kind), 3, NULL},
        {"training_hours_recorded.centihours", REASON_FIELD_RANGE, CASE_INT64,
         AT(training_hours_recorded.centihours), 0, NULL},
        {"training_hours_recorded.completed_date", REASON_RECORDING_RULE_MISSING, CASE_INT32,
         AT(training_hours_recorded.completed_date), DATE_2019 - 1, NULL},
        {"training_hours_recorded.completed_date", REASON_DATE_IN_FUTURE, CASE_INT32,
         AT(training_hours_recorded.completed_date), TODAY + 1, NULL},
        {"training_hours_recorded.remainder_centihours", REASON_REMAINDER_WRONG, CASE_INT64,
         AT(training_hours_recorded.remainder_centihours), -600, NULL},
    };
    struct item good = core_training(ACCOUNT_C, "t-1", 1000, 50, 200);

    core_refuses_each(*state, SCHOOL, &good, cases, ARRAY_COUNT(cases));
}

static void
refuses_a_certificate_field_by_field(void **state)
{
    static const struct core_case cases[] = {
        {"certificate_awarded.certificate_id", REASON_CERTIFICATE_UNKNOWN, CASE_TEXT,
         AT(certificate_awarded.certificate_id), 0, "web-9"},
        {"certificate_awarded.issue_date", REASON_DATE_IN_FUTURE, CASE_INT32,
         AT(certificate_awarded.issue_date), TODAY + 1, NULL},
        {"certificate_awarded.issue_date", REASON_BEFORE_STATE_DATE, CASE_INT32,
         AT(certificate_awarded.issue_date), DATE_2019 - 1, NULL},
        {"certificate_awarded.certificate_id", REASON_NOT_ACCREDITED, CASE_INT32,
         AT(certificate_awarded.issue_date), DATE_2019 - 366, NULL},
        {"certificate_awarded.centiscore", REASON_SCORE_OUT_OF_RANGE, CASE_INT64,
         AT(certificate_awarded.centiscore), 10001, NULL},
        {"certificate_awarded.expiry_date", REASON_DATE_ORDER, CASE_INT32,
         AT(certificate_awarded.expiry_date), TODAY - 1, NULL},
        {"certificate_awarded.replaces_outer_id", REASON_REPLACED_WRONG, CASE_TEXT,
         AT(certificate_awarded.replaces_outer_id), 0, "w-0"},
        {"certificate_awarded.reposted_after", REASON_REPOSTED_WRONG, CASE_INT64,
         AT(certificate_awarded.reposted_after), 3, NULL},
    };
    struct core_bank *bank = *state;
    struct item good = core_certificate(ACCOUNT_A, "w-1");

    core_refuses(bank, ISSUER_2, &good, "certificate_awarded.certificate_id",
                 REASON_NOT_ACCREDITED);
    core_refuses_each(bank, ISSUER, &good, cases, ARRAY_COUNT(cases));
}

static void
posts_a_number_anew_after_it_was_the_wrong_persons(void **state)
{
    struct core_bank *bank = *state;
    struct item wrong = core_certificate(ACCOUNT_A, "w-1");
    struct item revoked = core_revoked(ACCOUNT_A, "w-1", CHANGE_WRONG_PERSON);
    struct item anew = core_certificate(ACCOUNT_B, "w-1");
    int64_t revoked_at;

    core_books(bank, ISSUER, &wrong);
    revoked_at = bank->position.entry_index;
    core_books(bank, ISSUER, &revoked);
    core_refuses(bank, ISSUER, &anew, "certificate_awarded.outer_id", REASON_OUTCOME_REVOKED);
    anew.certificate_awarded.reposted_after = revoked_at - 1;
    core_refuses(bank, ISSUER, &anew, "certificate_awarded.reposted_after", REASON_REPOSTED_WRONG);
    anew.certificate_awarded.reposted_after = revoked_at;
    core_books(bank, ISSUER, &anew);
    assert_int_equal(core_outcome(bank, ISSUER, "w-1")->version, 3);
    assert_true(slice_is(core_outcome(bank, ISSUER, "w-1")->account_no, ACCOUNT_B));
    core_refuses(bank, ISSUER, &anew, "certificate_awarded.outer_id",
                 REASON_OUTCOME_ALREADY_RECORDED);
}

/* After w-1 was replaced by w-2, and what then became of w-2: whether w-3 may replace w-1. */
static void
replaces_a_certificate_once_but_for_errors(void **state)
{
    static const struct {
        enum change_reason reason; /* of w-2's revocation; 0: it stands */
        const char *again;         /* whose w-2 then is again; NULL: nobody's */
        const char *replaces;      /* what it replaces again */
        bool is_free;
    } cases[] = {
        {0, NULL, NULL, false},
        {CHANGE_REPLACED, NULL, NULL, false},
        {CHANGE_MISCONDUCT, NULL, NULL, false},
        {CHANGE_ENTRY_ERROR, NULL, NULL, true},
        {CHANGE_IMPORT_UNDONE, NULL, NULL, true},
        {CHANGE_WRONG_PERSON, NULL, NULL, true},
        {CHANGE_IMPORT_UNDONE, ACCOUNT_A, "w-1", false},
        {CHANGE_ENTRY_ERROR, ACCOUNT_A, "", true},
        {CHANGE_ENTRY_ERROR, ACCOUNT_B, "", true},
    };
    struct core_bank *bank = *state;
    struct item first = core_certificate(ACCOUNT_A, "w-1");
    struct item taken_back = core_revoked(ACCOUNT_A, "w-1", CHANGE_REPLACED);

    core_books(bank, ISSUER, &first);
    core_books(bank, ISSUER, &taken_back);
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        size_t mark = world_mark(bank->world);
        struct item second = core_certificate(ACCOUNT_A, "w-2"), again = second;
        struct item third = core_certificate(ACCOUNT_A, "w-3");
        struct item revoked = core_revoked(ACCOUNT_A, "w-2", cases[i].reason);

        second.certificate_awarded.replaces_outer_id = slice_text("w-1");
        third.certificate_awarded.replaces_outer_id = slice_text("w-1");
        core_books(bank, ISSUER, &second);
        if (cases[i].reason != 0)
            core_books(bank, ISSUER, &revoked);
        if (cases[i].again != NULL) {
            again.certificate_awarded.account_no = slice_text(cases[i].again);
            again.certificate_awarded.replaces_outer_id = slice_text(cases[i].replaces);
            core_books(bank, ISSUER, &again);
        }
        if (cases[i].is_free)
            core_books(bank, ISSUER, &third);
        else
            core_refuses(bank, ISSUER, &third, "certificate_awarded.replaces_outer_id",
                         REASON_REPLACED_ALREADY);
        world_undo(bank->world, mark);
    }
}

static void
corrects_a_mark_and_keeps_what_was(void **state)
{
    struct core_bank *bank = *state;
    struct item result = core_result(ACCOUNT_A, "r-1");
    struct item corrected = {.kind = ITEM_OUTCOME_CORRECTED,
                             .outcome_corrected = {slice_text(ACCOUNT_A), slice_text("r-1"),
                                                   CHANGE_MARK_REVIEWED, 5000, 0}};
    static const struct core_case cases[] = {
        {"outcome_corrected.reason", REASON_CHANGE_REASON, CASE_INT32, AT(outcome_corrected.reason),
         CHANGE_WRONG_PERSON, NULL},
        {"outcome_corrected.centiscore", REASON_NOTHING_CHANGED, CASE_INT64,
         AT(outcome_corrected.centiscore), 8500, NULL},
        {"outcome_corrected.centiscore", REASON_SCORE_OUT_OF_RANGE, CASE_INT64,
         AT(outcome_corrected.centiscore), 10100, NULL},
        {"outcome_corrected.centicredits", REASON_CREDITS_WRONG, CASE_INT64,
         AT(outcome_corrected.centicredits), 400, NULL},
        {"outcome_corrected.outer_id", REASON_OUTCOME_UNKNOWN, CASE_TEXT,
         AT(outcome_corrected.account_no), 0, ACCOUNT_B},
    };
    const struct outcome_version *first;

    core_books(bank, SCHOOL, &result);
    core_refuses(bank, SCHOOL_2, &corrected, "outcome_corrected.outer_id", REASON_OUTCOME_UNKNOWN);
    core_refuses_each(bank, SCHOOL, &corrected, cases, ARRAY_COUNT(cases));
    first = world_find(bank->world, TABLE_OUTCOME_VERSION,
                       &(struct outcome_version){.institution_id = slice_text("school"),
                                                 .outer_id = slice_text("r-1"),
                                                 .version = 1});
    assert_int_equal(first->centiscore, 8500);
    assert_int_equal(core_outcome(bank, SCHOOL, "r-1")->centiscore, 5000);
    assert_int_equal(core_outcome(bank, SCHOOL, "r-1")->centicredits, 0);
}

static void
revokes_an_outcome_once(void **state)
{
    struct core_bank *bank = *state;
    struct item hours = core_training(ACCOUNT_A, "t-1", 1000, 50, 200);
    struct item revoked = core_revoked(ACCOUNT_A, "t-1", CHANGE_MISCONDUCT);
    struct item reviewed = core_revoked(ACCOUNT_A, "t-1", CHANGE_MARK_REVIEWED);
    struct item corrected = {.kind = ITEM_OUTCOME_CORRECTED,
                             .outcome_corrected = {slice_text(ACCOUNT_A), slice_text("t-1"),
                                                   CHANGE_ENTRY_ERROR, 5000, 0}};

    core_books(bank, SCHOOL, &hours);
    core_refuses(bank, SCHOOL, &corrected, "outcome_corrected.outer_id",
                 REASON_HOURS_NOT_CORRECTED);
    core_refuses(bank, SCHOOL, &reviewed, "outcome_revoked.reason", REASON_CHANGE_REASON);
    core_books(bank, SCHOOL, &revoked);
    core_refuses(bank, SCHOOL, &revoked, "outcome_revoked.outer_id", REASON_OUTCOME_REVOKED);
    assert_int_equal(bank->refusals.count, 1);
    core_refuses(bank, SCHOOL, &corrected, "outcome_corrected.outer_id", REASON_OUTCOME_REVOKED);
    core_refuses(bank, SCHOOL, &hours, "training_hours_recorded.outer_id", REASON_OUTCOME_REVOKED);
}

/* An import that was undone can be sent again. */
static void
records_again_what_was_undone(void **state)
{
    struct core_bank *bank = *state;
    struct item result = core_result(ACCOUNT_A, "r-1");
    struct item revoked = core_revoked(ACCOUNT_A, "r-1", CHANGE_IMPORT_UNDONE);
    struct passed_course key = {slice_text(ACCOUNT_A), slice_text("school"), slice_text("cs"),
                                slice_text("c3"), 0};
    const struct passed_course *passed;

    core_books(bank, SCHOOL, &result);
    core_books(bank, SCHOOL, &revoked);
    passed = world_find(bank->world, TABLE_PASSED_COURSE, &key);
    assert_int_equal(passed->count, 0);
    core_books(bank, SCHOOL, &result);
    passed = world_find(bank->world, TABLE_PASSED_COURSE, &key);
    assert_int_equal(passed->count, 1);
    assert_int_equal(core_outcome(bank, SCHOOL, "r-1")->version, 3);
}

#define TEST(function) \
    cmocka_unit_test_setup_teardown(function, core_bank_setup, core_bank_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(refuses_a_result_field_by_field),
        TEST(takes_results_from_the_first_day_of_the_first_enrolment_on),
        TEST(takes_scores_as_their_schemes_write_them),
        TEST(tells_a_repetition_from_a_conflict),
        TEST(tells_a_repetition_of_training_hours),
        TEST(keeps_of_a_certificate_what_the_catalogue_says),
        TEST(refuses_a_number_twice_in_one_transaction),
        TEST(lists_every_bad_item_of_a_transaction),
        TEST(keeps_the_hours_that_make_no_whole_step),
        TEST(gives_back_the_hours_that_were_taken),
        TEST(refuses_training_hours_field_by_field),
        TEST(refuses_a_certificate_field_by_field),
        TEST(posts_a_number_anew_after_it_was_the_wrong_persons),
        TEST(replaces_a_certificate_once_but_for_errors),
        TEST(corrects_a_mark_and_keeps_what_was),
        TEST(revokes_an_outcome_once),
        TEST(records_again_what_was_undone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
