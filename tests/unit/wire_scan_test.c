/* wire: which bytes are a message, in the lenient form of requests and in the canonical one of what
 * is signed. */
#include "wire/unpack.h"

#include "base/memory.h"

#include "unit.h"
#include "wire_test.pb-c.h"

#define BYTES(literal) ((struct slice){(const uint8_t *)(literal), sizeof(literal) - 1})

static const struct wire_limits limits = {
    .depth_max = 8, .fields_max = 1000, .elements_max = 100, .memory_max = 65536};

struct bad {
    struct slice bytes;
    enum reason reason;
    size_t offset;
    const char *path;
};

static void
assert_refused(const ProtobufCMessageDescriptor *type, enum wire_form form, const struct bad *bad)
{
    struct wire_fault fault = {0};

    assert_false(wire_scan(type, bad->bytes, form, &limits, &fault));
    assert_string_equal(reason_text(fault.reason)->code, reason_text(bad->reason)->code);
    assert_int_equal(fault.offset, bad->offset);
    assert_string_equal(fault.path, bad->path);
}

static void
assert_passes(const ProtobufCMessageDescriptor *type, enum wire_form form, struct slice bytes)
{
    struct wire_fault fault = {0};

    if (!wire_scan(type, bytes, form, &limits, &fault))
        fail_msg("%s at %zu in %s", reason_text(fault.reason)->code, fault.offset, fault.path);
}

static void
refuses_in_both_forms_what_is_no_message(void **state)
{
    static const struct bad cases[] = {
        {BYTES("\x08"), REASON_WIRE_TRUNCATED, 0, "an_int32"},
        {BYTES("\x80"), REASON_WIRE_TRUNCATED, 0, ""},
        {BYTES("\x10\x01\x08\x80"), REASON_WIRE_TRUNCATED, 2, "an_int32"},
        {BYTES("\x3d\x01\x02\x03"), REASON_WIRE_TRUNCATED, 0, "a_fixed32"},
        {BYTES("\x41\x01\x02\x03\x04\x05\x06\x07"), REASON_WIRE_TRUNCATED, 0, "a_fixed64"},
        {BYTES("\x6a\x05"
               "four"),
         REASON_WIRE_TRUNCATED, 0, "a_string"},
        /* Lengths of 2^31, 2^32 + 1 and 2^63: past the end, and past what a length may be. */
        {BYTES("\x6a\x80\x80\x80\x80\x08"), REASON_WIRE_TRUNCATED, 0, "a_string"},
        {BYTES("\x6a\x81\x80\x80\x80\x10x"), REASON_WIRE_TRUNCATED, 0, "a_string"},
        {BYTES("\x6a\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01"), REASON_WIRE_VARINT_TOO_LONG, 0,
         "a_string"},
        /* Ten bytes hold 64 bits; an eleventh, or a 65th bit, is too much. */
        {BYTES("\x10\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02"), REASON_WIRE_VARINT_TOO_LONG, 0,
         "an_int64"},
        {BYTES("\x10\xff\xff\xff\xff\xff\xff\xff\xff\xff\x81\x01"), REASON_WIRE_VARINT_TOO_LONG, 0,
         "an_int64"},
        /* Field 0, groups, wire types 6 and 7, a field number above 2^29 - 1. */
        {BYTES("\x00\x01"), REASON_WIRE_TAG_INVALID, 0, ""},
        {BYTES("\x0b\x0c"), REASON_WIRE_TAG_INVALID, 0, ""},
        {BYTES("\x0c"), REASON_WIRE_TAG_INVALID, 0, ""},
        {BYTES("\x0e\x01"), REASON_WIRE_TAG_INVALID, 0, ""},
        {BYTES("\x0f\x01"), REASON_WIRE_TAG_INVALID, 0, ""},
        {BYTES("\x88\x80\x80\x80\x10\x01"), REASON_WIRE_TAG_INVALID, 0, ""},
        {BYTES("\x0a\x01x"), REASON_WIRE_TYPE_WRONG, 0, "an_int32"},
        {BYTES("\x68\x01"), REASON_WIRE_TYPE_WRONG, 0, "a_string"},
        {BYTES("\x3c\x01"), REASON_WIRE_TAG_INVALID, 0, ""},
        {BYTES("\x39\x01\x02\x03\x04\x05\x06\x07\x08"), REASON_WIRE_TYPE_WRONG, 0, "a_fixed32"},
        {BYTES("\xf5\x01\x01\x02\x03\x04"), REASON_WIRE_TYPE_WRONG, 0, "int32s"},
        /* Packed fixed32 of 3 bytes; a packed varint that the chunk cuts; a packed bool of 2. */
        {BYTES("\x8a\x02\x03\x01\x02\x03"), REASON_WIRE_TRUNCATED, 3, "fixed32s[0]"},
        {BYTES("\xf2\x01\x02\x01\x80\x01"), REASON_WIRE_TRUNCATED, 4, "int32s[1]"},
        {BYTES("\x9a\x02\x02\x01\x02"), REASON_NUMBER_OUT_OF_RANGE, 4, "bools[0]"},
        /* A message field twice. */
        {BYTES("\x7a\x02\x08\x01\x7a\x02\x08\x02"), REASON_FIELD_TWICE, 4, "a_leaf"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        /* The canonical form finds another fault first in these. */
        bool is_lenient_only = cases[i].bytes.at[0] == 0x10 && cases[i].bytes.at[1] == 0x01;

        assert_refused(&made__up__kinds__descriptor, WIRE_LENIENT, &cases[i]);
        if (!is_lenient_only)
            assert_refused(&made__up__kinds__descriptor, WIRE_CANONICAL, &cases[i]);
    }
}

static void
refuses_text_that_is_no_utf8_or_has_a_nul(void **state)
{
    /* RFC 3629: overlong forms, surrogates, above U+10FFFF, cut and stray bytes. */
    static const struct slice bad[] = {
        BYTES("\xc0\x80"),
        BYTES("\xc1\xbf"),
        BYTES("\xe0\x9f\xbf"),
        BYTES("\xed\xa0\x80"),
        BYTES("\xed\xbf\xbf"),
        BYTES("\xf0\x8f\xbf\xbf"),
        BYTES("\xe8\xae"),
        BYTES("\xf4\x90\x80\x80"),
        BYTES("\xf5\x80\x80\x80"),
        BYTES("\x80"),
        BYTES("a\xff"),
        BYTES("\xe8\xae\x41"),
    };
    static const struct slice good[] = {
        BYTES("a"),
        BYTES("\x7f"),
        BYTES("\xc2\x80"),
        BYTES("\xdf\xbf"),
        BYTES("\xe0\xa0\x80"),
        BYTES("\xed\x9f\xbf"),
        BYTES("\xee\x80\x80"),
        BYTES("\xef\xbf\xbf"),
        BYTES("\xf0\x90\x80\x80"),
        BYTES("\xf4\x8f\xbf\xbf"),
        BYTES("计算机应用技术"),
    };
    uint8_t bytes[64] = {0x7a, 0, 0x12, 0};

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(bad) + ARRAY_COUNT(good); i++) {
        bool is_bad = i < ARRAY_COUNT(bad);
        struct slice text = is_bad ? bad[i] : good[i - ARRAY_COUNT(bad)];
        struct slice message = slice_make(bytes, 4 + text.len);

        bytes[1] = (uint8_t)(text.len + 2);
        bytes[3] = (uint8_t)text.len;
        memcpy(bytes + 4, text.at, text.len);
        if (is_bad)
            assert_refused(&made__up__kinds__descriptor, WIRE_CANONICAL,
                           &(struct bad){message, REASON_TEXT_NOT_UTF8, 2, "a_leaf.text"});
        else
            assert_passes(&made__up__kinds__descriptor, WIRE_CANONICAL, message);
    }
    assert_refused(&made__up__kinds__descriptor, WIRE_LENIENT,
                   &(struct bad){BYTES("\x6a\x03"
                                       "a\0b"),
                                 REASON_TEXT_HAS_NUL, 0, "a_string"});
    assert_refused(&made__up__kinds__descriptor, WIRE_LENIENT,
                   &(struct bad){BYTES("\xaa\x02\x01"
                                       "a\xaa\x02\x01\0"),
                                 REASON_TEXT_HAS_NUL, 4, "strings[1]"});
}

/* What the lenient form takes, and the canonical one refuses. */
static const struct bad not_canonical[] = {
    {BYTES("\x08\x81\x00"), REASON_WIRE_NOT_MINIMAL, 0, "an_int32"},
    {BYTES("\x88\x00\x01"), REASON_WIRE_NOT_MINIMAL, 0, ""},
    {BYTES("\x6a\x81\x00x"), REASON_WIRE_NOT_MINIMAL, 0, "a_string"},
    {BYTES("\xf2\x01\x03\x01\x82\x00"), REASON_WIRE_NOT_MINIMAL, 4, "int32s[1]"},
    {BYTES("\x10\x01\x08\x01"), REASON_WIRE_OUT_OF_ORDER, 2, "an_int32"},
    {BYTES("\xaa\x02\x01x\xb2\x02\x01x\xaa\x02\x01x"), REASON_WIRE_OUT_OF_ORDER, 8, "strings"},
    {BYTES("\x08\x01\x08\x01"), REASON_FIELD_TWICE, 2, "an_int32"},
    {BYTES("\xa0\x01\x01\xa0\x01\x02"), REASON_FIELD_TWICE, 3, "choice_number"},
    {BYTES("\x08\x00"), REASON_WIRE_DEFAULT_VALUE, 0, "an_int32"},
    {BYTES("\x58\x00"), REASON_WIRE_DEFAULT_VALUE, 0, "a_bool"},
    {BYTES("\x60\x00"), REASON_WIRE_DEFAULT_VALUE, 0, "a_colour"},
    {BYTES("\x3d\x00\x00\x00\x00"), REASON_WIRE_DEFAULT_VALUE, 0, "a_fixed32"},
    {BYTES("\x6a\x00"), REASON_WIRE_DEFAULT_VALUE, 0, "a_string"},
    {BYTES("\x72\x00"), REASON_WIRE_DEFAULT_VALUE, 0, "a_bytes"},
    {BYTES("\x7a\x02\x08\x00"), REASON_WIRE_DEFAULT_VALUE, 2, "a_leaf.number"},
    {BYTES("\xf2\x01\x00"), REASON_WIRE_DEFAULT_VALUE, 0, "int32s"},
    {BYTES("\xf0\x01\x01"), REASON_WIRE_NOT_PACKED, 0, "int32s"},
    {BYTES("\xf2\x01\x01\x01\xf2\x01\x01\x01"), REASON_WIRE_NOT_PACKED, 4, "int32s"},
    {BYTES("\xa0\x01\x01\xaa\x01\x01x"), REASON_ONEOF_TWICE, 3, "choice_text"},
    {BYTES("\x58\x02"), REASON_NUMBER_OUT_OF_RANGE, 0, "a_bool"},
    {BYTES("\x18\x80\x80\x80\x80\x10"), REASON_NUMBER_OUT_OF_RANGE, 0, "a_uint32"},
    {BYTES("\x28\x80\x80\x80\x80\x10"), REASON_NUMBER_OUT_OF_RANGE, 0, "a_sint32"},
    /* -1 as the 32 bits of an int32: its sign must reach the 64th. */
    {BYTES("\x08\xff\xff\xff\xff\x0f"), REASON_NUMBER_OUT_OF_RANGE, 0, "an_int32"},
    {BYTES("\x60\x02"), REASON_ENUM_UNKNOWN, 0, "a_colour"},
    {BYTES("\xa2\x02\x02\x01\x03"), REASON_ENUM_UNKNOWN, 4, "colours[1]"},
    {BYTES("\x90\x03\x01"), REASON_FIELD_UNKNOWN, 0, ""},
    {BYTES("\xba\x02\x00\xba\x02\x02\x18\x01"), REASON_FIELD_UNKNOWN, 6, "leaves[1]"},
};

static void
a_request_may_be_written_in_more_than_one_way(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(not_canonical); i++)
        assert_passes(&made__up__kinds__descriptor, WIRE_LENIENT, not_canonical[i].bytes);
}

static void
what_is_signed_is_written_in_one_way_only(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(not_canonical); i++)
        assert_refused(&made__up__kinds__descriptor, WIRE_CANONICAL, &not_canonical[i]);
}

static void
takes_what_is_canonical(void **state)
{
    static const struct slice cases[] = {
        BYTES(""),
        BYTES("\x08\x01\x10\x01"),
        /* -1 in ten bytes, the largest uint64, an enum value below zero. */
        BYTES("\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"),
        BYTES("\x20\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"),
        BYTES("\x60\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"),
        /* Presence is explicit in a oneof and of a message. */
        BYTES("\xa0\x01\x00"),
        BYTES("\xaa\x01\x00"),
        BYTES("\x7a\x00"),
        BYTES("\x98\x01\x00\xb2\x01\x00"),
        /* Elements of a list may be zero. */
        BYTES("\xf2\x01\x02\x00\x00"),
        BYTES("\xaa\x02\x00\xaa\x02\x00"),
        BYTES("\xba\x02\x00\xba\x02\x02\x08\x01"),
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++)
        assert_passes(&made__up__kinds__descriptor, WIRE_CANONICAL, cases[i]);
}

static void
unknown_fields_of_every_kind_are_skipped_and_kept(void **state)
{
    struct slice bytes = BYTES("\x90\x03\x80\x01"
                               "\x91\x03\x01\x02\x03\x04\x05\x06\x07\x08"
                               "\x92\x03\x02\x0b\x00"
                               "\x95\x03\x01\x02\x03\x04"
                               "\x08\x07");
    struct arena *arena = arena_new(4096);
    struct wire_fault fault;
    ProtobufCMessage *message =
        wire_unpack(&made__up__kinds__descriptor, bytes, arena, WIRE_LENIENT, &limits, &fault);

    (void)state;
    assert_non_null(message);
    assert_int_equal(message->n_unknown_fields, 4);
    assert_int_equal(((Made__Up__Kinds *)message)->an_int32, 7);
    arena_free(arena);
}

static void
the_last_of_two_values_counts_in_a_request(void **state)
{
    struct slice bytes =
        BYTES("\xa0\x01\x01\xaa\x01\x01x\x08\x01\x08\x02\xf0\x01\x05\xf2\x01\x01\x06");
    struct arena *arena = arena_new(4096);
    struct wire_fault fault;
    Made__Up__Kinds *kinds = (Made__Up__Kinds *)wire_unpack(&made__up__kinds__descriptor, bytes,
                                                            arena, WIRE_LENIENT, &limits, &fault);

    (void)state;
    assert_non_null(kinds);
    assert_int_equal(kinds->an_int32, 2);
    assert_int_equal(kinds->choice_case, MADE__UP__KINDS__CHOICE_CHOICE_TEXT);
    assert_string_equal(kinds->choice_text, "x");
    assert_int_equal(kinds->n_int32s, 2);
    assert_int_equal(kinds->int32s[1], 6);
    arena_free(arena);
}

/* `depth` messages, each in the one before; the bytes are the caller's to free. */
static struct slice
nest(size_t depth)
{
    size_t size = depth * 4;
    uint8_t *bytes = xmalloc(size), *at = bytes + size;

    for (size_t i = 1; i < depth; i++) {
        size_t len = (size_t)(bytes + size - at);

        assert_true(len < 1 << 21);
        if (len >= 1 << 14)
            *--at = (uint8_t)(len >> 14);
        if (len >= 1 << 7)
            *--at = (uint8_t)((len >> 7 & 0x7f) | (len >= 1 << 14 ? 0x80 : 0));
        *--at = (uint8_t)((len & 0x7f) | (len >= 1 << 7 ? 0x80 : 0));
        *--at = 0x0a;
    }
    memmove(bytes, at, (size_t)(bytes + size - at));
    return slice_make(bytes, (size_t)(bytes + size - at));
}

static void
nesting_ends_at_its_limit(void **state)
{
    static const size_t depths[] = {8, 9, 20000};

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(depths); i++) {
        struct slice bytes = nest(depths[i]);
        struct wire_fault fault = {0};
        bool ok = wire_scan(&made__up__nest__descriptor, bytes, WIRE_LENIENT, &limits, &fault);

        assert_int_equal(ok, depths[i] <= limits.depth_max);
        if (!ok) {
            assert_int_equal(fault.reason, REASON_MESSAGE_TOO_DEEP);
            assert_string_equal(fault.path, "nest.nest.nest.nest.nest.nest.nest.nest");
            assert_string_equal(fault.detail, "8");
        }
        xfree((void *)(uintptr_t)bytes.at);
    }
}

static void
a_mebibyte_of_empty_rows_is_refused_before_anything_is_allocated(void **state)
{
    static uint8_t rows[1 << 20];
    struct slice bytes = slice_make(rows, sizeof(rows));
    struct wire_limits wide = {
        .depth_max = 8, .fields_max = SIZE_MAX, .elements_max = SIZE_MAX, .memory_max = 8 << 20};
    struct wire_fault fault;
    struct arena *arena = arena_new(64 << 20);

    (void)state;
    for (size_t i = 0; i < sizeof(rows); i += 2)
        rows[i] = 0x0a;
    assert_null(
        wire_unpack(&made__up__table__descriptor, bytes, arena, WIRE_CANONICAL, &wide, &fault));
    assert_int_equal(fault.reason, REASON_MESSAGE_TOO_LARGE);
    assert_int_equal(arena_used(arena), 0);
    assert_refused(&made__up__table__descriptor, WIRE_CANONICAL,
                   &(struct bad){bytes, REASON_LIST_TOO_LONG, 200, "rows"});
    wide.fields_max = 5;
    assert_null(
        wire_unpack(&made__up__table__descriptor, bytes, arena, WIRE_CANONICAL, &wide, &fault));
    assert_int_equal(fault.reason, REASON_MESSAGE_TOO_MANY_FIELDS);
    assert_int_equal(fault.offset, 10);
    arena_free(arena);
}

static void
an_arena_that_is_too_small_is_a_fault_too(void **state)
{
    struct arena *arena = arena_new(200);
    struct wire_fault fault;

    (void)state;
    assert_null(wire_unpack(&made__up__kinds__descriptor, BYTES("\x08\x01"), arena, WIRE_LENIENT,
                            &limits, &fault));
    assert_int_equal(fault.reason, REASON_MESSAGE_TOO_LARGE);
    arena_free(arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refuses_in_both_forms_what_is_no_message),
        cmocka_unit_test(refuses_text_that_is_no_utf8_or_has_a_nul),
        cmocka_unit_test(a_request_may_be_written_in_more_than_one_way),
        cmocka_unit_test(what_is_signed_is_written_in_one_way_only),
        cmocka_unit_test(takes_what_is_canonical),
        cmocka_unit_test(unknown_fields_of_every_kind_are_skipped_and_kept),
        cmocka_unit_test(the_last_of_two_values_counts_in_a_request),
        cmocka_unit_test(nesting_ends_at_its_limit),
        cmocka_unit_test(a_mebibyte_of_empty_rows_is_refused_before_anything_is_allocated),
        cmocka_unit_test(an_arena_that_is_too_small_is_a_fault_too),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
