/* api: the handlers of SessionService, and who calls, against scripted operations. */
#include "handler.h"

#include "api/activation_code.h"
#include "api/credentials.h"
#include "api/methods.h"
#include "api/password.h"
#include "api/service_transaction.h"
#include "base/arena.h"
#include "base/base64.h"
#include "base/clock.h"
#include "calculator/calculator.h"
#include "calculator/password.h"
#include "core/item.h"
#include "creditbank/v1/session_service.pb-c.h"
#include "crypto/crypto.h"
#include "crypto/jwt.h"
#include "store/key_ring.h"
#include "store/session.h"

#include <stdio.h>
#include <string.h>

#define ACCOUNT "12345678901237" /* its check digit is right */
#define CODE "0123-4567-89AB-CDEF"
#define PASSWORD "correct horse"
#define ORIGIN "bank.example.cn/log"
#define NOW_US ((int64_t)1800000000 * 1000000)

static struct {
    struct sign_in sign_in;
    bool matches;
    char verified_against[PASSWORD_HASH_MAX];
    char token_of_row[65];
    uint8_t request_ids[2][REQUEST_ID_SIZE];
    unsigned transactions;
    uint64_t epoch;
    const struct ring_key *key;
    struct session session;
} script;

static struct identity_keys keys;
static struct runtime runtime;

/* ------------------------------------------------------------------ operations */

struct step
store_begin_sign_in(struct call *call, struct slice account_no, struct sign_in *sign_in,
                    step_fn *next)
{
    assert_true(slice_is(account_no, ACCOUNT));
    *sign_in = script.sign_in;
    return handler_operation(call, "begin sign-in", next);
}

struct step
store_open_session(struct call *call, const struct new_session *session, step_fn *next)
{
    assert_true(slice_is(session->session.account_no, ACCOUNT));
    assert_int_equal(session->session.expire_time_us - session->session.create_time_us,
                     (int64_t)12 * 3600 * 1000000);
    assert_string_equal(session->encoded, script.sign_in.encoded != NULL ? script.sign_in.encoded
                                                                         : "hash of " PASSWORD);
    return handler_operation(call, "open session", next);
}

struct step
store_use_code(struct call *call, struct slice account_no, const struct hash *code_hash,
               const char *encoded, step_fn *next)
{
    assert_true(slice_is(account_no, ACCOUNT));
    assert_true(hash_equal(code_hash, &script.sign_in.code_hash));
    assert_string_equal(encoded, "hash of " PASSWORD);
    return handler_operation(call, "use code", next);
}

struct step
store_change_password(struct call *call, struct slice account_no,
                      const struct password_change *change,
                      const uint8_t session_id[SESSION_ID_SIZE], step_fn *next)
{
    assert_true(slice_is(account_no, ACCOUNT));
    assert_string_equal(change->old_encoded, script.sign_in.encoded);
    assert_string_equal(change->new_encoded, "hash of a new password");
    assert_int_equal(session_id[0], 7);
    return handler_operation(call, "change password", next);
}

struct step
store_end_session(struct call *call, struct slice account_no,
                  const uint8_t session_id[SESSION_ID_SIZE], step_fn *next)
{
    assert_true(slice_is(account_no, ACCOUNT));
    assert_int_equal(session_id[0], 7);
    return handler_operation(call, "end session", next);
}

struct step
store_list_sessions(struct call *call, struct slice account_no, struct session_list *list,
                    step_fn *next)
{
    assert_true(slice_is(account_no, ACCOUNT));
    list->count = 2;
    list->sessions = arena_array(call_arena(call), 2, sizeof(*list->sessions));
    list->sessions[0].session_id[0] = 7;
    return handler_operation(call, "list sessions", next);
}

struct step
store_find_session(struct call *call, const struct hash *token_hash, struct session *session,
                   step_fn *next)
{
    (void)token_hash;
    *session = script.session;
    return handler_operation(call, "find session", next);
}

struct step
calculator_hash_password(struct call *call, struct slice password,
                         const uint8_t salt[PASSWORD_SALT_SIZE], struct password_hash *hash,
                         step_fn *next)
{
    (void)salt;
    snprintf(hash->text, sizeof(hash->text), "hash of %.*s", (int)password.len,
             (const char *)password.at);
    return handler_operation(call, "hash", next);
}

struct step
calculator_verify_password(struct call *call, struct slice password, const char *encoded,
                           bool *matches, step_fn *next)
{
    (void)password;
    snprintf(script.verified_against, sizeof(script.verified_against), "%s", encoded);
    *matches = script.matches;
    return handler_operation(call, "verify", next);
}

struct step
service_transaction_sign(struct call *call, struct service_transaction *t,
                         Creditbank__V1__Item *item, const uint8_t request_id[REQUEST_ID_SIZE],
                         step_fn *next)
{
    (void)t;
    assert_int_equal(item->body_case, CREDITBANK__V1__ITEM__BODY_ACCOUNT_ACTIVATED);
    assert_string_equal(item->account_activated->account_no, ACCOUNT);
    memcpy(script.request_ids[script.transactions++ % 2], request_id, REQUEST_ID_SIZE);
    return handler_operation(call, "sign", next);
}

struct step
service_transaction_book(struct call *call, struct service_transaction *t, step_fn *next)
{
    (void)t;
    return handler_operation(call, "book", next);
}

uint64_t
key_ring_epoch(const struct key_ring *ring)
{
    (void)ring;
    return script.epoch;
}

struct step
store_look_up_key(struct call *call, const struct hash *key_id, const struct ring_key **key,
                  step_fn *next)
{
    *key = script.key != NULL && hash_equal(&script.key->key_id, key_id) ? script.key : NULL;
    return handler_operation(call, "look up key", next);
}

/* ------------------------------------------------------------------ callers */

static int
setup(void **state)
{
    (void)state;
    memset(&script, 0, sizeof(script));
    clock_set_us(NOW_US);
    runtime.credentials = credentials_new(&(struct credentials_config){
        .log_origin = ORIGIN, .operator_id = "bank", .identity_keys = &keys});
    assert_true(activation_code_hash(slice_text(CODE), &script.sign_in.code_hash));
    script.sign_in.code_is_valid = true;
    script.sign_in.account_state = ACCOUNT_PRELOADED;
    return 0;
}

static int
teardown(void **state)
{
    (void)state;
    credentials_free(runtime.credentials);
    clock_set_us(-1);
    return 0;
}

static struct handler_run
run_of(const struct method *method, const void *request)
{
    struct handler_run run = {.method = method, .request = request, .runtime = &runtime};

    snprintf(run.caller.address, sizeof(run.caller.address), "192.0.2.7");
    return run;
}

static struct handler_run
run_of_learner(const struct method *method, const void *request)
{
    struct handler_run run = run_of(method, request);

    run.caller.kind = CALLER_LEARNER;
    snprintf(run.caller.account_no, sizeof(run.caller.account_no), ACCOUNT);
    run.caller.session_id[0] = 7;
    return run;
}

static char *
text(const char *of)
{
    return (char *)(uintptr_t)of;
}

/* ------------------------------------------------------------------ Activate */

static void
check_token(const struct call *call)
{
    const Creditbank__V1__ActivateResponse *response = call->response;

    assert_int_equal(strlen(response->session_token), 47);
    assert_memory_equal(response->session_token, "cbs_", 4);
    assert_int_equal(response->expire_time->seconds, NOW_US / 1000000 + (int64_t)12 * 3600);
}

static Creditbank__V1__ActivateRequest
an_activation(void)
{
    Creditbank__V1__ActivateRequest req;

    creditbank__v1__activate_request__init(&req);
    req.account_no = text(ACCOUNT);
    req.activation_code = text(CODE);
    req.password = text(PASSWORD);
    return req;
}

static void
a_claim_activates_the_account_and_signs_in(void **state)
{
    Creditbank__V1__ActivateRequest req = an_activation();
    struct handler_run run = run_of(&session_activate_method, &req);
    struct handler_seen seen;

    (void)state;
    run.check = check_token;
    seen = handler_play(&run);
    assert_int_equal(seen.status, STATUS_OK);
    handler_expect(&seen, "begin sign-in, hash, sign, book, use code, open session");
    handler_play_mishaps(&run);
    /* every claim of one account is one request to the ledger */
    assert_memory_equal(script.request_ids[0], script.request_ids[1], REQUEST_ID_SIZE);
}

static void
an_active_account_only_gets_a_new_password(void **state)
{
    Creditbank__V1__ActivateRequest req = an_activation();
    struct handler_run run = run_of(&session_activate_method, &req);
    struct handler_seen seen;

    (void)state;
    script.sign_in.account_state = ACCOUNT_ACTIVE;
    seen = handler_play(&run);
    assert_int_equal(seen.status, STATUS_OK);
    handler_expect(&seen, "begin sign-in, hash, use code, open session");
    handler_play_mishaps(&run);
}

static void
every_wrong_claim_has_one_answer(void **state)
{
    Creditbank__V1__ActivateRequest req = an_activation();
    struct handler_run run = run_of(&session_activate_method, &req);
    static const int32_t states[] = {0, ACCOUNT_SUSPENDED, ACCOUNT_CLOSED};
    struct handler_seen seen;

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(states); i++) {
        script.sign_in.account_state = states[i];
        seen = handler_play(&run);
        assert_int_equal(seen.reason, REASON_ACTIVATION_CODE_WRONG);
        assert_int_equal(seen.operation_count, 1);
    }
    script.sign_in.account_state = ACCOUNT_PRELOADED;
    script.sign_in.code_is_valid = false; /* used, expired or never issued */
    assert_int_equal(handler_play(&run).reason, REASON_ACTIVATION_CODE_WRONG);
    script.sign_in.code_is_valid = true;
    req.activation_code = text("0123-4567-89AB-CDEG");
    assert_int_equal(handler_play(&run).reason, REASON_ACTIVATION_CODE_WRONG);
    req.activation_code = text("nonsense");
    assert_int_equal(handler_play(&run).reason, REASON_ACTIVATION_CODE_WRONG);
}

static void
a_password_has_ten_to_128_characters(void **state)
{
    Creditbank__V1__ActivateRequest req = an_activation();
    struct handler_run run = run_of(&session_activate_method, &req);
    char long_one[130];

    (void)state;
    memset(long_one, 'a', sizeof(long_one));
    long_one[129] = '\0';
    req.password = long_one;
    assert_int_equal(handler_play(&run).reason, REASON_PASSWORD_LENGTH);
    long_one[128] = '\0';
    assert_true(password_is_long_enough(long_one));
    assert_false(password_is_long_enough("九个字的密码不够长"));
    assert_true(password_is_long_enough("十个字的密码就足够长了"));
    req.password = text("");
    assert_int_equal(handler_play(&run).reason, REASON_PASSWORD_LENGTH);
    req.password = text(PASSWORD);
    req.account_no = text("12345678901234");
    assert_int_equal(handler_play(&run).reason, REASON_ACCOUNT_NO_FORM);
}

static void
attempts_run_out(void **state)
{
    Creditbank__V1__ActivateRequest req = an_activation();
    struct handler_run run = run_of(&session_activate_method, &req);

    (void)state;
    run.refuse_with = REASON_TOO_MANY_ATTEMPTS;
    assert_int_equal(handler_play(&run).status, STATUS_RESOURCE_EXHAUSTED);
}

/* ------------------------------------------------------------------ SignIn */

static Creditbank__V1__SignInRequest
a_sign_in(void)
{
    Creditbank__V1__SignInRequest req;

    creditbank__v1__sign_in_request__init(&req);
    req.account_no = text(ACCOUNT);
    req.password = text(PASSWORD);
    return req;
}

static void
a_learner_signs_in(void **state)
{
    Creditbank__V1__SignInRequest req = a_sign_in();
    struct handler_run run = run_of(&session_sign_in_method, &req);
    struct handler_seen seen;

    (void)state;
    script.sign_in.account_state = ACCOUNT_ACTIVE;
    script.sign_in.encoded = "hers";
    script.matches = true;
    seen = handler_play(&run);
    assert_int_equal(seen.status, STATUS_OK);
    handler_expect(&seen, "begin sign-in, verify, open session");
    assert_string_equal(script.verified_against, "hers");
    handler_play_mishaps(&run);

    script.matches = false;
    assert_int_equal(handler_play(&run).reason, REASON_SIGN_IN_FAILED);
}

static void
only_who_has_the_password_learns_why_an_account_is_not_open(void **state)
{
    static const struct {
        enum account_state account_state;
        enum reason reason;
    } cases[] = {{ACCOUNT_SUSPENDED, REASON_ACCOUNT_SUSPENDED},
                 {ACCOUNT_CLOSED, REASON_ACCOUNT_CLOSED},
                 {ACCOUNT_PRELOADED, REASON_SIGN_IN_FAILED}};
    Creditbank__V1__SignInRequest req = a_sign_in();
    struct handler_run run = run_of(&session_sign_in_method, &req);

    (void)state;
    script.sign_in.encoded = "hers";
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        script.sign_in.account_state = cases[i].account_state;
        script.matches = true;
        assert_int_equal(handler_play(&run).reason, cases[i].reason);
        script.matches = false;
        assert_int_equal(handler_play(&run).reason, REASON_SIGN_IN_FAILED);
    }
}

static void
an_unknown_account_takes_the_same_way(void **state)
{
    Creditbank__V1__SignInRequest req = a_sign_in();
    struct handler_run run = run_of(&session_sign_in_method, &req);
    struct handler_seen seen;

    (void)state;
    script.sign_in = (struct sign_in){0};
    script.matches = true; /* whatever the calculator says of nobody's password */
    seen = handler_play(&run);
    assert_int_equal(seen.reason, REASON_SIGN_IN_FAILED);
    handler_expect(&seen, "begin sign-in, verify");
    assert_string_equal(script.verified_against, password_of_nobody);
}

static void
nobodys_password_costs_what_a_real_one_does(void **state)
{
    static const uint8_t salt[PASSWORD_SALT_SIZE] = {1};
    struct password_hash real;
    const char *parameters;

    (void)state;
    password_hash(slice_text(PASSWORD), salt, &real);
    parameters = strchr(real.text + 10, 'm');
    assert_non_null(parameters);
    assert_memory_equal(password_of_nobody, real.text,
                        (size_t)(strchr(parameters, '$') - real.text));
    assert_false(password_verify(slice_text(PASSWORD), password_of_nobody));
}

/* ------------------------------------------------------------------ the learner's sessions */

static void
check_current(const struct call *call)
{
    const Creditbank__V1__ListSessionsResponse *response = call->response;

    assert_int_equal(response->n_sessions, 2);
    assert_true(response->sessions[0]->current);
    assert_string_equal(response->sessions[0]->session_id, "07000000000000000000000000000000");
    assert_false(response->sessions[1]->current);
}

static void
sessions_are_listed_and_ended(void **state)
{
    Creditbank__V1__ListSessionsRequest list;
    Creditbank__V1__SignOutRequest out;
    Creditbank__V1__RevokeSessionRequest revoke;
    struct handler_run run = run_of_learner(&session_list_sessions_method, &list);

    (void)state;
    creditbank__v1__list_sessions_request__init(&list);
    creditbank__v1__sign_out_request__init(&out);
    creditbank__v1__revoke_session_request__init(&revoke);
    run.check = check_current;
    assert_int_equal(handler_play(&run).status, STATUS_OK);
    handler_play_mishaps(&run);
    run = run_of_learner(&session_sign_out_method, &out);
    handler_play_mishaps(&run);
    run = run_of_learner(&session_revoke_session_method, &revoke);
    revoke.session_id = text("07000000000000000000000000000000");
    handler_play_mishaps(&run);
    revoke.session_id = text("07");
    assert_int_equal(handler_play(&run).reason, REASON_SESSION_UNKNOWN);
}

static void
a_password_is_changed_by_who_knows_the_old_one(void **state)
{
    Creditbank__V1__ChangePasswordRequest req;
    struct handler_run run = run_of_learner(&session_change_password_method, &req);
    struct handler_seen seen;

    (void)state;
    creditbank__v1__change_password_request__init(&req);
    req.old_password = text(PASSWORD);
    req.new_password = text("a new password");
    script.sign_in.encoded = "hers";
    script.matches = true;
    seen = handler_play(&run);
    handler_expect(&seen, "begin sign-in, verify, hash, change password");
    assert_int_equal(seen.status, STATUS_OK);
    handler_play_mishaps(&run);
    script.matches = false;
    seen = handler_play(&run);
    assert_int_equal(seen.reason, REASON_SIGN_IN_FAILED);
    handler_expect(&seen, "begin sign-in, verify");
    req.new_password = text("short");
    assert_int_equal(handler_play(&run).reason, REASON_PASSWORD_LENGTH);
}

/* ------------------------------------------------------------------ who calls */

static char token[JWT_MAX + 1];

static void
keep_nothing(const struct call *call)
{
    (void)call;
}

static struct caller proved;

static struct step
authenticated(struct call *call)
{
    proved = *call_caller(call);
    return call_reply(call, NULL);
}

static struct step
authenticate(struct call *call)
{
    return credentials_authenticate(call, slice_text(token), authenticated);
}

static struct handler_seen
call_with_token(void)
{
    struct method method = {
        .name = "who", .start = authenticate, .state_size = credentials_authenticate_state_size};
    struct handler_run run = run_of(&method, NULL);

    run.check = keep_nothing;
    proved = (struct caller){0};
    return handler_play(&run);
}

static void
make_token(const struct private_key *key, const char *audience)
{
    struct buffer made;

    buffer_init(&made, JWT_MAX);
    assert_true(jwt_sign(key, slice_text(audience), clock_now_us(), 60, &made));
    snprintf(token, sizeof(token), "%.*s", (int)made.len, (const char *)made.at);
    buffer_fini(&made);
}

static void
an_institution_is_known_by_its_key(void **state)
{
    struct private_key *key = private_key_generate(KEY_P256);
    struct ring_key known = {.key = private_key_public(key),
                             .key_id = *public_key_id(private_key_public(key)),
                             .institution_id = "school-a",
                             .institution_kind = INSTITUTION_SCHOOL,
                             .duties = DUTY_BIT(DUTY_POST),
                             .revoked_entry = ENTRY_NONE};
    struct handler_seen seen;

    (void)state;
    script.key = &known;
    script.epoch = 1;
    make_token(key, ORIGIN);
    seen = call_with_token();
    assert_int_equal(seen.status, STATUS_OK);
    handler_expect(&seen, "look up key");
    assert_int_equal(proved.kind, CALLER_INSTITUTION);
    assert_string_equal(proved.institution_id, "school-a");
    assert_int_equal(proved.institution_kind, INSTITUTION_SCHOOL);
    assert_int_equal(proved.duties, DUTY_BIT(DUTY_POST));

    /* once more: it is remembered, until the ring is dropped, or gone, or the token expires */
    assert_int_equal(call_with_token().operation_count, 0);
    assert_string_equal(proved.institution_id, "school-a");
    assert_string_equal(proved.address, "192.0.2.7");
    script.epoch = 2;
    assert_int_equal(call_with_token().operation_count, 1);
    script.epoch = 0;
    assert_int_equal(call_with_token().operation_count, 1);
    assert_int_equal(call_with_token().operation_count, 1);
    script.epoch = 3;
    assert_int_equal(call_with_token().operation_count, 1);
    assert_int_equal(call_with_token().operation_count, 0);
    clock_set_us(NOW_US + (int64_t)(60 + JWT_SKEW_S + 1) * 1000000);
    assert_int_equal(call_with_token().reason, REASON_CREDENTIAL_INVALID);
    private_key_free(key);
}

static void
a_token_is_refused_for_what_is_wrong_with_it(void **state)
{
    struct private_key *key = private_key_generate(KEY_ED25519);
    struct ring_key known = {.key = private_key_public(key),
                             .key_id = *public_key_id(private_key_public(key)),
                             .institution_id = "school-a",
                             .revoked_entry = ENTRY_NONE};

    (void)state;
    script.epoch = 1;
    make_token(key, ORIGIN);
    assert_int_equal(call_with_token().reason, REASON_KEY_UNKNOWN);
    script.key = &known;
    known.revoked_entry = 41;
    assert_int_equal(call_with_token().reason, REASON_KEY_REVOKED);
    known.revoked_entry = ENTRY_NONE;
    make_token(key, "another.example.cn/log");
    assert_int_equal(call_with_token().reason, REASON_CREDENTIAL_INVALID);
    snprintf(token, sizeof(token), "not a token");
    assert_int_equal(call_with_token().reason, REASON_CREDENTIAL_INVALID);
    assert_int_equal(call_with_token().status, STATUS_UNAUTHENTICATED);
    private_key_free(key);
}

static void
a_learner_is_known_by_her_session(void **state)
{
    struct handler_seen seen;

    (void)state;
    script.session.account_no = slice_text(ACCOUNT);
    script.session.session_id[0] = 7;
    session_token_draw(token);
    seen = call_with_token();
    assert_int_equal(seen.status, STATUS_OK);
    handler_expect(&seen, "find session");
    assert_int_equal(proved.kind, CALLER_LEARNER);
    assert_string_equal(proved.account_no, ACCOUNT);
    assert_int_equal(proved.session_id[0], 7);
    assert_int_equal(call_with_token().operation_count, 1); /* never remembered: it may be ended */
}

int
main(void)
{
#define TEST(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(a_claim_activates_the_account_and_signs_in),
        TEST(an_active_account_only_gets_a_new_password),
        TEST(every_wrong_claim_has_one_answer),
        TEST(a_password_has_ten_to_128_characters),
        TEST(attempts_run_out),
        TEST(a_learner_signs_in),
        TEST(only_who_has_the_password_learns_why_an_account_is_not_open),
        TEST(an_unknown_account_takes_the_same_way),
        TEST(nobodys_password_costs_what_a_real_one_does),
        TEST(sessions_are_listed_and_ended),
        TEST(a_password_is_changed_by_who_knows_the_old_one),
        TEST(an_institution_is_known_by_its_key),
        TEST(a_token_is_refused_for_what_is_wrong_with_it),
        TEST(a_learner_is_known_by_her_session),
    };
    int failed = cmocka_run_group_tests_name("api sessions", tests, NULL, NULL);

    crypto_fini();
    return failed;
}
