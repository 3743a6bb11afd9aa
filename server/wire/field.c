#include "wire/field.h"

#include "base/attributes.h"

#include <assert.h>

struct wire_shape
wire_shape(ProtobufCType type)
{
    static const struct wire_shape shapes[] = {
        [PROTOBUF_C_TYPE_INT32] = {PROTOBUF_C_WIRE_TYPE_VARINT, 4},
        [PROTOBUF_C_TYPE_SINT32] = {PROTOBUF_C_WIRE_TYPE_VARINT, 4},
        [PROTOBUF_C_TYPE_SFIXED32] = {PROTOBUF_C_WIRE_TYPE_32BIT, 4},
        [PROTOBUF_C_TYPE_INT64] = {PROTOBUF_C_WIRE_TYPE_VARINT, 8},
        [PROTOBUF_C_TYPE_SINT64] = {PROTOBUF_C_WIRE_TYPE_VARINT, 8},
        [PROTOBUF_C_TYPE_SFIXED64] = {PROTOBUF_C_WIRE_TYPE_64BIT, 8},
        [PROTOBUF_C_TYPE_UINT32] = {PROTOBUF_C_WIRE_TYPE_VARINT, 4},
        [PROTOBUF_C_TYPE_FIXED32] = {PROTOBUF_C_WIRE_TYPE_32BIT, 4},
        [PROTOBUF_C_TYPE_UINT64] = {PROTOBUF_C_WIRE_TYPE_VARINT, 8},
        [PROTOBUF_C_TYPE_FIXED64] = {PROTOBUF_C_WIRE_TYPE_64BIT, 8},
        [PROTOBUF_C_TYPE_BOOL] = {PROTOBUF_C_WIRE_TYPE_VARINT, sizeof(protobuf_c_boolean)},
        [PROTOBUF_C_TYPE_ENUM] = {PROTOBUF_C_WIRE_TYPE_VARINT, 4},
        [PROTOBUF_C_TYPE_STRING] = {PROTOBUF_C_WIRE_TYPE_LENGTH_PREFIXED, sizeof(char *)},
        [PROTOBUF_C_TYPE_BYTES] = {PROTOBUF_C_WIRE_TYPE_LENGTH_PREFIXED,
                                   sizeof(ProtobufCBinaryData)},
        [PROTOBUF_C_TYPE_MESSAGE] = {PROTOBUF_C_WIRE_TYPE_LENGTH_PREFIXED, sizeof(void *)},
    };

    assert((size_t)type < ARRAY_COUNT(shapes));
    assert(shapes[type].size > 0);
    return shapes[type];
}
