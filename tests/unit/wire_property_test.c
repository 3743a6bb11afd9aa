/*
 * wire: what holds for all messages. Random ones are built from their
 * descriptor; a mutated one is refused or is itself the only form of its value.
 */
#include "wire/field.h"
#include "wire/json.h"
#include "wire/unpack.h"

#include "base/memory.h"
#include "base/utf8.h"

#include "unit.h"
#include "wire_test.pb-c.h"

#define SEED 20260305
#define NANOS_S 1000000000

static const struct wire_limits limits = {
    .depth_max = 8, .fields_max = 10000, .elements_max = 1000, .memory_max = 1 << 20};

struct maker {
    struct arena *arena;
    uint64_t random;
    unsigned sparse; /* one field in so many is set */
};

/* Steele and others, "Fast splittable pseudorandom number generators": SplitMix64. */
static uint64_t
draw(struct maker *maker)
{
    uint64_t z = maker->random += 0x9e3779b97f4a7c15;

    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return z ^ z >> 31;
}

static uint64_t
draw_below(struct maker *maker, uint64_t limit)
{
    return draw(maker) % limit;
}

static uint64_t
draw_number(struct maker *maker)
{
    static const int64_t edges[] = {0,         1,         -1,        63,        64,    -64,
                                    -65,       127,       128,       16383,     16384, INT32_MAX,
                                    INT32_MIN, INT64_MAX, INT64_MIN, UINT32_MAX};
    uint64_t pick = draw_below(maker, ARRAY_COUNT(edges) + 4);

    return pick < ARRAY_COUNT(edges) ? (uint64_t)edges[pick] : draw(maker) >> draw_below(maker, 64);
}

static ProtobufCMessage *make_message(struct maker *maker, const ProtobufCMessageDescriptor *type);

static void
make_value(struct maker *maker, const ProtobufCFieldDescriptor *field, void *slot)
{
    static const char *const texts[] = {
        "",        "x",      "学分银行", "\"quoted\\\" / \b\f\n\r\t", "\x01\x1f\x7f",
        "G120…00", "𠮷野家", "null",
    };
    uint64_t number = draw_number(maker);
    uint32_t low = (uint32_t)number;

    if (field->type == PROTOBUF_C_TYPE_STRING) {
        *(char **)slot =
            arena_text(maker->arena, slice_text(texts[draw_below(maker, ARRAY_COUNT(texts))]));
    } else if (field->type == PROTOBUF_C_TYPE_BYTES) {
        ProtobufCBinaryData *bytes = slot;

        bytes->len = draw_below(maker, 5);
        bytes->data = arena_alloc(maker->arena, bytes->len);
        if (bytes->len > 0)
            memcpy(bytes->data, &number, bytes->len);
    } else if (field->type == PROTOBUF_C_TYPE_MESSAGE) {
        *(ProtobufCMessage **)slot = make_message(maker, field->descriptor);
    } else if (field->type == PROTOBUF_C_TYPE_ENUM) {
        const ProtobufCEnumDescriptor *type = field->descriptor;

        *(int *)slot = type->values[draw_below(maker, type->n_values)].value;
    } else if (field->type == PROTOBUF_C_TYPE_BOOL) {
        *(protobuf_c_boolean *)slot = (number & 1) != 0;
    } else if (wire_shape(field->type).size == sizeof(number)) {
        memcpy(slot, &number, sizeof(number));
    } else {
        memcpy(slot, &low, sizeof(low));
    }
}

static void
make_field(struct maker *maker, ProtobufCMessage *message, const ProtobufCFieldDescriptor *field)
{
    char *begin = (char *)message;

    if (field->label == PROTOBUF_C_LABEL_REPEATED) {
        /* Above 16 fields a message needs memory beside its own. */
        size_t count = 1 + draw_below(maker, draw_below(maker, 4) == 0 ? 60 : 3);
        size_t size = wire_shape(field->type).size;
        char *list = arena_array(maker->arena, count, size);

        for (size_t i = 0; i < count; i++)
            make_value(maker, field, list + i * size);
        memcpy(begin + field->offset, &list, sizeof(list));
        memcpy(begin + field->quantifier_offset, &count, sizeof(count));
        return;
    }
    if (field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF)
        memcpy(begin + field->quantifier_offset, &field->id, sizeof(field->id));
    make_value(maker, field, begin + field->offset);
}

static ProtobufCMessage *
make_message(struct maker *maker, const ProtobufCMessageDescriptor *type)
{
    ProtobufCMessage *message = arena_alloc(maker->arena, type->sizeof_message);

    protobuf_c_message_init(type, message);
    if (strcmp(type->name, "google.protobuf.Timestamp") == 0) {
        Google__Protobuf__Timestamp *time = (Google__Protobuf__Timestamp *)message;

        time->seconds = (int64_t)draw_below(maker, (uint64_t)1 << 33) - ((int64_t)1 << 31);
        time->nanos = (int32_t)(draw_below(maker, NANOS_S) / 1000000 * 1000000);
        return message;
    }
    for (unsigned i = 0; i < type->n_fields; i++)
        if (draw_below(maker, maker->sparse) == 0)
            make_field(maker, message, &type->fields[i]);
    return message;
}

static ProtobufCMessage *
unpack(struct slice bytes, struct arena *arena, const struct wire_limits *wide)
{
    struct wire_fault fault = {0};

    return wire_unpack(&made__up__kinds__descriptor, bytes, arena, WIRE_CANONICAL, wide, &fault);
}

static void
a_packed_message_is_canonical_and_unpacks_to_itself(void **state)
{
    struct maker maker = {.arena = arena_new(1 << 24), .random = SEED};
    struct arena *arena = arena_new(1 << 24);

    (void)state;
    for (int round = 0; round < 3000; round++) {
        maker.sparse = 1 + (unsigned)round % 8;

        struct slice bytes =
            wire_pack(make_message(&maker, &made__up__kinds__descriptor), maker.arena);
        ProtobufCMessage *message = unpack(bytes, arena, &limits);

        assert_non_null(message);

        size_t used = arena_used(arena);
        struct wire_limits exact = limits, tight = limits;
        struct wire_fault fault;

        assert_true(slice_equal(wire_pack(message, arena), bytes));
        /* The scan knows to the byte what unpacking takes. */
        exact.memory_max = used;
        tight.memory_max = used - 1;
        assert_true(wire_scan(message->descriptor, bytes, WIRE_CANONICAL, &exact, &fault));
        assert_false(wire_scan(message->descriptor, bytes, WIRE_CANONICAL, &tight, &fault));
        assert_int_equal(fault.reason, REASON_MESSAGE_TOO_LARGE);
        assert_true(wire_scan(message->descriptor, bytes, WIRE_LENIENT, &exact, &fault));
        arena_reset(arena);
        arena_reset(maker.arena);
    }
    arena_free(arena);
    arena_free(maker.arena);
}

struct count {
    size_t passed, refused;
};

/* The property that signatures rest on. The bytes are copied to their own size, for the sanitizer.
 */
static void
check_canonical(struct slice bytes, struct arena *arena, struct count *count)
{
    uint8_t *exact = xmalloc(bytes.len);

    if (bytes.len > 0)
        memcpy(exact, bytes.at, bytes.len);

    ProtobufCMessage *message = unpack(slice_make(exact, bytes.len), arena, &limits);

    count->passed += message != NULL;
    count->refused += message == NULL;
    if (message != NULL)
        assert_true(slice_equal(wire_pack(message, arena), bytes));
    xfree(exact);
    arena_reset(arena);
}

/* Each byte set to each value, each byte taken out or doubled, and every prefix. */
static void
mutate(struct slice bytes, struct arena *arena, struct count *count)
{
    uint8_t *changed = xmalloc(bytes.len + 1);

    for (size_t i = 0; i < bytes.len; i++) {
        memcpy(changed, bytes.at, bytes.len);
        for (unsigned value = 0; value < 256; value++) {
            changed[i] = (uint8_t)value;
            check_canonical(slice_make(changed, bytes.len), arena, count);
        }
        memcpy(changed, bytes.at, i);
        memcpy(changed + i, bytes.at + i + 1, bytes.len - i - 1);
        check_canonical(slice_make(changed, bytes.len - 1), arena, count);
        memcpy(changed + i + 1, bytes.at + i, bytes.len - i);
        check_canonical(slice_make(changed, bytes.len + 1), arena, count);
        check_canonical(slice_make(bytes.at, i), arena, count);
    }
    xfree(changed);
}

static void
mutated_bytes_are_refused_or_are_the_only_form_of_their_value(void **state)
{
    struct maker maker = {.arena = arena_new(1 << 24), .random = SEED, .sparse = 6};
    struct arena *arena = arena_new(1 << 20);
    struct count count = {0};

    (void)state;
    for (int round = 0; round < 40; round++) {
        struct slice bytes =
            wire_pack(make_message(&maker, &made__up__kinds__descriptor), maker.arena);

        if (bytes.len <= 120)
            mutate(bytes, arena, &count);
        arena_reset(maker.arena);
    }
    assert_true(count.passed > 10000);
    assert_true(count.refused > 10000);
    arena_free(arena);
    arena_free(maker.arena);
}

static void
lenient_bytes_that_pass_are_unpacked_within_the_memory_foretold(void **state)
{
    struct maker maker = {.arena = arena_new(1 << 24), .random = SEED, .sparse = 3};
    struct arena *arena = arena_new(1 << 20);
    size_t passed = 0;

    (void)state;
    for (int round = 0; round < 20000; round++) {
        struct slice bytes =
            wire_pack(make_message(&maker, &made__up__kinds__descriptor), maker.arena);
        uint8_t *changed = xmalloc(bytes.len);
        struct wire_fault fault;

        if (bytes.len > 0) {
            memcpy(changed, bytes.at, bytes.len);
            changed[draw_below(&maker, bytes.len)] = (uint8_t)draw(&maker);
        }
        if (wire_unpack(&made__up__kinds__descriptor, slice_make(changed, bytes.len), arena,
                        WIRE_LENIENT, &limits, &fault) != NULL) {
            struct wire_limits exact = limits;

            exact.memory_max = arena_used(arena);
            assert_true(wire_scan(&made__up__kinds__descriptor, slice_make(changed, bytes.len),
                                  WIRE_LENIENT, &exact, &fault));
            passed++;
        } else {
            /* Only the scan refuses: what passes it is never too much for protobuf-c. */
            assert_false(wire_scan(&made__up__kinds__descriptor, slice_make(changed, bytes.len),
                                   WIRE_LENIENT, &limits, &fault));
        }
        xfree(changed);
        arena_reset(arena);
        arena_reset(maker.arena);
    }
    assert_true(passed > 1000);
    arena_free(arena);
    arena_free(maker.arena);
}

static void
json_says_what_the_message_says(void **state)
{
    struct maker maker = {.arena = arena_new(1 << 24), .random = SEED};
    struct buffer text;

    (void)state;
    buffer_init(&text, 1 << 20);
    for (int round = 0; round < 3000; round++) {
        maker.sparse = 1 + (unsigned)round % 8;

        ProtobufCMessage *message = make_message(&maker, &made__up__kinds__descriptor);
        struct wire_fault fault = {0};

        assert_true(wire_json_print(message, &text));

        ProtobufCMessage *again =
            wire_json_parse(message->descriptor, buffer_slice(&text), maker.arena, &limits, &fault);

        if (again == NULL)
            fail_msg("%s %s in %s", reason_text(fault.reason)->code, fault.detail, fault.path);
        assert_true(slice_equal(wire_pack(message, maker.arena), wire_pack(again, maker.arena)));
        buffer_clear(&text);
        arena_reset(maker.arena);
    }
    buffer_fini(&text);
    arena_free(maker.arena);
}

static void
mutated_json_is_refused_or_read_as_a_message_that_prints(void **state)
{
    struct maker maker = {.arena = arena_new(1 << 24), .random = SEED, .sparse = 4};
    struct buffer text, again;

    (void)state;
    buffer_init(&text, 1 << 20);
    buffer_init(&again, 1 << 20);
    for (int round = 0; round < 20000; round++) {
        struct wire_fault fault = {0};

        assert_true(wire_json_print(make_message(&maker, &made__up__kinds__descriptor), &text));
        text.at[draw_below(&maker, text.len)] = (uint8_t)draw(&maker);

        ProtobufCMessage *message = wire_json_parse(
            &made__up__kinds__descriptor, buffer_slice(&text), maker.arena, &limits, &fault);

        if (message != NULL)
            assert_true(wire_json_print(message, &again));
        assert_true(utf8_is_valid(slice_text(fault.detail)));
        buffer_clear(&text);
        buffer_clear(&again);
        arena_reset(maker.arena);
    }
    buffer_fini(&text);
    buffer_fini(&again);
    arena_free(maker.arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_packed_message_is_canonical_and_unpacks_to_itself),
        cmocka_unit_test(mutated_bytes_are_refused_or_are_the_only_form_of_their_value),
        cmocka_unit_test(lenient_bytes_that_pass_are_unpacked_within_the_memory_foretold),
        cmocka_unit_test(json_says_what_the_message_says),
        cmocka_unit_test(mutated_json_is_refused_or_read_as_a_message_that_prints),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
