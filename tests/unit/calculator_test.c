/* calculator: password hashes and best combinations in a process of their own. */
#include "calculator/calculator.h"
#include "calculator/password.h"
#include "calculator/process.h"

#include "unit.h"

#include "process.h"

static const uint8_t salt[PASSWORD_SALT_SIZE] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};

struct bank {
    struct event_base *base;
    struct calculator *calculator;
    struct runtime runtime;
    struct process process;
};

static int
run_calculator(void *arg, int control_fd)
{
    (void)arg;
    return calculator_run(control_fd);
}

static void
start_calculator(struct bank *bank)
{
    process_start(&bank->process, bank->base, run_calculator, NULL);
    assert_true(bank->process.ready);
    calculator_connect(bank->calculator, 3, process_link(&bank->process));
}

static int
open_bank(void **state)
{
    struct bank *bank = calloc(1, sizeof(*bank));

    bank->base = event_base_new();
    bank->calculator = calculator_new(bank->base);
    bank->runtime.calculator = bank->calculator;
    start_calculator(bank);
    *state = bank;
    return 0;
}

static int
close_bank(void **state)
{
    struct bank *bank = *state;

    assert_int_equal(process_stop(&bank->process), EXIT_SUCCESS);
    calculator_free(bank->calculator);
    event_base_free(bank->base);
    free(bank);
    return 0;
}

struct request {
    const struct combination_problem *problem;
    struct combination combination;
    struct slice password;
    const char *encoded;
    struct password_hash hash;
    bool matches;
};

static struct step
computed(struct call *call)
{
    return call_reply(call, NULL);
}

static struct step
hash(struct call *call)
{
    struct request *request = (void *)(uintptr_t)call_request(call);

    return calculator_hash_password(call, request->password, salt, &request->hash, computed);
}

static struct step
verify(struct call *call)
{
    struct request *request = (void *)(uintptr_t)call_request(call);

    return calculator_verify_password(call, request->password, request->encoded, &request->matches,
                                      computed);
}

static struct step
combine(struct call *call)
{
    struct request *request = (void *)(uintptr_t)call_request(call);

    return calculator_combine(call, request->problem, &request->combination, computed);
}

static bool
verifies(struct bank *bank, const char *password, const char *encoded)
{
    struct request request = {.password = slice_text(password), .encoded = encoded};

    assert_int_equal(run_call(bank->base, &bank->runtime, verify, &request).status, STATUS_OK);
    return request.matches;
}

static void
a_hash_matches_its_password_and_no_other(void **state)
{
    struct bank *bank = *state;
    struct request request = {.password = slice_text("correct horse")};

    assert_int_equal(run_call(bank->base, &bank->runtime, hash, &request).status, STATUS_OK);
    assert_memory_equal(request.hash.text, "$argon2id$v=19$m=19456,t=2,p=1$", 31);
    assert_true(verifies(bank, "correct horse", request.hash.text));
    assert_false(verifies(bank, "correct horsf", request.hash.text));
    assert_false(verifies(bank, "", request.hash.text));
}

/* From the tests of the reference implementation (phc-winner-argon2, src/test.c). */
static void
a_published_hash_is_verified(void **state)
{
    static const char published[] =
        "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4";

    assert_true(verifies(*state, "password", published));
    assert_false(verifies(*state, "passwort", published));
}

static void
a_text_that_is_no_hash_of_ours_matches_nothing(void **state)
{
    static const char *const cases[] = {
        "",
        "$argon2id$",
        "$argon2i$v=19$m=256,t=2,p=1$c29tZXNhbHQ$iekCn0Y3spW+sCcFanM2xBT63UP2sghkUoHLIUpWRS8",
        /* Four gigabytes, four billion passes, and both lengths without their content. */
        "$argon2id$v=19$m=4194304,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
        "$argon2id$v=19$m=256,t=4294967295,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMC",
        "$argon2id$v=19$m=256,t=2,p=1$$",
    };
    char longer[2 * PASSWORD_HASH_MAX];

    for (size_t i = 0; i < ARRAY_COUNT(cases); i++)
        assert_false(verifies(*state, "password", cases[i]));
    memset(longer, 'x', sizeof(longer));
    longer[sizeof(longer) - 1] = '\0';
    assert_false(verifies(*state, "password", longer));
}

static void
a_password_may_be_as_long_as_the_limit(void **state)
{
    struct bank *bank = *state;
    uint8_t password[PASSWORD_MAX];
    struct request request = {.password = slice_make(password, sizeof(password))};

    memset(password, 'p', sizeof(password));
    assert_int_equal(run_call(bank->base, &bank->runtime, hash, &request).status, STATUS_OK);
    request.encoded = request.hash.text;
    assert_int_equal(run_call(bank->base, &bank->runtime, verify, &request).status, STATUS_OK);
    assert_true(request.matches);
}

static void
the_best_combination_is_found(void **state)
{
    static const struct combination_problem problem = {
        .outcome_count = 2,
        .course_count = 2,
        .option_count = 3,
        .options = {{.centicredits = 300, .outcomes = 1, .courses = 1},
                    {.centicredits = 400, .outcomes = 3, .courses = 3},
                    {.centicredits = 200, .outcomes = 2, .courses = 2}},
    };
    struct bank *bank = *state;
    struct request request = {.problem = &problem};

    assert_int_equal(run_call(bank->base, &bank->runtime, combine, &request).status, STATUS_OK);
    assert_true(request.combination.is_exact);
    assert_int_equal(request.combination.centicredits, 500);
    assert_int_equal(request.combination.option_count, 2);
    assert_int_equal(request.combination.options[1], 2);
}

/* What an honest worker would have refused; the process goes on with others. */
static void
a_combination_that_is_none_ends_the_channel_only(void **state)
{
    static const struct combination_problem hostile = {.outcome_count = 65};
    struct bank *bank = *state;
    struct request request = {.problem = &hostile, .password = slice_text("p")};
    struct outcome outcome = run_call(bank->base, &bank->runtime, combine, &request);

    assert_int_equal(outcome.reason, REASON_CALCULATOR_UNAVAILABLE);
    calculator_connect(bank->calculator, 3, process_link(&bank->process));
    assert_int_equal(run_call(bank->base, &bank->runtime, hash, &request).status, STATUS_OK);
}

static void
a_killed_calculator_fails_its_calls_and_its_successor_goes_on(void **state)
{
    struct bank *bank = *state;
    struct request request = {.password = slice_text("p")};

    process_kill(&bank->process);

    struct outcome outcome = run_call(bank->base, &bank->runtime, hash, &request);
    assert_int_equal(outcome.status, STATUS_UNAVAILABLE);
    assert_int_equal(outcome.reason, REASON_CALCULATOR_UNAVAILABLE);
    start_calculator(bank);
    assert_int_equal(run_call(bank->base, &bank->runtime, hash, &request).status, STATUS_OK);
}

/* One call more than may wait, while the process stands still. */
static void
a_full_queue_is_said_so(void **state)
{
    static const struct method method = {.name = "test"};
    struct bank *bank = *state;
    struct request requests[CALCULATOR_WAITING_MAX + 1];
    struct outcome outcomes[CALCULATOR_WAITING_MAX + 1];
    size_t ended = 0;

    memset(outcomes, 0, sizeof(outcomes));
    kill(bank->process.pid, SIGSTOP);
    for (size_t i = 0; i < ARRAY_COUNT(requests); i++) {
        struct call *call = call_new(&method, &bank->runtime, arena_new(65536));

        requests[i] = (struct request){.password = slice_text("p"), .encoded = ""};
        call->request = &requests[i];
        call->on_end = call_ended;
        call->on_end_arg = &outcomes[i];
        call_start(call, verify);
    }
    while (!outcomes[CALCULATOR_WAITING_MAX].ended)
        if (!call_run_ready())
            event_base_loop(bank->base, EVLOOP_ONCE);
    assert_int_equal(outcomes[CALCULATOR_WAITING_MAX].reason, REASON_CALCULATOR_BUSY);

    kill(bank->process.pid, SIGCONT);
    while (ended < CALCULATOR_WAITING_MAX) {
        if (!call_run_ready())
            event_base_loop(bank->base, EVLOOP_ONCE);
        for (ended = 0; ended < CALCULATOR_WAITING_MAX && outcomes[ended].ended; ended++)
            assert_int_equal(outcomes[ended].status, STATUS_OK);
    }
}

#define CALCULATOR_TEST(name) cmocka_unit_test_setup_teardown(name, open_bank, close_bank)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        CALCULATOR_TEST(a_hash_matches_its_password_and_no_other),
        CALCULATOR_TEST(a_published_hash_is_verified),
        CALCULATOR_TEST(a_text_that_is_no_hash_of_ours_matches_nothing),
        CALCULATOR_TEST(a_password_may_be_as_long_as_the_limit),
        CALCULATOR_TEST(the_best_combination_is_found),
        CALCULATOR_TEST(a_combination_that_is_none_ends_the_channel_only),
        CALCULATOR_TEST(a_killed_calculator_fails_its_calls_and_its_successor_goes_on),
        CALCULATOR_TEST(a_full_queue_is_said_so),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
