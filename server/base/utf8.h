#pragma once

#include "base/attributes.h"
#include "base/slice.h"

/*
 * Whether the bytes are UTF-8 as RFC 3629 has it: no overlong form, no
 * surrogate, nothing above U+10FFFF. NUL is valid UTF-8; who stores text in C
 * strings refuses it as well.
 */
bool utf8_is_valid(struct slice text) MUST_USE;

/* The byte order mark, U+FEFF, with which some programs begin a text in UTF-8. */
#define UTF8_MARK "\xef\xbb\xbf"
#define UTF8_MARK_LEN (sizeof(UTF8_MARK) - 1)

/* The text without the one byte order mark with which it may begin. */
struct slice utf8_without_mark(struct slice text) MUST_USE;
