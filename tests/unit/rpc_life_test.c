/* rpc: how long a call lives, how many live at once, and how the service ends. */
#include "rpc_methods.h"
#include "rpc_network.h"

#include "unit.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

static void
a_deadline_is_answered_while_the_operation_is_under_way(void **state)
{
    struct http_exchange *json = json_of(WAIT, "{}");
    struct http_exchange *grpc = grpc_of(WAIT, slice_make(NULL, 0));

    (void)state;
    add_field(json, "connect-timeout-ms", "20");
    add_field(grpc, "grpc-timeout", "20m");
    serve(json);
    serve(grpc);
    run_until_answered(json);
    run_until_answered(grpc);
    assert_int_equal(json->status, 504);
    assert_true(body_has(json, "\"code\":\"deadline_exceeded\""));
    assert_true(body_has(json, "DEADLINE_PASSED"));
    assert_true(slice_is(answered(grpc, "grpc-status"), "4"));
    assert_int_equal(rpc_server_calls(network.server), 2);
    scripted_wake();
    event_base_loop(network.base, EVLOOP_ONCE);
    assert_int_equal(rpc_server_calls(network.server), 0);
}

static void
no_call_waits_longer_than_the_limit(void **state)
{
    struct http_exchange *silent = json_of(WAIT, "{}");
    struct http_exchange *patient = json_of(WAIT, "{}");

    (void)state;
    network.limits.timeout_ms = network.limits.timeout_max_ms = 20;
    add_field(patient, "connect-timeout-ms", "9999999999");
    serve(silent);
    serve(patient);
    run_until_answered(silent);
    run_until_answered(patient);
    assert_int_equal(silent->status, 504);
    assert_int_equal(patient->status, 504);
}

static void
a_client_that_leaves_is_not_answered_and_the_call_ends_with_its_operation(void **state)
{
    struct http_exchange *exchange = json_of(WAIT, "{}");

    (void)state;
    serve(exchange);
    leave(exchange);
    assert_int_equal(rpc_server_calls(network.server), 1);
    scripted_wake();
    event_base_loop(network.base, EVLOOP_ONCE);
    assert_int_equal(rpc_server_calls(network.server), 0);
    assert_int_equal(exchange->status, 0);
}

static void
a_woken_call_is_answered_by_the_loop(void **state)
{
    struct http_exchange *exchange = json_of(WAIT, "{}");

    (void)state;
    serve(exchange);
    scripted_wake();
    assert_int_equal(exchange->status, 0);
    run_until_answered(exchange);
    assert_true(slice_is(exchange->body, "{\"checkpoint\":\"woken\"}"));
}

static void
calls_that_wake_each_other_for_ever_do_not_starve_the_loop(void **state)
{
    struct http_exchange *first = json_of(SPIN, "{}");
    struct http_exchange *second = json_of(SPIN, "{}");

    (void)state;
    add_field(first, "connect-timeout-ms", "20");
    add_field(second, "connect-timeout-ms", "20");
    serve(first);
    serve(second);
    run_until_answered(first);
    run_until_answered(second);
    assert_int_equal(first->status, 504);
    assert_int_equal(second->status, 504);
}

static void
a_client_that_leaves_while_its_credential_is_checked_calls_nothing(void **state)
{
    struct http_exchange *exchange = json_of(WAIT, "{}");

    (void)state;
    add_field(exchange, "authorization", "Bearer slow");
    serve(exchange);
    leave(exchange);
    scripted_wake();
    while (rpc_server_calls(network.server) > 0)
        event_base_loop(network.base, EVLOOP_ONCE);
    assert_int_equal(scripted_waiting(), 0);
    assert_int_equal(exchange->status, 0);
}

static void
an_operation_that_fails_for_want_of_room_asks_to_come_back(void **state)
{
    struct http_exchange *json = json_of(WAIT, "{}");
    struct http_exchange *grpc = grpc_of(WAIT, slice_make(NULL, 0));

    (void)state;
    network.limits.retry_ms = 2500;
    serve(json);
    serve(grpc);
    scripted_fail();
    run_until_answered(json);
    run_until_answered(grpc);
    assert_int_equal(json->status, 429);
    assert_true(slice_is(answered(json, "retry-after"), "3"));
    assert_true(slice_is(answered(grpc, "grpc-retry-pushback-ms"), "2500"));
}

static void
who_knows_how_long_to_wait_tells_the_client(void **state)
{
    struct http_exchange *json = json_of(WAIT, "{}");

    (void)state;
    serve(json);
    scripted_fail_until(3600000);
    run_until_answered(json);
    assert_int_equal(json->status, 429);
    assert_true(slice_is(answered(json, "retry-after"), "3600"));
}

static void
a_table_that_is_not_the_contracts_ends_the_process(void **state)
{
    const struct method *methods[METHOD_COUNT];
    int status;

    (void)state;
    memcpy(methods, scripted_methods(), sizeof(methods));
    methods[METHOD_LEDGER_SUBMIT] = methods[METHOD_LOG_LIST_ENTRIES];

    pid_t child = fork();

    assert_true(child >= 0);
    if (child == 0) {
        signal(SIGABRT, SIG_DFL);
        /* Its one line is for whoever starts a daemon, not for whoever reads this report. */
        close(STDERR_FILENO);
        rpc_server_free(rpc_server_new(&(struct rpc_config){.base = network.base,
                                                            .limits = &network.limits,
                                                            .methods = methods,
                                                            .authenticate = NULL}));
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), SIGABRT);
}

static void
an_address_that_calls_too_often_is_told_when_to_come_back(void **state)
{
    struct http_exchange *json, *grpc, *other;

    (void)state;
    network.limits.address =
        (struct rpc_rate){.calls_per_second = 1, .burst = 2, .under_way_max = 10};
    assert_int_equal(status_of(json_of(ECHO, "{}")), 200);
    assert_int_equal(status_of(json_of(ECHO, "{}")), 200);
    json = json_of(ECHO, "{}");
    assert_int_equal(status_of(json), 429);
    assert_true(slice_is(answered(json, "retry-after"), "1"));
    assert_true(body_has(json, "RATE_LIMITED"));
    grpc = grpc_of(ECHO, slice_make(NULL, 0));
    serve(grpc);
    assert_true(slice_is(answered(grpc, "grpc-status"), "8"));
    assert_in_range(number(answered(grpc, "grpc-retry-pushback-ms")), 900, 1000);
    other = json_of(ECHO, "{}");
    other->request.peer_address = "192.0.2.8";
    assert_int_equal(status_of(other), 200);
}

static void
addresses_of_one_ipv6_network_are_one_caller(void **state)
{
    static const struct {
        const char *address;
        unsigned status;
    } cases[] = {
        {"2001:db8:0:1::1", 200},
        {"2001:db8:0:1:2:3:4:5", 429},
        {"2001:db8:0:2::1", 200},
    };

    (void)state;
    network.limits.address =
        (struct rpc_rate){.calls_per_second = 1, .burst = 1, .under_way_max = 10};
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        struct http_exchange *exchange = json_of(ECHO, "{}");

        exchange->request.peer_address = cases[i].address;
        assert_int_equal(status_of(exchange), cases[i].status);
    }
}

static void
a_learner_has_a_rate_of_her_own(void **state)
{
    (void)state;
    network.limits.learner =
        (struct rpc_rate){.calls_per_second = 1, .burst = 1, .under_way_max = 10};
    for (unsigned i = 0; i < 2; i++) {
        struct http_exchange *exchange = json_of(SESSIONS, "{}");

        add_field(exchange, "authorization", "Bearer learner");
        assert_int_equal(status_of(exchange), i == 0 ? 200 : 429);
    }
    assert_int_equal(status_of(json_of(ECHO, "{}")), 200);
}

/* Runs the loop until so many of the scripted calls wait within their methods. */
static void
run_until_waiting(size_t count)
{
    while (scripted_waiting() != count)
        event_base_loop(network.base, EVLOOP_ONCE);
}

static void
large_calls_take_turns(void **state)
{
    struct http_exchange *calls[5];

    (void)state;
    network.limits.large_calls_max = 2;
    network.limits.large_calls_waiting_max = 2;
    for (size_t i = 0; i < ARRAY_COUNT(calls); i++)
        calls[i] = json_of(STATEMENT, "{}");
    for (size_t i = 0; i < 4; i++)
        serve(calls[i]); /* two run and two wait */
    assert_int_equal(scripted_waiting(), 2);
    assert_int_equal(status_of(calls[4]), 429);
    assert_int_equal(status_of(json_of(ECHO, "{}")), 200); /* others need no turn */
    leave(calls[2]);
    scripted_wake();
    run_until_answered(calls[0]);
    run_until_answered(calls[1]);
    run_until_waiting(1); /* who has left took no turn */
    scripted_wake();
    run_until_answered(calls[3]);
    assert_int_equal(calls[3]->status, 200);
    assert_int_equal(calls[2]->status, 0);
}

static void
a_deadline_ends_the_wait_for_a_turn(void **state)
{
    struct http_exchange *running[2] = {json_of(STATEMENT, "{}"), json_of(STATEMENT, "{}")};
    struct http_exchange *late = json_of(STATEMENT, "{}");

    (void)state;
    network.limits.large_calls_max = 2;
    for (size_t i = 0; i < ARRAY_COUNT(running); i++)
        serve(running[i]);
    add_field(late, "connect-timeout-ms", "1");
    serve(late);
    run_until_answered(late);
    assert_int_equal(late->status, 504);
    assert_int_equal(scripted_waiting(), 2);
    scripted_wake();
    for (size_t i = 0; i < ARRAY_COUNT(running); i++)
        run_until_answered(running[i]);
}

static void
requests_take_so_much_memory_together(void **state)
{
    struct http_exchange *first = json_of(WAIT, "{}");

    (void)state;
    network.limits.requests_memory_max = 3 * network.limits.call_memory_factor; /* of 3 bytes */
    serve(first);
    assert_int_equal(status_of(json_of(ECHO, "{}")), 429);
    scripted_wake();
    run_until_answered(first);
    assert_int_equal(first->status, 200);
    assert_int_equal(status_of(json_of(ECHO, "{}")), 200);
    assert_int_equal(status_of(json_of(ECHO, "{  }")), 429);
}

static void
calls_under_way_are_limited_also_those_that_nobody_waits_for(void **state)
{
    struct http_exchange *first = json_of(WAIT, "{}");
    struct http_exchange *second = json_of(WAIT, "{}");
    struct http_exchange *third = json_of(WAIT, "{}");

    (void)state;
    network.limits.calls_max = 2;
    serve(first);
    serve(second);
    leave(second);
    assert_int_equal(status_of(third), 429);
    assert_true(body_has(third, "CALLS_TOO_MANY"));
    scripted_wake();
    run_until_answered(first);
    assert_int_equal(rpc_server_calls(network.server), 0);
    assert_int_equal(status_of(json_of(ECHO, "{}")), 200);
}

static void
health_is_what_was_set_for_each_service(void **state)
{
    static const uint8_t of_the_log[] = "\x0a\x18"
                                        "creditbank.v1.LogService";
    struct http_exchange *grpc = grpc_of(HEALTH, slice_make(NULL, 0));
    struct http_exchange *of_log = grpc_of(HEALTH, slice_make(of_the_log, sizeof(of_the_log) - 1));
    struct http_exchange *json = json_of(HEALTH, "{\"service\":\"creditbank.v1.LogService\"}");
    struct http_exchange *unknown = json_of(HEALTH, "{\"service\":\"creditbank.v1.Log\"}");

    (void)state;
    serve(grpc);
    /* {status: NOT_SERVING}: field 1, varint 2. */
    assert_memory_equal(grpc->body.at, "\0\0\0\0\2\x08\2", 7);
    rpc_set_serving(network.server, true);
    serve(of_log);
    assert_memory_equal(of_log->body.at, "\0\0\0\0\2\x08\1", 7);
    serve(json);
    assert_true(slice_is(json->body, "{\"status\":\"SERVING\"}"));
    assert_int_equal(status_of(unknown), 404);
    assert_true(body_has(unknown, "SERVICE_UNKNOWN"));
}

static void
note_drained(void *drained)
{
    *(bool *)drained = true;
}

static void
a_server_is_drained_when_the_last_call_has_ended(void **state)
{
    struct http_exchange *exchange = json_of(WAIT, "{}");
    bool drained = false;

    (void)state;
    rpc_server_drain(network.server, note_drained, &drained);
    serve(exchange);
    event_base_loop(network.base, EVLOOP_ONCE);
    assert_false(drained);
    leave(exchange);
    scripted_wake();
    while (!drained)
        event_base_loop(network.base, EVLOOP_ONCE);
    assert_int_equal(rpc_server_calls(network.server), 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_SERVER(a_deadline_is_answered_while_the_operation_is_under_way),
        WITH_SERVER(no_call_waits_longer_than_the_limit),
        WITH_SERVER(a_client_that_leaves_is_not_answered_and_the_call_ends_with_its_operation),
        WITH_SERVER(a_woken_call_is_answered_by_the_loop),
        WITH_SERVER(calls_that_wake_each_other_for_ever_do_not_starve_the_loop),
        WITH_SERVER(a_client_that_leaves_while_its_credential_is_checked_calls_nothing),
        WITH_SERVER(an_operation_that_fails_for_want_of_room_asks_to_come_back),
        WITH_SERVER(who_knows_how_long_to_wait_tells_the_client),
        WITH_SERVER(a_table_that_is_not_the_contracts_ends_the_process),
        WITH_SERVER(an_address_that_calls_too_often_is_told_when_to_come_back),
        WITH_SERVER(addresses_of_one_ipv6_network_are_one_caller),
        WITH_SERVER(a_learner_has_a_rate_of_her_own),
        WITH_SERVER(large_calls_take_turns),
        WITH_SERVER(a_deadline_ends_the_wait_for_a_turn),
        WITH_SERVER(requests_take_so_much_memory_together),
        WITH_SERVER(calls_under_way_are_limited_also_those_that_nobody_waits_for),
        WITH_SERVER(health_is_what_was_set_for_each_service),
        WITH_SERVER(a_server_is_drained_when_the_last_call_has_ended),
    };

    return cmocka_run_group_tests_name("rpc_life", tests, NULL, NULL);
}
