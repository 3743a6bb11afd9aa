/*
 * store: what somebody made long is never read whole into a call, whose arena has
 * an end. Each list has a limit, beyond which it is cut and says so, or refused.
 */
#include "asking.h"
#include "store/account.h"
#include "store/application.h"
#include "store/catalogue.h"
#include "store/outcome.h"
#include "store/rulebook.h"

static struct account_found found;

static struct step
find_account(struct call *call)
{
    struct scope scope = scope_of(call);

    return store_find_account(call, &scope, slice_text(account_no), &found, done);
}

static void
took_the_active_one_and_the_newest(void)
{
    const struct enrolment *enrolments = found.enrolments.at;

    assert_int_equal(found.enrolments.count, 200);
    assert_true(found.more_enrolments);
    assert_true(slice_is(enrolments[0].student_no, "T2")); /* the only one that is active */
    assert_int_equal(enrolments[1].begin_date, 50000);
    assert_int_equal(enrolments[199].begin_date, 50000 - 198);
}

static void
an_account_with_enrolments_without_end_is_shown_all_the_same(void **state)
{
    (void)state;
    fixture_sql(
        fixture,
        "INSERT INTO projection.enrolment SELECT 'A2', 'school-b', 'T2-' || n, 1, 'q', 2, 1,"
        " n, 60000, 5 FROM generate_series(1, 50000) n");
    as_learner("A2");
    assert_int_equal(ask(find_account, took_the_active_one_and_the_newest), REASON_NONE);
    as_institution("school-b");
    assert_int_equal(ask(find_account, took_the_active_one_and_the_newest), REASON_NONE);
}

static struct rows rows[2];
static struct rulebook_rows rulebook_rows;
static struct exemption_list exemptions;
static struct outcome_list outcomes;

static struct step
list_exemptions(struct call *call)
{
    struct scope scope = scope_of(call);

    return store_list_exemptions(call, &scope, slice_text(account_no), &exemptions, done);
}

static struct step
list_versions(struct call *call)
{
    struct scope scope = scope_of(call);
    struct outcome_key key = {slice_text("A1"), slice_text("school-a"), slice_text("R1")};

    return store_list_outcome_versions(call, &scope, &key, &outcomes, done);
}

static struct step
list_moves(struct call *call)
{
    struct scope scope = scope_of(call);
    static const struct application application = {.application_no = {(const uint8_t *)"P1", 2},
                                                   .account_no = {(const uint8_t *)"A1", 2}};

    return store_list_application_moves(call, &scope, &application, &rows[0], done);
}

static struct step
look_up_institution(struct call *call)
{
    return store_look_up_institution(call, slice_text("school-x"), &rows[0], &rows[1], done);
}

static struct step
look_up_programme(struct call *call)
{
    const struct programme_key key = {slice_text("school-x"), slice_text("p")};

    return store_look_up_programme(call, &key, &rows[0], &rows[1], done);
}

static struct step
list_recording_rules(struct call *call)
{
    return store_list_recording_rules(call, &rows[0], done);
}

static struct step
list_calendar_days(struct call *call)
{
    return store_list_calendar_days(call, 2025, &rows[0], done);
}

static struct step
look_up_rulebook(struct call *call)
{
    const struct rulebook_key key = {slice_text("school-x"), slice_text("r"), 1};

    return store_look_up_rulebook(call, &key, &rulebook_rows, done);
}

static void
fill(const char *insert, int first, int last)
{
    fixture_sql(fixture, "WITH n AS (SELECT generate_series(%d, %d) AS n)%s", first, last, insert);
}

/* As many rows as may be are given; one more, and none is. */
static void
what_is_too_long_is_refused(void **state)
{
    static const struct {
        step_fn *ask;
        int max;
        const char *fill; /* a row for each number n of table n */
    } cases[] = {
        {list_exemptions, 999, /* A1 has one already */
         ", c AS (INSERT INTO projection.course SELECT 'school-x', 'e', n::text, 'n', 1, 1, 1,"
         " true, false FROM n RETURNING course_code) INSERT INTO projection.exemption"
         " SELECT 'A1', 'school-x', 'e', course_code, 3, 'P0', 1, true, true, 0, 0, 3, '', 'w', 9, "
         "0 FROM c"},
        {list_versions, 998, /* R1 has two */
         " INSERT INTO projection.outcome_version"
         " SELECT 'school-a', 'R1', n + 2, 'A1', 1, 1, 1, 1, 9, 0 FROM n"},
        {list_moves, 999, /* P1 has one */
         " INSERT INTO projection.application_move"
         " SELECT 'P1', n + 1, 1, 'bank', sha256(''), 0, 0, 0, 9, 0 FROM n"},
        {look_up_institution, 1000,
         " INSERT INTO projection.signing_key"
         " SELECT sha256(n::text::bytea), 'school-x', 'k', 2, n, n FROM n"},
        {look_up_programme, 1000,
         " INSERT INTO projection.course"
         " SELECT 'school-x', 'p', n::text, 'n', 1, 1, 1, true, false FROM n"},
        {list_recording_rules, 1000,
         " INSERT INTO projection.recording_rule SELECT 1, n, 1, 1, 1 FROM n"},
        {list_calendar_days, 366,
         " INSERT INTO projection.calendar_day SELECT 2025, n, 1, 1 FROM n"},
        {look_up_rulebook, 4000,
         " INSERT INTO projection.rule_course SELECT 'school-x', 'r', 1, 1, n::text FROM n"},
    };

    (void)state;
    as_learner("A1");
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        fill(cases[i].fill, 1, cases[i].max);
        assert_int_equal(ask(cases[i].ask, NULL), REASON_NONE);
        fill(cases[i].fill, cases[i].max + 1, cases[i].max + 1);
        assert_int_equal(ask(cases[i].ask, NULL), REASON_RESPONSE_TOO_LARGE);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_account_with_enrolments_without_end_is_shown_all_the_same),
        cmocka_unit_test(what_is_too_long_is_refused),
    };

    return cmocka_run_group_tests_name("store limits", tests, asking_setup, asking_teardown);
}
