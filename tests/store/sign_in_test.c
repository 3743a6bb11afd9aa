/* store: persons and their numbers, sign-in, and the ring of keys. */
#include "asking.h"
#include "base/clock.h"
#include "core/item.h"
#include "db/pool.h"
#include "store/key_ring.h"
#include "store/opened_person.h"
#include "store/person.h"
#include "store/session.h"

#include <stdio.h>

/* ------------------------------------------------------------------ persons */

static struct person persons[3];
static struct person_list person_list = {ARRAY_COUNT(persons), persons};

static struct step
look_up_persons(struct call *call)
{
    return store_look_up_persons(call, &person_list, done);
}

static void
took_the_one_who_has_an_account(void)
{
    assert_true(persons[0].found);
    assert_true(slice_is(persons[0].account_no, "N1"));
    assert_int_equal(persons[0].sealed.epoch, 7);
    assert_true(slice_is(persons[0].sealed.wrapped_key, "key"));
    assert_true(slice_is(persons[0].sealed.sealed, "sealed"));
    assert_false(persons[1].found);
    assert_false(persons[2].found); /* nobody was asked for */
}

static void
finds_a_person_by_her_document_and_writes_the_look_down(void **state)
{
    (void)state;
    as_institution("school-a");
    fixture_sql(fixture, "INSERT INTO identity.person VALUES"
                         " ('N1', decode(repeat('01', 32), 'hex'), 7, 'key', 'sealed'),"
                         " ('N2', decode(repeat('02', 32), 'hex'), 7, 'key', 'sealed')");
    memset(persons[0].index_hash.bytes, 1, HASH_SIZE);
    memset(persons[1].index_hash.bytes, 3, HASH_SIZE);
    assert_int_equal(ask(look_up_persons, took_the_one_who_has_an_account), REASON_NONE);
    assert_int_equal(looks("account_no = 'N1' AND institution_id = 'school-a'"), 1);
    assert_int_equal(looks("account_no = 'N2'"), 0);
}

/* ------------------------------------------------------------------ persons of the ledger */

static struct hash asked_hashes[3];
static struct opened_person newcomers[2];

static const struct refusal_list *
took_places(struct call *call, const struct db_result *const *results, void *out)
{
    (void)call, (void)out;
    assert_int_equal(row_count(results[0]), 1);
    assert_int_equal(opened_person_read(results[0], 0), 1);
    return NULL;
}

static struct step
find_hashes(struct call *call)
{
    struct db_batch batch = {0};

    opened_person_find(asked_hashes, ARRAY_COUNT(asked_hashes), call_arena(call), &batch);
    return db_run(call, &batch, took_places, NULL, done);
}

static struct step
insert_newcomers(struct call *call)
{
    const struct opened_person *persons_to_store[] = {&newcomers[0], &newcomers[1]};
    struct db_batch batch = {0};

    opened_person_insert(persons_to_store, ARRAY_COUNT(persons_to_store), call_arena(call), &batch);
    return db_run(call, &batch, NULL, NULL, done);
}

static void
stores_persons_and_tells_who_has_an_account(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(newcomers); i++) {
        newcomers[i] = (struct opened_person){
            .account_no = slice_text(i == 0 ? "M1" : "M2"),
            .sealed = {1, slice_text("wrapped"), slice_text("sealed")},
        };
        memset(newcomers[i].index_hash.bytes, 0x41 + (int)i, HASH_SIZE);
    }
    assert_int_equal(ask(insert_newcomers, NULL), REASON_NONE);
    assert_int_equal(
        fixture_number(fixture, "SELECT count(*) FROM identity.person WHERE (account_no,"
                                " index_hash) IN (('M1', decode(repeat('41', 32), 'hex')),"
                                " ('M2', decode(repeat('42', 32), 'hex')))"
                                " AND epoch = 1 AND wrapped_key = 'wrapped' AND sealed = 'sealed'"),
        2);
    memset(asked_hashes[0].bytes, 0x51, HASH_SIZE);
    memset(asked_hashes[1].bytes, 0x42, HASH_SIZE);
    assert_int_equal(ask(find_hashes, NULL), REASON_NONE);
}

static int64_t identity_count;

static struct step
count_identities(struct call *call)
{
    return store_count_identities(call, identity_count, done);
}

static struct step
count_mismatches(struct call *call)
{
    return store_count_mismatches(call, identity_count, done);
}

static void
an_institution_asks_for_so_many_persons_an_hour(void **state)
{
    int64_t now = clock_now_us();

    (void)state;
    as_institution("school-a");
    clock_set_us(now);
    identity_count = IDENTITIES_PER_HOUR - 6;
    assert_int_equal(ask(count_identities, NULL), REASON_NONE);
    identity_count = 2;
    assert_int_equal(ask_at_once(count_identities, 8), 3); /* exactly, of those at once too */
    assert_int_equal(ask(count_identities, NULL), REASON_IDENTITIES_TOO_MANY);
    assert_int_equal(ask(count_mismatches, NULL), REASON_NONE); /* of a call that was let in */
    as_institution("school-b");                                 /* another one is not concerned */
    assert_int_equal(ask(count_identities, NULL), REASON_NONE);
    as_institution("school-a");
    clock_set_us(now + (int64_t)3599 * 1000000);
    assert_int_equal(ask(count_identities, NULL), REASON_IDENTITIES_TOO_MANY);
    clock_set_us(now + (int64_t)3600 * 1000000);
    assert_int_equal(ask(count_identities, NULL), REASON_NONE);
    clock_set_us(-1);
}

static void
an_institution_gives_so_many_wrong_names_an_hour(void **state)
{
    int64_t now = clock_now_us();

    (void)state;
    as_institution("school-c");
    clock_set_us(now);
    identity_count = MISMATCHES_PER_HOUR;
    assert_int_equal(ask(count_mismatches, NULL), REASON_NONE);
    assert_int_equal(ask(count_identities, NULL), REASON_NONE); /* as many as it may is fine */
    identity_count = 1;
    assert_int_equal(ask(count_mismatches, NULL), REASON_MISMATCHES_TOO_MANY);
    assert_int_equal(ask(count_identities, NULL), REASON_MISMATCHES_TOO_MANY); /* from now on */
    as_institution("school-d"); /* another one is not concerned */
    identity_count = MISMATCHES_PER_HOUR - 6;
    assert_int_equal(ask(count_mismatches, NULL), REASON_NONE);
    identity_count = 2;
    assert_int_equal(ask_at_once(count_mismatches, 8), 3); /* exactly, of those at once too */
    as_institution("school-c");
    clock_set_us(now + (int64_t)3599 * 1000000);
    assert_int_equal(ask(count_identities, NULL), REASON_MISMATCHES_TOO_MANY);
    clock_set_us(now + (int64_t)3600 * 1000000);
    assert_int_equal(ask(count_identities, NULL), REASON_NONE);
    assert_int_equal(ask(count_mismatches, NULL), REASON_NONE);
    clock_set_us(-1);
}

/* ------------------------------------------------------------------ sign-in */

static struct sign_in sign_in;
static struct new_session session;
static struct session found_session;
static struct session_list sessions;
static uint8_t ended_session[SESSION_ID_SIZE];
static struct hash code_hash;
static const char *encoded; /* what was verified */

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
    session.encoded = encoded;
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
    return store_change_password(call, slice_text(account_no),
                                 &(struct password_change){encoded, "changed"},
                                 session.session.session_id, done);
}

/* As if it had been verified. */
static void
give_password(const char *password)
{
    encoded = password;
    fixture_sql(fixture,
                "INSERT INTO access.password VALUES ('%s', '%s', 0)"
                " ON CONFLICT (account_no) DO UPDATE SET encoded = excluded.encoded",
                account_no, password);
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
    give_password("first");
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
    give_password("first");
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
    clock_set_us(now + (int64_t)(ATTEMPT_WINDOW_MIN - 1) * 60 * 1000000);
    assert_int_equal(ask(begin_sign_in, NULL), REASON_TOO_MANY_ATTEMPTS);
    assert_int_equal(fixture_number(fixture, "SELECT count(*) FROM access.attempt"
                                             " WHERE subject = 'account A2'"),
                     ATTEMPTS_PER_ACCOUNT); /* those that are refused leave nothing */
    clock_set_us(now + (int64_t)(ATTEMPT_WINDOW_MIN + 1) * 60 * 1000000);
    assert_int_equal(ask(begin_sign_in, NULL), REASON_NONE);
    assert_int_equal(sign_in.account_state, ACCOUNT_ACTIVE);
    give_password("first");
    number_session(70);
    assert_int_equal(ask(open_session, NULL), REASON_NONE);
    assert_int_equal(fixture_number(fixture, "SELECT count(*) FROM access.attempt"
                                             " WHERE subject = 'account A2'"),
                     0);
    clock_set_us(-1);
}

/* Over four connections, whose transactions would not see each other's. */
static void
attempts_at_the_same_moment_are_counted_exactly(void **state)
{
    (void)state;
    as_learner("A2");
    for (int round = 0; round < 10; round++) {
        char number[8];

        snprintf(number, sizeof(number), "Z%d", round);
        account_no = number;
        snprintf(caller.address, sizeof(caller.address), "198.51.100.%d", 10 + round);
        assert_int_equal(ask_at_once(begin_sign_in, ATTEMPTS_PER_ACCOUNT - 2),
                         ATTEMPTS_PER_ACCOUNT - 2);
        assert_int_equal(ask_at_once(begin_sign_in, 8), 2);
    }
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
    assert_int_equal(fixture_number(fixture, "SELECT count(*) FROM access.attempt"
                                             " WHERE subject = 'account Y'"),
                     0);
    snprintf(caller.address, sizeof(caller.address), "198.51.100.3");
    assert_int_equal(ask(begin_sign_in, NULL), REASON_NONE);
}

/* RFC 6177: who has one address of a /64 has 2^64 of them. */
static void
the_addresses_of_one_subscriber_count_as_one(void **state)
{
    char number[8];

    (void)state;
    as_learner("A2");
    account_no = number;
    for (int i = 0; i < ATTEMPTS_PER_ADDRESS; i++) {
        snprintf(number, sizeof(number), "V%d", i);
        snprintf(caller.address, sizeof(caller.address), "2001:db8:0:7:%x::1", i);
        assert_int_equal(ask(begin_sign_in, NULL), REASON_NONE);
    }
    snprintf(number, sizeof(number), "V");
    snprintf(caller.address, sizeof(caller.address), "2001:db8:0:7:ffff::1");
    assert_int_equal(ask(begin_sign_in, NULL), REASON_TOO_MANY_ATTEMPTS);
    snprintf(caller.address, sizeof(caller.address), "2001:db8:0:8::1");
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
    give_password("first");
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
    assert_true(slice_is(codes[0].student_no, "S1"));
    assert_true(slice_is(codes[2].student_no, "S3"));
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
    give_password("first");
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

/* Verifying takes long: meanwhile the owner may have changed what was verified. */
static void
a_password_that_is_no_more_begins_and_changes_nothing(void **state)
{
    (void)state;
    as_learner("A1");
    give_password("second");
    number_session(92);
    assert_int_equal(ask(open_session, NULL), REASON_NONE);
    number_session(93);
    encoded = "first";
    assert_int_equal(ask(open_session, NULL), REASON_SIGN_IN_FAILED);
    assert_int_equal(ask(find_session, NULL), REASON_SESSION_ENDED);
    assert_int_equal(ask(change_password, NULL), REASON_SIGN_IN_FAILED);
    assert_int_equal(fixture_number(fixture, "SELECT count(*) FROM access.password"
                                             " WHERE account_no = 'A1' AND encoded = 'second'"),
                     1);
    number_session(92); /* which the refused change did not end */
    assert_int_equal(ask(find_session, took_session), REASON_NONE);
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
                " false, 1, 1, decode(repeat('00', 32), 'hex'));"
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
        cmocka_unit_test(finds_a_person_by_her_document_and_writes_the_look_down),
        cmocka_unit_test(stores_persons_and_tells_who_has_an_account),
        cmocka_unit_test(an_institution_asks_for_so_many_persons_an_hour),
        cmocka_unit_test(an_institution_gives_so_many_wrong_names_an_hour),
        cmocka_unit_test(an_old_session_ends_when_a_twenty_first_begins),
        cmocka_unit_test(a_session_of_an_account_that_is_not_active_is_none),
        cmocka_unit_test(attempts_are_counted_and_forgiven),
        cmocka_unit_test(attempts_at_the_same_moment_are_counted_exactly),
        cmocka_unit_test(an_address_runs_out_of_attempts_too),
        cmocka_unit_test(the_addresses_of_one_subscriber_count_as_one),
        cmocka_unit_test(a_code_is_issued_for_own_learners_and_used_once),
        cmocka_unit_test(a_new_password_ends_the_other_sessions),
        cmocka_unit_test(a_password_that_is_no_more_begins_and_changes_nothing),
        cmocka_unit_test(keys_are_kept_until_the_ledger_says_that_they_changed),
        cmocka_unit_test(without_a_listener_nothing_is_kept),
    };

    return cmocka_run_group_tests_name("store sign-in", tests, asking_setup, asking_teardown);
}
