#pragma once

#include "base/slice.h"
#include "wire/fault.h"

/*
 * Reads protobuf bytes without unpacking them, and says whether they may be
 * unpacked. protobuf-c itself neither bounds depth and memory nor looks into
 * strings; nothing reaches it that did not pass here.
 *
 * Both forms: well formed, fields of the wire type that the contract gives
 * them (repeated numbers packed or not), strings of valid UTF-8 without NUL,
 * no groups, no message field twice (protobuf-c would merge them), within limits.
 *
 * WIRE_LENIENT, for requests: unknown fields are skipped, counted and kept.
 *
 * WIRE_CANONICAL, for what is signed: exactly the bytes that
 * protobuf_c_message_pack makes of the value. Fields in ascending order, each
 * varint minimal, no unknown field, no field with a default value unless it is
 * a message or in a oneof, no singular field twice, one member of a oneof,
 * repeated numbers packed in one chunk, numbers in range, enum values known.
 *
 * Message types have no float, double, map, group or proto2 field, and at most
 * WIRE_FIELDS_MAX fields.
 */
enum wire_form { WIRE_LENIENT, WIRE_CANONICAL };

#define WIRE_FIELDS_MAX 128

bool wire_scan(const ProtobufCMessageDescriptor *type, struct slice bytes, enum wire_form form,
               const struct wire_limits *limits, struct wire_fault *fault) MUST_USE;
