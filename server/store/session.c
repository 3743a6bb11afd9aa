#include "store/session.h"

#include "core/terms.h"
#include "db/pool.h"
#include "store/scope.h"

#include <assert.h>
#include <stdio.h>

#define SUBJECT_SIZE 64

static struct slice
session_id_slice(const uint8_t session_id[SESSION_ID_SIZE])
{
    return slice_make(session_id, SESSION_ID_SIZE);
}

/* The columns of every query for sessions. */
#define SESSION_COLUMNS "s.session_id, s.account_no, s.create_time_us, s.expire_time_us, s.address"

static void
read_session(struct call *call, const struct db_result *result, size_t row, struct session *session)
{
    struct slice session_id = row_slice(result, row, 0);

    assert(session_id.len == SESSION_ID_SIZE);
    memcpy(session->session_id, session_id.at, SESSION_ID_SIZE);
    session->account_no = arena_copy(call_arena(call), row_slice(result, row, 1));
    session->create_time_us = row_int64(result, row, 2);
    session->expire_time_us = row_int64(result, row, 3);
    session->address = arena_copy(call_arena(call), row_slice(result, row, 4));
}

static const struct refusal_list *
got_session(struct call *call, const struct db_result *const *results, void *out)
{
    if (row_count(results[0]) == 0)
        return db_refusal(call, REASON_SESSION_ENDED, "authorization", "%s", "");
    read_session(call, results[0], 0, out);
    return NULL;
}

struct step
store_find_session(struct call *call, const struct hash *token_hash, struct session *session,
                   step_fn *next)
{
    static const struct db_statement find = {
        "find_session",
        "SELECT " SESSION_COLUMNS " FROM access.session s"
        " JOIN projection.account a ON a.account_no = s.account_no"
        " WHERE s.token_hash = $1 AND s.expire_time_us > $2 AND a.state = $3",
    };
    struct db_params *params = params_new(call_arena(call));

    params_add_bytes(params, hash_slice(token_hash));
    params_add_int8(params, call_now_us(call));
    params_add_int4(params, ACCOUNT_ACTIVE);
    return db_query(call, &find, params, got_session, session, next);
}

static const struct refusal_list *
got_sessions(struct call *call, const struct db_result *const *results, void *out)
{
    struct session_list *list = out;

    list->count = row_count(results[0]);
    list->sessions = arena_array(call_arena(call), list->count, sizeof(*list->sessions));
    for (size_t i = 0; i < list->count; i++)
        read_session(call, results[0], i, &list->sessions[i]);
    return NULL;
}

struct step
store_list_sessions(struct call *call, struct slice account_no, struct session_list *list,
                    step_fn *next)
{
    static const struct db_statement find = {
        "list_sessions",
        "SELECT " SESSION_COLUMNS " FROM access.session s"
        " WHERE s.account_no = $1 AND s.expire_time_us > $2"
        " ORDER BY s.create_time_us DESC, s.session_id LIMIT $3",
    };
    struct db_params *params = params_new(call_arena(call));

    params_add_text(params, account_no);
    params_add_int8(params, call_now_us(call));
    params_add_int8(params, SESSIONS_MAX);
    return db_query(call, &find, params, got_sessions, list, next);
}

static const struct refusal_list *
ended_one(struct call *call, const struct db_result *const *results, void *out)
{
    (void)out;
    if (row_affected(results[0]) == 0)
        return db_refusal(call, REASON_SESSION_UNKNOWN, "session_id", "%s", "");
    return NULL;
}

struct step
store_end_session(struct call *call, struct slice account_no,
                  const uint8_t session_id[SESSION_ID_SIZE], step_fn *next)
{
    static const struct db_statement end = {
        "end_session",
        "DELETE FROM access.session WHERE account_no = $1 AND session_id = $2",
    };
    struct db_params *params = params_new(call_arena(call));

    params_add_text(params, account_no);
    params_add_bytes(params, session_id_slice(session_id));
    return db_query(call, &end, params, ended_one, NULL, next);
}

/* Attempts */

/* Parameters that begin with whose attempts are counted: $1 the account, $2 the address. */
static struct db_params *
subject_params(struct call *call, struct slice account_no)
{
    struct db_params *params = params_new(call_arena(call));
    char subscriber[ADDRESS_MAX + 1], subject[SUBJECT_SIZE];

    snprintf(subject, sizeof(subject), "account %.*s", (int)account_no.len,
             (const char *)account_no.at);
    params_add_text(params, slice_text(subject));
    address_subscriber(call_caller(call)->address, subscriber);
    snprintf(subject, sizeof(subject), "address %s", subscriber);
    params_add_text(params, slice_text(subject));
    return params;
}

/* What lies before the window is forgotten, whoever tried. */
static void
add_forgetting(struct call *call, struct db_batch *batch)
{
    static const struct db_statement forget = {
        "forget_attempts",
        "DELETE FROM access.attempt WHERE attempt_time_us <= $1",
    };
    struct db_params *params = params_new(call_arena(call));

    params_add_int8(params, call_now_us(call) - (int64_t)ATTEMPT_WINDOW_MIN * 60 * 1000000);
    batch_add(batch, &forget, params);
}

/*
 * One attempt of an account or address after the other, until its batch is done:
 * a statement of its own, so that the next one sees all that were counted before.
 * In the order of the locks, so that no two wait for each other.
 */
static void
add_turn(struct call *call, struct slice account_no, struct db_batch *batch)
{
    static const struct db_statement lock = {
        "lock_attempts",
        "SELECT pg_advisory_xact_lock(s.key) FROM (SELECT hashtextextended(subject, 0) AS key"
        " FROM unnest(ARRAY[$1, $2]) AS subject ORDER BY key) AS s",
    };

    batch_add(batch, &lock, subject_params(call, account_no));
}

/*
 * Whether account or address have none left; else this one is counted for both.
 * One that is refused is not: it would only lengthen the list that is counted.
 */
static void
add_attempt(struct call *call, struct slice account_no, struct db_batch *batch)
{
    static const struct db_statement count = {
        "count_attempt",
        "WITH w AS (SELECT s.subject, s.most <= (SELECT count(*) FROM (SELECT"
        " FROM access.attempt a WHERE a.subject = s.subject LIMIT s.most) n) AS none_left"
        " FROM (VALUES ($1, $3::int8), ($2, $4::int8)) AS s(subject, most)),"
        " this AS (INSERT INTO access.attempt (subject, attempt_time_us)"
        " SELECT w.subject, $5::int8 FROM w WHERE NOT EXISTS (SELECT FROM w WHERE w.none_left))"
        " SELECT bool_or(w.none_left) FROM w",
    };
    struct db_params *params = subject_params(call, account_no);

    params_add_int8(params, ATTEMPTS_PER_ACCOUNT);
    params_add_int8(params, ATTEMPTS_PER_ADDRESS);
    params_add_int8(params, call_now_us(call));
    batch_add(batch, &count, params);
}

static const struct refusal_list *
got_sign_in(struct call *call, const struct db_result *const *results, void *out)
{
    struct sign_in *sign_in = out;
    const struct db_result *row = results[3];

    if (row_bool(results[2], 0, 0))
        return db_refusal(call, REASON_TOO_MANY_ATTEMPTS, "", "%d", ATTEMPT_WINDOW_MIN);
    if (!row_is_null(row, 0, 0))
        sign_in->account_state = row_int32(row, 0, 0);
    if (!row_is_null(row, 0, 1))
        sign_in->encoded = arena_text(call_arena(call), row_slice(row, 0, 1));
    if (!row_is_null(row, 0, 2))
        sign_in->code_is_valid = hash_from_slice(row_slice(row, 0, 2), &sign_in->code_hash);
    return NULL;
}

struct step
store_begin_sign_in(struct call *call, struct slice account_no, struct sign_in *sign_in,
                    step_fn *next)
{
    static const struct db_statement find = {
        "find_sign_in",
        "SELECT a.state, p.encoded, c.code_hash"
        " FROM (SELECT $1::text AS account_no) w"
        " LEFT JOIN projection.account a ON a.account_no = w.account_no"
        " LEFT JOIN access.password p ON p.account_no = w.account_no"
        " LEFT JOIN access.activation_code c ON c.account_no = w.account_no"
        " AND NOT c.used AND c.expire_time_us > $2",
    };
    struct db_batch batch = {0};
    struct db_params *params = params_new(call_arena(call));

    *sign_in = (struct sign_in){0};
    add_forgetting(call, &batch);
    add_turn(call, account_no, &batch);
    add_attempt(call, account_no, &batch);
    params_add_text(params, account_no);
    params_add_int8(params, call_now_us(call));
    batch_add(&batch, &find, params);
    return db_run(call, &batch, got_sign_in, sign_in, next);
}

/* The attempt was good: forgets those of the account, and this one of the address. */
static void
add_forgiveness(struct call *call, struct slice account_no, struct db_batch *batch)
{
    static const struct db_statement forgive = {
        "forgive_attempts",
        "DELETE FROM access.attempt WHERE subject = $1"
        " OR (subject = $2 AND attempt_time_us = $3)",
    };
    struct db_params *params = subject_params(call, account_no);

    params_add_int8(params, call_now_us(call));
    batch_add(batch, &forgive, params);
}

/* Locks the password: who changes it comes before, or waits and sees this session to end it. */
static void
add_session(struct call *call, const struct new_session *new, struct db_batch *batch)
{
    static const struct db_statement insert = {
        "insert_session",
        "INSERT INTO access.session"
        " (token_hash, session_id, account_no, create_time_us, expire_time_us, address)"
        " SELECT $1, $2, p.account_no, $4, $5, $6 FROM access.password p"
        " WHERE p.account_no = $3 AND p.encoded = $7 FOR SHARE",
    };
    static const struct db_statement trim = {
        "trim_sessions",
        "DELETE FROM access.session WHERE account_no = $1 AND session_id NOT IN"
        " (SELECT session_id FROM access.session WHERE account_no = $1 AND expire_time_us > $2"
        " ORDER BY create_time_us DESC, session_id LIMIT $3)",
    };
    struct db_params *row = params_new(call_arena(call));
    struct db_params *kept = params_new(call_arena(call));

    params_add_bytes(row, hash_slice(&new->token_hash));
    params_add_bytes(row, session_id_slice(new->session.session_id));
    params_add_text(row, new->session.account_no);
    params_add_int8(row, new->session.create_time_us);
    params_add_int8(row, new->session.expire_time_us);
    params_add_text(row, new->session.address);
    params_add_text(row, slice_text(new->encoded));
    batch_add(batch, &insert, row);
    params_add_text(kept, new->session.account_no);
    params_add_int8(kept, call_now_us(call));
    params_add_int8(kept, SESSIONS_MAX);
    batch_add(batch, &trim, kept);
}

/* The first statement found the password that was verified. */
static const struct refusal_list *
found_password(struct call *call, const struct db_result *const *results, void *out)
{
    (void)out;
    if (row_affected(results[0]) == 0)
        return db_refusal(call, REASON_SIGN_IN_FAILED, "", "%s", "");
    return NULL;
}

struct step
store_open_session(struct call *call, const struct new_session *session, step_fn *next)
{
    struct db_batch batch = {0};

    add_session(call, session, &batch);
    add_forgiveness(call, session->session.account_no, &batch);
    return db_run(call, &batch, found_password, NULL, next);
}

static void
add_password(struct call *call, struct slice account_no, const struct password_change *change,
             struct db_batch *batch)
{
    static const struct db_statement set = {
        "set_password",
        "UPDATE access.password SET encoded = $2, change_time_us = $3"
        " WHERE account_no = $1 AND encoded = $4",
    };
    struct db_params *params = params_new(call_arena(call));

    params_add_text(params, account_no);
    params_add_text(params, slice_text(change->new_encoded));
    params_add_int8(params, call_now_us(call));
    params_add_text(params, slice_text(change->old_encoded));
    batch_add(batch, &set, params);
}

/*
 * Ends the sessions of the account but this one, if the password was set before
 * in the batch. A statement of its own: it sees those that began until then.
 */
static void
add_end_of_others(struct call *call, struct slice account_no, const char *encoded,
                  struct slice session_id, struct db_batch *batch)
{
    static const struct db_statement end = {
        "end_other_sessions",
        "DELETE FROM access.session s USING access.password p WHERE s.account_no = $1"
        " AND p.account_no = s.account_no AND p.encoded = $2 AND s.session_id <> $3",
    };
    struct db_params *params = params_new(call_arena(call));

    params_add_text(params, account_no);
    params_add_text(params, slice_text(encoded));
    params_add_bytes(params, session_id);
    batch_add(batch, &end, params);
}

static const struct refusal_list *
used_code(struct call *call, const struct db_result *const *results, void *out)
{
    (void)out;
    if (row_affected(results[0]) == 0)
        return db_refusal(call, REASON_ACTIVATION_CODE_WRONG, "activation_code", "%s", "");
    return NULL;
}

struct step
store_use_code(struct call *call, struct slice account_no, const struct hash *code_hash,
               const char *encoded, step_fn *next)
{
    static const struct db_statement use = {
        "use_code",
        "WITH used AS (UPDATE access.activation_code SET used = true"
        " WHERE account_no = $1 AND code_hash = $2 AND NOT used RETURNING account_no)"
        " INSERT INTO access.password (account_no, encoded, change_time_us)"
        " SELECT account_no, $3, $4 FROM used"
        " ON CONFLICT (account_no) DO UPDATE"
        " SET encoded = excluded.encoded, change_time_us = excluded.change_time_us",
    };
    struct db_params *params = params_new(call_arena(call));
    struct db_batch batch = {0};

    params_add_text(params, account_no);
    params_add_bytes(params, hash_slice(code_hash));
    params_add_text(params, slice_text(encoded));
    params_add_int8(params, call_now_us(call));
    batch_add(&batch, &use, params);
    add_end_of_others(call, account_no, encoded, slice_text(""), &batch);
    return db_run(call, &batch, used_code, NULL, next);
}

struct step
store_change_password(struct call *call, struct slice account_no,
                      const struct password_change *change,
                      const uint8_t session_id[SESSION_ID_SIZE], step_fn *next)
{
    struct db_batch batch = {0};

    add_password(call, account_no, change, &batch);
    add_end_of_others(call, account_no, change->new_encoded, session_id_slice(session_id), &batch);
    add_forgiveness(call, account_no, &batch);
    return db_run(call, &batch, found_password, NULL, next);
}

static const struct refusal_list *
issued(struct call *call, const struct db_result *const *results, void *out)
{
    struct code_list *list = out;

    for (size_t i = 0; i < row_count(results[0]); i++) {
        struct issued_code *code = &list->codes[row_int64(results[0], i, 0) - 1];

        code->is_issued = true;
        code->student_no = arena_copy(call_arena(call), row_slice(results[0], i, 1));
    }
    return NULL;
}

struct step
store_issue_codes(struct call *call, struct slice school_id, struct code_list *list, step_fn *next)
{
    static const struct db_statement issue = {
        "issue_codes",
        "WITH own AS (SELECT min(u.place) AS place, u.account_no, min(e.student_no) AS student_no"
        " FROM unnest($2::text[]) WITH ORDINALITY AS u(account_no, place)"
        " JOIN projection.account a ON a.account_no = u.account_no AND a.state IN (1, 2)"
        " JOIN projection.enrolment e ON e.account_no = u.account_no"
        " AND e.school_id = $1 AND e.state = 1 GROUP BY u.account_no),"
        " ended AS (DELETE FROM access.session s USING own WHERE s.account_no = own.account_no),"
        " looked AS (INSERT INTO access.look (account_no, institution_id, method, look_time_us)"
        " SELECT account_no, $1, $4, $5 FROM own),"
        " set AS (INSERT INTO access.activation_code AS c"
        " (account_no, code_hash, school_id, expire_time_us, used)"
        " SELECT account_no, ($3::bytea[])[place], $1, $6, false FROM own"
        " ON CONFLICT (account_no) DO UPDATE SET code_hash = excluded.code_hash,"
        " school_id = excluded.school_id, expire_time_us = excluded.expire_time_us, used = false)"
        " SELECT place, student_no FROM own",
    };
    struct db_params *params = params_new(call_arena(call));
    struct db_array accounts, hashes;

    array_begin(&accounts, call_arena(call), DB_TEXT, list->count);
    array_begin(&hashes, call_arena(call), DB_BYTES, list->count);
    for (size_t i = 0; i < list->count; i++) {
        array_add_text(&accounts, list->codes[i].account_no);
        array_add_bytes(&hashes, hash_slice(&list->codes[i].code_hash));
    }
    params_add_text(params, school_id);
    params_add_array(params, &accounts);
    params_add_array(params, &hashes);
    params_add_text(params, slice_text(look_method(call)));
    params_add_int8(params, call_now_us(call));
    params_add_int8(params, call_now_us(call) + ACTIVATION_LIFE_US);
    return db_query(call, &issue, params, issued, list, next);
}
