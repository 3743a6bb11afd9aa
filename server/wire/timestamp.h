#pragma once

#include "base/attributes.h"
#include "base/slice.h"

/*
 * A moment as proto3 JSON writes a google.protobuf.Timestamp: RFC 3339, in UTC
 * with a Z, and 0, 3, 6 or 9 digits of a second. Days are those of base/date.h,
 * 1900-01-01 to 2199-12-31; there is no leap second.
 */
#define TIMESTAMP_TEXT_SIZE 31 /* "2026-03-05T09:30:00.123456789Z" and its terminator */

/* Any offset from UTC is read, and 1 to 9 digits; else false. */
bool timestamp_parse(struct slice text, int64_t *seconds, int32_t *nanos) MUST_USE;

/* False where it is no moment of those days. */
bool timestamp_format(int64_t seconds, int32_t nanos, char text[TIMESTAMP_TEXT_SIZE]) MUST_USE;
