/* rpc: the pure pieces, by tables. */
#include "rpc/access.h"
#include "rpc/details.h"
#include "rpc/envelope.h"
#include "rpc/percent.h"
#include "rpc/protocol.h"
#include "rpc/rate.h"
#include "rpc/text.h"
#include "rpc/timeout.h"

#include "unit.h"

static void
envelopes_are_taken_one_after_another(void **state)
{
    static const uint8_t two[] = {0, 0, 0, 0, 2, 'h', 'i', 1, 0, 0, 0, 0};
    struct slice bytes = slice_make(two, sizeof(two));
    struct envelope envelope;

    (void)state;
    assert_int_equal(envelope_take(&bytes, 2, &envelope), ENVELOPE_TAKEN);
    assert_int_equal(envelope.flags, 0);
    assert_true(slice_is(envelope.message, "hi"));
    assert_int_equal(envelope_take(&bytes, 2, &envelope), ENVELOPE_TAKEN);
    assert_int_equal(envelope.flags, ENVELOPE_COMPRESSED);
    assert_int_equal(envelope.message.len, 0);
    assert_int_equal(envelope_take(&bytes, 2, &envelope), ENVELOPE_NONE);
}

static void
an_envelope_that_is_not_whole_is_left_where_it_is(void **state)
{
    static const struct {
        uint8_t bytes[8];
        size_t len;
        enum envelope_result result;
    } cases[] = {
        {{0}, 1, ENVELOPE_CUT_OFF},
        {{0, 0, 0, 0}, 4, ENVELOPE_CUT_OFF},
        {{0, 0, 0, 0, 1}, 5, ENVELOPE_CUT_OFF},
        {{0, 0, 0, 0, 3, 'a', 'b'}, 7, ENVELOPE_CUT_OFF},
        {{0, 0, 0, 0, 5, 'a'}, 6, ENVELOPE_TOO_LARGE},
        {{0, 0xff, 0xff, 0xff, 0xff, 'a'}, 6, ENVELOPE_TOO_LARGE},
    };
    struct envelope envelope;

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        struct slice bytes = slice_make(cases[i].bytes, cases[i].len);

        assert_int_equal(envelope_take(&bytes, 4, &envelope), cases[i].result);
        assert_int_equal(bytes.len, cases[i].len);
        assert_ptr_equal(bytes.at, cases[i].bytes);
    }
}

static void
the_head_of_an_envelope_says_its_length_in_big_endian(void **state)
{
    static const uint8_t expected[] = {1, 0x00, 0x0a, 0x0b, 0x0c};
    uint8_t head[ENVELOPE_HEAD_SIZE];

    (void)state;
    envelope_write_head(head, ENVELOPE_COMPRESSED, 0x0a0b0c);
    assert_memory_equal(head, expected, sizeof(expected));
}

static void
a_timeout_of_grpc_is_up_to_eight_digits_and_a_unit(void **state)
{
    static const struct {
        const char *text;
        int64_t us; /* < 0: it is none */
    } cases[] = {
        {"1H", 3600000000}, {"2M", 120000000}, {"3S", 3000000}, {"250m", 250000},
        {"7u", 7},          {"1500n", 1},      {"0S", 0},       {"99999999H", 359999996400000000},
        {"100000000S", -1}, {"", -1},          {"S", -1},       {"5", -1},
        {"5s", -1},         {"-5S", -1},       {"5 S", -1},     {"1.5S", -1},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        int64_t us = -1;

        assert_int_equal(timeout_from_grpc(slice_text(cases[i].text), &us), cases[i].us >= 0);
        if (cases[i].us >= 0)
            assert_int_equal(us, cases[i].us);
    }
}

static void
a_timeout_of_connect_is_up_to_ten_digits_of_milliseconds(void **state)
{
    int64_t us;

    (void)state;
    assert_true(timeout_from_connect(slice_text("9999999999"), &us));
    assert_int_equal(us, 9999999999000);
    assert_true(timeout_from_connect(slice_text("0"), &us));
    assert_int_equal(us, 0);
    assert_false(timeout_from_connect(slice_text("10000000000"), &us));
    assert_false(timeout_from_connect(slice_text(""), &us));
    assert_false(timeout_from_connect(slice_text("5S"), &us));
}

static void
a_message_is_percent_encoded_but_for_printable_ascii(void **state)
{
    static const struct {
        const char *text, *encoded;
    } cases[] = {
        {"plain ~text!", "plain ~text!"},
        {"100%", "100%25"},
        {"a\nb\x7f", "a%0Ab%7F"},
        {"学", "%E5%AD%A6"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        struct buffer encoded;

        buffer_init(&encoded, 100);
        assert_true(percent_encode(slice_text(cases[i].text), &encoded));
        assert_true(slice_is(buffer_slice(&encoded), cases[i].encoded));
        buffer_fini(&encoded);
    }
}

static void
a_query_is_decoded(void **state)
{
    static const struct {
        const char *text, *decoded; /* NULL: it is malformed */
    } cases[] = {
        {"plain", "plain"},
        {"a+b%2Bc", "a b+c"},
        {"%7b%22a%22%3A1%7D", "{\"a\":1}"},
        {"%E5%AD%A6", "学"},
        {"%", NULL},
        {"%4", NULL},
        {"%4g", NULL},
        {"", ""},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        struct buffer decoded;

        buffer_init(&decoded, 100);
        assert_int_equal(percent_decode(slice_text(cases[i].text), &decoded),
                         cases[i].decoded != NULL);
        if (cases[i].decoded != NULL)
            assert_true(slice_is(buffer_slice(&decoded), cases[i].decoded));
        buffer_fini(&decoded);
    }
}

static void
a_value_is_found_in_a_query(void **state)
{
    struct slice query = slice_text("connect=v1&base64=1&message=&messages=x&encoding=json");

    (void)state;
    assert_true(slice_is(query_find(query, "connect"), "v1"));
    assert_true(slice_is(query_find(query, "encoding"), "json"));
    assert_non_null(query_find(query, "message").at);
    assert_int_equal(query_find(query, "message").len, 0);
    assert_null(query_find(query, "compression").at);
    assert_null(query_find(query, "base6").at);
    assert_null(query_find(slice_text(""), "a").at);
    assert_null(query_find(slice_text("a&&"), "a").at);
}

static void
what_is_no_utf8_becomes_a_question_mark(void **state)
{
    char cut[] = "学\xe5\xad";
    char mixed[] = "\xff"
                   "a分";

    (void)state;
    text_make_utf8(cut);
    assert_string_equal(cut, "学??");
    text_make_utf8(mixed);
    assert_string_equal(mixed, "?a分");
}

static const struct rpc_rate ten_a_second = {
    .calls_per_second = 10, .burst = 3, .under_way_max = 4};

static void
a_caller_may_call_in_a_burst_and_then_at_the_rate(void **state)
{
    struct rate_table *table = rate_table_new(4);
    struct slice key = slice_text("a");
    struct rate_caller *caller;
    int64_t wait_us;

    (void)state;
    for (int i = 0; i < 3; i++) {
        assert_int_equal(rate_begin(table, key, &ten_a_second, 0, &caller, &wait_us),
                         RATE_ADMITTED);
        rate_end(table, caller);
    }
    assert_int_equal(rate_begin(table, key, &ten_a_second, 0, &caller, &wait_us), RATE_TOO_FAST);
    assert_int_equal(wait_us, 100000);
    assert_int_equal(rate_begin(table, key, &ten_a_second, 40000, &caller, &wait_us),
                     RATE_TOO_FAST);
    assert_int_equal(wait_us, 60000);
    assert_int_equal(rate_begin(table, key, &ten_a_second, 100000, &caller, &wait_us),
                     RATE_ADMITTED);
    rate_end(table, caller);
    rate_table_free(table);
}

static void
calls_under_way_are_limited_for_each_caller(void **state)
{
    static const struct rpc_rate two_at_once = {
        .calls_per_second = 1000000, .burst = 1000, .under_way_max = 2};
    struct rate_table *table = rate_table_new(8);
    struct rate_caller *first, *second, *other;
    int64_t wait_us;

    (void)state;
    assert_int_equal(rate_begin(table, slice_text("a"), &two_at_once, 0, &first, &wait_us),
                     RATE_ADMITTED);
    assert_int_equal(rate_begin(table, slice_text("a"), &two_at_once, 0, &second, &wait_us),
                     RATE_ADMITTED);
    assert_ptr_equal(first, second);
    assert_int_equal(rate_begin(table, slice_text("a"), &two_at_once, 0, &other, &wait_us),
                     RATE_TOO_MANY);
    assert_int_equal(wait_us, 0);
    assert_int_equal(rate_begin(table, slice_text("b"), &two_at_once, 0, &other, &wait_us),
                     RATE_ADMITTED);
    rate_end(table, first);
    assert_int_equal(rate_begin(table, slice_text("a"), &two_at_once, 0, &first, &wait_us),
                     RATE_ADMITTED);
    rate_end(table, first);
    rate_end(table, second);
    rate_end(table, other);
    rate_table_free(table);
}

static void
the_longest_idle_caller_is_forgotten_but_none_with_a_call_under_way(void **state)
{
    static const struct rpc_rate one = {.calls_per_second = 1, .burst = 1, .under_way_max = 2};
    struct rate_table *table = rate_table_new(2);
    struct rate_caller *staying, *caller;
    int64_t wait_us;

    (void)state;
    assert_int_equal(rate_begin(table, slice_text("stays"), &one, 0, &staying, &wait_us),
                     RATE_ADMITTED);
    for (uint8_t name = 'a'; name <= (uint8_t)'z'; name++) {
        assert_int_equal(rate_begin(table, slice_make(&name, 1), &one, 0, &caller, &wait_us),
                         RATE_ADMITTED);
        rate_end(table, caller);
    }
    assert_int_equal(rate_begin(table, slice_text("z"), &one, 0, &caller, &wait_us), RATE_TOO_FAST);
    assert_int_equal(rate_begin(table, slice_text("stays"), &one, 0, &caller, &wait_us),
                     RATE_TOO_FAST);
    rate_end(table, staying);
    rate_table_free(table);
}

static void
a_caller_is_let_in_by_kind_and_duty(void **state)
{
    /* Kinds of institutions: 1 operator, 2 regulator, 3 school, 4 issuer. */
    static const struct {
        struct caller caller;
        unsigned callers;
        uint32_t duties;
        enum reason reason;
    } cases[] = {
        {{.kind = CALLER_ANYBODY}, MAY_ANYBODY, 0, REASON_NONE},
        {{.kind = CALLER_LEARNER}, MAY_ANYBODY, 0, REASON_NONE},
        {{.kind = CALLER_INSTITUTION, .institution_kind = 3}, MAY_ANYBODY, 0, REASON_NONE},
        {{.kind = CALLER_ANYBODY}, MAY_LEARNER, 0, REASON_CREDENTIAL_MISSING},
        {{.kind = CALLER_ANYBODY}, MAY_INSTITUTION, 0, REASON_CREDENTIAL_MISSING},
        {{.kind = CALLER_LEARNER}, MAY_LEARNER, 0, REASON_NONE},
        {{.kind = CALLER_LEARNER}, MAY_LEARNER | MAY_SCHOOL, 4, REASON_NONE},
        {{.kind = CALLER_LEARNER}, MAY_INSTITUTION, 0, REASON_CALLER_NOT_ALLOWED},
        {{.kind = CALLER_INSTITUTION, .institution_kind = 1}, MAY_OPERATOR, 0, REASON_NONE},
        {{.kind = CALLER_INSTITUTION, .institution_kind = 2}, MAY_REGULATOR, 0, REASON_NONE},
        {{.kind = CALLER_INSTITUTION, .institution_kind = 3}, MAY_SCHOOL, 0, REASON_NONE},
        {{.kind = CALLER_INSTITUTION, .institution_kind = 4}, MAY_ISSUER, 0, REASON_NONE},
        {{.kind = CALLER_INSTITUTION, .institution_kind = 4},
         MAY_SCHOOL | MAY_LEARNER,
         0,
         REASON_CALLER_NOT_ALLOWED},
        {{.kind = CALLER_INSTITUTION}, MAY_INSTITUTION, 0, REASON_CALLER_NOT_ALLOWED},
        {{.kind = CALLER_INSTITUTION, .institution_kind = 40},
         MAY_INSTITUTION,
         0,
         REASON_CALLER_NOT_ALLOWED},
        {{.kind = CALLER_INSTITUTION, .institution_kind = 3, .duties = 2},
         MAY_SCHOOL,
         4,
         REASON_DUTY_MISSING},
        {{.kind = CALLER_INSTITUTION, .institution_kind = 3, .duties = 6},
         MAY_SCHOOL,
         4,
         REASON_NONE},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        struct method method = {.callers = cases[i].callers, .duties = cases[i].duties};

        assert_int_equal(access_check(&cases[i].caller, &method), cases[i].reason);
    }
}

static void
a_token_follows_the_word_bearer(void **state)
{
    struct slice token;

    (void)state;
    assert_true(access_token(slice_text("Bearer abc"), &token));
    assert_true(slice_is(token, "abc"));
    assert_true(access_token(slice_text("bearer x.y.z"), &token));
    assert_true(slice_is(token, "x.y.z"));
    assert_false(access_token(slice_text("Bearer "), &token));
    assert_false(access_token(slice_text("Bearer"), &token));
    assert_false(access_token(slice_text("Basic abc"), &token));
    assert_false(access_token(slice_text(""), &token));
}

static void
each_status_has_the_http_status_that_connect_gives_it(void **state)
{
    /* connectrpc.com/docs/protocol, "Error codes", from canceled to unauthenticated. */
    static const unsigned expected[] = {200, 499, 500, 400, 504, 404, 409, 403, 429,
                                        400, 409, 400, 501, 500, 503, 500, 401};
    static const struct refusal_list none;

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(expected); i++)
        assert_int_equal(
            protocol_http_status(&(struct answer){.status = (enum status)i, .refusals = &none}),
            expected[i]);
}

static void
what_http_has_a_status_for_gets_that(void **state)
{
    static const struct {
        enum reason reason;
        unsigned expected;
    } cases[] = {
        {REASON_METHOD_UNKNOWN, 404},       {REASON_HTTP_METHOD_WRONG, 405},
        {REASON_CONTENT_TYPE_UNKNOWN, 415}, {REASON_GRPC_NEEDS_HTTP2, 505},
        {REASON_COMPRESSION_UNKNOWN, 501},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        struct refusal refusal = {.reason = cases[i].reason, .field = "", .detail = ""};
        struct refusal_list refusals = {&refusal, &refusal, 1};
        struct answer answer = {.status = STATUS_UNIMPLEMENTED, .refusals = &refusals};

        assert_int_equal(protocol_http_status(&answer), cases[i].expected);
    }
}

static void
a_status_without_details_is_the_bytes_of_google_rpc_status(void **state)
{
    /* Field 1, varint 5; field 2, 4 bytes: by the encoding of protobuf. */
    static const uint8_t expected[] = {0x08, 5, 0x12, 4, 'g', 'o', 'n', 'e'};
    static const struct refusal_list none;
    struct answer answer = {.status = STATUS_NOT_FOUND, .message = "gone", .refusals = &none};
    struct buffer message, status;

    (void)state;
    buffer_init(&message, 100);
    buffer_init(&status, 100);
    details_status(&answer, 100, &message, &status);
    assert_int_equal(status.len, sizeof(expected));
    assert_memory_equal(status.at, expected, sizeof(expected));
    buffer_fini(&message);
    buffer_fini(&status);
}

static void
as_many_refusals_as_fit_are_listed_and_the_message_counts_them_all(void **state)
{
    struct arena *arena = arena_new(100000);
    struct refusal_list refusals = {0};
    struct answer answer = {
        .status = STATUS_INVALID_ARGUMENT, .message = "no", .refusals = &refusals};
    struct buffer message, status;

    (void)state;
    for (uint32_t i = 0; i < 100; i++)
        refusal_add(&refusals, arena, i, "field", REASON_REQUEST_MALFORMED, "%u", i);
    buffer_init(&message, 100);
    buffer_init(&status, 2100);
    details_status(&answer, 2000, &message, &status);
    assert_true(status.len > 1000);
    assert_true(status.len < 2100);
    assert_memory_equal(message.at, "no (", 4);
    assert_non_null(memmem(message.at, message.len, " of 100 refusals are listed)", 28));
    buffer_fini(&message);
    buffer_fini(&status);
    arena_free(arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(envelopes_are_taken_one_after_another),
        cmocka_unit_test(an_envelope_that_is_not_whole_is_left_where_it_is),
        cmocka_unit_test(the_head_of_an_envelope_says_its_length_in_big_endian),
        cmocka_unit_test(a_timeout_of_grpc_is_up_to_eight_digits_and_a_unit),
        cmocka_unit_test(a_timeout_of_connect_is_up_to_ten_digits_of_milliseconds),
        cmocka_unit_test(a_message_is_percent_encoded_but_for_printable_ascii),
        cmocka_unit_test(a_query_is_decoded),
        cmocka_unit_test(a_value_is_found_in_a_query),
        cmocka_unit_test(what_is_no_utf8_becomes_a_question_mark),
        cmocka_unit_test(a_caller_may_call_in_a_burst_and_then_at_the_rate),
        cmocka_unit_test(calls_under_way_are_limited_for_each_caller),
        cmocka_unit_test(the_longest_idle_caller_is_forgotten_but_none_with_a_call_under_way),
        cmocka_unit_test(a_caller_is_let_in_by_kind_and_duty),
        cmocka_unit_test(a_token_follows_the_word_bearer),
        cmocka_unit_test(each_status_has_the_http_status_that_connect_gives_it),
        cmocka_unit_test(what_http_has_a_status_for_gets_that),
        cmocka_unit_test(a_status_without_details_is_the_bytes_of_google_rpc_status),
        cmocka_unit_test(as_many_refusals_as_fit_are_listed_and_the_message_counts_them_all),
    };

    return cmocka_run_group_tests_name("rpc_parts", tests, NULL, NULL);
}
