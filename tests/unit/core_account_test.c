/* Accounts and enrolments. */
#include "core_fixture.h"

#include <stdio.h>

#define ACCOUNT_D "10000000000040"
#define AT(member) offsetof(struct item, member)

static void
opens_an_account_once(void **state)
{
    static const struct core_case cases[] = {
        {"account_opened.account_no", REASON_ACCOUNT_NO_FORM, CASE_TEXT,
         AT(account_opened.account_no), 0, "10000000000041"},
        {"account_opened.account_no", REASON_ACCOUNT_NO_FORM, CASE_TEXT,
         AT(account_opened.account_no), 0, "1000000000004"},
        {"account_opened.account_no", REASON_ACCOUNT_EXISTS, CASE_TEXT,
         AT(account_opened.account_no), 0, ACCOUNT_A},
        {"account_opened.commitments", REASON_FIELD_RANGE, CASE_SIZE,
         AT(account_opened.commitment_count), 0, NULL},
    };
    static struct identity_commitment twice[2];
    struct core_bank *bank = *state;
    struct item good = core_opened(ACCOUNT_D), bad = good;

    twice[0] = twice[1] = good.account_opened.commitments[0];
    bad.account_opened.commitments = twice;
    core_refuses(bank, ISSUER, &bad, "account_opened.commitments.field", REASON_FIELD_ORDER);
    twice[1].field = IDENTITY_NAME;
    twice[1].hash = slice_text("short");
    core_refuses(bank, ISSUER, &bad, "account_opened.commitments.hash", REASON_FIELD_LENGTH);
    core_refuses(bank, REGULATOR, &good, "institution_id", REASON_INSTITUTION_KIND_WRONG);
    core_refuses_each(bank, ISSUER, &good, cases, ARRAY_COUNT(cases));
}

/* Every state and what the operator, or the owner, may make of it. */
static void
moves_an_account_through_its_states(void **state)
{
    static const struct {
        int from[3]; /* set one after another on a new account; 0: activated */
        int count;
        int to; /* 0: activated */
        bool allowed;
    } cases[] = {
        {{0}, 0, 0, true},
        {{0}, 0, ACCOUNT_ACTIVE, false},
        {{0}, 0, ACCOUNT_SUSPENDED, false}, /* resumed, it would be active without its owner */
        {{0}, 0, ACCOUNT_CLOSED, true},
        {{0}, 1, 0, false},
        {{0}, 1, ACCOUNT_ACTIVE, false},
        {{0}, 1, ACCOUNT_SUSPENDED, true},
        {{0, ACCOUNT_SUSPENDED}, 2, ACCOUNT_ACTIVE, true},
        {{0, ACCOUNT_SUSPENDED}, 2, ACCOUNT_SUSPENDED, false},
        {{0, ACCOUNT_CLOSED}, 2, ACCOUNT_ACTIVE, false},
        {{0, ACCOUNT_CLOSED}, 2, 0, false},
    };
    struct core_bank *bank = *state;

    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        size_t mark = world_mark(bank->world);
        struct item opened = core_opened(ACCOUNT_D);

        core_books(bank, SCHOOL, &opened);
        for (int step = 0; step <= cases[i].count; step++) {
            int to = step < cases[i].count ? cases[i].from[step] : cases[i].to;
            struct item set = {
                .kind = ITEM_ACCOUNT_STATE_SET,
                .account_state_set = {slice_text(ACCOUNT_D), (enum account_state)to}};
            struct item activated = {.kind = ITEM_ACCOUNT_ACTIVATED,
                                     .account_activated = {slice_text(ACCOUNT_D)}};
            enum core_key key = to == 0 ? SERVICE : OPERATOR;

            if (step < cases[i].count || cases[i].allowed)
                core_books(bank, key, to == 0 ? &activated : &set);
            else
                core_refuses(bank, key, to == 0 ? &activated : &set,
                             to == 0 ? "account_activated.account_no" : "account_state_set.state",
                             REASON_ACCOUNT_STATE);
        }
        world_undo(bank->world, mark);
    }
}

static void
records_nothing_in_an_account_that_is_closed_or_suspended(void **state)
{
    static const struct {
        enum account_state state;
        enum reason reason;
    } cases[] = {{ACCOUNT_SUSPENDED, REASON_ACCOUNT_SUSPENDED},
                 {ACCOUNT_CLOSED, REASON_ACCOUNT_CLOSED}};
    struct core_bank *bank = *state;

    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        struct item set = {.kind = ITEM_ACCOUNT_STATE_SET,
                           .account_state_set = {slice_text(ACCOUNT_A), cases[i].state}};
        struct item result = core_result(ACCOUNT_A, "r-1");
        struct item hours = core_training(ACCOUNT_A, "t-1", 800, 50, 0);
        struct item certificate = core_certificate(ACCOUNT_A, "w-1");
        struct item enrolled = core_enrolled(ACCOUNT_A, "S9");

        core_books(bank, OPERATOR, &set);
        core_refuses(bank, SCHOOL, &result, "course_result_recorded.account_no", cases[i].reason);
        core_refuses(bank, SCHOOL, &hours, "training_hours_recorded.account_no", cases[i].reason);
        core_refuses(bank, ISSUER, &certificate, "certificate_awarded.account_no", cases[i].reason);
        core_refuses(bank, SCHOOL, &enrolled, "learner_enrolled.account_no", cases[i].reason);
    }
}

static void
enrols_under_a_number_that_is_nobody_elses(void **state)
{
    static const struct core_case cases[] = {
        {"learner_enrolled.student_no", REASON_FIELD_REQUIRED, CASE_TEXT,
         AT(learner_enrolled.student_no), 0, ""},
        {"learner_enrolled.student_no", REASON_FIELD_CHARACTERS, CASE_TEXT,
         AT(learner_enrolled.student_no), 0, "学号1"},
        {"learner_enrolled.student_no", REASON_STUDENT_NO_TAKEN, CASE_TEXT,
         AT(learner_enrolled.student_no), 0, "S1"},
        {"learner_enrolled.programme_id", REASON_PROGRAMME_UNKNOWN, CASE_TEXT,
         AT(learner_enrolled.programme_id), 0, "other"},
        {"learner_enrolled.programme_id", REASON_ALREADY_ENROLLED, CASE_TEXT,
         AT(learner_enrolled.account_no), 0, ACCOUNT_A},
        {"learner_enrolled.account_no", REASON_ACCOUNT_UNKNOWN, CASE_TEXT,
         AT(learner_enrolled.account_no), 0, ACCOUNT_D},
    };
    struct item good = core_enrolled(ACCOUNT_C, "S3");

    core_refuses_each(*state, SCHOOL, &good, cases, ARRAY_COUNT(cases));
}

/* The programme's cohort is of 2025, and today the 10th of September of that year. */
static void
enrols_from_ten_years_before_the_cohort_to_a_year_from_today(void **state)
{
    static const struct core_case cases[] = {
        {"learner_enrolled.begin_date", REASON_DATE_TOO_EARLY, CASE_INT32,
         AT(learner_enrolled.begin_date), 16435, NULL}, /* 2014-12-31 */
        {"learner_enrolled.begin_date", REASON_DATE_TOO_FAR_AHEAD, CASE_INT32,
         AT(learner_enrolled.begin_date), TODAY + 366, NULL},
    };
    static const int32_t days[] = {16436, TODAY + 365}; /* 2015-01-01, 2026-09-10 */
    static const char *const student_numbers[] = {"S8", "S9"};
    struct core_bank *bank = *state;

    for (size_t i = 0; i < ARRAY_COUNT(days); i++) {
        struct item good = core_enrolled(ACCOUNT_C, student_numbers[i]);
        size_t mark = world_mark(bank->world);

        good.learner_enrolled.begin_date = days[i];
        core_refuses_each(bank, SCHOOL, &good, cases, ARRAY_COUNT(cases));
        world_undo(bank->world, mark);
    }
}

static void
ends_an_enrolment_and_begins_another(void **state)
{
    static const struct core_case cases[] = {
        {"enrolment_ended.student_no", REASON_NOT_ENROLLED, CASE_TEXT,
         AT(enrolment_ended.student_no), 0, "S2"},
        {"enrolment_ended.end_date", REASON_DATE_TOO_FAR_AHEAD, CASE_INT32,
         AT(enrolment_ended.end_date), TODAY + 366, NULL},
        {"enrolment_ended.end_date", REASON_DATE_ORDER, CASE_INT32, AT(enrolment_ended.end_date),
         TODAY - 10, NULL},
        {"enrolment_ended.reason", REASON_FIELD_RANGE, CASE_INT32, AT(enrolment_ended.reason), 5,
         NULL},
    };
    struct core_bank *bank = *state;
    struct item ended = {
        .kind = ITEM_ENROLMENT_ENDED,
        .enrolment_ended = {slice_text(ACCOUNT_A), slice_text("S1"), TODAY, ENROLMENT_TRANSFERRED}};
    struct item anew = core_enrolled(ACCOUNT_A, "S1"), result = core_result(ACCOUNT_A, "r-1");

    core_refuses(bank, SCHOOL_2, &ended, "enrolment_ended.student_no", REASON_NOT_ENROLLED);
    core_refuses_each(bank, SCHOOL, &ended, cases, ARRAY_COUNT(cases));
    core_refuses(bank, SCHOOL, &ended, "enrolment_ended.student_no", REASON_ENROLMENT_ENDED);
    core_books(bank, SCHOOL, &result); /* in which the learner was enrolled */
    core_refuses(bank, SCHOOL, &anew, "learner_enrolled.student_no", REASON_STUDENT_NO_TAKEN);
    anew.learner_enrolled.student_no = slice_text("S4");
    core_books(bank, SCHOOL, &anew);
}

static struct item
ended(const char *account_no, const char *student_no, enum enrolment_end_reason reason)
{
    return (struct item){
        .kind = ITEM_ENROLMENT_ENDED,
        .enrolment_ended = {slice_text(account_no), slice_text(student_no), TODAY, reason}};
}

static const struct enrolment *
enrolment(struct core_bank *bank, const char *account_no, int32_t enrolment_no)
{
    return world_find(bank->world, TABLE_ENROLMENT,
                      &(struct enrolment){.account_no = slice_text(account_no),
                                          .school_id = slice_text("school"),
                                          .student_no = slice_text("S1"),
                                          .enrolment_no = enrolment_no});
}

/* Of A's number S1, after each end of her enrolment: whether she, or C, may have it. */
static void
gives_a_number_back_only_after_an_error_of_entry(void **state)
{
    static const struct {
        enum enrolment_end_reason reason;
        const char *account_no;
        bool is_free;
    } cases[] = {
        {ENROLMENT_GRADUATED, ACCOUNT_A, false},   {ENROLMENT_GRADUATED, ACCOUNT_C, false},
        {ENROLMENT_TRANSFERRED, ACCOUNT_A, false}, {ENROLMENT_TRANSFERRED, ACCOUNT_C, false},
        {ENROLMENT_WITHDRAWN, ACCOUNT_A, false},   {ENROLMENT_WITHDRAWN, ACCOUNT_C, false},
        {ENROLMENT_ENTRY_ERROR, ACCOUNT_A, true},  {ENROLMENT_ENTRY_ERROR, ACCOUNT_C, true},
    };
    struct core_bank *bank = *state;

    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        size_t mark = world_mark(bank->world);
        struct item end = ended(ACCOUNT_A, "S1", cases[i].reason);
        struct item again = core_enrolled(cases[i].account_no, "S1");

        core_books(bank, SCHOOL, &end);
        assert_int_equal(enrolment(bank, ACCOUNT_A, 1)->state, ENROLMENT_ENDED);
        assert_int_equal(enrolment(bank, ACCOUNT_A, 1)->end_reason, cases[i].reason);
        if (cases[i].is_free)
            core_books(bank, SCHOOL, &again);
        else
            core_refuses(bank, SCHOOL, &again, "learner_enrolled.student_no",
                         REASON_STUDENT_NO_TAKEN);
        world_undo(bank->world, mark);
    }
}

static void
keeps_the_enrolment_that_was_an_error_beside_the_new_one(void **state)
{
    struct core_bank *bank = *state;
    struct item error = ended(ACCOUNT_A, "S1", ENROLMENT_ENTRY_ERROR);
    struct item left = ended(ACCOUNT_A, "S1", ENROLMENT_TRANSFERRED);
    struct item again = core_enrolled(ACCOUNT_A, "S1"), other = core_enrolled(ACCOUNT_C, "S1");
    struct item result = core_result(ACCOUNT_A, "r-1");

    core_books(bank, SCHOOL, &error);
    core_refuses(bank, SCHOOL, &error, "enrolment_ended.student_no", REASON_ENROLMENT_ENDED);
    core_refuses(bank, SCHOOL, &result, "course_result_recorded.account_no", REASON_NOT_ENROLLED);
    core_books(bank, SCHOOL, &again);
    core_refuses(bank, SCHOOL, &other, "learner_enrolled.student_no", REASON_STUDENT_NO_TAKEN);
    assert_int_equal(enrolment(bank, ACCOUNT_A, 1)->end_reason, ENROLMENT_ENTRY_ERROR);
    assert_int_equal(enrolment(bank, ACCOUNT_A, 2)->state, ENROLMENT_ACTIVE);
    core_books(bank, SCHOOL, &result);
    core_books(bank, SCHOOL, &left); /* ends the new one */
    assert_int_equal(enrolment(bank, ACCOUNT_A, 2)->end_reason, ENROLMENT_TRANSFERRED);
    core_refuses(bank, SCHOOL, &again, "learner_enrolled.student_no", REASON_STUDENT_NO_TAKEN);
}

static void
enrols_a_learner_thirty_two_times_at_a_school_and_no_more(void **state)
{
    struct core_bank *bank = *state;
    struct programme_course course = {.course_code = slice_text("k"),
                                      .name = slice_text("k"),
                                      .kind = COURSE_THEORY,
                                      .centihours = 1,
                                      .centicredits = 1};
    struct item programme = {.kind = ITEM_PROGRAMME_PUBLISHED,
                             .programme_published = {slice_text("p"), slice_text("510201"),
                                                     slice_text("p"), 2025, 1, 1, &course}};
    struct item enrolled = core_enrolled(ACCOUNT_C, "S1");
    char student_no[8];

    programme.programme_published.programme_id = enrolled.learner_enrolled.programme_id;
    core_books(bank, SCHOOL_2, &programme);
    for (int i = 0; i < 32; i++) {
        /* By a number each, or by one number again and again. */
        snprintf(student_no, sizeof(student_no), "N%d", i < 16 ? i : 16);

        struct item end =
            ended(ACCOUNT_C, student_no, i < 16 ? ENROLMENT_WITHDRAWN : ENROLMENT_ENTRY_ERROR);

        enrolled.learner_enrolled.student_no = slice_text(student_no);
        core_books(bank, SCHOOL, &enrolled);
        core_books(bank, SCHOOL, &end);
    }
    core_refuses(bank, SCHOOL, &enrolled, "learner_enrolled.account_no",
                 REASON_ENROLMENTS_TOO_MANY);
    core_books(bank, SCHOOL_2, &enrolled); /* which has places of its own */
    enrolled.learner_enrolled.account_no = slice_text(ACCOUNT_B);
    core_refuses(bank, SCHOOL, &enrolled, "learner_enrolled.programme_id", REASON_ALREADY_ENROLLED);
}

#define TEST(function) \
    cmocka_unit_test_setup_teardown(function, core_bank_setup, core_bank_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(opens_an_account_once),
        TEST(moves_an_account_through_its_states),
        TEST(records_nothing_in_an_account_that_is_closed_or_suspended),
        TEST(enrols_under_a_number_that_is_nobody_elses),
        TEST(enrols_from_ten_years_before_the_cohort_to_a_year_from_today),
        TEST(ends_an_enrolment_and_begins_another),
        TEST(gives_a_number_back_only_after_an_error_of_entry),
        TEST(keeps_the_enrolment_that_was_an_error_beside_the_new_one),
        TEST(enrols_a_learner_thirty_two_times_at_a_school_and_no_more),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
