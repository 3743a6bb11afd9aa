/* rpc: what goes in and what comes out, in each protocol. */
#include "rpc_methods.h"
#include "rpc_network.h"

#include "unit.h"

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
    network.limits.message_bytes_max = 10;
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

int
main(void)
{
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
    };

    return cmocka_run_group_tests_name("rpc_call", tests, NULL, NULL);
}
