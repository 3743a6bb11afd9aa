#include "text.h"

#include <stdio.h>
#include <string.h>

#define HOLES_MAX 9

static const struct words texts[] = {
#define TEXT(name, zh, en) [TEXT_##name] = {zh, en},
#include "texts.inc"
#undef TEXT
};

const char *
words_in(const struct words *words, bool chinese)
{
    return chinese ? words->zh : words->en;
}

const char *
text_in(enum text text, bool chinese)
{
    return words_in(&texts[text], chinese);
}

const char *
text_fill_v(char filled[TEXT_SIZE], bool chinese, enum text text, va_list args)
{
    const char *given[HOLES_MAX] = {0};
    size_t count = 0, len = 0;
    const char *next;

    while (count < HOLES_MAX && (next = va_arg(args, const char *)) != NULL)
        given[count++] = next;
    for (const char *at = text_in(text, chinese); *at != '\0' && len + 1 < TEXT_SIZE;) {
        if (at[0] != '{' || at[1] < '1' || at[1] > '9' || at[2] != '}') {
            filled[len++] = *at++;
            continue;
        }

        const char *with = given[at[1] - '1'];
        int more = snprintf(filled + len, TEXT_SIZE - len, "%s", with != NULL ? with : "");

        len = len + (size_t)more < TEXT_SIZE ? len + (size_t)more : TEXT_SIZE - 1;
        at += 3;
    }
    filled[len] = '\0';
    return filled;
}

const char *
text_fill(char filled[TEXT_SIZE], bool chinese, enum text text, ...)
{
    va_list args;

    va_start(args, text);
    text_fill_v(filled, chinese, text, args);
    va_end(args);
    return filled;
}

static bool
begins(const char *text, const char *with)
{
    return strncmp(text, with, strlen(with)) == 0;
}

bool
text_choose_language(const char *asked, const char *locale, bool *chinese)
{
    if (asked != NULL) {
        *chinese = strcmp(asked, "zh") == 0;
        return *chinese || strcmp(asked, "en") == 0;
    }
    *chinese = locale == NULL || locale[0] == '\0' || begins(locale, "zh") ||
               strcmp(locale, "POSIX") == 0 || strcmp(locale, "C") == 0 || begins(locale, "C.");
    return true;
}
