/* Straight into the buffer: a message is walked once, and no tree is built. */
#include "wire/json.h"

#include "base/base64.h"
#include "base/panic.h"
#include "wire/field.h"
#include "wire/json_name.h"
#include "wire/timestamp.h"

#include <inttypes.h>

static bool print_message(const ProtobufCMessage *message, struct buffer *text);

static bool
append(struct buffer *text, const char *characters)
{
    return buffer_append(text, slice_text(characters));
}

/* RFC 8259 7: quotation mark, reverse solidus and control characters are escaped. */
static bool
print_escaped(uint8_t c, struct buffer *text)
{
    static const char *const short_forms[] = {
        ['"'] = "\\\"", ['\\'] = "\\\\", ['\b'] = "\\b", ['\f'] = "\\f",
        ['\n'] = "\\n", ['\r'] = "\\r",  ['\t'] = "\\t",
    };

    if (c < ARRAY_COUNT(short_forms) && short_forms[c] != NULL)
        return append(text, short_forms[c]);
    return buffer_printf(text, "\\u%04x", (unsigned)c);
}

static bool
print_string(struct slice string, struct buffer *text)
{
    size_t plain = 0; /* where what needs no escape begins */

    if (!append(text, "\""))
        return false;
    for (size_t i = 0; i < string.len; i++) {
        uint8_t c = string.at[i];

        if (c >= 0x20 && c != '"' && c != '\\')
            continue;
        if (!buffer_append(text, slice_make(string.at + plain, i - plain)) ||
            !print_escaped(c, text))
            return false;
        plain = i + 1;
    }
    return buffer_append(text, slice_make(string.at + plain, string.len - plain)) &&
           append(text, "\"");
}

static bool
print_bytes(const ProtobufCBinaryData *bytes, struct buffer *text)
{
    return append(text, "\"") &&
           base64_encode(BASE64_STANDARD, slice_make(bytes->data, bytes->len), text) &&
           append(text, "\"");
}

/* An enum value that the contract does not know stands as its number. */
static bool
print_enum(const ProtobufCEnumDescriptor *type, int value, struct buffer *text)
{
    const ProtobufCEnumValue *known = protobuf_c_enum_descriptor_get_value(type, value);

    if (known == NULL)
        return buffer_printf(text, "%d", value);
    return buffer_printf(text, "\"%s\"", known->name);
}

static bool
print_value(const ProtobufCFieldDescriptor *field, const void *value, struct buffer *text)
{
    switch (field->type) {
    case PROTOBUF_C_TYPE_INT32:
    case PROTOBUF_C_TYPE_SINT32:
    case PROTOBUF_C_TYPE_SFIXED32:
        return buffer_printf(text, "%" PRId32, *(const int32_t *)value);
    case PROTOBUF_C_TYPE_UINT32:
    case PROTOBUF_C_TYPE_FIXED32:
        return buffer_printf(text, "%" PRIu32, *(const uint32_t *)value);
    case PROTOBUF_C_TYPE_INT64:
    case PROTOBUF_C_TYPE_SINT64:
    case PROTOBUF_C_TYPE_SFIXED64:
        return buffer_printf(text, "\"%" PRId64 "\"", *(const int64_t *)value);
    case PROTOBUF_C_TYPE_UINT64:
    case PROTOBUF_C_TYPE_FIXED64:
        return buffer_printf(text, "\"%" PRIu64 "\"", *(const uint64_t *)value);
    case PROTOBUF_C_TYPE_BOOL:
        return append(text, *(const protobuf_c_boolean *)value ? "true" : "false");
    case PROTOBUF_C_TYPE_ENUM:
        return print_enum(field->descriptor, *(const int *)value, text);
    case PROTOBUF_C_TYPE_STRING:
        return print_string(slice_text(*(char *const *)value), text);
    case PROTOBUF_C_TYPE_BYTES:
        return print_bytes(value, text);
    case PROTOBUF_C_TYPE_MESSAGE:
        return print_message(*(ProtobufCMessage *const *)value, text);
    case PROTOBUF_C_TYPE_FLOAT:
    case PROTOBUF_C_TYPE_DOUBLE:
        break;
    }
    panic("json: %s is a float, which no message has", field->name);
}

static bool
print_list(const ProtobufCFieldDescriptor *field, const void *list, size_t count,
           struct buffer *text)
{
    size_t size = wire_shape(field->type).size;

    if (!append(text, "["))
        return false;
    for (size_t i = 0; i < count; i++)
        if ((i > 0 && !append(text, ",")) ||
            !print_value(field, (const char *)list + i * size, text))
            return false;
    return append(text, "]");
}

/* Whether the field says more than its absence. */
static bool
is_present(const ProtobufCMessage *message, const ProtobufCFieldDescriptor *field)
{
    static const uint8_t zero[sizeof(ProtobufCBinaryData)];
    const void *member = field_member(message, field);

    if (field_is_list(field))
        return field_count(message, field) > 0;
    if (field_is_in_oneof(field) && !field_is_chosen(message, field))
        return false;
    if (field->type == PROTOBUF_C_TYPE_MESSAGE)
        return *(ProtobufCMessage *const *)member != NULL;
    if (field->type == PROTOBUF_C_TYPE_STRING && *(char *const *)member == NULL)
        return false;
    if (field_is_in_oneof(field))
        return true;
    if (field->type == PROTOBUF_C_TYPE_STRING)
        return (*(char *const *)member)[0] != '\0';
    if (field->type == PROTOBUF_C_TYPE_BYTES)
        return ((const ProtobufCBinaryData *)member)->len > 0;
    return memcmp(member, zero, wire_shape(field->type).size) != 0;
}

static bool
print_name(const char *name, struct buffer *text)
{
    if (!append(text, "\""))
        return false;
    for (char c; (c = json_name_next(&name)) != '\0';)
        if (!buffer_append_byte(text, (uint8_t)c))
            return false;
    return append(text, "\":");
}

static bool
print_field(const ProtobufCMessage *message, const ProtobufCFieldDescriptor *field,
            struct buffer *text)
{
    const void *member = field_member(message, field);

    if (!print_name(field->name, text))
        return false;
    if (field_is_list(field))
        return print_list(field, *(const void *const *)member, field_count(message, field), text);
    return print_value(field, member, text);
}

static bool
print_timestamp(const ProtobufCMessage *message, struct buffer *text)
{
    const ProtobufCFieldDescriptor *fields = message->descriptor->fields;
    const int64_t *seconds = field_member(message, &fields[0]);
    const int32_t *nanos = field_member(message, &fields[1]);
    char moment[TIMESTAMP_TEXT_SIZE];

    return timestamp_format(*seconds, *nanos, moment) && buffer_printf(text, "\"%s\"", moment);
}

static bool
print_message(const ProtobufCMessage *message, struct buffer *text)
{
    const ProtobufCMessageDescriptor *type = message->descriptor;
    const char *before = "{";

    if (json_is_timestamp(type))
        return print_timestamp(message, text);
    for (unsigned i = 0; i < type->n_fields; i++) {
        if (!is_present(message, &type->fields[i]))
            continue;
        if (!append(text, before) || !print_field(message, &type->fields[i], text))
            return false;
        before = ",";
    }
    return (*before == ',' || append(text, before)) && append(text, "}");
}

bool
wire_json_print(const ProtobufCMessage *message, struct buffer *text)
{
    return print_message(message, text);
}
