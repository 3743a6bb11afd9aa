#pragma once

#include "base/attributes.h"
#include "base/slice.h"

/*
 * The rows that a statement gave. Columns count from 0. A value read as a type
 * that its column does not have, a NULL not asked for with row_is_null(), or a
 * row or column that is not there is our bug and ends the process. sum() of
 * int8 is numeric: cast it to int8 in the statement.
 */
struct db_result;

size_t row_count(const struct db_result *result) MUST_USE;

/* How many rows an INSERT, UPDATE or DELETE touched. */
size_t row_affected(const struct db_result *result) MUST_USE;

bool row_is_null(const struct db_result *result, size_t row, int column) MUST_USE;
bool row_bool(const struct db_result *result, size_t row, int column) MUST_USE;
int32_t row_int32(const struct db_result *result, size_t row, int column) MUST_USE; /* int2, int4 */
int64_t row_int64(const struct db_result *result, size_t row, int column) MUST_USE; /* and int8 */

/* A text or bytea; borrowed from the result, so copied by whoever keeps it. */
struct slice row_slice(const struct db_result *result, size_t row, int column) MUST_USE;
