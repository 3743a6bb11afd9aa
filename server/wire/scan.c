/*
 * One pass over the bytes, one frame a message:
 *
 *   scan_message -> scan_field -> check_turn          may the field stand here?
 *                              -> scan_packed -+
 *                              -> scan_value <-+      is the value one of its type?
 *                                   -> scan_message
 *
 * and, as a message ends, charge_message adds what protobuf-c will allocate.
 */
#include "wire/scan.h"

#include "base/utf8.h"
#include "wire/field.h"

#include <assert.h>

#define VARINT_SIZE_MAX 10
#define KEY_SIZE_MAX 5 /* of tags and lengths, which have 32 bits */

/* What protobuf-c allocates beside the fields: its list of members, 16 of them on its stack. */
#define MEMBER_SIZE ((size_t)32)
#define MEMBERS_ON_STACK ((size_t)16)

/* The arena rounds every request up to this. */
#define ARENA_GRAIN ((size_t)16)

struct scan {
    enum wire_form form;
    const struct wire_limits *limits;
    struct wire_fault *fault;
    const uint8_t *begin;
    unsigned depth;
    size_t fields; /* so far, in all messages */
    size_t memory; /* that unpacking will take */
};

/* A message being read. */
struct frame {
    const ProtobufCMessageDescriptor *type;
    const uint8_t *at, *end;
    const uint8_t *start; /* of the field, or packed element, being read */
    struct wire_place place;
    size_t fields, unknown;
    unsigned last;                  /* index of the field before this one */
    uint32_t seen[WIRE_FIELDS_MAX]; /* how often each field, or how many elements */
};

static bool scan_message(struct scan *scan, const struct wire_place *parent,
                         const ProtobufCMessageDescriptor *type, struct slice bytes);

static size_t
offset_of(const struct scan *scan, const struct frame *frame)
{
    return (size_t)(frame->start - scan->begin);
}

static bool
refuse(const struct scan *scan, const struct frame *frame, enum reason reason)
{
    wire_refuse(scan->fault, &frame->place, reason, offset_of(scan, frame), "%s", "");
    return false;
}

static bool
refuse_limit(const struct scan *scan, const struct frame *frame, enum reason reason, size_t limit)
{
    wire_refuse(scan->fault, &frame->place, reason, offset_of(scan, frame), "%zu", limit);
    return false;
}

/* Adds one allocation to what unpacking takes. */
static bool
charge(struct scan *scan, const struct frame *frame, size_t size)
{
    size_t rounded = (size + ARENA_GRAIN - 1) / ARENA_GRAIN * ARENA_GRAIN;

    if (rounded > scan->limits->memory_max - scan->memory)
        return refuse_limit(scan, frame, REASON_MESSAGE_TOO_LARGE, scan->limits->memory_max);
    scan->memory += rounded;
    return true;
}

static bool
read_varint(const struct scan *scan, struct frame *frame, uint64_t *value)
{
    const uint8_t *at = frame->at;
    uint64_t sum = 0;

    for (unsigned shift = 0;; shift += 7) {
        if (at == frame->end)
            return refuse(scan, frame, REASON_WIRE_TRUNCATED);

        uint8_t byte = *at++;

        /* The tenth byte has room for the 64th bit alone. */
        if (shift == 63 && byte > 1)
            return refuse(scan, frame, REASON_WIRE_VARINT_TOO_LONG);
        sum |= (uint64_t)(byte & 0x7f) << shift;
        if (byte < 0x80)
            break;
    }
    if (scan->form == WIRE_CANONICAL && at - frame->at > 1 && at[-1] == 0)
        return refuse(scan, frame, REASON_WIRE_NOT_MINIMAL);
    frame->at = at;
    *value = sum;
    return true;
}

/* A length and as many bytes. */
static bool
read_bytes(const struct scan *scan, struct frame *frame, struct slice *bytes)
{
    const uint8_t *before = frame->at;
    uint64_t len;

    if (!read_varint(scan, frame, &len))
        return false;
    if (frame->at - before > KEY_SIZE_MAX)
        return refuse(scan, frame, REASON_WIRE_VARINT_TOO_LONG);
    if (len > (uint64_t)(frame->end - frame->at))
        return refuse(scan, frame, REASON_WIRE_TRUNCATED);
    *bytes = slice_make(frame->at, (size_t)len);
    frame->at += len;
    return true;
}

/* The 4 or 8 bytes of a fixed number. */
static bool
read_fixed(const struct scan *scan, struct frame *frame, size_t size, uint64_t *value)
{
    if (size > (size_t)(frame->end - frame->at))
        return refuse(scan, frame, REASON_WIRE_TRUNCATED);
    *value = 0;
    /* Enough to tell zero from the rest: that is all the scan asks of a fixed number. */
    memcpy(value, frame->at, size);
    frame->at += size;
    return true;
}

/* Whether a varint is a value of the type: what unpacking and packing gives back unchanged. */
static bool
check_number(const struct scan *scan, const struct frame *frame, uint64_t value)
{
    const ProtobufCFieldDescriptor *field = frame->place.field;
    int64_t number = (int64_t)value;
    bool fits = true;

    if (field->type == PROTOBUF_C_TYPE_BOOL)
        fits = value <= 1;
    if (field->type == PROTOBUF_C_TYPE_UINT32 || field->type == PROTOBUF_C_TYPE_SINT32)
        fits = value <= UINT32_MAX;
    if (field->type == PROTOBUF_C_TYPE_INT32 || field->type == PROTOBUF_C_TYPE_ENUM)
        fits = number >= INT32_MIN && number <= INT32_MAX;
    if (!fits)
        return refuse(scan, frame, REASON_NUMBER_OUT_OF_RANGE);
    if (field->type == PROTOBUF_C_TYPE_ENUM &&
        protobuf_c_enum_descriptor_get_value(field->descriptor, (int)number) == NULL)
        return wire_refuse(scan->fault, &frame->place, REASON_ENUM_UNKNOWN, offset_of(scan, frame),
                           "%d", (int)number);
    return true;
}

static bool
scan_number(struct scan *scan, struct frame *frame)
{
    const ProtobufCFieldDescriptor *field = frame->place.field;
    struct wire_shape shape = wire_shape(field->type);
    bool is_varint = shape.wire == PROTOBUF_C_WIRE_TYPE_VARINT;
    uint64_t value;

    if (!(is_varint ? read_varint(scan, frame, &value)
                    : read_fixed(scan, frame, shape.size, &value)))
        return false;
    if (scan->form == WIRE_LENIENT)
        return true;
    if (value == 0 && field_has_implicit_presence(field))
        return refuse(scan, frame, REASON_WIRE_DEFAULT_VALUE);

    return !is_varint || check_number(scan, frame, value);
}

static bool
scan_string(struct scan *scan, struct frame *frame, struct slice text)
{
    if (text.len > 0 && memchr(text.at, 0, text.len) != NULL)
        return refuse(scan, frame, REASON_TEXT_HAS_NUL);
    if (!utf8_is_valid(text))
        return refuse(scan, frame, REASON_TEXT_NOT_UTF8);
    return charge(scan, frame, text.len + 1);
}

static bool
scan_text_or_message(struct scan *scan, struct frame *frame)
{
    const ProtobufCFieldDescriptor *field = frame->place.field;
    struct slice bytes;

    if (!read_bytes(scan, frame, &bytes))
        return false;
    if (field->type == PROTOBUF_C_TYPE_MESSAGE)
        return scan_message(scan, &frame->place, field->descriptor, bytes);
    if (scan->form == WIRE_CANONICAL && bytes.len == 0 && field_has_implicit_presence(field))
        return refuse(scan, frame, REASON_WIRE_DEFAULT_VALUE);
    if (field->type == PROTOBUF_C_TYPE_STRING)
        return scan_string(scan, frame, bytes);
    return charge(scan, frame, bytes.len);
}

/* One value of the field, and its place in the count. */
static bool
scan_value(struct scan *scan, struct frame *frame)
{
    const ProtobufCFieldDescriptor *field = frame->place.field;
    uint32_t *seen = &frame->seen[field - frame->type->fields];

    if (field_is_list(field)) {
        if (*seen >= scan->limits->elements_max)
            return refuse_limit(scan, frame, REASON_LIST_TOO_LONG, scan->limits->elements_max);
        frame->place.index = *seen;
    }
    ++*seen;
    if (wire_shape(field->type).wire == PROTOBUF_C_WIRE_TYPE_LENGTH_PREFIXED)
        return scan_text_or_message(scan, frame);
    return scan_number(scan, frame);
}

/* Numbers back to back in one chunk. */
static bool
scan_packed(struct scan *scan, struct frame *frame)
{
    const ProtobufCFieldDescriptor *field = frame->place.field;
    const uint8_t *end = frame->end;
    struct slice chunk;

    if (scan->form == WIRE_CANONICAL && frame->seen[field - frame->type->fields] > 0)
        return refuse(scan, frame, REASON_WIRE_NOT_PACKED);
    if (!read_bytes(scan, frame, &chunk))
        return false;
    if (scan->form == WIRE_CANONICAL && chunk.len == 0)
        return refuse(scan, frame, REASON_WIRE_DEFAULT_VALUE);

    frame->at = chunk.at;
    frame->end = chunk.at + chunk.len;
    while (frame->at < frame->end) {
        frame->start = frame->at;
        /* protobuf-c takes a packed bool for one byte. */
        if (field->type == PROTOBUF_C_TYPE_BOOL && *frame->at > 1)
            return refuse(scan, frame, REASON_NUMBER_OUT_OF_RANGE);
        if (!scan_value(scan, frame))
            return false;
    }
    frame->end = end;
    return true;
}

/* Whether another member of the oneof that `field` belongs to was there. */
static bool
oneof_is_set(const struct frame *frame, const ProtobufCFieldDescriptor *field)
{
    const ProtobufCFieldDescriptor *fields = frame->type->fields;

    for (unsigned i = 0; i < frame->type->n_fields; i++)
        if (frame->seen[i] > 0 && &fields[i] != field && field_is_in_oneof(&fields[i]) &&
            fields[i].quantifier_offset == field->quantifier_offset)
            return true;
    return false;
}

/* Whether the field may stand after those before it. */
static bool
check_turn(struct scan *scan, const struct frame *frame)
{
    const ProtobufCFieldDescriptor *field = frame->place.field;
    bool again = frame->seen[field - frame->type->fields] > 0 && !field_is_list(field);

    if (again && (scan->form == WIRE_CANONICAL || field->type == PROTOBUF_C_TYPE_MESSAGE))
        return refuse(scan, frame, REASON_FIELD_TWICE);
    if (scan->form == WIRE_LENIENT)
        return true;
    if (frame->fields > 1 && field < &frame->type->fields[frame->last])
        return refuse(scan, frame, REASON_WIRE_OUT_OF_ORDER);
    if (field_is_in_oneof(field) && oneof_is_set(frame, field))
        return refuse(scan, frame, REASON_ONEOF_TWICE);
    return true;
}

static bool
scan_known(struct scan *scan, struct frame *frame, unsigned wire)
{
    const ProtobufCFieldDescriptor *field = frame->place.field;
    unsigned plain = wire_shape(field->type).wire;
    bool packed = (field->flags & PROTOBUF_C_FIELD_FLAG_PACKED) != 0;

    if (!check_turn(scan, frame))
        return false;
    frame->last = (unsigned)(field - frame->type->fields);
    if (wire == plain && packed && scan->form == WIRE_CANONICAL)
        return refuse(scan, frame, REASON_WIRE_NOT_PACKED);
    if (wire == plain)
        return scan_value(scan, frame);
    if (field_is_list(field) && wire == PROTOBUF_C_WIRE_TYPE_LENGTH_PREFIXED)
        return scan_packed(scan, frame);
    return refuse(scan, frame, REASON_WIRE_TYPE_WRONG);
}

static bool
skip_unknown(struct scan *scan, struct frame *frame, unsigned wire)
{
    const uint8_t *value = frame->at;
    struct slice bytes;
    uint64_t number;
    bool ok;

    if (scan->form == WIRE_CANONICAL)
        return refuse(scan, frame, REASON_FIELD_UNKNOWN);
    frame->unknown++;
    if (wire == PROTOBUF_C_WIRE_TYPE_VARINT)
        ok = read_varint(scan, frame, &number);
    else if (wire == PROTOBUF_C_WIRE_TYPE_LENGTH_PREFIXED)
        ok = read_bytes(scan, frame, &bytes);
    else
        ok = read_fixed(scan, frame, wire == PROTOBUF_C_WIRE_TYPE_64BIT ? 8 : 4, &number);
    return ok && charge(scan, frame, (size_t)(frame->at - value));
}

static const ProtobufCFieldDescriptor *
find_field(const struct frame *frame, uint32_t id)
{
    const ProtobufCMessageDescriptor *type = frame->type;

    /* Senders write fields in order: it is the last one again, or the one after it. */
    for (unsigned i = frame->last; i < type->n_fields && i <= frame->last + 1; i++)
        if (type->fields[i].id == id)
            return &type->fields[i];
    return protobuf_c_message_descriptor_get_field(type, id);
}

static bool
scan_field(struct scan *scan, struct frame *frame)
{
    uint64_t key;

    frame->start = frame->at;
    frame->place.field = NULL;
    frame->place.index = WIRE_NO_INDEX;
    if (scan->fields >= scan->limits->fields_max)
        return refuse_limit(scan, frame, REASON_MESSAGE_TOO_MANY_FIELDS, scan->limits->fields_max);
    scan->fields++;
    frame->fields++;
    if (!read_varint(scan, frame, &key))
        return false;

    unsigned wire = key & 7;
    bool is_wire =
        wire <= PROTOBUF_C_WIRE_TYPE_LENGTH_PREFIXED || wire == PROTOBUF_C_WIRE_TYPE_32BIT;

    if (frame->at - frame->start > KEY_SIZE_MAX || key > UINT32_MAX || key >> 3 == 0 || !is_wire)
        return refuse(scan, frame, REASON_WIRE_TAG_INVALID);
    frame->place.field = find_field(frame, (uint32_t)(key >> 3));
    if (frame->place.field == NULL)
        return skip_unknown(scan, frame, wire);
    return scan_known(scan, frame, wire);
}

/* What protobuf-c allocates for the message itself, its lists and its bookkeeping. */
static bool
charge_message(struct scan *scan, const struct frame *frame)
{
    if (!charge(scan, frame, frame->type->sizeof_message))
        return false;
    /* Each further list of members is twice as long as the one before. */
    for (size_t room = MEMBERS_ON_STACK, all = room; all < frame->fields; all += room) {
        room *= 2;
        if (!charge(scan, frame, room * MEMBER_SIZE))
            return false;
    }
    for (unsigned i = 0; i < frame->type->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &frame->type->fields[i];

        if (field_is_list(field) &&
            !charge(scan, frame, frame->seen[i] * wire_shape(field->type).size))
            return false;
    }
    return charge(scan, frame, frame->unknown * sizeof(ProtobufCMessageUnknownField));
}

static bool
scan_message(struct scan *scan, const struct wire_place *parent,
             const ProtobufCMessageDescriptor *type, struct slice bytes)
{
    struct frame frame = {
        .type = type,
        .at = bytes.at,
        .end = bytes.at + bytes.len,
        .start = bytes.at,
        .place = {.parent = parent, .index = WIRE_NO_INDEX},
    };

    assert(type->n_fields <= WIRE_FIELDS_MAX);
    if (scan->depth >= scan->limits->depth_max)
        return refuse_limit(scan, &frame, REASON_MESSAGE_TOO_DEEP, scan->limits->depth_max);
    scan->depth++;
    while (frame.at < frame.end)
        if (!scan_field(scan, &frame))
            return false;
    scan->depth--;
    frame.place.field = NULL;
    return charge_message(scan, &frame);
}

bool
wire_scan(const ProtobufCMessageDescriptor *type, struct slice bytes, enum wire_form form,
          const struct wire_limits *limits, struct wire_fault *fault)
{
    static const uint8_t nothing[1];
    struct scan scan = {
        .form = form,
        .limits = limits,
        .fault = fault,
        .begin = bytes.at != NULL ? bytes.at : nothing,
    };

    assert(limits->depth_max <= WIRE_DEPTH_MAX);
    return scan_message(&scan, NULL, type, slice_make(scan.begin, bytes.len));
}
