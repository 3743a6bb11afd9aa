/* wire: messages as proto3 JSON, what is printed, what is parsed, and what is refused and where. */
#include "wire/json.h"
#include "wire/timestamp.h"

#include "base/memory.h"

#include "unit.h"
#include "wire_test.pb-c.h"

static const struct wire_limits limits = {
    .depth_max = 8, .fields_max = 1000, .elements_max = 100, .memory_max = 65536};

static char *
mutable_text(const char *text)
{
    return (char *)(uintptr_t)text;
}

static void
assert_prints(const ProtobufCMessage *message, const char *expected)
{
    struct buffer text;

    buffer_init(&text, 4096);
    assert_true(wire_json_print(message, &text));
    assert_true(buffer_append_byte(&text, '\0'));
    assert_string_equal((const char *)text.at, expected);
    buffer_fini(&text);
}

/* That the text is read, and is printed as `expected`. */
static void
assert_reads(const char *text, const char *expected)
{
    struct arena *arena = arena_new(65536);
    struct wire_fault fault = {0};
    ProtobufCMessage *message =
        wire_json_parse(&made__up__kinds__descriptor, slice_text(text), arena, &limits, &fault);

    if (message == NULL)
        fail_msg("%s: %s %s in %s", text, reason_text(fault.reason)->code, fault.detail,
                 fault.path);
    assert_prints(message, expected);
    arena_free(arena);
}

static void
prints_as_the_specification_maps(void **state)
{
    Made__Up__Leaf leaf;
    Made__Up__Leaf *leaves[] = {&leaf, &leaf};
    Google__Protobuf__Timestamp time = {
        .base = PROTOBUF_C_MESSAGE_INIT(&google__protobuf__timestamp__descriptor),
        .seconds = 1772674200};
    uint64_t uint64s[] = {0, UINT64_MAX};
    Made__Up__Colour colours[] = {MADE__UP__COLOUR__COLOUR_RED,
                                  MADE__UP__COLOUR__COLOUR_UNSPECIFIED, (Made__Up__Colour)7};
    Made__Up__Kinds kinds;
    uint8_t bytes[] = {0xfb, 0xff};

    (void)state;
    made__up__leaf__init(&leaf);
    made__up__kinds__init(&kinds);
    assert_prints(&kinds.base, "{}");
    kinds.an_int32 = -7;
    kinds.an_int64 = INT64_MIN;
    kinds.a_fixed32 = UINT32_MAX;
    kinds.a_bool = true;
    kinds.a_colour = MADE__UP__COLOUR__COLOUR_OWED;
    kinds.a_string = mutable_text("学分 \"一\\二\"\n\x01/\x7f");
    kinds.a_bytes = (ProtobufCBinaryData){.len = 2, .data = bytes};
    kinds.a_leaf = &leaf;
    kinds.a_time = &time;
    kinds.choice_case = MADE__UP__KINDS__CHOICE_CHOICE_NUMBER;
    kinds.n_uint64s = 2;
    kinds.uint64s = uint64s;
    kinds.n_colours = 3;
    kinds.colours = colours;
    kinds.n_leaves = 2;
    kinds.leaves = leaves;
    assert_prints(&kinds.base,
                  "{\"anInt32\":-7,\"anInt64\":\"-9223372036854775808\","
                  "\"aFixed32\":4294967295,\"aBool\":true,\"aColour\":\"COLOUR_OWED\","
                  "\"aString\":\"学分 \\\"一\\\\二\\\"\\n\\u0001/\x7f\","
                  "\"aBytes\":\"+/8=\",\"aLeaf\":{},\"aTime\":\"2026-03-05T01:30:00Z\","
                  "\"choiceNumber\":0,\"uint64s\":[\"0\",\"18446744073709551615\"],"
                  "\"colours\":[\"COLOUR_RED\",\"COLOUR_UNSPECIFIED\",7],"
                  "\"leaves\":[{},{}]}");
}

static void
prints_nothing_beyond_the_buffer_or_the_calendar(void **state)
{
    Google__Protobuf__Timestamp time = {
        .base = PROTOBUF_C_MESSAGE_INIT(&google__protobuf__timestamp__descriptor),
        .seconds = INT64_MAX};
    Made__Up__Kinds kinds;
    struct buffer text;

    (void)state;
    made__up__kinds__init(&kinds);
    kinds.a_string = mutable_text("text");
    for (size_t max = 0; max < strlen("{\"aString\":\"text\"}"); max++) {
        buffer_init(&text, max);
        assert_false(wire_json_print(&kinds.base, &text));
        buffer_fini(&text);
    }
    buffer_init(&text, 4096);
    kinds.a_time = &time;
    assert_false(wire_json_print(&kinds.base, &text));
    buffer_fini(&text);
}

static void
reads_each_form_that_is_allowed(void **state)
{
    static const struct {
        const char *text, *printed;
    } cases[] = {
        {" { } ", "{}"},
        {"{\"anInt32\":1,\"an_int64\":2}", "{\"anInt32\":1,\"anInt64\":\"2\"}"},
        {"{\"anInt32\":\"-12\",\"aUint64\":12}", "{\"anInt32\":-12,\"aUint64\":\"12\"}"},
        {"{\"anInt32\":-2147483648,\"aSint32\":2147483647}",
         "{\"anInt32\":-2147483648,\"aSint32\":2147483647}"},
        {"{\"aUint64\":\"18446744073709551615\",\"anInt64\":\"-9223372036854775808\"}",
         "{\"anInt64\":\"-9223372036854775808\",\"aUint64\":\"18446744073709551615\"}"},
        {"{\"anInt64\":9007199254740993}", "{\"anInt64\":\"9007199254740993\"}"},
        {"{\"aUint32\":-0,\"aUint64\":\"-0\"}", "{}"},
        {"{\"aColour\":5}", "{\"aColour\":\"COLOUR_BLUE\"}"},
        {"{\"aColour\":\"COLOUR_UNSPECIFIED\"}", "{}"},
        {"{\"aBool\":false}", "{}"},
        {"{\"aString\":\"\\u5b66\\ud842\\udfb7\"}", "{\"aString\":\"学𠮷\"}"},
        {"{\"aBytes\":\"+/8=\"}", "{\"aBytes\":\"+/8=\"}"},
        {"{\"aBytes\":\"-_8\"}", "{\"aBytes\":\"+/8=\"}"},
        {"{\"aBytes\":\"-_8=\"}", "{\"aBytes\":\"+/8=\"}"},
        {"{\"aBytes\":\"+/8\"}", "{\"aBytes\":\"+/8=\"}"},
        {"{\"aBytes\":\"\"}", "{}"},
        {"{\"aTime\":\"1970-01-01T00:00:00Z\"}", "{\"aTime\":\"1970-01-01T00:00:00Z\"}"},
        {"{\"anInt32\":null,\"strings\":null,\"aLeaf\":null,\"choiceText\":null,\"choiceNumber\":"
         "1}",
         "{\"choiceNumber\":1}"},
        {"{\"choiceText\":\"\"}", "{\"choiceText\":\"\"}"},
        {"{\"choiceColour\":0}", "{\"choiceColour\":\"COLOUR_UNSPECIFIED\"}"},
        {"{\"otherBool\":false,\"choiceBytes\":\"\"}",
         "{\"otherBool\":false,\"choiceBytes\":\"\"}"},
        {"{\"strings\":[]}", "{}"},
        {"{\"leaves\":[{},{\"number\":1}],\"bools\":[true,false]}",
         "{\"bools\":[true,false],\"leaves\":[{},{\"number\":1}]}"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++)
        assert_reads(cases[i].text, cases[i].printed);
}

struct refused {
    const char *text;
    enum reason reason;
    const char *path, *detail; /* NULL where it is a column that jansson counts in its way */
};

static const struct refused no_json[] = {
    {"", REASON_JSON_SYNTAX, "", NULL},
    {"{", REASON_JSON_SYNTAX, "", NULL},
    {"{}x", REASON_JSON_SYNTAX, "", NULL},
    {"{} {}", REASON_JSON_SYNTAX, "", NULL},
    {"{\"anInt32\":1,}", REASON_JSON_SYNTAX, "", NULL},
    {"{\"anInt32\":01}", REASON_JSON_SYNTAX, "", NULL},
    {"{\"anInt32\":NaN}", REASON_JSON_SYNTAX, "", NULL},
    {"{\"anInt32\":-Infinity}", REASON_JSON_SYNTAX, "", NULL},
    {"{'anInt32':1}", REASON_JSON_SYNTAX, "", NULL},
    {"[]", REASON_JSON_TYPE_WRONG, "", "object"},
    {"{\"anInt32\":1,\"anInt32\":1}", REASON_JSON_KEY_TWICE, "", NULL},
    {"{\"aLeaf\":{\"number\":1,\n\"number\":null}}", REASON_JSON_KEY_TWICE, "", "2, 8"},
    {"{\"anInt32\":1,\"an_int32\":1}", REASON_FIELD_TWICE, "an_int32", ""},
    {"{\"nothing\":1}", REASON_JSON_KEY_UNKNOWN, "", "nothing"},
    {"{\"nothing\":null}", REASON_JSON_KEY_UNKNOWN, "", "nothing"},
    {"{\"AnInt32\":1}", REASON_JSON_KEY_UNKNOWN, "", "AnInt32"},
    {"{\"leaves\":[{},{\"textt\":1}]}", REASON_JSON_KEY_UNKNOWN, "leaves[1]", "textt"},
    {"{\"aString\":\"\\ud842\"}", REASON_JSON_SYNTAX, "", NULL},
    {"{\"aString\":\"\\udfb7\"}", REASON_JSON_SYNTAX, "", NULL},
    {"{\"aString\":\"a\\u0000\"}", REASON_TEXT_HAS_NUL, "", NULL},
    {"{\"aString\":\"\xff\"}", REASON_TEXT_NOT_UTF8, "", NULL},
    {"{\"aString\":\"\n\"}", REASON_JSON_SYNTAX, "", NULL},
};

static const struct refused wrong_values[] = {
    {"{\"aString\":1}", REASON_JSON_TYPE_WRONG, "a_string", "string"},
    {"{\"anInt32\":1e3}", REASON_JSON_TYPE_WRONG, "an_int32", "integer"},
    {"{\"anInt32\":1.0}", REASON_JSON_TYPE_WRONG, "an_int32", "integer"},
    {"{\"anInt32\":true}", REASON_JSON_TYPE_WRONG, "an_int32", "integer"},
    {"{\"anInt64\":\"\"}", REASON_JSON_TYPE_WRONG, "an_int64", "integer"},
    {"{\"anInt64\":\" 1\"}", REASON_JSON_TYPE_WRONG, "an_int64", "integer"},
    {"{\"anInt64\":\"+1\"}", REASON_JSON_TYPE_WRONG, "an_int64", "integer"},
    {"{\"anInt64\":\"01\"}", REASON_JSON_TYPE_WRONG, "an_int64", "integer"},
    {"{\"anInt64\":\"-\"}", REASON_JSON_TYPE_WRONG, "an_int64", "integer"},
    {"{\"anInt64\":\"1e3\"}", REASON_JSON_TYPE_WRONG, "an_int64", "integer"},
    {"{\"anInt32\":2147483648}", REASON_NUMBER_OUT_OF_RANGE, "an_int32", "integer"},
    {"{\"anInt32\":\"-2147483649\"}", REASON_NUMBER_OUT_OF_RANGE, "an_int32", "integer"},
    {"{\"aUint32\":-1}", REASON_NUMBER_OUT_OF_RANGE, "a_uint32", "integer"},
    {"{\"aUint32\":4294967296}", REASON_NUMBER_OUT_OF_RANGE, "a_uint32", "integer"},
    {"{\"anInt64\":\"9223372036854775808\"}", REASON_NUMBER_OUT_OF_RANGE, "an_int64", "integer"},
    {"{\"aUint64\":\"18446744073709551616\"}", REASON_NUMBER_OUT_OF_RANGE, "a_uint64", "integer"},
    {"{\"aUint64\":\"99999999999999999999999\"}", REASON_NUMBER_OUT_OF_RANGE, "a_uint64",
     "integer"},
    {"{\"anInt64\":9223372036854775808}", REASON_NUMBER_OUT_OF_RANGE, "", NULL},
    {"{\"anInt64\":1e999}", REASON_NUMBER_OUT_OF_RANGE, "", NULL},
    {"{\"aBool\":1}", REASON_JSON_TYPE_WRONG, "a_bool", "boolean"},
    {"{\"aBool\":\"true\"}", REASON_JSON_TYPE_WRONG, "a_bool", "boolean"},
    {"{\"aColour\":\"RED\"}", REASON_ENUM_UNKNOWN, "a_colour", "RED"},
    {"{\"colours\":[0,2]}", REASON_ENUM_UNKNOWN, "colours[1]", "2"},
    {"{\"aColour\":true}", REASON_JSON_TYPE_WRONG, "a_colour", "integer"},
    {"{\"aBytes\":\"+/8==\"}", REASON_BASE64_INVALID, "a_bytes", ""},
    {"{\"aBytes\":\"+_8=\"}", REASON_BASE64_INVALID, "a_bytes", ""},
    {"{\"aBytes\":\"+/9=\"}", REASON_BASE64_INVALID, "a_bytes", ""},
    {"{\"aBytes\":\"====\"}", REASON_BASE64_INVALID, "a_bytes", ""},
    {"{\"aTime\":\"2026-03-05\"}", REASON_TIMESTAMP_INVALID, "a_time", "2026-03-05"},
    {"{\"aTime\":{\"seconds\":1}}", REASON_JSON_TYPE_WRONG, "a_time", "string"},
    {"{\"times\":[\"x\"]}", REASON_TIMESTAMP_INVALID, "times[0]", "x"},
    {"{\"choiceText\":\"x\",\"choiceNumber\":1}", REASON_ONEOF_TWICE, "choice_number", ""},
    {"{\"int32s\":1}", REASON_JSON_TYPE_WRONG, "int32s", "array"},
    {"{\"int32s\":[1,null]}", REASON_JSON_TYPE_WRONG, "int32s[1]", "integer"},
    {"{\"leaves\":[null]}", REASON_JSON_TYPE_WRONG, "leaves[0]", "object"},
    {"{\"anInt32\":[1]}", REASON_JSON_TYPE_WRONG, "an_int32", "integer"},
    {"{\"aLeaf\":[]}", REASON_JSON_TYPE_WRONG, "a_leaf", "object"},
};

static void
assert_refused(const struct refused *refused, struct arena *arena)
{
    struct wire_fault fault = {0};

    if (wire_json_parse(&made__up__kinds__descriptor, slice_text(refused->text), arena, &limits,
                        &fault) != NULL)
        fail_msg("%s was read", refused->text);
    if (fault.reason != refused->reason || strcmp(fault.path, refused->path) != 0 ||
        (refused->detail != NULL && strcmp(fault.detail, refused->detail) != 0))
        fail_msg("%s: %s in \"%s\" detail \"%s\"", refused->text, reason_text(fault.reason)->code,
                 fault.path, fault.detail);
}

static void
refuses_and_says_where(void **state)
{
    struct arena *arena = arena_new(1 << 20);

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(no_json); i++)
        assert_refused(&no_json[i], arena);
    for (size_t i = 0; i < ARRAY_COUNT(wrong_values); i++)
        assert_refused(&wrong_values[i], arena);
    arena_free(arena);
}

static void
a_long_foreign_name_is_cut_between_characters(void **state)
{
    struct arena *arena = arena_new(65536);
    struct wire_fault fault = {0};
    struct buffer text;

    (void)state;
    buffer_init(&text, 4096);
    assert_true(buffer_printf(&text, "{\"a"));
    for (int i = 0; i < 100; i++)
        assert_true(buffer_printf(&text, "学"));
    assert_true(buffer_printf(&text, "\":1}"));
    assert_null(
        wire_json_parse(&made__up__kinds__descriptor, buffer_slice(&text), arena, &limits, &fault));
    assert_int_equal(fault.reason, REASON_JSON_KEY_UNKNOWN);
    /* 1 + 31 * 3 = 94 of the 95 bytes that there is room for. */
    assert_int_equal(strlen(fault.detail), 94);
    buffer_fini(&text);
    arena_free(arena);
}

/* `count` times `unit`, after `before`: that it is refused for `reason`. */
static void
assert_too_much(const char *before, const char *unit, size_t count, enum reason reason)
{
    size_t len = strlen(unit);
    struct arena *arena = arena_new(65536);
    struct wire_fault fault = {0};
    struct buffer text;

    buffer_init(&text, 1 << 20);
    assert_true(buffer_printf(&text, "%s", before));
    for (size_t i = 0; i < count; i++)
        assert_true(buffer_append(&text, slice_make(unit, len)));
    assert_null(
        wire_json_parse(&made__up__nest__descriptor, buffer_slice(&text), arena, &limits, &fault));
    assert_string_equal(reason_text(fault.reason)->code, reason_text(reason)->code);
    buffer_fini(&text);
    arena_free(arena);
}

static void
limits_hold_before_a_tree_is_built(void **state)
{
    (void)state;
    assert_too_much("", "{\"nest\":", 20000, REASON_MESSAGE_TOO_DEEP);
    assert_too_much("", "[", 1000000, REASON_MESSAGE_TOO_DEEP);
    assert_too_much("{\"nests\":[", "{},", 300000, REASON_MESSAGE_TOO_MANY_FIELDS);
    assert_too_much("[", "0,", 500000, REASON_MESSAGE_TOO_MANY_FIELDS);
    /* Brackets in strings are text. */
    assert_too_much("{\"number\":\"\\\"", "[{,", 300, REASON_JSON_SYNTAX);
}

static void
limits_hold_for_the_message_too(void **state)
{
    struct arena *arena = arena_new(1 << 20);
    struct wire_limits tight = limits;
    struct wire_fault fault = {0};

    (void)state;
    tight.depth_max = 2;
    assert_non_null(wire_json_parse(&made__up__nest__descriptor, slice_text("{\"nest\":{}}"), arena,
                                    &tight, &fault));
    assert_null(wire_json_parse(&made__up__nest__descriptor, slice_text("{\"nest\":{\"nest\":{}}}"),
                                arena, &tight, &fault));
    assert_int_equal(fault.reason, REASON_MESSAGE_TOO_DEEP);
    assert_string_equal(fault.path, "nest.nest");
    tight.elements_max = 2;
    assert_null(wire_json_parse(&made__up__kinds__descriptor, slice_text("{\"int32s\":[1,2,3]}"),
                                arena, &tight, &fault));
    assert_int_equal(fault.reason, REASON_LIST_TOO_LONG);
    tight.memory_max = sizeof(Made__Up__Kinds);
    assert_null(wire_json_parse(&made__up__kinds__descriptor, slice_text("{\"aString\":\"x\"}"),
                                arena, &tight, &fault));
    assert_int_equal(fault.reason, REASON_MESSAGE_TOO_LARGE);
    arena_free(arena);
}

static void
a_moment_is_what_rfc_3339_says(void **state)
{
    /* The examples of RFC 3339 5.8 are among these; seconds from the calendar. */
    static const struct {
        const char *text;
        int64_t seconds;
        int32_t nanos;
        const char *printed;
    } cases[] = {
        {"1985-04-12T23:20:50.52Z", 482196050, 520000000, "1985-04-12T23:20:50.520Z"},
        {"1996-12-19T16:39:57-08:00", 851042397, 0, "1996-12-20T00:39:57Z"},
        {"1937-01-01T12:00:27.87+00:20", -1041337173, 870000000, "1937-01-01T11:40:27.870Z"},
        {"1969-12-31T23:59:59.000001Z", -1, 1000, "1969-12-31T23:59:59.000001Z"},
        {"1970-01-01T08:00:00.000000001+08:00", 0, 1, "1970-01-01T00:00:00.000000001Z"},
        {"1900-01-01T00:00:00Z", -2208988800, 0, "1900-01-01T00:00:00Z"},
        {"2199-12-31T23:59:59Z", 7258118399, 0, "2199-12-31T23:59:59Z"},
    };
    static const char *const bad[] = {
        "",
        "2026-03-05T01:30:00",
        "2026-03-05 01:30:00Z",
        "2026-03-05t01:30:00z",
        "2026-02-29T00:00:00Z",
        "2026-03-05T24:00:00Z",
        "2026-03-05T00:60:00Z",
        "1990-12-31T23:59:60Z",
        "2026-03-05T01:30:00.Z",
        "2026-03-05T01:30:00.1234567890Z",
        "2026-03-05T01:30:00+0800",
        "2026-03-05T01:30:00+24:00",
        "2026-03-05T01:30:00ZZ",
        "1900-01-01T00:00:00+00:01",
        "2199-12-31T23:59:59-00:01",
        "2026-03-05T1:30:00Z",
    };
    int64_t seconds;
    int32_t nanos;
    char text[TIMESTAMP_TEXT_SIZE];

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        assert_true(timestamp_parse(slice_text(cases[i].text), &seconds, &nanos));
        assert_int_equal(seconds, cases[i].seconds);
        assert_int_equal(nanos, cases[i].nanos);
        assert_true(timestamp_format(seconds, nanos, text));
        assert_string_equal(text, cases[i].printed);
    }
    for (size_t i = 0; i < ARRAY_COUNT(bad); i++)
        assert_false(timestamp_parse(slice_text(bad[i]), &seconds, &nanos));
    assert_false(timestamp_format(0, -1, text));
    assert_false(timestamp_format(0, 1000000000, text));
    assert_false(timestamp_format(7258118400, 0, text));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(prints_as_the_specification_maps),
        cmocka_unit_test(prints_nothing_beyond_the_buffer_or_the_calendar),
        cmocka_unit_test(reads_each_form_that_is_allowed),
        cmocka_unit_test(refuses_and_says_where),
        cmocka_unit_test(a_long_foreign_name_is_cut_between_characters),
        cmocka_unit_test(limits_hold_before_a_tree_is_built),
        cmocka_unit_test(limits_hold_for_the_message_too),
        cmocka_unit_test(a_moment_is_what_rfc_3339_says),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
