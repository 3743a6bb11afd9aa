/* Accounts and enrolments. */
#include "core_fixture.h"

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
enrols_under_a_number_that_is_never_given_twice(void **state)
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

static void
ends_an_enrolment_and_begins_another(void **state)
{
    static const struct core_case cases[] = {
        {"enrolment_ended.student_no", REASON_NOT_ENROLLED, CASE_TEXT,
         AT(enrolment_ended.student_no), 0, "S2"},
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

#define TEST(function) \
    cmocka_unit_test_setup_teardown(function, core_bank_setup, core_bank_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(opens_an_account_once),
        TEST(moves_an_account_through_its_states),
        TEST(records_nothing_in_an_account_that_is_closed_or_suspended),
        TEST(enrols_under_a_number_that_is_never_given_twice),
        TEST(ends_an_enrolment_and_begins_another),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
