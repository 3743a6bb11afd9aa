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

/* The words for a value, or the value as it is. */
static const char *
in_words(enum reason reason, const char *detail, bool chinese)
{
    static const struct {
        enum reason reason;
        const char *detail, *zh, *en;
    } words[] = {
#include "reason_words.inc"
    };

    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        if (words[i].reason == reason && strcmp(words[i].detail, detail) == 0)
            return chinese ? words[i].zh : words[i].en;
    return detail;
}

/* How much of the sentence stands before its hole when that and all after it is nothing. */
static size_t
len_without_lead(const char *sentence, size_t len)
{
    static const char *const leads[] = {" ", ":", "：", NULL};

    for (size_t i = 0; leads[i] != NULL; i++) {
        size_t lead = strlen(leads[i]);

        if (len >= lead && memcmp(sentence + len - lead, leads[i], lead) == 0)
            len -= lead;
    }
    return len;
}

const char *
reason_sentence(enum reason reason, const char *detail, bool chinese, char *text, size_t size)
{
    const char *sentence = chinese ? texts[reason].zh : texts[reason].en;
    const char *hole = strstr(sentence, "{}");

    if (hole == NULL) {
        snprintf(text, size, "%s", sentence);
        return text;
    }

    size_t before = (size_t)(hole - sentence);

    if (detail[0] == '\0' && hole[2] == '\0')
        before = len_without_lead(sentence, before);
    snprintf(text, size, "%.*s%s%s", (int)before, sentence, in_words(reason, detail, chinese),
             hole + 2);
    return text;
}
