/*
 * rpc: whole calls over a real loop, where the test plays the network: it
 * stands in for net/http.h. What goes over sockets is in rpc_loopback.py.
 */
#include "rpc/rpc.h"

#include "base/arena.h"
#include "base/base64.h"
#include "base/log.h"
#include "flow/call_private.h"
#include "rpc_methods.h"

#include "creditbank/v1/log_service.pb-c.h"

#include "unit.h"

#include <event2/event.h>
#include <stdio.h>

#define ECHO "/creditbank.v1.LogService/GetConsistencyProof"
#define WAIT "/creditbank.v1.LogService/GetCheckpoint"
#define LARGE "/creditbank.v1.LogService/ListEntries"
#define SUBMIT "/creditbank.v1.LedgerService/Submit"
#define SESSIONS "/creditbank.v1.SessionService/ListSessions"
#define SIGN_OUT "/creditbank.v1.SessionService/SignOut"
#define HEALTH "/grpc.health.v1.Health/Check"

struct http_exchange {
    struct http_request request;
    struct http_field fields[8];
    void *user;
    unsigned status; /* 0: not answered */
    struct slice body;
    struct http_field answer_fields[16];
    size_t answer_field_count;
    size_t trailer_count; /* the last of the fields */
};

/* What the tests share. */
static struct event_base *base;
static struct arena *arena; /* what was sent and answered */
static struct rpc_limits limits;
static struct rpc_server *server;

void
http_exchange_set_user(struct http_exchange *exchange, void *user)
{
    exchange->user = user;
}

const struct http_request *
http_exchange_request(const struct http_exchange *exchange)
{
    return &exchange->request;
}

struct slice
http_request_field(const struct http_request *request, const char *name)
{
    for (size_t i = 0; i < request->field_count; i++)
        if (slice_is(request->fields[i].name, name))
            return request->fields[i].value;
    return slice_make(NULL, 0);
}

static void
keep_fields(struct http_exchange *exchange, const struct http_field *fields, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct http_field *kept = &exchange->answer_fields[exchange->answer_field_count++];

        assert_true(exchange->answer_field_count <= ARRAY_COUNT(exchange->answer_fields));
        kept->name = arena_copy(arena, fields[i].name);
        kept->value = arena_copy(arena, fields[i].value);
        for (size_t j = 0; j < kept->value.len; j++)
            assert_in_range(kept->value.at[j], 0x20, 0x7e);
    }
}

void
http_respond(struct http_exchange *exchange, const struct http_response *response)
{
    assert_int_equal(exchange->status, 0);
    exchange->status = response->status;
    exchange->body = arena_copy(arena, response->body);
    keep_fields(exchange, response->fields, response->field_count);
    keep_fields(exchange, response->trailers, response->trailer_count);
    exchange->trailer_count = response->trailer_count;
}

static struct slice
answered(const struct http_exchange *exchange, const char *name)
{
    struct http_request as_request = {.fields = exchange->answer_fields,
                                      .field_count = exchange->answer_field_count};

    return http_request_field(&as_request, name);
}

static unsigned
number(struct slice digits)
{
    unsigned value = 0;

    for (size_t i = 0; i < digits.len; i++)
        value = value * 10 + (unsigned)(digits.at[i] - '0');
    return value;
}

static bool
body_has(const struct http_exchange *exchange, const char *text)
{
    return memmem(exchange->body.at, exchange->body.len, text, strlen(text)) != NULL;
}

static struct http_exchange *
exchange_of(const char *method, const char *path, struct slice body)
{
    struct http_exchange *exchange = arena_alloc(arena, sizeof(*exchange));

    exchange->request = (struct http_request){
        .method = slice_text(method),
        .path = slice_text(path),
        .fields = exchange->fields,
        .body = body,
        .peer_address = "192.0.2.7",
        .version = 2,
    };
    return exchange;
}

static void
add_field(struct http_exchange *exchange, const char *name, const char *value)
{
    assert_true(exchange->request.field_count < ARRAY_COUNT(exchange->fields));
    exchange->fields[exchange->request.field_count++] =
        (struct http_field){slice_text(name), slice_text(value)};
}

static struct http_exchange *
json_of(const char *path, const char *body)
{
    struct http_exchange *exchange = exchange_of("POST", path, slice_text(body));

    add_field(exchange, "content-type", "application/json");
    return exchange;
}

/* The message behind an envelope's head. */
static struct http_exchange *
grpc_of(const char *path, struct slice message)
{
    uint8_t *body = arena_alloc(arena, message.len + 5);
    struct http_exchange *exchange = exchange_of("POST", path, slice_make(body, message.len + 5));

    body[3] = (uint8_t)(message.len >> 8);
    body[4] = (uint8_t)message.len;
    if (message.len > 0)
        memcpy(body + 5, message.at, message.len);
    add_field(exchange, "content-type", "application/grpc");
    add_field(exchange, "te", "trailers");
    return exchange;
}

static void
serve(struct http_exchange *exchange)
{
    const struct http_handler *handler = rpc_server_handler(server);

    handler->on_request(handler->arg, exchange, &exchange->request);
}

static void
leave(struct http_exchange *exchange)
{
    const struct http_handler *handler = rpc_server_handler(server);

    handler->on_abort(handler->arg, exchange->user);
}

/* Serves, and says how it went by Connect's HTTP status. */
static unsigned
status_of(struct http_exchange *exchange)
{
    serve(exchange);
    return exchange->status;
}

static void
run_until_answered(const struct http_exchange *exchange)
{
    while (exchange->status == 0)
        event_base_loop(base, EVLOOP_ONCE);
}

static int
set_up(void **state)
{
    (void)state;
    log_set(LOG_WARN, LOG_TEXT);
    base = event_base_new();
    arena = arena_new((size_t)64 << 20);
    limits = rpc_limits_default;
    server = rpc_server_new(&(struct rpc_config){
        .base = base,
        .limits = &limits,
        .methods = scripted_methods(),
        .authenticate = scripted_authenticate,
        .authenticate_state_size = sizeof(struct scripted_state),
    });
    return 0;
}

static int
tear_down(void **state)
{
    (void)state;
    scripted_wake();
    while (rpc_server_calls(server) > 0)
        event_base_loop(base, EVLOOP_ONCE);
    rpc_server_free(server);
    arena_free(arena);
    event_base_free(base);
    return 0;
}

/* {old_size: 40, new_size: 2}: tags 0x08 and 0x10. */
static const uint8_t forty_and_two[] = {0x08, 40, 0x10, 2};

/* {new_size: 42, hashes: [000000], checkpoint: 学分 "40"\n}, by hand. */
static const uint8_t the_answer[] = {0x08, 42,   0x12, 3,    0,   0,   0,   0x1a, 12,  0xe5, 0xad,
                                     0xa6, 0xe5, 0x88, 0x86, ' ', '"', '4', '0',  '"', '\n'};
#define THE_ANSWER_IN_JSON \
    "{\"newSize\":\"42\",\"hashes\":[\"AAAA\"],\"checkpoint\":\"学分 \\\"40\\\"\\n\"}"

static void
grpc_is_answered_by_an_envelope_and_trailers(void **state)
{
    struct http_exchange *exchange =
        grpc_of(ECHO, slice_make(forty_and_two, sizeof(forty_and_two)));

    (void)state;
    assert_int_equal(status_of(exchange), 200);
    assert_true(slice_is(answered(exchange, "content-type"), "application/grpc"));
    assert_int_equal(answered(exchange, "x-request-id").len, 16);
    assert_int_equal(exchange->trailer_count, 1);
    assert_true(slice_is(answered(exchange, "grpc-status"), "0"));
    assert_int_equal(exchange->body.len, 5 + sizeof(the_answer));
    assert_int_equal(exchange->body.at[4], sizeof(the_answer));
    assert_memory_equal(exchange->body.at + 5, the_answer, sizeof(the_answer));
}

static void
connect_is_answered_in_the_codec_it_asked_in(void **state)
{
    struct http_exchange *json = json_of(ECHO, "{\"oldSize\":\"40\",\"newSize\":2}");
    struct http_exchange *proto =
        exchange_of("POST", ECHO, slice_make(forty_and_two, sizeof(forty_and_two)));

    (void)state;
    add_field(json, "connect-protocol-version", "1");
    assert_int_equal(status_of(json), 200);
    assert_true(slice_is(answered(json, "content-type"), "application/json"));
    assert_true(slice_is(json->body, THE_ANSWER_IN_JSON));

    add_field(proto, "content-type", "application/proto");
    proto->request.version = 1;
    assert_int_equal(status_of(proto), 200);
    assert_true(slice_is(answered(proto, "content-type"), "application/proto"));
    assert_int_equal(proto->body.len, sizeof(the_answer));
    assert_memory_equal(proto->body.at, the_answer, sizeof(the_answer));
}

static void
a_method_without_side_effects_is_served_by_get(void **state)
{
    static const char *const queries[] = {
        "connect=v1&encoding=json&message=%7B%22oldSize%22%3A%2240%22%2C%22newSize%22%3A2%7D",
        "encoding=json&base64=1&message=eyJvbGRTaXplIjoiNDAiLCJuZXdTaXplIjoyfQ&connect=v1",
        "encoding=json&base64=1&message=eyJvbGRTaXplIjoiNDAiLCJuZXdTaXplIjoyfQ%3D%3D",
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(queries); i++) {
        struct http_exchange *exchange = exchange_of("GET", ECHO, slice_make(NULL, 0));

        exchange->request.query = slice_text(queries[i]);
        assert_int_equal(status_of(exchange), 200);
        assert_true(slice_is(exchange->body, THE_ANSWER_IN_JSON));
        assert_true(slice_is(answered(exchange, "cache-control"), "no-store"));
    }

    struct http_exchange *proto = exchange_of("GET", ECHO, slice_make(NULL, 0));

    proto->request.query = slice_text("encoding=proto&base64=1&message=CCgQAg");
    assert_int_equal(status_of(proto), 200);
    assert_memory_equal(proto->body.at, the_answer, sizeof(the_answer));
}

static void
a_query_that_is_no_call_is_refused(void **state)
{
    static const struct {
        const char *path, *query;
        unsigned status;
    } cases[] = {
        {ECHO, "", 400},
        {ECHO, "message=%7B%7D", 400},
        {ECHO, "encoding=xml&message=%7B%7D", 400},
        {ECHO, "encoding=json", 400},
        {ECHO, "encoding=json&message=%7", 400},
        {ECHO, "encoding=json&base64=1&message=e30*", 400},
        {ECHO, "encoding=json&message=%7B%7D&connect=v2", 400},
        {ECHO, "encoding=json&message=%7B%7D&compression=gzip", 501},
        {SUBMIT, "encoding=json&message=%7B%7D", 405},
        {"/creditbank.v1.LogService/Nothing", "encoding=json&message=%7B%7D", 404},
        {"/", "", 404},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        struct http_exchange *exchange = exchange_of("GET", cases[i].path, slice_make(NULL, 0));

        exchange->request.query = slice_text(cases[i].query);
        assert_int_equal(status_of(exchange), cases[i].status);
        assert_true(body_has(exchange, "\"code\":"));
    }
}

static void
what_no_protocol_speaks_gets_a_status_of_http(void **state)
{
    struct http_exchange *put = exchange_of("PUT", ECHO, slice_text("{}"));
    struct http_exchange *typeless = exchange_of("POST", ECHO, slice_text("{}"));
    struct http_exchange *foreign = exchange_of("POST", ECHO, slice_text("{}"));
    struct http_exchange *charset = exchange_of("POST", ECHO, slice_text("{}"));
    struct http_exchange *old = grpc_of(ECHO, slice_make(NULL, 0));

    (void)state;
    assert_int_equal(status_of(put), 405);
    assert_true(slice_is(answered(put, "allow"), "GET, POST"));
    assert_int_equal(status_of(typeless), 415);
    add_field(foreign, "content-type", "application/grpc+thrift");
    assert_int_equal(status_of(foreign), 415);
    add_field(charset, "content-type", "Application/JSON; charset=UTF-8");
    assert_int_equal(status_of(charset), 200);
    old->request.version = 1;
    assert_int_equal(status_of(old), 505);
}

static void
grpc_is_refused_in_trailers_only(void **state)
{
    struct http_exchange *compressed = grpc_of(ECHO, slice_make(NULL, 0));
    struct http_exchange *none = grpc_of(ECHO, slice_make(NULL, 0));
    struct http_exchange *unknown = grpc_of("/a.B/C", slice_make(NULL, 0));
    struct http_exchange *malformed = grpc_of(ECHO, slice_text("\xff"));
    struct http_exchange *no_te = grpc_of(ECHO, slice_make(NULL, 0));
    struct http_exchange *timeout = grpc_of(ECHO, slice_make(NULL, 0));
    const struct {
        struct http_exchange *exchange;
        const char *status;
    } cases[] = {
        {compressed, "12"}, {none, "12"}, {unknown, "12"},
        {malformed, "3"},   {no_te, "3"}, {timeout, "3"},
    };

    (void)state;
    *(uint8_t *)(uintptr_t)compressed->request.body.at = 1;
    none->request.body.len = 0;
    no_te->fields[1].value = slice_text("gzip");
    add_field(timeout, "grpc-timeout", "soon");
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        assert_int_equal(status_of(cases[i].exchange), 200);
        assert_true(slice_is(answered(cases[i].exchange, "grpc-status"), cases[i].status));
        assert_int_equal(cases[i].exchange->trailer_count, 0);
        assert_int_equal(cases[i].exchange->body.len, 0);
        assert_true(answered(cases[i].exchange, "grpc-message").len > 0);
        assert_true(answered(cases[i].exchange, "grpc-status-details-bin").len > 0);
    }
    assert_true(slice_is(answered(compressed, "grpc-accept-encoding"), "identity"));
}

static void
connect_is_refused_in_json_with_details(void **state)
{
    struct http_exchange *exchange = json_of(ECHO, "{\"oldSizes\":1}");
    struct http_exchange *version = json_of(ECHO, "{}");
    struct http_exchange *compressed = json_of(ECHO, "{}");

    (void)state;
    assert_int_equal(status_of(exchange), 400);
    assert_true(slice_is(answered(exchange, "content-type"), "application/json"));
    assert_true(body_has(exchange, "{\"code\":\"invalid_argument\",\"message\":\""));
    assert_true(
        body_has(exchange, "\",\"details\":[{\"type\":\"creditbank.v1.Refusal\",\"value\":\""));
    assert_true(body_has(exchange, "\",\"debug\":{"));
    assert_true(body_has(exchange, "\"reason\":\"JSON_KEY_UNKNOWN\""));
    assert_true(body_has(exchange, "\"messageZh\":\"没有名为“oldSizes”的字段\""));

    add_field(version, "connect-protocol-version", "2");
    assert_int_equal(status_of(version), 400);
    add_field(compressed, "content-encoding", "gzip");
    assert_int_equal(status_of(compressed), 501);
    assert_true(slice_is(answered(compressed, "accept-encoding"), "identity"));
}

static void
what_the_network_refused_is_refused_in_the_callers_protocol(void **state)
{
    static const struct {
        unsigned refused, http_status;
        const char *grpc_status, *code;
    } cases[] = {
        {413, 429, "8", "resource_exhausted"},
        {408, 504, "4", "deadline_exceeded"},
        {503, 429, "8", "resource_exhausted"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        struct http_exchange *grpc = grpc_of(ECHO, slice_make(NULL, 0));
        struct http_exchange *json = json_of(ECHO, "");

        grpc->request.refused = json->request.refused = cases[i].refused;
        assert_int_equal(status_of(grpc), 200);
        assert_true(slice_is(answered(grpc, "grpc-status"), cases[i].grpc_status));
        assert_int_equal(status_of(json), cases[i].http_status);
        assert_true(body_has(json, cases[i].code));
    }
}

static void
a_message_larger_than_the_limit_is_refused(void **state)
{
    struct http_exchange *grpc = grpc_of(ECHO, slice_text("12345678901"));
    struct http_exchange *json = json_of(ECHO, "{         }");

    (void)state;
    limits.message_bytes_max = 10;
    assert_int_equal(status_of(grpc), 200);
    assert_true(slice_is(answered(grpc, "grpc-status"), "8"));
    assert_null(answered(grpc, "grpc-retry-pushback-ms").at);
    assert_int_equal(status_of(json), 429);
    assert_null(answered(json, "retry-after").at);
}

static void
an_answer_larger_than_the_limit_becomes_a_refusal(void **state)
{
    struct http_exchange *grpc = grpc_of(LARGE, slice_make(NULL, 0));
    struct http_exchange *json = json_of(LARGE, "{}");

    (void)state;
    assert_int_equal(status_of(grpc), 200);
    assert_true(slice_is(answered(grpc, "grpc-status"), "8"));
    assert_int_equal(status_of(json), 429);
    assert_true(body_has(json, "RESPONSE_TOO_LARGE"));
}

static void
a_credential_decides_who_may_call(void **state)
{
    static const struct {
        const char *path, *authorization;
        unsigned status;
    } cases[] = {
        {ECHO, NULL, 200},
        {ECHO, "Bearer school", 200},
        {ECHO, "Bearer nonsense", 401},
        {ECHO, "Basic school", 401},
        {SESSIONS, NULL, 401},
        {SESSIONS, "Bearer school", 403},
        {SESSIONS, "Bearer learner", 200},
        {SUBMIT, NULL, 401},
        {SUBMIT, "Bearer learner", 403},
        {SUBMIT, "Bearer issuer", 403},
        {SUBMIT, "Bearer school-without-duty", 403},
        {SUBMIT, "Bearer school", 400},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        struct http_exchange *exchange = json_of(cases[i].path, "{}");

        if (cases[i].authorization != NULL)
            add_field(exchange, "authorization", cases[i].authorization);
        assert_int_equal(status_of(exchange), cases[i].status);
        assert_int_equal(answered(exchange, "www-authenticate").at != NULL, cases[i].status == 401);
    }
}

static void
a_credential_may_take_time_to_check(void **state)
{
    struct http_exchange *exchange = json_of(SUBMIT, "{}");

    (void)state;
    add_field(exchange, "authorization", "Bearer slow");
    assert_int_equal(status_of(exchange), 0);
    assert_int_equal(scripted_waiting(), 1);
    scripted_wake();
    assert_int_equal(exchange->status, 0);
    run_until_answered(exchange);
    assert_int_equal(exchange->status, 400);
    assert_true(body_has(exchange, "row 99 of 10001"));
}

static void
connect_lists_every_refusal_and_grpc_what_fits(void **state)
{
    struct http_exchange *json = json_of(SUBMIT, "{}");
    struct http_exchange *grpc = grpc_of(SUBMIT, slice_make(NULL, 0));

    (void)state;
    add_field(json, "authorization", "Bearer school");
    add_field(grpc, "authorization", "Bearer school");
    serve(json);
    assert_true(body_has(json, "\"message\":\"the request is not a valid message: row 0 of "
                               "10001\",\"details\""));
    assert_true(body_has(json, "\"debug\":{\"item\":{},\"field\":\"course_result.score\""));
    assert_true(body_has(json, "\"debug\":{\"item\":{\"value\":99},\"field\""));

    size_t fields_bytes = 0;

    serve(grpc);
    for (size_t i = 0; i < grpc->answer_field_count; i++)
        fields_bytes += grpc->answer_fields[i].name.len + grpc->answer_fields[i].value.len + 32;
    /* grpc-core refuses header lists of more than 8 KiB. */
    assert_true(fields_bytes < 8192);
    assert_true(fields_bytes > 3000);

    struct slice message = answered(grpc, "grpc-message");

    assert_non_null(memmem(message.at, message.len, " of 100 refusals are listed)", 28));
}

static void
a_sentence_that_is_no_utf8_is_sent_as_text(void **state)
{
    struct http_exchange *json = json_of(SIGN_OUT, "{}");
    struct http_exchange *grpc = grpc_of(SIGN_OUT, slice_make(NULL, 0));

    (void)state;
    assert_int_equal(status_of(json), 500);
    assert_true(slice_is(json->body, "{\"code\":\"internal\",\"message\":\"100%\\u000a??\"}"));
    serve(grpc);
    assert_true(slice_is(answered(grpc, "grpc-message"), "100%25%0A??"));
    assert_null(answered(grpc, "grpc-status-details-bin").at);
}

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
    assert_int_equal(rpc_server_calls(server), 2);
    scripted_wake();
    event_base_loop(base, EVLOOP_ONCE);
    assert_int_equal(rpc_server_calls(server), 0);
}

static void
no_call_waits_longer_than_the_limit(void **state)
{
    struct http_exchange *silent = json_of(WAIT, "{}");
    struct http_exchange *patient = json_of(WAIT, "{}");

    (void)state;
    limits.timeout_ms = limits.timeout_max_ms = 20;
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
    assert_int_equal(rpc_server_calls(server), 1);
    scripted_wake();
    event_base_loop(base, EVLOOP_ONCE);
    assert_int_equal(rpc_server_calls(server), 0);
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
an_address_that_calls_too_often_is_told_when_to_come_back(void **state)
{
    struct http_exchange *json, *grpc, *other;

    (void)state;
    limits.address = (struct rpc_rate){.calls_per_second = 1, .burst = 2, .under_way_max = 10};
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
    limits.address = (struct rpc_rate){.calls_per_second = 1, .burst = 1, .under_way_max = 10};
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
    limits.learner = (struct rpc_rate){.calls_per_second = 1, .burst = 1, .under_way_max = 10};
    for (unsigned i = 0; i < 2; i++) {
        struct http_exchange *exchange = json_of(SESSIONS, "{}");

        add_field(exchange, "authorization", "Bearer learner");
        assert_int_equal(status_of(exchange), i == 0 ? 200 : 429);
    }
    assert_int_equal(status_of(json_of(ECHO, "{}")), 200);
}

static void
calls_under_way_are_limited_also_those_that_nobody_waits_for(void **state)
{
    struct http_exchange *first = json_of(WAIT, "{}");
    struct http_exchange *second = json_of(WAIT, "{}");
    struct http_exchange *third = json_of(WAIT, "{}");

    (void)state;
    limits.calls_max = 2;
    serve(first);
    serve(second);
    leave(second);
    assert_int_equal(status_of(third), 429);
    assert_true(body_has(third, "CALLS_TOO_MANY"));
    scripted_wake();
    run_until_answered(first);
    assert_int_equal(rpc_server_calls(server), 0);
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
    rpc_set_serving(server, true);
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
    rpc_server_drain(server, note_drained, &drained);
    serve(exchange);
    event_base_loop(base, EVLOOP_ONCE);
    assert_false(drained);
    leave(exchange);
    scripted_wake();
    while (!drained)
        event_base_loop(base, EVLOOP_ONCE);
    assert_int_equal(rpc_server_calls(server), 0);
}

int
main(void)
{
#define WITH_SERVER(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        WITH_SERVER(grpc_is_answered_by_an_envelope_and_trailers),
        WITH_SERVER(connect_is_answered_in_the_codec_it_asked_in),
        WITH_SERVER(a_method_without_side_effects_is_served_by_get),
        WITH_SERVER(a_query_that_is_no_call_is_refused),
        WITH_SERVER(what_no_protocol_speaks_gets_a_status_of_http),
        WITH_SERVER(grpc_is_refused_in_trailers_only),
        WITH_SERVER(connect_is_refused_in_json_with_details),
        WITH_SERVER(what_the_network_refused_is_refused_in_the_callers_protocol),
        WITH_SERVER(a_message_larger_than_the_limit_is_refused),
        WITH_SERVER(an_answer_larger_than_the_limit_becomes_a_refusal),
        WITH_SERVER(a_credential_decides_who_may_call),
        WITH_SERVER(a_credential_may_take_time_to_check),
        WITH_SERVER(connect_lists_every_refusal_and_grpc_what_fits),
        WITH_SERVER(a_sentence_that_is_no_utf8_is_sent_as_text),
        WITH_SERVER(a_deadline_is_answered_while_the_operation_is_under_way),
        WITH_SERVER(no_call_waits_longer_than_the_limit),
        WITH_SERVER(a_client_that_leaves_is_not_answered_and_the_call_ends_with_its_operation),
        WITH_SERVER(a_woken_call_is_answered_by_the_loop),
        WITH_SERVER(an_address_that_calls_too_often_is_told_when_to_come_back),
        WITH_SERVER(addresses_of_one_ipv6_network_are_one_caller),
        WITH_SERVER(a_learner_has_a_rate_of_her_own),
        WITH_SERVER(calls_under_way_are_limited_also_those_that_nobody_waits_for),
        WITH_SERVER(health_is_what_was_set_for_each_service),
        WITH_SERVER(a_server_is_drained_when_the_last_call_has_ended),
    };

    return cmocka_run_group_tests_name("rpc_call", tests, NULL, NULL);
}
