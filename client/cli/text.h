#pragma once

#include "base/buffer.h"

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

/* A text's holes are {1} to {9}. */
#define TEXT_HOLES_MAX 9

/* What fills them, in their order; a hole without a string stays empty. Borrowed. */
struct fill {
    const char *strings[TEXT_HOLES_MAX];
};

#define FILL(...) ((struct fill){{__VA_ARGS__}})

/* The text with its holes filled; cut at TEXT_SIZE. Returns `filled`. */
const char *text_fill(char filled[TEXT_SIZE], bool chinese, enum text text, struct fill fill);

/*
 * Which language to speak: what was asked for ("zh" or "en"), else what the
 * locale's name begins with, else Chinese. Sets `chinese`; false for another word.
 */
bool text_choose_language(const char *asked, const char *locale, bool *chinese) MUST_USE;
