/*
 * Three passes: over the text, to bound what jansson will allocate for it;
 * jansson's own, to a tree; over the tree, guided by the descriptor.
 *
 *   read_message -> read_key -> read_list -> read_value -> read_message
 */
#include "wire/json.h"

#include "base/base64.h"
#include "wire/field.h"
#include "wire/json_name.h"
#include "wire/scan.h"
#include "wire/timestamp.h"

#include <assert.h>
#include <jansson.h>

struct reader {
    struct arena *arena;
    const struct wire_limits *limits;
    struct wire_fault *fault;
    size_t used_before; /* of the arena */
    unsigned depth;
};

static ProtobufCMessage *read_message(struct reader *reader, const struct wire_place *parent,
                                      const ProtobufCMessageDescriptor *type, const json_t *value);

static bool
refuse(const struct reader *reader, const struct wire_place *place, enum reason reason,
       const char *detail)
{
    wire_refuse(reader->fault, place, reason, 0, "%s", detail);
    return false;
}

static bool
refuse_limit(const struct reader *reader, const struct wire_place *place, enum reason reason,
             size_t limit)
{
    wire_refuse(reader->fault, place, reason, 0, "%zu", limit);
    return false;
}

/* Memory for the message; NULL and a fault beyond the limit. */
static void *
take(struct reader *reader, const struct wire_place *place, size_t size)
{
    size_t used = arena_used(reader->arena) - reader->used_before;
    void *memory = used <= reader->limits->memory_max && size <= reader->limits->memory_max - used
                       ? arena_try_alloc(reader->arena, size)
                       : NULL;

    if (memory == NULL)
        (void)refuse_limit(reader, place, REASON_MESSAGE_TOO_LARGE, reader->limits->memory_max);
    return memory;
}

/* A whole number, its sign apart: wide enough for all types. */
struct number {
    bool is_negative;
    uint64_t magnitude;
};

/* RFC 8259 6 without fraction and exponent: an optional minus, and no leading zero. */
static enum reason
parse_number(const char *text, struct number *number)
{
    *number = (struct number){.is_negative = text[0] == '-'};
    text += number->is_negative;
    if (text[0] == '\0' || strspn(text, "0123456789") != strlen(text) ||
        (text[0] == '0' && text[1] != '\0'))
        return REASON_JSON_TYPE_WRONG;
    for (; *text != '\0'; text++)
        if (__builtin_mul_overflow(number->magnitude, 10u, &number->magnitude) ||
            __builtin_add_overflow(number->magnitude, (unsigned)(*text - '0'), &number->magnitude))
            return REASON_NUMBER_OUT_OF_RANGE;
    return REASON_NONE;
}

static bool
is_in_range(ProtobufCType type, struct number number)
{
    static const struct {
        uint64_t lowest, highest; /* magnitudes */
    } ranges[] = {
        [PROTOBUF_C_TYPE_INT32] = {(uint64_t)1 << 31, INT32_MAX},
        [PROTOBUF_C_TYPE_SINT32] = {(uint64_t)1 << 31, INT32_MAX},
        [PROTOBUF_C_TYPE_SFIXED32] = {(uint64_t)1 << 31, INT32_MAX},
        [PROTOBUF_C_TYPE_ENUM] = {(uint64_t)1 << 31, INT32_MAX},
        [PROTOBUF_C_TYPE_UINT32] = {0, UINT32_MAX},
        [PROTOBUF_C_TYPE_FIXED32] = {0, UINT32_MAX},
        [PROTOBUF_C_TYPE_INT64] = {(uint64_t)1 << 63, INT64_MAX},
        [PROTOBUF_C_TYPE_SINT64] = {(uint64_t)1 << 63, INT64_MAX},
        [PROTOBUF_C_TYPE_SFIXED64] = {(uint64_t)1 << 63, INT64_MAX},
        [PROTOBUF_C_TYPE_UINT64] = {0, UINT64_MAX},
        [PROTOBUF_C_TYPE_FIXED64] = {0, UINT64_MAX},
    };

    assert((size_t)type < ARRAY_COUNT(ranges));
    return number.magnitude <= (number.is_negative ? ranges[type].lowest : ranges[type].highest);
}

static bool
read_number(struct reader *reader, const struct wire_place *place, const json_t *value, void *slot)
{
    struct number number;
    enum reason reason = REASON_JSON_TYPE_WRONG;

    if (json_is_integer(value)) {
        json_int_t integer = json_integer_value(value);

        number.is_negative = integer < 0;
        number.magnitude = integer < 0 ? 0 - (uint64_t)integer : (uint64_t)integer;
        reason = REASON_NONE;
    } else if (json_is_string(value)) {
        reason = parse_number(json_string_value(value), &number);
    }
    if (reason == REASON_NONE && !is_in_range(place->field->type, number))
        reason = REASON_NUMBER_OUT_OF_RANGE;
    if (reason != REASON_NONE)
        return refuse(reader, place, reason, "integer");

    uint64_t bits = number.is_negative ? 0 - number.magnitude : number.magnitude;
    uint32_t low = (uint32_t)bits;

    if (wire_shape(place->field->type).size == sizeof(low))
        memcpy(slot, &low, sizeof(low));
    else
        memcpy(slot, &bits, sizeof(bits));
    return true;
}

static bool
read_bool(struct reader *reader, const struct wire_place *place, const json_t *value, void *slot)
{
    if (!json_is_boolean(value))
        return refuse(reader, place, REASON_JSON_TYPE_WRONG, "boolean");
    *(protobuf_c_boolean *)slot = json_is_true(value);
    return true;
}

static bool
read_enum(struct reader *reader, const struct wire_place *place, const json_t *value, void *slot)
{
    const ProtobufCEnumDescriptor *type = place->field->descriptor;
    const char *name = json_string_value(value);
    const ProtobufCEnumValue *known;
    int number;

    if (name != NULL) {
        known = protobuf_c_enum_descriptor_get_value_by_name(type, name);
        if (known == NULL)
            return refuse(reader, place, REASON_ENUM_UNKNOWN, name);
    } else {
        if (!read_number(reader, place, value, &number))
            return false;
        known = protobuf_c_enum_descriptor_get_value(type, number);
        if (known == NULL)
            return wire_refuse(reader->fault, place, REASON_ENUM_UNKNOWN, 0, "%d", number);
    }
    *(int *)slot = known->value;
    return true;
}

static bool
read_string(struct reader *reader, const struct wire_place *place, const json_t *value, void *slot)
{
    if (!json_is_string(value))
        return refuse(reader, place, REASON_JSON_TYPE_WRONG, "string");

    size_t len = json_string_length(value);
    char *text = take(reader, place, len + 1);

    if (text == NULL)
        return false;
    memcpy(text, json_string_value(value), len + 1);
    *(char **)slot = text;
    return true;
}

/* "Either standard or URL-safe base64 encoding with/without paddings are accepted." */
static bool
decode_base64(struct slice text, uint8_t *bytes, size_t len)
{
    for (enum base64_alphabet alphabet = 0; alphabet < BASE64_ALPHABETS; alphabet++)
        if (base64_decode_exact(alphabet, text, bytes, len))
            return true;
    return false;
}

static bool
read_bytes(struct reader *reader, const struct wire_place *place, const json_t *value, void *slot)
{
    if (!json_is_string(value))
        return refuse(reader, place, REASON_JSON_TYPE_WRONG, "string");

    struct slice text = slice_make(json_string_value(value), json_string_length(value));
    size_t digits = text.len;

    while (digits > 0 && text.at[digits - 1] == '=')
        digits--;

    size_t len = digits / 4 * 3 + digits % 4 * 3 / 4;
    ProtobufCBinaryData bytes = {.len = len, .data = take(reader, place, len)};

    if (bytes.data == NULL)
        return false;
    if (!decode_base64(text, bytes.data, len))
        return refuse(reader, place, REASON_BASE64_INVALID, "");
    *(ProtobufCBinaryData *)slot = bytes;
    return true;
}

static bool
read_submessage(struct reader *reader, const struct wire_place *place, const json_t *value,
                void *slot)
{
    ProtobufCMessage *message = read_message(reader, place, place->field->descriptor, value);

    *(ProtobufCMessage **)slot = message;
    return message != NULL;
}

static bool
read_value(struct reader *reader, const struct wire_place *place, const json_t *value, void *slot)
{
    typedef bool read_fn(struct reader *, const struct wire_place *, const json_t *, void *);
    static read_fn *const special[] = {
        [PROTOBUF_C_TYPE_BOOL] = read_bool,          [PROTOBUF_C_TYPE_ENUM] = read_enum,
        [PROTOBUF_C_TYPE_STRING] = read_string,      [PROTOBUF_C_TYPE_BYTES] = read_bytes,
        [PROTOBUF_C_TYPE_MESSAGE] = read_submessage,
    };
    read_fn *read = special[place->field->type];

    return (read != NULL ? read : read_number)(reader, place, value, slot);
}

static bool
read_list(struct reader *reader, struct wire_place *place, const json_t *value,
          ProtobufCMessage *message)
{
    const ProtobufCFieldDescriptor *field = place->field;
    size_t size = wire_shape(field->type).size, count = json_array_size(value);

    if (!json_is_array(value))
        return refuse(reader, place, REASON_JSON_TYPE_WRONG, "array");
    if (count > reader->limits->elements_max)
        return refuse_limit(reader, place, REASON_LIST_TOO_LONG, reader->limits->elements_max);
    if (count == 0)
        return true;

    char *list = take(reader, place, count * size);

    if (list == NULL)
        return false;
    for (size_t i = 0; i < count; i++) {
        place->index = i;
        if (!read_value(reader, place, json_array_get(value, i), list + i * size))
            return false;
    }
    *(void **)field_slot(message, field->offset) = list;
    *(size_t *)field_slot(message, field->quantifier_offset) = count;
    return true;
}

static bool
read_member(struct reader *reader, const struct wire_place *place, const json_t *value,
            ProtobufCMessage *message)
{
    const ProtobufCFieldDescriptor *field = place->field;

    if (field_is_in_oneof(field)) {
        uint32_t *chosen = field_slot(message, field->quantifier_offset);

        if (*chosen != 0)
            return refuse(reader, place, REASON_ONEOF_TWICE, "");
        *chosen = field->id;
    }
    return read_value(reader, place, value, field_slot(message, field->offset));
}

/* Whether the key names the field: in lowerCamelCase, or as the contract does. */
static bool
is_name_of(const ProtobufCFieldDescriptor *field, const char *key)
{
    const char *name = field->name, *at = key;
    char c;

    while ((c = json_name_next(&name)) != '\0' && c == *at)
        at++;
    return (c == '\0' && *at == '\0') || strcmp(field->name, key) == 0;
}

static const ProtobufCFieldDescriptor *
find_field(const ProtobufCMessageDescriptor *type, const char *key)
{
    for (unsigned i = 0; i < type->n_fields; i++)
        if (is_name_of(&type->fields[i], key))
            return &type->fields[i];
    return NULL;
}

static bool
read_object(struct reader *reader, struct wire_place *place, const json_t *object,
            ProtobufCMessage *message)
{
    const ProtobufCMessageDescriptor *type = message->descriptor;
    bool seen[WIRE_FIELDS_MAX] = {false};
    const char *key;
    json_t *value;

    assert(type->n_fields <= ARRAY_COUNT(seen));
    /* jansson's walk takes no const; it changes nothing. */
    json_object_foreach((json_t *)(uintptr_t)object, key, value)
    {
        place->index = WIRE_NO_INDEX;
        place->field = find_field(type, key);
        if (place->field == NULL)
            return refuse(reader, place, REASON_JSON_KEY_UNKNOWN, key);
        if (seen[place->field - type->fields])
            return refuse(reader, place, REASON_FIELD_TWICE, "");
        seen[place->field - type->fields] = true;
        if (json_is_null(value))
            continue;
        if (!(field_is_list(place->field) ? read_list(reader, place, value, message)
                                          : read_member(reader, place, value, message)))
            return false;
    }
    return true;
}

static bool
read_timestamp(struct reader *reader, const struct wire_place *place, const json_t *value,
               ProtobufCMessage *message)
{
    const ProtobufCFieldDescriptor *fields = message->descriptor->fields;

    if (!json_is_string(value))
        return refuse(reader, place, REASON_JSON_TYPE_WRONG, "string");
    return timestamp_parse(slice_make(json_string_value(value), json_string_length(value)),
                           field_slot(message, fields[0].offset),
                           field_slot(message, fields[1].offset)) ||
           refuse(reader, place, REASON_TIMESTAMP_INVALID, json_string_value(value));
}

static ProtobufCMessage *
read_message(struct reader *reader, const struct wire_place *parent,
             const ProtobufCMessageDescriptor *type, const json_t *value)
{
    struct wire_place place = {.parent = parent, .index = WIRE_NO_INDEX};
    bool ok;

    if (reader->depth >= reader->limits->depth_max) {
        (void)refuse_limit(reader, parent, REASON_MESSAGE_TOO_DEEP, reader->limits->depth_max);
        return NULL;
    }

    ProtobufCMessage *message = take(reader, parent, type->sizeof_message);

    if (message == NULL)
        return NULL;
    protobuf_c_message_init(type, message);
    reader->depth++;
    if (json_is_timestamp(type))
        ok = read_timestamp(reader, parent, value, message);
    else if (json_is_object(value))
        ok = read_object(reader, &place, value, message);
    else
        ok = refuse(reader, parent, REASON_JSON_TYPE_WRONG, "object");
    reader->depth--;
    return ok ? message : NULL;
}

/*
 * Bounds the tree that jansson will build, which may take 100 times the memory
 * of the text: counts what begins or separates values, outside of strings.
 */
static bool
check_size(const struct reader *reader, struct slice text)
{
    size_t values = 0, depth = 0;
    /* Each message may hold a list, so brackets nest twice as deep. */
    size_t depth_max = (size_t)reader->limits->depth_max * 2;
    bool in_string = false;

    for (size_t i = 0; i < text.len; i++) {
        uint8_t c = text.at[i];

        if (c == '"')
            in_string = !in_string;
        if (in_string) {
            i += c == '\\';
            continue;
        }
        values += c == '{' || c == '[' || c == ',';
        depth += c == '{' || c == '[';
        depth -= (c == '}' || c == ']') && depth > 0;
        if (depth > depth_max)
            return refuse_limit(reader, NULL, REASON_MESSAGE_TOO_DEEP, reader->limits->depth_max);
        if (values > reader->limits->fields_max)
            return refuse_limit(reader, NULL, REASON_MESSAGE_TOO_MANY_FIELDS,
                                reader->limits->fields_max);
    }
    return true;
}

static bool
refuse_syntax(const struct reader *reader, const json_error_t *error)
{
    enum reason reason = REASON_JSON_SYNTAX;

    if (json_error_code(error) == json_error_duplicate_key)
        reason = REASON_JSON_KEY_TWICE;
    if (json_error_code(error) == json_error_numeric_overflow)
        reason = REASON_NUMBER_OUT_OF_RANGE;
    if (json_error_code(error) == json_error_invalid_utf8)
        reason = REASON_TEXT_NOT_UTF8;
    if (json_error_code(error) == json_error_null_character)
        reason = REASON_TEXT_HAS_NUL;
    return wire_refuse(reader->fault, NULL, reason, (size_t)error->position, "%d, %d", error->line,
                       error->column);
}

ProtobufCMessage *
wire_json_parse(const ProtobufCMessageDescriptor *type, struct slice text, struct arena *arena,
                const struct wire_limits *limits, struct wire_fault *fault)
{
    struct reader reader = {
        .arena = arena, .limits = limits, .fault = fault, .used_before = arena_used(arena)};
    json_error_t error;

    assert(limits->depth_max <= WIRE_DEPTH_MAX);
    if (!check_size(&reader, text))
        return NULL;

    json_t *root = json_loadb(text.len > 0 ? (const char *)text.at : "", text.len,
                              JSON_REJECT_DUPLICATES, &error);

    if (root == NULL) {
        (void)refuse_syntax(&reader, &error);
        return NULL;
    }

    ProtobufCMessage *message = read_message(&reader, NULL, type, root);

    json_decref(root);
    return message;
}
