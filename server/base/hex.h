#pragma once

#include "base/attributes.h"
#include "base/slice.h"

/* Lower-case hexadecimal with a terminator; `text` has room for 2 * len + 1. */
const char *hex_format(struct slice bytes, char *text);

/* Exactly 2 * len lower-case digits, else false. */
bool hex_parse(struct slice text, uint8_t *bytes, size_t len) MUST_USE;
