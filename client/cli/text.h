#pragma once

#include "base/buffer.h"

#include <stdarg.h>

/* A text in both languages. */
struct words {
    const char *zh, *en;
};

/* The texts that commands print, all in texts.inc. */
enum text {
#define TEXT(name, zh, en) TEXT_##name,
#include "texts.inc"
#undef TEXT
    TEXT_COUNT,
};

/* Most bytes of a text with its holes filled. */
#define TEXT_SIZE 1024

/* The words in the chosen language. */
const char *words_in(const struct words *words, bool chinese);

/* The text as it stands, its holes open. */
const char *text_in(enum text text, bool chinese);

/*
 * The text with its holes, {1} to {9}, filled by the strings that follow, the
 * last of which is NULL. A hole without a string stays empty.
 */
const char *text_fill(char filled[TEXT_SIZE], bool chinese, enum text text, ...)
    __attribute__((sentinel));
const char *text_fill_v(char filled[TEXT_SIZE], bool chinese, enum text text, va_list args);

/*
 * Which language to speak: what was asked for ("zh" or "en"), else what the
 * locale's name begins with, else Chinese. Sets `chinese`; false for another word.
 */
bool text_choose_language(const char *asked, const char *locale, bool *chinese) MUST_USE;
