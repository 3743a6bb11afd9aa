#include "base/reason.h"

#include <stdio.h>
#include <string.h>

static const struct reason_text texts[] = {
    [REASON_NONE] = {.code = "", .zh = "", .en = "", .advice_zh = "", .advice_en = ""},
#include "reason_texts.inc"
};

const struct reason_text *
reason_text(enum reason reason)
{
    return &texts[reason];
}

enum reason
reason_from_code(const char *code)
{
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        if (strcmp(texts[i].code, code) == 0)
            return (enum reason)i;
    return REASON_NONE;
}

const char *
reason_sentence(enum reason reason, const char *detail, bool chinese, char *text, size_t size)
{
    const char *sentence = chinese ? texts[reason].zh : texts[reason].en;
    const char *hole = strstr(sentence, "{}");

    if (hole == NULL)
        snprintf(text, size, "%s", sentence);
    else
        snprintf(text, size, "%.*s%s%s", (int)(hole - sentence), sentence, detail, hole + 2);
    return text;
}
