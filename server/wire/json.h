#pragma once

#include "base/arena.h"
#include "base/buffer.h"
#include "wire/fault.h"

/*
 * Messages as the JSON that the proto3 specification maps them to, by their
 * descriptors alone. Message types are as wire/scan.h says: no float or map.
 *
 * Printed: names in lowerCamelCase, 64-bit numbers as strings, enums by name,
 * bytes in standard base64 with padding, google.protobuf.Timestamp as RFC 3339
 * in UTC; what has its default value is left out, and so are unknown fields.
 * Text is UTF-8 as it stands.
 *
 * Parsed: these, and names as in the contract, numbers as strings or numbers,
 * enums by number, base64 standard or URL-safe with padding or without, times
 * with an offset; null is absence. Stricter than the specification in four things, so that nothing
 * is guessed: a number has no point and no exponent, 64-bit numbers above 2^63
 * stand in strings, an enum value is a known one, a time is of 1900 to 2199.
 * Refused: unknown and duplicate keys, two fields of a oneof, null in a list,
 * NUL and lone surrogates in text, anything after the object.
 */

/* The message, living as long as the arena; NULL and a fault, its path and detail filled. */
ProtobufCMessage *wire_json_parse(const ProtobufCMessageDescriptor *type, struct slice text,
                                  struct arena *arena, const struct wire_limits *limits,
                                  struct wire_fault *fault) MUST_USE;

/* Appends the message; false beyond the buffer's limit, or if a time is not of 1900 to 2199. */
bool wire_json_print(const ProtobufCMessage *message, struct buffer *text) MUST_USE;
