#pragma once

#include <protobuf-c/protobuf-c.h>
#include <stdbool.h>
#include <stddef.h>

/* How the values of a type stand on the wire, and their size in memory. */
struct wire_shape {
    ProtobufCWireType wire;
    size_t size;
};

/* The type is none of float and double, which no message of ours has. */
struct wire_shape wire_shape(ProtobufCType type);

static inline bool
field_is_list(const ProtobufCFieldDescriptor *field)
{
    return field->label == PROTOBUF_C_LABEL_REPEATED;
}

static inline bool
field_is_in_oneof(const ProtobufCFieldDescriptor *field)
{
    return (field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) != 0;
}

/* Whether absence and the default value are the same, so that only absence is canonical. */
static inline bool
field_has_implicit_presence(const ProtobufCFieldDescriptor *field)
{
    return !field_is_list(field) && !field_is_in_oneof(field) &&
           field->type != PROTOBUF_C_TYPE_MESSAGE;
}

/* A member or quantifier to be set, by its offset. */
static inline void *
field_slot(ProtobufCMessage *message, size_t offset)
{
    return (char *)message + offset;
}

/* The member itself, or the pointer to the elements of a list. */
static inline const void *
field_member(const ProtobufCMessage *message, const ProtobufCFieldDescriptor *field)
{
    return (const char *)message + field->offset;
}

/* The number of elements of a list. */
static inline size_t
field_count(const ProtobufCMessage *message, const ProtobufCFieldDescriptor *field)
{
    return *(const size_t *)(const void *)((const char *)message + field->quantifier_offset);
}

/* Whether this is the member of its oneof that is set. */
static inline bool
field_is_chosen(const ProtobufCMessage *message, const ProtobufCFieldDescriptor *field)
{
    const char *chosen = (const char *)message + field->quantifier_offset;

    return *(const uint32_t *)(const void *)chosen == field->id;
}
