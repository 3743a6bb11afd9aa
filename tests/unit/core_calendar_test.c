/* The working calendar: what the operator declares, and what it makes of a period. */
#include "core_fixture.h"

#include "core/calendar.h"

#define AT(member) offsetof(struct item, member)

/* 国办发明电〔2024〕12号: of 2025, the days about 元旦 and 国庆、中秋. */
static void
declare_2025(struct core_bank *bank)
{
    core_declares(bank, "2025-01-01", NULL, DAY_HOLIDAY);
    core_declares(bank, "2025-10-01", "2025-10-08", DAY_HOLIDAY);
    core_declares(bank, "2025-09-28", NULL, DAY_WORKING);
    core_declares(bank, "2025-10-11", NULL, DAY_WORKING);
}

/* A day, how many working days after it, and which day that is. */
struct reckoning {
    const char *from;
    int count;
    const char *to;
};

static void
reckons(struct core_bank *bank, const struct reckoning *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        char found[DATE_TEXT_SIZE];

        date_format(calendar_after(bank->world, core_day(cases[i].from), cases[i].count), found);
        assert_string_equal(found, cases[i].to);
    }
}

static void
counts_monday_to_friday_where_nothing_is_declared(void **state)
{
    static const struct reckoning cases[] = {
        {"2025-09-10", 0, "2025-09-10"}, /* a Wednesday */
        {"2025-09-10", 1, "2025-09-11"},   {"2025-09-10", 3, "2025-09-15"},
        {"2025-09-12", 1, "2025-09-15"},   {"2025-09-13", 0, "2025-09-13"}, /* a Saturday */
        {"2025-09-13", 1, "2025-09-15"},   {"2025-09-14", 5, "2025-09-19"},
        {"2024-02-28", 2, "2024-03-01"},   {"2025-12-30", 3, "2026-01-02"},
        {"2025-09-10", 200, "2026-06-17"}, {"1969-12-31", 2, "1970-01-02"},
        {"1900-01-01", 5, "1900-01-08"}, /* which was a Monday */
    };

    reckons(*state, cases, ARRAY_COUNT(cases));
}

static void
leaves_holidays_out_and_counts_the_days_worked_instead(void **state)
{
    static const struct reckoning cases[] = {
        {"2025-09-26", 1, "2025-09-28"}, /* a Sunday, worked */
        {"2025-09-26", 2, "2025-09-29"}, {"2025-09-26", 3, "2025-09-30"},
        {"2025-09-26", 4, "2025-10-09"}, {"2025-09-30", 0, "2025-09-30"},
        {"2025-09-30", 1, "2025-10-09"}, {"2025-10-01", 0, "2025-10-01"},
        {"2025-10-04", 1, "2025-10-09"}, {"2025-10-08", 2, "2025-10-10"},
        {"2025-10-08", 3, "2025-10-11"}, /* a Saturday, worked */
        {"2025-10-08", 4, "2025-10-13"}, {"2024-12-31", 1, "2025-01-02"},
        {"2024-12-30", 2, "2025-01-02"},
    };

    declare_2025(*state);
    reckons(*state, cases, ARRAY_COUNT(cases));
}

static void
takes_the_newest_declaration_and_can_take_it_back(void **state)
{
    static const struct reckoning before[] = {{"2025-09-26", 1, "2025-09-28"},
                                              {"2025-09-30", 1, "2025-10-09"}};
    static const struct reckoning after[] = {{"2025-09-26", 1, "2025-09-29"},
                                             {"2025-09-30", 1, "2025-10-01"},
                                             {"2025-10-01", 1, "2025-10-04"}};

    declare_2025(*state);
    reckons(*state, before, ARRAY_COUNT(before));
    core_declares(*state, "2025-09-28", NULL, DAY_ORDINARY);
    core_declares(*state, "2025-10-01", NULL, DAY_ORDINARY);
    core_declares(*state, "2025-10-04", NULL, DAY_WORKING);
    reckons(*state, after, ARRAY_COUNT(after));
}

static void
is_the_operators_to_declare(void **state)
{
    static const struct core_case cases[] = {
        {"calendar_declared.kind", REASON_FIELD_RANGE, CASE_INT32, AT(calendar_declared.kind), 0,
         NULL},
        {"calendar_declared.kind", REASON_FIELD_RANGE, CASE_INT32, AT(calendar_declared.kind), 4,
         NULL},
        {"calendar_declared.last_date", REASON_DATE_ORDER, CASE_INT32,
         AT(calendar_declared.last_date), TODAY - 1, NULL},
        {"calendar_declared.last_date", REASON_PERIOD_TOO_LONG, CASE_INT32,
         AT(calendar_declared.last_date), TODAY + 62, NULL},
    };
    struct item good = {.kind = ITEM_CALENDAR_DECLARED,
                        .calendar_declared = {TODAY, TODAY + 61, DAY_HOLIDAY}};

    core_refuses(*state, SCHOOL, &good, "institution_id", REASON_INSTITUTION_KIND_WRONG);
    core_refuses(*state, SERVICE, &good, "signatures", REASON_DUTY_MISSING);
    core_refuses_each(*state, OPERATOR, &good, cases, ARRAY_COUNT(cases));
}

/* Of the 261 days from Monday to Friday of 2025, 61 may be free; so of a year that is only touched.
 */
static void
leaves_a_year_two_hundred_working_days(void **state)
{
    struct core_bank *bank = *state;
    struct item item = {.kind = ITEM_CALENDAR_DECLARED};

    core_declares(bank, "2025-03-03", "2025-05-02",
                  DAY_HOLIDAY); /* nine weeks but a weekend: 45 days */
    core_declares(bank, "2025-06-02", "2025-06-23", DAY_HOLIDAY); /* 16 days more */
    item.calendar_declared =
        (struct calendar_declared){core_day("2025-06-24"), DATE_OPEN, DAY_HOLIDAY};
    core_refuses(bank, OPERATOR, &item, "calendar_declared.kind", REASON_WORKING_DAYS_TOO_FEW);
    assert_string_equal(bank->refusals.first->detail, "200");
    item.calendar_declared =
        (struct calendar_declared){core_day("2024-12-31"), core_day("2025-01-01"), DAY_HOLIDAY};
    core_refuses(bank, OPERATOR, &item, "calendar_declared.kind", REASON_WORKING_DAYS_TOO_FEW);
    core_declares(bank, "2025-06-28", NULL, DAY_WORKING); /* a Saturday: one in its place */
    core_declares(bank, "2025-06-24", NULL, DAY_HOLIDAY);
}

#define TEST(function) \
    cmocka_unit_test_setup_teardown(function, core_bank_setup, core_bank_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(counts_monday_to_friday_where_nothing_is_declared),
        TEST(leaves_holidays_out_and_counts_the_days_worked_instead),
        TEST(takes_the_newest_declaration_and_can_take_it_back),
        TEST(is_the_operators_to_declare),
        TEST(leaves_a_year_two_hundred_working_days),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
