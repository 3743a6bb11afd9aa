#pragma once

#include "base/arena.h"

#include "creditbank.h"

/*
 * What a line of a statement says, for who was shown one: the kind of its item, its
 * number, and what stands in it ("course result 17/GG01, course GG01, score 85 …").
 * A statement may come from anybody, so that what it could steer a terminal with is
 * left out.
 */
const char *line_text(const Creditbank__V1__Item *item, bool chinese, struct arena *arena) MUST_USE;

/* The number of the outcome that an item records, and of the one that it corrects or revokes; NULL:
 * none. */
const char *line_recorded(const Creditbank__V1__Item *item) MUST_USE;
const char *line_changed(const Creditbank__V1__Item *item) MUST_USE;

/* The institution whose keys signed the line's entry; "" where it cannot be read. */
const char *line_signer(const Creditbank__V1__Receipt *line, const char *log_origin,
                        struct arena *arena) MUST_USE;

/* "name", "document number" …; and its value in words. */
const char *line_field_name(const Creditbank__V1__DisclosedField *field, bool chinese) MUST_USE;
const char *line_field_value(const Creditbank__V1__DisclosedField *field, bool chinese,
                             struct arena *arena) MUST_USE;

/* The text without control characters. */
const char *line_plain(const char *text, struct arena *arena) MUST_USE;
