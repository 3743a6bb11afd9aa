#include "asking.h"

#include "db/pool.h"
#include "store/key_ring.h"

#include <stdio.h>
#include <stdlib.h>

#define POOL_CONNECTIONS 4
#define ASKED_AT_ONCE_MAX 8

struct runtime runtime;
struct fixture *fixture;
struct caller caller;
const char *account_no;

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

struct step
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

static void
begin(struct asked *asked)
{
    struct call *call = call_new(&method, &runtime, arena_new((size_t)1 << 20));

    call->request = asked;
    call->caller = caller;
    call->on_end = on_end;
    call->on_end_arg = asked;
    call_start(call, start);
}

enum reason
ask(step_fn *fn, void (*took)(void))
{
    struct asked asked = {.ask = fn, .took = took};

    begin(&asked);
    fixture_run_until(fixture, &asked.is_ended);
    return asked.reason;
}

size_t
ask_at_once(step_fn *fn, size_t count)
{
    struct asked asked[ASKED_AT_ONCE_MAX] = {0};
    size_t admitted = 0;

    assert_true(count <= ASKED_AT_ONCE_MAX);
    for (size_t i = 0; i < count; i++) {
        asked[i].ask = fn;
        begin(&asked[i]);
    }
    for (size_t i = 0; i < count; i++) {
        fixture_run_until(fixture, &asked[i].is_ended);
        admitted += asked[i].reason == REASON_NONE;
    }
    return admitted;
}

void
as_institution(const char *institution_id)
{
    caller = (struct caller){.kind = CALLER_INSTITUTION, .address = "192.0.2.7"};
    snprintf(caller.institution_id, sizeof(caller.institution_id), "%s", institution_id);
}

void
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
    "INSERT INTO projection.enrolment SELECT a, i, s, n, p, t, r, b, e, 5 FROM (VALUES"
    " ('A1', 'school-a', 'S1', 1, 'p', 1, 0, 1, 2147483647),"
    " ('A1', 'school-b', 'T1', 1, 'p', 1, 0, 1, 2147483647),"
    " ('A2', 'school-b', 'T2', 1, 'q', 1, 0, 1, 2147483647),"
    " ('A3', 'school-a', 'S3', 1, 'p', 2, 4, 1, 1),"
    " ('A3', 'school-a', 'S3', 2, 'q', 1, 0, 1, 2147483647),"
    " ('A4', 'school-a', 'S2', 1, 'q', 2, 4, 1, 9),"
    " ('A4', 'school-a', 'S4', 1, 'q', 2, 1, 1, 9)) v(a, i, s, n, p, t, r, b, e)",
    "INSERT INTO projection.student_number VALUES ('school-a', 'S1', 'A1', 1),"
    " ('school-b', 'T1', 'A1', 1), ('school-b', 'T2', 'A2', 1), ('school-a', 'S2', '', 0),"
    " ('school-a', 'S3', 'A3', 2), ('school-a', 'S4', 'A4', 1)",
    "INSERT INTO projection.certificate VALUES ('cert', 'Web', 'fam', 'x', 2, 0, 1)",
    "INSERT INTO projection.course VALUES ('school-b', 'p', 'K1', 'Networks', 1, 0, 300, true, "
    "false)",
    "INSERT INTO projection.outcome (institution_id, outer_id, account_no, kind, state,"
    " course_kind, title, programme_id, course_code, certificate_id, grade, centihours, "
    "centicredits,"
    " credited_centihours, scheme, centiscore, outcome_date, expiry_date, version,"
    " change_reason, entry_index, item_index, recorded_entry, recorded_hash, replaced_by,"
    " replaced_entry, hold_state, held_by) SELECT i, o, 'A1', k, "
    "s, 0, 't', '', '', c, CASE c WHEN '' THEN 0 ELSE 2 END, 1600, 100, 1600, 1, 9000,"
    " d, 2147483647, v, r, 7, 0, 6, decode(repeat('00', 32), 'hex'), '', 0, h, CASE h WHEN 1 THEN "
    "'' ELSE 'P1' END"
    " FROM (VALUES ('school-a', 'R1', 1, 1, '', 10, 2, 2, 1),"
    " ('issuer-x', 'C1', 3, 1, 'cert', 20, 1, 0, 2),"
    " ('issuer-x', 'C2', 3, 2, 'cert', 20, 1, 0, 1)) v(i, o, k, s, c, d, v, r, h)",
    "INSERT INTO projection.outcome_version VALUES ('school-a', 'R1', 1, 'A1', 1, 0, 100, 8000, 6, "
    "0),"
    " ('school-a', 'R1', 2, 'A1', 1, 2, 100, 9000, 7, 0)",
    "INSERT INTO projection.application VALUES ('P1', 'A1', 'school-b', 'p', 'r', 1, 1, 1, 1, 0,"
    " decode(repeat('00', 32), 'hex'), decode(repeat('00', 32), 'hex'), 8, 8, false, 0, 21000)",
    "INSERT INTO projection.application_line VALUES ('P1', 1, 1, 1, 'issuer-x', 'C1')",
    "INSERT INTO projection.application_move VALUES ('P1', 1, 1, 'bank',"
    " decode(repeat('00', 32), 'hex'), 0, 0, 123000000, 8, 0)",
    "INSERT INTO projection.exemption VALUES ('A1', 'school-b', 'p', 'K1', 3, 'P0', 300, true, "
    "true, 1, 8000, 3, '', '免修', 9, 0)",
};

int
asking_setup(void **state)
{
    static char as_daemon[512];
    struct conn_config config;
    struct blocking *db;

    if (fixture_setup(state) != 0)
        return 1;
    fixture = *state;
    db = fixture_open_bank(fixture);
    if (db == NULL)
        return 1;
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
    runtime.pool = pool_new(fixture->base,
                            &(struct pool_config){.conn_count = POOL_CONNECTIONS,
                                                  .queue_max = ASKED_AT_ONCE_MAX,
                                                  .queue_wait_ms = 10000},
                            &config);
    runtime.key_ring = key_ring_new(fixture->base, &config);
    return 0;
}

int
asking_teardown(void **state)
{
    key_ring_free(runtime.key_ring);
    pool_free(runtime.pool);
    return fixture_teardown(state);
}

int64_t
looks(const char *where)
{
    char sql[256];

    snprintf(sql, sizeof(sql), "SELECT count(*) FROM access.look WHERE %s", where);
    return fixture_number(fixture, sql);
}
