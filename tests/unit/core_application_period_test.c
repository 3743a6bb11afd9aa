/* What time makes of an application: notice, objection, expiry, by the working calendar. */
#include "core_fixture.h"

#include "core/application.h"

#define AT(member) offsetof(struct item, member)

static const struct application *
application(struct core_bank *bank)
{
    return core_find_application(bank, APP_1);
}

static void
decides(struct core_bank *bank)
{
    struct item item = core_decision(bank, ACCOUNT_A, APP_1, (uint32_t)application(bank)->revision,
                                     VERDICT_APPROVE);

    core_books(bank, DECIDER, &item);
}

/* APP_1 with "w-1", decided under a rulebook with these periods. */
static void
decide(struct core_bank *bank, const struct periods *periods)
{
    core_publish_rules(bank, periods);
    core_award(bank, ACCOUNT_A, "w-1");
    core_submit(bank, ACCOUNT_A, APP_1, "w-1");
    core_moves(bank, SCHOOL, ITEM_APPLICATION_ACCEPTED, 1);
    core_moves(bank, REVIEWER, ITEM_APPLICATION_REVIEWED, 2);
    decides(bank);
}

static void
ends_in(struct core_bank *bank, enum application_state state)
{
    struct item item = core_period_end(bank, ACCOUNT_A, APP_1, state);

    core_books(bank, SERVICE, &item);
    assert_int_equal(application(bank)->state, state);
    assert_int_equal(application(bank)->due_date, DATE_OPEN);
}

static int
hold_of_certificate(struct core_bank *bank)
{
    return core_outcome(bank, ISSUER, "w-1")->hold_state;
}

/* 公示 over 国庆 of 2025: the 28th, a Sunday, is worked, the 1st to 8th of October are free. */
static void
is_on_notice_for_working_days_and_approved_then(void **state)
{
    static const struct {
        const char *decided;
        uint32_t days;
        const char *due;
    } cases[] = {
        {"2025-09-25", 1, "2025-09-27"}, {"2025-09-26", 1, "2025-09-29"},
        {"2025-09-26", 3, "2025-10-01"}, {"2025-09-26", 4, "2025-10-10"},
        {"2025-09-30", 5, "2025-10-15"}, {"2025-09-27", 1, "2025-09-29"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        void *fresh;

        assert_int_equal(core_bank_setup(&fresh), 0);

        struct core_bank *bank = fresh;

        core_declares(bank, "2025-10-01", "2025-10-08", DAY_HOLIDAY);
        core_declares(bank, "2025-09-28", "2025-09-28", DAY_WORKING);
        core_declares(bank, "2025-10-11", "2025-10-11", DAY_WORKING);
        core_wait_until(bank, core_day(cases[i].decided));
        decide(bank, &(struct periods){.notice_days = cases[i].days});
        assert_int_equal(application(bank)->state, APPLICATION_ON_NOTICE);
        assert_int_equal(application(bank)->due_date, core_day(cases[i].due));
        assert_int_equal(hold_of_certificate(bank), HOLD_RESERVED);

        struct item item = core_period_end(bank, ACCOUNT_A, APP_1, APPLICATION_APPROVED);

        core_wait_until(bank, core_day(cases[i].due));
        bank->position.booked_at_us--; /* the last moment of the day before */
        core_refuses(bank, SERVICE, &item, "application_period_ended.due_date", REASON_NOT_DUE);
        assert_string_equal(bank->refusals.first->detail, cases[i].due);
        bank->position.booked_at_us++;
        ends_in(bank, APPLICATION_APPROVED);
        assert_int_equal(hold_of_certificate(bank), HOLD_USED);
        core_bank_teardown(&fresh);
    }
}

static void
is_approved_at_once_without_a_notice_period(void **state)
{
    decide(*state, &(struct periods){.acceptance_days = 5, .completion_days = 5});
    assert_int_equal(application(*state)->state, APPLICATION_APPROVED);
    assert_int_equal(application(*state)->due_date, DATE_OPEN);
    assert_int_equal(hold_of_certificate(*state), HOLD_USED);
}

/* The calendar of the day on which a period begins counts for all of it. */
static void
stays_due_on_its_day_whatever_is_declared_then(void **state)
{
    struct core_bank *bank = *state;

    decide(bank, &(struct periods){.notice_days = 3}); /* on a Wednesday, 2025-09-10 */
    core_declares(bank, "2025-09-11", "2025-09-12", DAY_HOLIDAY);
    assert_int_equal(application(bank)->due_date, core_day("2025-09-16"));
    core_wait_until(bank, core_day("2025-09-16"));
    ends_in(bank, APPLICATION_APPROVED);
}

static void
is_decided_anew_by_another_key_after_an_objection(void **state)
{
    struct core_bank *bank = *state;
    struct item item;

    decide(bank, &(struct periods){.notice_days = 3});
    core_moves(bank, SCHOOL, ITEM_APPLICATION_OBJECTED, 4);
    assert_int_equal(application(bank)->state, APPLICATION_REVIEWED);
    assert_int_equal(application(bank)->due_date, DATE_OPEN);
    item = core_decision(bank, ACCOUNT_A, APP_1, 5, VERDICT_APPROVE);
    core_refuses(bank, REVIEWER, &item, "application_decided.signatures", REASON_SAME_KEY_REVIEWED);
    item = core_decision(bank, ACCOUNT_A, APP_1, 5, VERDICT_REJECT);
    core_books(bank, DECIDER, &item);
    assert_int_equal(hold_of_certificate(bank), HOLD_FREE);
}

static void
says_what_an_objection_is_about(void **state)
{
    static const struct core_case cases[] = {
        {"application_objected.reason", REASON_FIELD_RANGE, CASE_INT32,
         AT(application_moved.reason), 0, NULL},
        {"application_objected.reason", REASON_FIELD_RANGE, CASE_INT32,
         AT(application_moved.reason), 4, NULL},
        {"application_objected.revision", REASON_REVISION_STALE, CASE_INT32,
         AT(application_moved.revision), 3, NULL},
    };
    struct item item = core_move(ITEM_APPLICATION_OBJECTED, ACCOUNT_A, APP_1, 4);

    decide(*state, &(struct periods){.notice_days = 3});
    core_refuses(*state, SCHOOL_2, &item, "application_objected.application_no",
                 REASON_APPLICATION_UNKNOWN);
    core_refuses(*state, DECIDER, &item, "signatures", REASON_DUTY_MISSING);
    core_refuses(*state, SERVICE, &item, "institution_id", REASON_INSTITUTION_KIND_WRONG);
    core_refuses_each(*state, REVIEWER, &item, cases, ARRAY_COUNT(cases));
}

static void
is_put_on_notice_ten_times_at_most(void **state)
{
    struct core_bank *bank = *state;
    struct item item;

    decide(bank, &(struct periods){.notice_days = 3});
    for (int i = 1; i < 10; i++) {
        core_moves(bank, SCHOOL, ITEM_APPLICATION_OBJECTED, (uint32_t)application(bank)->revision);
        decides(bank);
    }
    core_moves(bank, SCHOOL, ITEM_APPLICATION_OBJECTED, (uint32_t)application(bank)->revision);
    item = core_decision(bank, ACCOUNT_A, APP_1, (uint32_t)application(bank)->revision,
                         VERDICT_APPROVE);
    core_refuses(bank, DECIDER, &item, "application_decided.verdict", REASON_NOTICES_TOO_MANY);
    item = core_decision(bank, ACCOUNT_A, APP_1, (uint32_t)application(bank)->revision,
                         VERDICT_REJECT);
    core_books(bank, DECIDER, &item);
}

/* Its certificate is revoked meanwhile: the decision does not stand, and is made anew. */
static void
is_not_approved_where_the_rules_are_no_longer_met(void **state)
{
    struct core_bank *bank = *state;
    struct item item = core_revoked(ACCOUNT_A, "w-1", CHANGE_MISCONDUCT);

    decide(bank, &(struct periods){.notice_days = 1});
    core_books(bank, ISSUER, &item);
    core_wait_until(bank, application(bank)->due_date);
    item = core_period_end(bank, ACCOUNT_A, APP_1, APPLICATION_APPROVED);
    core_refuses(bank, SERVICE, &item, "application_period_ended.state", REASON_DUE_STATE_DIFFERS);
    ends_in(bank, APPLICATION_REVIEWED);
    item = core_decision(bank, ACCOUNT_A, APP_1, (uint32_t)application(bank)->revision,
                         VERDICT_REJECT);
    core_books(bank, DECIDER, &item);
}

/* Submitted or returned it expires, after its own number of days, and frees what it held. */
static void
expires_where_nothing_was_done_in_time(void **state)
{
    static const struct periods periods = {.acceptance_days = 2, .completion_days = 4};

    (void)state;
    for (int returned = 0; returned <= 1; returned++) {
        void *fresh;

        assert_int_equal(core_bank_setup(&fresh), 0);

        struct core_bank *bank = fresh;

        core_publish_rules(bank, &periods);
        core_award(bank, ACCOUNT_A, "w-1");
        core_submit(bank, ACCOUNT_A, APP_1, "w-1");
        if (returned)
            core_moves(bank, SCHOOL, ITEM_APPLICATION_RETURNED, 1);
        assert_int_equal(application(bank)->due_date,
                         core_day(returned ? "2025-09-17" : "2025-09-13"));
        core_wait_until(bank, application(bank)->due_date);
        ends_in(bank, APPLICATION_EXPIRED);
        assert_int_equal(hold_of_certificate(bank), HOLD_FREE);
        core_submit(bank, ACCOUNT_A, APP_2, "w-1");
        core_bank_teardown(&fresh);
    }
}

/* What is due is booked first, by whoever asks; until then nobody else moves it. */
static void
is_not_moved_while_its_end_is_not_booked(void **state)
{
    struct core_bank *bank = *state;
    struct item item = core_move(ITEM_APPLICATION_OBJECTED, ACCOUNT_A, APP_1, 4);
    struct item withdrawn = core_move(ITEM_APPLICATION_WITHDRAWN, ACCOUNT_A, APP_1, 4);

    decide(bank, &(struct periods){.notice_days = 1});
    core_wait_until(bank, application(bank)->due_date);
    core_refuses(bank, SCHOOL, &item, "application_objected.application_no", REASON_MOVE_DUE);
    assert_string_equal(bank->refusals.first->detail, "2025-09-12");
    core_refuses(bank, SERVICE, &withdrawn, "application_withdrawn.application_no",
                 REASON_MOVE_DUE);
    ends_in(bank, APPLICATION_APPROVED);
}

static void
refuses_an_end_field_by_field(void **state)
{
    static const struct core_case cases[] = {
        {"application_period_ended.application_no", REASON_APPLICATION_UNKNOWN, CASE_TEXT,
         AT(application_period_ended.account_no), 0, ACCOUNT_B},
        {"application_period_ended.revision", REASON_REVISION_STALE, CASE_INT32,
         AT(application_period_ended.revision), 3, NULL},
        {"application_period_ended.due_date", REASON_DUE_DATE_DIFFERS, CASE_INT32,
         AT(application_period_ended.due_date), TODAY, NULL},
        {"application_period_ended.state", REASON_DUE_STATE_DIFFERS, CASE_INT32,
         AT(application_period_ended.state), APPLICATION_EXPIRED, NULL},
    };
    struct core_bank *bank = *state;

    decide(bank, &(struct periods){.notice_days = 1});
    core_wait_until(bank, application(bank)->due_date);

    struct item item = core_period_end(bank, ACCOUNT_A, APP_1, APPLICATION_APPROVED);

    core_refuses(bank, SCHOOL, &item, "institution_id", REASON_INSTITUTION_KIND_WRONG);
    core_refuses(bank, OPERATOR, &item, "signatures", REASON_DUTY_MISSING);
    core_refuses_each(bank, SERVICE, &item, cases, ARRAY_COUNT(cases));
    item.application_period_ended.revision = 5;
    core_refuses(bank, SERVICE, &item, "application_period_ended.application_no",
                 REASON_APPLICATION_STATE);
}

/* APP_1 with "w-1", rejected under a rulebook that lets her appeal for so many days. */
static void
reject(struct core_bank *bank, uint32_t days)
{
    struct item item;

    core_publish_rules(bank, &(struct periods){.appeal_days = days});
    core_award(bank, ACCOUNT_A, "w-1");
    core_submit(bank, ACCOUNT_A, APP_1, "w-1");
    core_moves(bank, SCHOOL, ITEM_APPLICATION_ACCEPTED, 1);
    core_moves(bank, REVIEWER, ITEM_APPLICATION_REVIEWED, 2);
    item = core_decision(bank, ACCOUNT_A, APP_1, 3, VERDICT_REJECT);
    core_books(bank, DECIDER, &item);
    assert_int_equal(hold_of_certificate(bank), HOLD_FREE);
}

static void
is_appealed_once_and_answered_by_another_key(void **state)
{
    struct core_bank *bank = *state;
    struct item appeal = core_move(ITEM_APPLICATION_APPEALED, ACCOUNT_A, APP_1, 4);
    struct item answer = core_move(ITEM_APPLICATION_APPEAL_DECIDED, ACCOUNT_A, APP_1, 5);

    reject(bank, 2);
    core_refuses(bank, SCHOOL, &appeal, "institution_id", REASON_INSTITUTION_KIND_WRONG);
    core_books(bank, SERVICE, &appeal);
    assert_int_equal(hold_of_certificate(bank), HOLD_RESERVED);
    answer.application_moved.verdict = VERDICT_REJECT;
    core_refuses(bank, SCHOOL, &answer, "signatures", REASON_DUTY_MISSING);
    core_refuses(bank, DECIDER, &answer, "application_appeal_decided.signatures",
                 REASON_SAME_KEY_REJECTED);
    core_books(bank, REVIEWER, &answer);
    assert_int_equal(hold_of_certificate(bank), HOLD_FREE);
    appeal.application_moved.revision = 6;
    core_refuses(bank, SERVICE, &appeal, "application_appealed.application_no",
                 REASON_APPEAL_NOT_OPEN);
}

static void
is_decided_anew_where_the_appeal_is_granted(void **state)
{
    struct core_bank *bank = *state;
    struct item item;

    reject(bank, 2);
    core_moves(bank, SERVICE, ITEM_APPLICATION_APPEALED, 4);
    core_moves(bank, REVIEWER, ITEM_APPLICATION_APPEAL_DECIDED, 5);
    assert_int_equal(application(bank)->state, APPLICATION_REVIEWED);
    decides(bank);
    assert_int_equal(application(bank)->state, APPLICATION_APPROVED);
    assert_int_equal(hold_of_certificate(bank), HOLD_USED);
    item = core_move(ITEM_APPLICATION_APPEALED, ACCOUNT_A, APP_1, 7);
    core_refuses(bank, SERVICE, &item, "application_appealed.application_no",
                 REASON_APPLICATION_STATE);
}

/* On 2025-09-10, a Wednesday, for two days: until the end of Friday. */
static void
is_appealed_in_time_where_the_rulebook_has_a_period(void **state)
{
    struct core_bank *bank = *state;
    struct item item = core_move(ITEM_APPLICATION_APPEALED, ACCOUNT_A, APP_1, 4);

    reject(bank, 2);
    core_wait_until(bank, core_day("2025-09-13"));
    core_refuses(bank, SERVICE, &item, "application_appealed.application_no",
                 REASON_APPEAL_TOO_LATE);
    assert_string_equal(bank->refusals.first->detail, "2025-09-13");
    item = core_period_end(bank, ACCOUNT_A, APP_1, APPLICATION_EXPIRED);
    core_refuses(bank, SERVICE, &item, "application_period_ended.application_no",
                 REASON_APPLICATION_STATE);
    bank->position.booked_at_us--;
    core_moves(bank, SERVICE, ITEM_APPLICATION_APPEALED, 4);
}

static void
is_not_appealed_where_the_rulebook_has_no_period(void **state)
{
    struct item item = core_move(ITEM_APPLICATION_APPEALED, ACCOUNT_A, APP_1, 4);

    reject(*state, 0);
    core_refuses(*state, SERVICE, &item, "application_appealed.application_no",
                 REASON_APPEAL_NOT_OPEN);
}

/* Another application has what it asked for meanwhile. */
static void
is_not_appealed_for_what_is_held_by_now(void **state)
{
    struct core_bank *bank = *state;
    struct item item = core_move(ITEM_APPLICATION_APPEALED, ACCOUNT_A, APP_1, 4);

    reject(bank, 2);
    core_submit(bank, ACCOUNT_A, APP_2, "w-1");
    core_refuses(bank, SERVICE, &item, "application_appealed.lines[0]", REASON_OUTCOME_RESERVED);
    assert_true(core_told(bank, 0, "application_appealed.lines[0]", REASON_COURSE_RESERVED));
    assert_true(slice_is(core_outcome(bank, ISSUER, "w-1")->held_by, APP_2));
}

static void
limits_the_periods_of_a_rulebook(void **state)
{
    static const struct core_case cases[] = {
        {"rulebook_filed.periods.notice_days", REASON_FIELD_RANGE, CASE_INT32,
         AT(rulebook_filed.periods.notice_days), 31, NULL},
        {"rulebook_filed.periods.acceptance_days", REASON_FIELD_RANGE, CASE_INT32,
         AT(rulebook_filed.periods.acceptance_days), 31, NULL},
        {"rulebook_filed.periods.completion_days", REASON_FIELD_RANGE, CASE_INT32,
         AT(rulebook_filed.periods.completion_days), 31, NULL},
        {"rulebook_filed.periods.appeal_days", REASON_FIELD_RANGE, CASE_INT32,
         AT(rulebook_filed.periods.appeal_days), 31, NULL},
    };
    struct slice code = slice_text("c1");
    struct clause clause = {.test = CLAUSE_FAMILY, .text = slice_text("web")};
    struct rule_filed rule = {.title = slice_text("条款"),
                              .clause_count = 1,
                              .clauses = &clause,
                              .course_codes = {1, &code},
                              .exam_waived = true};
    struct item good = {.kind = ITEM_RULEBOOK_FILED,
                        .rulebook_filed = {.rulebook_id = slice_text("rb"),
                                           .version = 2,
                                           .title = slice_text("办法"),
                                           .programme_id = slice_text("cs"),
                                           .from_date = TODAY,
                                           .to_date = DATE_OPEN,
                                           .exemption_word = slice_text("免修"),
                                           .rule_count = 1,
                                           .rules = &rule,
                                           .periods = {30, 30, 30, 30}}};

    core_refuses_each(*state, SCHOOL, &good, cases, ARRAY_COUNT(cases));
}

#define TEST(function) \
    cmocka_unit_test_setup_teardown(function, core_bank_setup, core_bank_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_on_notice_for_working_days_and_approved_then),
        TEST(is_approved_at_once_without_a_notice_period),
        TEST(stays_due_on_its_day_whatever_is_declared_then),
        TEST(is_decided_anew_by_another_key_after_an_objection),
        TEST(says_what_an_objection_is_about),
        TEST(is_put_on_notice_ten_times_at_most),
        TEST(is_not_approved_where_the_rules_are_no_longer_met),
        cmocka_unit_test(expires_where_nothing_was_done_in_time),
        TEST(is_not_moved_while_its_end_is_not_booked),
        TEST(refuses_an_end_field_by_field),
        TEST(is_appealed_once_and_answered_by_another_key),
        TEST(is_decided_anew_where_the_appeal_is_granted),
        TEST(is_appealed_in_time_where_the_rulebook_has_a_period),
        TEST(is_not_appealed_where_the_rulebook_has_no_period),
        TEST(is_not_appealed_for_what_is_held_by_now),
        TEST(limits_the_periods_of_a_rulebook),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
