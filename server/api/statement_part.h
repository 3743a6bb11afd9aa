#pragma once

#include "core/institution.h"
#include "store/statement.h"

#include <stddef.h>

/* How much of a statement fits into one answer. */

/* Most records of a part. */
#define STATEMENT_LINES_MAX 1000

/*
 * The founding, and what registered and revoked each key of two institutions that have
 * had as many as there may be, the operator and another: one line needs no more. With
 * more a part has fewer lines.
 */
#define STATEMENT_KEY_RECORDS_MAX (1 + 2 * 2 * KEYS_MAX)

/*
 * How many of the records, from the first, an answer holds beside these key records, for
 * which one may be too large. Counted in JSON, the longest of the encodings, and with
 * proofs as long as they are in a log of 2^32 entries.
 */
size_t statement_part_lines(const struct record_list *records,
                            const struct key_history *history) MUST_USE;
