#pragma once

#include "base/attributes.h"
#include "base/slice.h"

/* Small readers that the text formats of C2SP share. */

/* Takes the next line, without its newline, off `rest`; false if no newline is left. */
bool text_next_line(struct slice *rest, struct slice *line) MUST_USE;

/* What follows `start` at the beginning of `text`; false if it begins otherwise. */
bool text_after(struct slice text, const char *start, struct slice *after) MUST_USE;

/* ASCII decimal without leading zeros (0 is "0"), up to INT64_MAX, else false. */
bool text_parse_decimal(struct slice text, uint64_t *number) MUST_USE;
