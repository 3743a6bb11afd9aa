/* store: personal rows within a caller's scope, and that each look is written. */
#include "asking.h"
#include "store/account.h"
#include "store/application.h"
#include "store/log_read.h"
#include "store/outcome.h"
#include "store/posted_outcome.h"

#include <stdio.h>

/* ------------------------------------------------------------------ outcomes */

static struct outcome_page wanted;
static struct outcome_list outcomes;
static char shown[256];

static struct step
find_holders(struct call *call)
{
    struct scope scope = scope_of(call);

    return store_find_holders(call, &scope, slice_text(account_no), &outcomes, done);
}

static struct step
list_outcomes(struct call *call)
{
    struct scope scope = scope_of(call);

    wanted.account_no = slice_text(account_no);
    return store_list_outcomes(call, &scope, &wanted, &outcomes, find_holders);
}

/* "C1(P1) C2 R1": numbers, and what holds them. */
static void
note_outcomes(void)
{
    size_t len = 0;

    shown[0] = '\0';
    for (size_t i = 0; i < outcomes.count; i++) {
        const struct outcome_view *view = &outcomes.outcomes[i];

        len += (size_t)snprintf(shown + len, sizeof(shown) - len, "%s%.*s", i > 0 ? " " : "",
                                (int)view->row.outer_id.len, (const char *)view->row.outer_id.at);
        if (view->used_by.len > 0)
            len += (size_t)snprintf(shown + len, sizeof(shown) - len, "(%.*s)",
                                    (int)view->used_by.len, (const char *)view->used_by.at);
    }
}

static const char *
outcomes_of(const char *whom)
{
    account_no = whom;
    wanted = (struct outcome_page){.after_date = INT32_MAX, .limit = 10};
    assert_int_equal(ask(list_outcomes, note_outcomes), REASON_NONE);
    return shown;
}

static void
everybody_sees_the_outcomes_of_his_scope(void **state)
{
    (void)state;
    as_learner("A1");
    assert_string_equal(outcomes_of("A1"), "C1(P1) C2 R1");
    as_institution("school-a");
    assert_string_equal(outcomes_of("A1"), "R1");
    as_institution("school-b"); /* an application to it names C1 */
    assert_string_equal(outcomes_of("A1"), "C1(P1)");
    assert_string_equal(outcomes_of("A2"), "");
    as_institution("issuer-x"); /* what it posted, but not who uses it */
    assert_string_equal(outcomes_of("A1"), "C1 C2");
}

static void
someone_elses_account_answers_as_an_absent_one(void **state)
{
    static const struct {
        const char *institution, *account;
    } cases[] = {{"school-a", "A2"},  {"issuer-x", "A2"}, {"school-c", "A1"},
                 {"regulator", "A1"}, {"school-a", "A9"}, {"school-a", ""}};
    int64_t before = looks("true");

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        as_institution(cases[i].institution);
        account_no = cases[i].account;
        wanted = (struct outcome_page){.after_date = INT32_MAX, .limit = 10};
        assert_int_equal(ask(list_outcomes, NULL), REASON_ACCOUNT_UNKNOWN);
    }
    as_learner("A1");
    account_no = "A2";
    assert_int_equal(ask(list_outcomes, NULL), REASON_ACCOUNT_UNKNOWN);
    caller = (struct caller){.kind = CALLER_ANYBODY};
    assert_int_equal(ask(list_outcomes, NULL), REASON_ACCOUNT_UNKNOWN);
    assert_int_equal(looks("true"), before); /* nothing was seen */
}

static void
outcomes_come_by_day_and_key(void **state)
{
    (void)state;
    as_learner("A1");
    account_no = "A1";
    wanted = (struct outcome_page){.after_date = INT32_MAX, .limit = 1};
    assert_int_equal(ask(list_outcomes, note_outcomes), REASON_NONE);
    assert_string_equal(shown, "C1(P1)");
    wanted = (struct outcome_page){.after_date = 20,
                                   .after_institution = slice_text("issuer-x"),
                                   .after_outer_id = slice_text("C1"),
                                   .limit = 1};
    assert_int_equal(ask(list_outcomes, note_outcomes), REASON_NONE);
    assert_string_equal(shown, "C2");
    wanted.after_outer_id = slice_text("C2");
    assert_int_equal(ask(list_outcomes, note_outcomes), REASON_NONE);
    assert_string_equal(shown, "R1");
    wanted = (struct outcome_page){.after_date = INT32_MAX, .limit = 10, .kind = 1};
    assert_int_equal(ask(list_outcomes, note_outcomes), REASON_NONE);
    assert_string_equal(shown, "R1");
}

static struct outcome_key versions_of;

static struct step
list_versions(struct call *call)
{
    struct scope scope = scope_of(call);

    return store_list_outcome_versions(call, &scope, &versions_of, &outcomes, done);
}

static void
took_versions(void)
{
    assert_int_equal(outcomes.count, 2);
    assert_int_equal(outcomes.outcomes[0].row.centiscore, 8000);
    assert_int_equal(outcomes.outcomes[0].row.change_reason, 0);
    assert_int_equal(outcomes.outcomes[1].row.centiscore, 9000);
    assert_int_equal(outcomes.outcomes[1].row.version, 2);
}

static void
versions_are_within_the_scope_too(void **state)
{
    (void)state;
    versions_of = (struct outcome_key){slice_text("A1"), slice_text("school-a"), slice_text("R1")};
    as_learner("A1");
    assert_int_equal(ask(list_versions, took_versions), REASON_NONE);
    as_institution("school-a");
    assert_int_equal(ask(list_versions, took_versions), REASON_NONE);
    as_institution("school-b");
    assert_int_equal(ask(list_versions, NULL), REASON_OUTCOME_UNKNOWN);
    as_institution("school-c");
    assert_int_equal(ask(list_versions, NULL), REASON_ACCOUNT_UNKNOWN);
}

/* ------------------------------------------------------------------ accounts */

static struct account_found found;

static struct step
find_account(struct call *call)
{
    struct scope scope = scope_of(call);

    return store_find_account(call, &scope, slice_text(account_no), &found, done);
}

static void
took_all(void)
{
    assert_int_equal(found.enrolments.count, 2);
    assert_int_equal(found.total_count, 2); /* C2 is revoked */
    assert_int_equal(found.totals[0].count, 1);
    assert_int_equal(found.totals[1].kind, OUTCOME_CERTIFICATE);
    assert_int_equal(found.totals[1].count, 1);
    assert_int_equal(found.totals[1].centicredits, 100);
    assert_false(found.has_person);
}

static void
took_own(void)
{
    assert_int_equal(found.enrolments.count, 1);
    assert_int_equal(found.total_count, 1);
    assert_int_equal(found.totals[0].kind, OUTCOME_COURSE_RESULT);
}

static void
an_account_shows_what_the_scope_reaches(void **state)
{
    int64_t before = looks("account_no = 'A1'");

    (void)state;
    as_learner("A1");
    assert_int_equal(ask(find_account, took_all), REASON_NONE);
    assert_int_equal(looks("account_no = 'A1'"), before); /* her own look is none */
    as_institution("school-a");
    assert_int_equal(ask(find_account, took_own), REASON_NONE);
    assert_int_equal(looks("account_no = 'A1'"), before + 1);
    assert_true(looks("account_no = 'A1' AND institution_id = 'school-a'"
                      " AND method = 'Test/Ask'") >= 1);
}

static struct exemption_list exemptions;

static struct step
list_exemptions(struct call *call)
{
    struct scope scope = scope_of(call);

    return store_list_exemptions(call, &scope, slice_text(account_no), &exemptions, done);
}

static void
took_one_exemption(void)
{
    assert_int_equal(exemptions.count, 1);
    assert_true(slice_is(exemptions.exemptions[0].course_name, "Networks"));
}

static void
took_no_exemption(void)
{
    assert_int_equal(exemptions.count, 0);
}

static void
exemptions_are_the_owners_and_the_schools(void **state)
{
    (void)state;
    as_learner("A1");
    assert_int_equal(ask(list_exemptions, took_one_exemption), REASON_NONE);
    as_institution("school-b");
    assert_int_equal(ask(list_exemptions, took_one_exemption), REASON_NONE);
    as_institution("school-a");
    assert_int_equal(ask(list_exemptions, took_no_exemption), REASON_NONE);
}

static struct enrolment_page enrolment_page;
static struct text_list student_nos;
static struct rows rows;

static struct step
list_enrolments(struct call *call)
{
    return store_list_enrolments(call, &enrolment_page, &rows, done);
}

static struct step
find_enrolments(struct call *call)
{
    return store_find_enrolments(call, slice_text(caller.institution_id), &student_nos, &rows,
                                 done);
}

static void
took_after_s1(void)
{
    const struct enrolment *enrolments = rows.at;

    assert_int_equal(rows.count, 2);
    assert_true(slice_is(enrolments[0].student_no, "S3"));  /* S2 was an error, and so was */
    assert_true(slice_is(enrolments[0].programme_id, "q")); /* the first under S3 */
    assert_true(slice_is(enrolments[1].account_no, "A4"));
}

static void
took_s3_s1(void)
{
    const struct enrolment *enrolments = rows.at;

    assert_int_equal(rows.count, 2);
    assert_true(slice_is(enrolments[0].student_no, "S3"));
    assert_true(slice_is(enrolments[1].student_no, "S1"));
}

static void
a_schools_enrolments_are_looks_at_each(void **state)
{
    struct slice numbers[] = {slice_text("S3"), slice_text("T2"), slice_text("S1"),
                              slice_text("none")};
    int64_t before = looks("account_no = 'A3'"), others = looks("account_no = 'A2'");

    (void)state;
    as_institution("school-a");
    enrolment_page =
        (struct enrolment_page){slice_text("school-a"), slice_text(""), slice_text("S1"), 10};
    assert_int_equal(ask(list_enrolments, took_after_s1), REASON_NONE);
    student_nos = (struct text_list){ARRAY_COUNT(numbers), numbers};
    assert_int_equal(ask(find_enrolments, took_s3_s1), REASON_NONE);
    assert_int_equal(looks("account_no = 'A3'"), before + 2);
    assert_int_equal(looks("account_no = 'A2'"), others);
}

static int32_t queue_limit = 10;

static struct step
list_queue(struct call *call)
{
    struct application_page page = {
        .scope = scope_of(call), .after_entry = -1, .limit = queue_limit};

    return store_list_applications(call, &page, &rows, done);
}

static struct step
list_posted(struct call *call)
{
    struct slice number = slice_text("C1");

    return store_list_posted_outcomes(call, slice_text(call_caller(call)->institution_id),
                                      &(struct text_list){1, &number}, &rows, done);
}

static void
took_one(void)
{
    assert_int_equal(rows.count, 1);
}

static void
took_no_row(void)
{
    assert_int_equal(rows.count, 0);
}

static void
whatever_names_an_account_is_a_look_at_it(void **state)
{
    int64_t before = looks("account_no = 'A1'");

    (void)state;
    as_institution("school-b");
    assert_int_equal(ask(list_queue, took_one), REASON_NONE);
    assert_int_equal(looks("account_no = 'A1'"), before + 1);
    assert_int_equal(ask(list_posted, took_no_row), REASON_NONE); /* another's */
    as_learner("A1");
    assert_int_equal(ask(list_queue, took_one), REASON_NONE); /* her own look is none */
    assert_int_equal(looks("account_no = 'A1'"), before + 1);
    as_institution("issuer-x");
    assert_int_equal(ask(list_posted, took_one), REASON_NONE);
    assert_int_equal(looks("account_no = 'A1'"), before + 2);
}

static struct stored_item items[2];

static struct step
find_items(struct call *call)
{
    static const struct item_place places[] = {{900, 0}, {900, 1}};
    struct scope scope = scope_of(call);

    return store_find_items(call, &scope, places, ARRAY_COUNT(places), items, done);
}

static void
took_both(void)
{
    assert_true(slice_is(items[0].bytes, "of A1"));
    assert_true(slice_is(items[1].bytes, "public"));
    /* RFC 9162 2.1.3: of two leaves, the path of each is the other's leaf hash. */
    for (int i = 0; i < 2; i++) {
        struct hash other = merkle_leaf(items[1 - i].bytes);

        assert_int_equal(items[i].path_count, 1);
        assert_true(hash_equal(items[i].path, &other));
    }
}

static void
took_the_public_one(void)
{
    assert_int_equal(items[0].bytes.len, 0);
    assert_true(slice_is(items[1].bytes, "public"));
}

static void
an_item_is_shown_to_its_owner_and_its_signer_who_thereby_looks(void **state)
{
    int64_t before = looks("account_no = 'A1'");

    (void)state;
    fixture_sql(fixture, "INSERT INTO log.entry VALUES (900, decode(repeat('00', 32), 'hex'),"
                         " 'issuer-x', decode(repeat('09', 16), 'hex'), 0, 'entry');"
                         "INSERT INTO log.item VALUES (900, 0, 'A1', 'of A1'),"
                         " (900, 1, NULL, 'public')");
    as_learner("A1");
    assert_int_equal(ask(find_items, took_both), REASON_NONE);
    as_learner("A2");
    assert_int_equal(ask(find_items, took_the_public_one), REASON_NONE);
    as_institution("school-a");
    assert_int_equal(ask(find_items, took_the_public_one), REASON_NONE);
    assert_int_equal(looks("account_no = 'A1'"), before);
    as_institution("issuer-x");
    assert_int_equal(ask(find_items, took_both), REASON_NONE);
    assert_int_equal(looks("account_no = 'A1'"), before + 1);
}

static void
took_two(void)
{
    assert_int_equal(rows.count, 2);
}

/* Pages of one: a second row is read to know whether there is another page. */
static void
the_row_beyond_a_page_is_no_look(void **state)
{
    int64_t before = looks("account_no = 'A1'"), beyond = looks("account_no = 'A2'");

    (void)state;
    fixture_sql(
        fixture,
        "INSERT INTO projection.application SELECT 'P2', 'A2', school_id,"
        " programme_id, rulebook_id, version, state, revision, submission_no,"
        " submit_date, review_key, reject_key, 9, 9, false, 0, due_date FROM projection.application"
        " WHERE application_no = 'P1'");
    as_institution("school-b");
    queue_limit = 2;
    assert_int_equal(ask(list_queue, took_two), REASON_NONE);
    enrolment_page =
        (struct enrolment_page){slice_text("school-b"), slice_text(""), slice_text(""), 2};
    assert_int_equal(ask(list_enrolments, took_two), REASON_NONE);
    assert_int_equal(looks("account_no = 'A1'"), before + 2);
    assert_int_equal(looks("account_no = 'A2'"), beyond);
    queue_limit = 3;
    assert_int_equal(ask(list_queue, took_two), REASON_NONE);
    assert_int_equal(looks("account_no = 'A2'"), beyond + 1);
}

static struct look_list look_list;
static int64_t last_look;

static struct step
list_looks(struct call *call)
{
    return store_list_looks(call, slice_text("A1"), last_look, 2, &look_list, done);
}

static void
took_looks(void)
{
    assert_int_equal(look_list.count, 2);
    assert_true(look_list.looks[0].look_no > look_list.looks[1].look_no);
    assert_true(look_list.looks[0].look_no < last_look);
    last_look = look_list.looks[1].look_no;
}

static void
looks_come_newest_first(void **state)
{
    (void)state;
    last_look = INT64_MAX;
    as_learner("A1");
    assert_int_equal(ask(list_looks, took_looks), REASON_NONE);
    assert_int_equal(ask(list_looks, took_looks), REASON_NONE);
}

static struct application_lines lines;

static struct step
list_lines(struct call *call)
{
    struct application asked[] = {{.application_no = slice_text("P1"), .submission_no = 2},
                                  {.application_no = slice_text("P1"), .submission_no = 1}};

    return store_list_application_lines(call, &(struct rows){ARRAY_COUNT(asked), asked}, &lines,
                                        done);
}

/* In the order in which they were asked for, and none of another submission. */
static void
took_lines(void)
{
    const struct application_line *line = lines.lines.at;
    const struct application_course *course = lines.courses.at;

    assert_int_equal(lines.lines.count, 2);
    assert_true(slice_is(line[0].outer_id, "C2"));
    assert_true(slice_is(line[1].outer_id, "C1"));
    assert_int_equal(lines.courses.count, 2);
    assert_true(slice_is(course[0].course_code, "K2"));
    assert_true(slice_is(course[1].course_code, "K1"));
}

/* P1 is submitted again with C2; its school has seen C1 and goes on seeing it. */
static void
lines_are_those_of_a_submission(void **state)
{
    (void)state;
    fixture_sql(fixture, "INSERT INTO projection.application_line VALUES"
                         " ('P1', 2, 1, 2, 'issuer-x', 'C2');"
                         "INSERT INTO projection.application_course VALUES"
                         " ('P1', 1, 1, 'K1'), ('P1', 2, 1, 'K2')");
    as_institution("school-b");
    assert_int_equal(ask(list_lines, took_lines), REASON_NONE);
    assert_string_equal(outcomes_of("A1"), "C1(P1) C2");
}

/* ------------------------------------------------------------------ periods */

static int32_t over_on;
static struct rows over;
static size_t over_count;

static struct step
list_over(struct call *call)
{
    return store_list_periods_over(call, over_on, 50, &over, done);
}

static void
took_over(void)
{
    over_count = over.count;
}

/* P1 is due on day 21000, in a state that lasts for a period. */
static void
a_period_is_over_from_its_due_date_on(void **state)
{
    static const struct {
        enum application_state state;
        int32_t day;
        size_t count;
    } cases[] = {
        {APPLICATION_SUBMITTED, 20999, 0}, {APPLICATION_SUBMITTED, 21000, 1},
        {APPLICATION_RETURNED, 21001, 1},  {APPLICATION_ON_NOTICE, 21000, 1},
        {APPLICATION_REVIEWED, 21000, 0},  {APPLICATION_REJECTED, 21000, 0},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        fixture_sql(fixture, "UPDATE projection.application SET state = %d", (int)cases[i].state);
        over_on = cases[i].day;
        assert_int_equal(ask(list_over, took_over), REASON_NONE);
        assert_int_equal(over_count, cases[i].count);
    }
    fixture_sql(fixture, "UPDATE projection.application SET state = 1");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(everybody_sees_the_outcomes_of_his_scope),
        cmocka_unit_test(someone_elses_account_answers_as_an_absent_one),
        cmocka_unit_test(outcomes_come_by_day_and_key),
        cmocka_unit_test(versions_are_within_the_scope_too),
        cmocka_unit_test(an_account_shows_what_the_scope_reaches),
        cmocka_unit_test(exemptions_are_the_owners_and_the_schools),
        cmocka_unit_test(a_schools_enrolments_are_looks_at_each),
        cmocka_unit_test(whatever_names_an_account_is_a_look_at_it),
        cmocka_unit_test(an_item_is_shown_to_its_owner_and_its_signer_who_thereby_looks),
        cmocka_unit_test(a_period_is_over_from_its_due_date_on),
        cmocka_unit_test(the_row_beyond_a_page_is_no_look),
        cmocka_unit_test(looks_come_newest_first),
        cmocka_unit_test(lines_are_those_of_a_submission),
    };

    return cmocka_run_group_tests_name("store personal", tests, asking_setup, asking_teardown);
}
