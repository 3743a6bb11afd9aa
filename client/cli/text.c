#include "text.h"

#include <stdio.h>
#include <string.h>

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
text_fill(char filled[TEXT_SIZE], bool chinese, enum text text, struct fill fill)
{
    size_t len = 0;

    for (const char *at = text_in(text, chinese); *at != '\0' && len + 1 < TEXT_SIZE;) {
        if (at[0] != '{' || at[1] < '1' || at[1] > '9' || at[2] != '}') {
            filled[len++] = *at++;
            continue;
        }

        const char *with = fill.strings[at[1] - '1'];
        int more = snprintf(filled + len, TEXT_SIZE - len, "%s", with != NULL ? with : "");

        len = len + (size_t)more < TEXT_SIZE ? len + (size_t)more : TEXT_SIZE - 1;
        at += 3;
    }
    filled[len] = '\0';
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
    bool known = asked != NULL && (strcmp(asked, "zh") == 0 || strcmp(asked, "en") == 0);

    if (known) {
        *chinese = strcmp(asked, "zh") == 0;
        return true;
    }
    *chinese = locale == NULL || locale[0] == '\0' || begins(locale, "zh") ||
               strcmp(locale, "POSIX") == 0 || strcmp(locale, "C") == 0 || begins(locale, "C.");
    return asked == NULL;
}
