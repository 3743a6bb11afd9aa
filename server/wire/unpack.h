#pragma once

#include "base/arena.h"
#include "wire/scan.h"

/*
 * The message that the bytes are, scanned first; it lives as long as the arena
 * and is never freed by protobuf-c. NULL, and a fault, where wire_scan refuses
 * or the arena's budget does not suffice.
 */
ProtobufCMessage *wire_unpack(const ProtobufCMessageDescriptor *type, struct slice bytes,
                              struct arena *arena, enum wire_form form,
                              const struct wire_limits *limits, struct wire_fault *fault) MUST_USE;

/* The canonical bytes of a message that holds no unknown field. */
struct slice wire_pack(const ProtobufCMessage *message, struct arena *arena) MUST_USE;
