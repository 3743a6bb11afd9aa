#pragma once

#include "base/arena.h"

#include <protobuf-c/protobuf-c.h>

/* The values of the contract's enums as people read and write them. */

/* In the language asked for; the name in the contract where there is no label; "" for unspecified.
 */
const char *label_text(const ProtobufCEnumDescriptor *type, int value, bool chinese);

/*
 * The words for a name: an item of the contract ("certificate_awarded": 证书), a
 * method ("AccountService/GetAccount"), a kind or state of an import. Another name
 * stays as it is.
 */
const char *label_name(const char *name, bool chinese);

/*
 * The value that was meant: the last part of its name ("school", "mark-reviewed",
 * any case, hyphen or underscore), its label in either language, or another word that
 * people have for it. Never unspecified.
 */
bool label_parse(const ProtobufCEnumDescriptor *type, const char *text, int *value) MUST_USE;

/* "operator, regulator, school, issuer" */
const char *label_choices(const ProtobufCEnumDescriptor *type, struct arena *arena) MUST_USE;

/* The same as a spreadsheet has them: "理论, 实践", or their labels in English. */
const char *label_cells(const ProtobufCEnumDescriptor *type, bool chinese,
                        struct arena *arena) MUST_USE;
