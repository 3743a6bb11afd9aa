#pragma once

#include "base/arena.h"

#include <protobuf-c/protobuf-c.h>

/*
 * Fields of messages, by their names in the contract, from and to the words that
 * people write:
 *
 *   centi…        "85.5" for 8550; also step_centi… and the like
 *   centiscore    where its scheme stands beside it, printed in the scheme's words: 优
 *   Date          2026-03-05, 2026/3/5, 20260305
 *   Timestamp     2026-03-05 10:00:00 in Shanghai (printed only)
 *   enum          the last part of its name, in small letters: "school", "mark-reviewed"
 *   repeated      its elements with commas between them
 *   bytes         hexadecimal, small letters
 *   bool          yes, no (是, 否)
 *
 * A path leads into messages: "entry.entry_index".
 */

/* A new message of the type, in the arena, all default. */
ProtobufCMessage *fields_new(const ProtobufCMessageDescriptor *type, struct arena *arena) MUST_USE;

/*
 * Sets the field, making the messages on its way. NULL, or what was expected, in
 * a word of the contract ("date", "number 0 to 100", an enum's values).
 */
const char *fields_set(ProtobufCMessage *message, const char *path, const char *text,
                       struct arena *arena) MUST_USE;

/* Puts a message into the field of a message type, or of a oneof. */
void fields_set_message(ProtobufCMessage *message, const char *name, ProtobufCMessage *part);

/* The field as people read it; "" where it is absent. */
const char *fields_text(const ProtobufCMessage *message, const char *path, bool chinese,
                        struct arena *arena) MUST_USE;

/* The message in a field; NULL where there is none, or where it is a value that has a text. */
const ProtobufCMessage *fields_part(const ProtobufCMessage *message, const char *name) MUST_USE;

/* The messages of a repeated field. */
struct message_list {
    size_t count;
    ProtobufCMessage *const *messages;
};

struct message_list fields_list(const ProtobufCMessage *message, const char *name) MUST_USE;

/* Puts messages into a repeated field, which borrows them. */
void fields_set_list(ProtobufCMessage *message, const char *name, ProtobufCMessage **messages,
                     size_t count);

/* A decimal number of at most two places as hundredths; false for anything else. */
bool fields_parse_centi(const char *text, int64_t *hundredths) MUST_USE;

/* Hundredths as a decimal number without trailing zeros. */
const char *fields_format_centi(int64_t hundredths, struct arena *arena) MUST_USE;
