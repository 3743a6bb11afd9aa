/* store: personal rows within a caller's scope, persons, sign-in, and the ring of keys. */
#include "base/clock.h"
#include "core/item.h"
#include "db.h"
#include "db/migrate.h"
#include "db/pool.h"
#include "flow/call_private.h"
#include "store/account.h"
#include "store/key_ring.h"
#include "store/outcome.h"
#include "store/person.h"
#include "store/session.h"

#include <stdio.h>
#include <stdlib.h>

static struct runtime runtime;
static struct fixture *fixture;

/* Who asks next. */
static struct caller caller;
static const char *account_no; /* about whom */

/* A call that does one operation; `took` looks at what it gave while the call lives. */
struct asked {
    step_fn *ask;
    void (*took)(void);
    bool is_ended;
    enum reason reason;
};

static struct step
start(struct call *call)
{
    const struct asked *asked = call_request(call);

    return asked->ask(call);
}

static struct step
done(struct call *call)
{
    const struct asked *asked = call_request(call);

    if (asked->took != NULL)
        asked->took();
    return call_reply(call, "");
}

static const struct method method = {.name = "creditbank.v1.Test/Ask", .start = start};

static void
on_end(void *arg, const struct call *call)
{
    struct asked *asked = arg;

    asked->is_ended = true;
    asked->reason = call->refusals.count > 0 ? call->refusals.first->reason : REASON_NONE;
}

static enum reason
ask(step_fn *fn, void (*took)(void))
{
    struct asked asked = {.ask = fn, .took = took};
    struct call *call = call_new(&method, &runtime, arena_new((size_t)1 << 20));

    call->request = &asked;
    call->caller = caller;
    call->on_end = on_end;
    call->on_end_arg = &asked;
    call_start(call, start);
    fixture_run_until(fixture, &asked.is_ended);
    return asked.reason;
}

static void
as_institution(const char *institution_id)
{
    caller = (struct caller){.kind = CALLER_INSTITUTION, .address = "192.0.2.7"};
    snprintf(caller.institution_id, sizeof(caller.institution_id), "%s", institution_id);
}

static void
as_learner(const char *own)
{
    caller = (struct caller){.kind = CALLER_LEARNER, .address = "192.0.2.7"};
    snprintf(caller.account_no, sizeof(caller.account_no), "%s", own);
    account_no = own;
}

/* A1 is at school-a and school-b, and has applied to school-b with C1; A2 is at school-b. */
static const char *const world[] = {
    "INSERT INTO projection.account VALUES ('A1', 2, 'school-a', 0, 1), ('A2', 2, 'school-b', 0, "
    "2),"
    " ('A3', 1, 'school-a', 0, 3), ('A4', 3, 'school-a', 0, 4)",
    "INSERT INTO projection.enrolment VALUES ('A1', 'school-a', 'S1', 'p', 1, 1, 2147483647, 5),"
    " ('A1', 'school-b', 'T1', 'p', 1, 1, 2147483647, 5),"
    " ('A2', 'school-b', 'T2', 'q', 1, 1, 2147483647, 5),"
    " ('A3', 'school-a', 'S3', 'q', 1, 1, 2147483647, 5),"
    " ('A4', 'school-a', 'S4', 'q', 2, 1, 9, 5)",
    "INSERT INTO projection.student_number VALUES ('school-a', 'S1', 'A1'),"
    " ('school-b', 'T1', 'A1'), ('school-b', 'T2', 'A2'), ('school-a', 'S3', 'A3'),"
    " ('school-a', 'S4', 'A4')",
    "INSERT INTO projection.certificate VALUES ('cert', 'Web', 'fam', 'x', 2, 0, 1)",
    "INSERT INTO projection.course VALUES ('school-b', 'p', 'K1', 'Networks', 1, 0, 300, true, "
    "false)",
    "INSERT INTO projection.outcome (institution_id, outer_id, account_no, kind, state,"
    " course_kind, title, programme_id, course_code, certificate_id, centihours, centicredits,"
    " credited_centihours, scheme, centiscore, outcome_date, expiry_date, version,"
    " change_reason, entry_index, item_index, recorded_entry, recorded_hash) SELECT i, o, 'A1', k, "
    "s, 0, 't', '', '', c, 1600, 100, 1600, 1, 9000,"
    " d, 2147483647, v, r, 7, 0, 6, decode(repeat('00', 32), 'hex')"
    " FROM (VALUES ('school-a', 'R1', 1, 1, '', 10, 2, 2), ('issuer-x', 'C1', 3, 1, 'cert', 20, 1, "
    "0),"
    " ('issuer-x', 'C2', 3, 2, 'cert', 20, 1, 0)) v(i, o, k, s, c, d, v, r)",
    "INSERT INTO projection.outcome_version VALUES ('school-a', 'R1', 1, 'A1', 1, 0, 100, 8000, 6, "
    "0),"
    " ('school-a', 'R1', 2, 'A1', 1, 2, 100, 9000, 7, 0)",
    "INSERT INTO projection.application VALUES ('P1', 'A1', 'school-b', 'p', 'r', 1, 1, 1, 0,"
    " decode(repeat('00', 32), 'hex'), 8, 8)",
    "INSERT INTO projection.application_line VALUES ('P1', 1, 1, 'issuer-x', 'C1')",
    "INSERT INTO projection.application_move VALUES ('P1', 1, 1, 'bank',"
    " decode(repeat('00', 32), 'hex'), 0, 123000000, 8, 0)",
    "INSERT INTO projection.outcome_use VALUES ('issuer-x', 'C1', 2, 'P1')",
    "INSERT INTO projection.exemption VALUES ('A1', 'school-b', 'p', 'K1', 3, 'P0', 300, true, "
    "true,"
    " '免修', 9, 0)",
};

static int
setup(void **state)
{
    static char as_daemon[512];
    struct migrate_report report;
    struct db_outcome outcome;
    struct conn_config config;
    struct blocking *db;
    char folder[512];

    if (fixture_setup(state) != 0)
        return 1;
    fixture = *state;
    config = conn_config_default(fixture->conninfo, "test");
    db = blocking_open(&config, &outcome);
    snprintf(folder, sizeof(folder), "%s/migrations", getenv("SOURCE_ROOT"));
    if (db == NULL || !migrate_apply(db, folder, &report)) {
        fprintf(stderr, "%s\n", db == NULL ? outcome.message : report.error);
        return 1;
    }
    for (size_t i = 0; i < ARRAY_COUNT(world); i++)
        if (!blocking_script(db, world[i])) {
            fprintf(stderr, "%s: %s\n", world[i], blocking_outcome(db)->message);
            return 1;
        }
    blocking_close(db);
    /* As the daemon's own role, so that what it may do suffices. */
    snprintf(as_daemon, sizeof(as_daemon), "%s user=creditbank_daemon", fixture->conninfo);
    config = conn_config_default(as_daemon, "test");
    config.search_path = "projection";
    runtime.pool = pool_new(
        fixture->base,
        &(struct pool_config){.conn_count = 1, .queue_max = 4, .queue_wait_ms = 10000}, &config);
    runtime.key_ring = key_ring_new(fixture->base, &config);
    return 0;
}

static int
teardown(void **state)
{
    key_ring_free(runtime.key_ring);
    pool_free(runtime.pool);
    return fixture_teardown(state);
}

static int64_t
looks(const char *where)
{
    char sql[256];

    snprintf(sql, sizeof(sql), "SELECT count(*) FROM access.look WHERE %s", where);
    return fixture_number(fixture, sql);
}

/* ------------------------------------------------------------------ outcomes */

static struct outcome_page wanted;
static struct outcome_list outcomes;
static char shown[256];

static struct step
list_outcomes(struct call *call)
{
    struct scope scope = scope_of(call);

    wanted.account_no = slice_text(account_no);
    return store_list_outcomes(call, &scope, &wanted, &outcomes, done);
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
    assert_true(slice_is(enrolments[0].student_no, "S3"));
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

/* ------------------------------------------------------------------ persons */

static struct person persons[3];
static struct person_list person_list = {ARRAY_COUNT(persons), persons};

static struct step
insert_persons(struct call *call)
{
    return store_insert_persons(call, &person_list, done);
}

static struct step
look_up_persons(struct call *call)
{
    return store_look_up_persons(call, &person_list, done);
}

static void
draw(struct person *person, uint8_t hash, const char *drawn)
{
    *person = (struct person){.account_no = slice_text(drawn)};
    memset(person->index_hash.bytes, hash, HASH_SIZE);
    person->sealed = (struct sealed_identity){1, slice_text("key"), slice_text("sealed")};
}

static void
took_first_draws(void)
{
    assert_true(persons[0].found);
    assert_true(slice_is(persons[0].account_no, "N1"));
    assert_false(persons[0].is_open);
    assert_true(slice_is(persons[0].sealed.sealed, "sealed"));
    /* the same person twice has one account, whichever it is */
    assert_true(persons[1].found);
    assert_true(slice_equal(persons[1].account_no, persons[0].account_no) ||
                slice_is(persons[1].account_no, "N2"));
    assert_false(persons[2].found); /* A1 is in the log already */
}

static void
took_others_draw(void)
{
    assert_true(persons[0].found);
    assert_true(slice_is(persons[0].account_no, "N1")); /* who came first */
    assert_false(persons[1].found);                     /* N1 is taken */
    assert_false(persons[2].found);                     /* nobody was asked for */
}

static void
took_none(void)
{
    assert_false(persons[0].found);
    assert_false(persons[1].found);
}

static void
two_callers_who_draw_for_one_person_end_with_one_account(void **state)
{
    (void)state;
    as_institution("school-a");
    draw(&persons[0], 1, "N1");
    draw(&persons[1], 2, "N2");
    draw(&persons[2], 3, "A1");
    assert_int_equal(ask(look_up_persons, took_none), REASON_NONE);
    assert_int_equal(ask(insert_persons, took_first_draws), REASON_NONE);
    draw(&persons[0], 1, "N9");
    draw(&persons[1], 4, "N1");
    draw(&persons[2], 0, "N8");
    assert_int_equal(ask(insert_persons, took_others_draw), REASON_NONE);
    assert_int_equal(fixture_number(fixture, "SELECT count(*) FROM identity.person"), 2);
    assert_int_equal(looks("account_no = 'N1' AND institution_id = 'school-a'"), 2);
}

/* ------------------------------------------------------------------ sign-in */

static struct sign_in sign_in;
static struct new_session session;
static struct session found_session;
static struct session_list sessions;
static uint8_t ended_session[SESSION_ID_SIZE];
static struct hash code_hash;

static struct step
begin_sign_in(struct call *call)
{
    return store_begin_sign_in(call, slice_text(account_no), &sign_in, done);
}

static struct step
open_session(struct call *call)
{
    session.session.account_no = slice_text(account_no);
    session.session.create_time_us = call_now_us(call);
    session.session.expire_time_us = call_now_us(call) + SESSION_LIFE_US;
    session.session.address = slice_text("192.0.2.7");
    return store_open_session(call, &session, done);
}

static struct step
find_session(struct call *call)
{
    return store_find_session(call, &session.token_hash, &found_session, done);
}

static struct step
list_sessions(struct call *call)
{
    return store_list_sessions(call, slice_text(account_no), &sessions, done);
}

static struct step
end_session(struct call *call)
{
    return store_end_session(call, slice_text(account_no), ended_session, done);
}

static struct step
use_code(struct call *call)
{
    return store_use_code(call, slice_text(account_no), &code_hash, "encoded", done);
}

static struct step
change_password(struct call *call)
{
    return store_change_password(call, slice_text(account_no), "changed",
                                 session.session.session_id, done);
}

static void
number_session(uint8_t number)
{
    memset(session.token_hash.bytes, number, HASH_SIZE);
    memset(session.session.session_id, number, SESSION_ID_SIZE);
}

static void
took_twenty(void)
{
    assert_int_equal(sessions.count, 20);
    assert_int_equal(sessions.sessions[0].session_id[0], 25); /* the newest first */
    assert_int_equal(sessions.sessions[19].session_id[0], 6);
}

static void
took_session(void)
{
    assert_true(slice_is(found_session.account_no, account_no));
}

static void
an_old_session_ends_when_a_twenty_first_begins(void **state)
{
    int64_t now = clock_now_us();

    (void)state;
    as_learner("A1");
    for (uint8_t i = 1; i <= 25; i++) {
        clock_set_us(now + i);
        number_session(i);
        assert_int_equal(ask(open_session, NULL), REASON_NONE);
    }
    assert_int_equal(ask(list_sessions, took_twenty), REASON_NONE);
    assert_int_equal(ask(find_session, took_session), REASON_NONE);
    number_session(5);
    assert_int_equal(ask(find_session, NULL), REASON_SESSION_ENDED);

    memset(ended_session, 25, sizeof(ended_session));
    account_no = "A2"; /* nobody ends another's */
    assert_int_equal(ask(end_session, NULL), REASON_SESSION_UNKNOWN);
    account_no = "A1";
    assert_int_equal(ask(end_session, NULL), REASON_NONE);
    assert_int_equal(ask(end_session, NULL), REASON_SESSION_UNKNOWN);
    number_session(25);
    assert_int_equal(ask(find_session, NULL), REASON_SESSION_ENDED);

    number_session(24);
    clock_set_us(now + 24 + SESSION_LIFE_US);
    assert_int_equal(ask(find_session, NULL), REASON_SESSION_ENDED); /* to the microsecond */
    clock_set_us(now + 23 + SESSION_LIFE_US);
    assert_int_equal(ask(find_session, took_session), REASON_NONE);
    clock_set_us(-1);
}

static void
a_session_of_an_account_that_is_not_active_is_none(void **state)
{
    (void)state;
    as_learner("A4"); /* suspended */
    number_session(60);
    assert_int_equal(ask(open_session, NULL), REASON_NONE);
    assert_int_equal(ask(find_session, NULL), REASON_SESSION_ENDED);
}

static void
attempts_are_counted_and_forgiven(void **state)
{
    int64_t now = clock_now_us();

    (void)state;
    as_learner("A2");
    snprintf(caller.address, sizeof(caller.address), "198.51.100.1");
    for (int i = 0; i < ATTEMPTS_PER_ACCOUNT; i++)
        assert_int_equal(ask(begin_sign_in, NULL), REASON_NONE);
    assert_int_equal(ask(begin_sign_in, NULL), REASON_TOO_MANY_ATTEMPTS);
    account_no = "A1"; /* another account is not concerned */
    assert_int_equal(ask(begin_sign_in, NULL), REASON_NONE);
    account_no = "A2";
    clock_set_us(now + (int64_t)(ATTEMPT_WINDOW_MIN + 1) * 60 * 1000000);
    assert_int_equal(ask(begin_sign_in, NULL), REASON_NONE);
    assert_int_equal(sign_in.account_state, ACCOUNT_ACTIVE);
    number_session(70);
    assert_int_equal(ask(open_session, NULL), REASON_NONE);
    assert_int_equal(fixture_number(fixture, "SELECT count(*) FROM access.attempt"
                                             " WHERE subject = 'account A2'"),
                     0);
    clock_set_us(-1);
}

static void
an_address_runs_out_of_attempts_too(void **state)
{
    char numbers[ATTEMPTS_PER_ADDRESS][8];

    (void)state;
    as_learner("A2");
    snprintf(caller.address, sizeof(caller.address), "198.51.100.2");
    for (int i = 0; i < ATTEMPTS_PER_ADDRESS; i++) {
        snprintf(numbers[i], sizeof(numbers[i]), "X%d", i);
        account_no = numbers[i];
        assert_int_equal(ask(begin_sign_in, NULL), REASON_NONE);
        assert_int_equal(sign_in.account_state, 0);
    }
    account_no = "Y";
    assert_int_equal(ask(begin_sign_in, NULL), REASON_TOO_MANY_ATTEMPTS);
    snprintf(caller.address, sizeof(caller.address), "198.51.100.3");
    assert_int_equal(ask(begin_sign_in, NULL), REASON_NONE);
}

static struct issued_code codes[4];
static struct code_list code_list = {ARRAY_COUNT(codes), codes};

static struct step
issue_codes(struct call *call)
{
    return store_issue_codes(call, slice_text("school-a"), &code_list, done);
}

static void
a_code_is_issued_for_own_learners_and_used_once(void **state)
{
    static const char *const accounts[] = {"A1", "A2", "A3", "A4"};

    (void)state;
    as_learner("A1");
    number_session(80);
    assert_int_equal(ask(open_session, NULL), REASON_NONE);
    as_institution("school-a");
    for (uint8_t i = 0; i < 4; i++) {
        codes[i] = (struct issued_code){.account_no = slice_text(accounts[i])};
        memset(codes[i].code_hash.bytes, i + 1, HASH_SIZE);
    }
    assert_int_equal(ask(issue_codes, NULL), REASON_NONE);
    assert_true(codes[0].is_issued);
    assert_false(codes[1].is_issued); /* of another school */
    assert_true(codes[2].is_issued);
    assert_false(codes[3].is_issued);                                /* her enrolment has ended */
    assert_int_equal(ask(find_session, NULL), REASON_SESSION_ENDED); /* and the owner is told */
    assert_true(looks("account_no = 'A1' AND method = 'Test/Ask'") >= 1);

    account_no = "A3";
    assert_int_equal(ask(begin_sign_in, NULL), REASON_NONE);
    assert_true(sign_in.code_is_valid);
    assert_true(hash_equal(&sign_in.code_hash, &codes[2].code_hash));
    assert_null(sign_in.encoded);
    code_hash = codes[0].code_hash; /* another's */
    assert_int_equal(ask(use_code, NULL), REASON_ACTIVATION_CODE_WRONG);
    code_hash = codes[2].code_hash;
    assert_int_equal(ask(use_code, NULL), REASON_NONE);
    assert_int_equal(ask(use_code, NULL), REASON_ACTIVATION_CODE_WRONG);
    assert_int_equal(ask(begin_sign_in, NULL), REASON_NONE);
    assert_false(sign_in.code_is_valid);

    clock_set_us(clock_now_us() + ACTIVATION_LIFE_US + 1000000);
    account_no = "A1";
    assert_int_equal(ask(begin_sign_in, NULL), REASON_NONE);
    assert_false(sign_in.code_is_valid);
    clock_set_us(-1);
}

static void
took_the_one_session(void)
{
    assert_int_equal(sessions.count, 1);
    assert_int_equal(sessions.sessions[0].session_id[0], 91);
}

static void
a_new_password_ends_the_other_sessions(void **state)
{
    (void)state;
    as_learner("A1");
    for (uint8_t i = 90; i <= 91; i++) {
        number_session(i);
        assert_int_equal(ask(open_session, NULL), REASON_NONE);
    }
    assert_int_equal(ask(change_password, NULL), REASON_NONE);
    assert_int_equal(ask(list_sessions, took_the_one_session), REASON_NONE);
    assert_int_equal(fixture_number(fixture, "SELECT count(*) FROM access.password"
                                             " WHERE account_no = 'A1' AND encoded = 'changed'"),
                     1);
}

/* ------------------------------------------------------------------ the key ring */

static struct hash key_id;
static const struct ring_key *key;
static uint32_t duties_seen;

static struct step
look_up_key(struct call *call)
{
    return store_look_up_key(call, &key_id, &key, done);
}

static void
note_key(void)
{
    duties_seen = key == NULL ? 0 : key->duties;
}

static uint32_t
duties_now(void)
{
    assert_int_equal(ask(look_up_key, note_key), REASON_NONE);
    return duties_seen;
}

static void
wait_for_epoch_other_than(uint64_t epoch)
{
    int64_t give_up_us = clock_monotonic_us() + (int64_t)20 * 1000000;

    while ((key_ring_epoch(runtime.key_ring) == epoch || key_ring_epoch(runtime.key_ring) == 0) &&
           clock_monotonic_us() < give_up_us)
        event_base_loop(fixture->base, EVLOOP_ONCE);
    assert_int_not_equal(key_ring_epoch(runtime.key_ring), 0);
    assert_int_not_equal(key_ring_epoch(runtime.key_ring), epoch);
}

static void
insert_key(const struct public_key *public)
{
    struct slice spki = public_key_spki(public);
    char id_hex[65], spki_hex[2 * KEY_SPKI_MAX + 1];

    key_id = *public_key_id(public);
    for (size_t i = 0; i < HASH_SIZE; i++)
        snprintf(id_hex + 2 * i, 3, "%02x", key_id.bytes[i]);
    for (size_t i = 0; i < spki.len; i++)
        snprintf(spki_hex + 2 * i, 3, "%02x", spki.at[i]);
    fixture_sql(fixture,
                "INSERT INTO projection.institution VALUES ('school-a', 3, 'A', '', '', '', '',"
                " false, 1, decode(repeat('00', 32), 'hex'));"
                "INSERT INTO projection.signing_key VALUES (decode('%s', 'hex'), 'school-a',"
                " decode('%s', 'hex'), 2, 1, %lld)",
                id_hex, spki_hex, (long long)ENTRY_NONE);
}

static void
keys_are_kept_until_the_ledger_says_that_they_changed(void **state)
{
    struct private_key *private = private_key_generate(KEY_SM2);
    uint64_t epoch;

    (void)state;
    as_institution("school-a");
    wait_for_epoch_other_than(0);
    key_id = *public_key_id(private_key_public(private));
    assert_int_equal(duties_now(), 0); /* not registered, and so not kept */
    insert_key(private_key_public(private));
    assert_int_equal(duties_now(), 2);

    epoch = key_ring_epoch(runtime.key_ring);
    fixture_sql(fixture, "UPDATE projection.signing_key SET duties = 4");
    assert_int_equal(duties_now(), 2); /* from the ring: nobody said anything */
    fixture_sql(fixture, "SELECT pg_notify('creditbank_keys', '')");
    wait_for_epoch_other_than(epoch);
    assert_int_equal(duties_now(), 4);
    private_key_free(private);
}

static void
without_a_listener_nothing_is_kept(void **state)
{
    (void)state;
    assert_int_equal(duties_now(), 4);
    clock_set_us(clock_monotonic_us() + (int64_t)3600 * 1000000); /* the last heartbeat is old */
    assert_int_equal(key_ring_epoch(runtime.key_ring), 0);
    clock_set_us(-1);
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
        cmocka_unit_test(looks_come_newest_first),
        cmocka_unit_test(two_callers_who_draw_for_one_person_end_with_one_account),
        cmocka_unit_test(an_old_session_ends_when_a_twenty_first_begins),
        cmocka_unit_test(a_session_of_an_account_that_is_not_active_is_none),
        cmocka_unit_test(attempts_are_counted_and_forgiven),
        cmocka_unit_test(an_address_runs_out_of_attempts_too),
        cmocka_unit_test(a_code_is_issued_for_own_learners_and_used_once),
        cmocka_unit_test(a_new_password_ends_the_other_sessions),
        cmocka_unit_test(keys_are_kept_until_the_ledger_says_that_they_changed),
        cmocka_unit_test(without_a_listener_nothing_is_kept),
    };

    return cmocka_run_group_tests_name("store personal", tests, setup, teardown);
}
