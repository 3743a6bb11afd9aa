#include "error.h"

#include "why.h"

#include <stdarg.h>
#include <stdio.h>

/* What does not fit is cut. */
static PRINTF(2, 3) void set_text(char text[CREDITBANK_DETAIL_SIZE], const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    vsnprintf(text, CREDITBANK_DETAIL_SIZE, fmt, args);
    va_end(args);
}

bool
error_set(struct creditbank_error *error, enum reason reason, const char *detail, ...)
{
    va_list args;

    error->code = reason_text(reason)->code;
    error->detail_zh[0] = '\0';
    va_start(args, detail);
    vsnprintf(error->detail, sizeof(error->detail), detail, args);
    va_end(args);
    return false;
}

/* The cause in Chinese, or as it is, in brackets. */
static void
set_chinese(struct creditbank_error *error, const char *about, const char *why)
{
    const char *zh = why_in_chinese(why);

    if (zh != NULL)
        set_text(error->detail_zh, "%s%s%s", about, about[0] != '\0' ? "：" : "", zh);
    else
        set_text(error->detail_zh, "%s（%s）", about, why);
}

bool
error_set_why(struct creditbank_error *error, enum reason reason, const char *about,
              const char *why)
{
    (void)error_set(error, reason, "%s%s%s", about, about[0] != '\0' ? ": " : "", why);
    set_chinese(error, about, why);
    return false;
}

bool
error_set_words(struct creditbank_error *error, enum reason reason, const char *zh, const char *en)
{
    (void)error_set(error, reason, "%s", en);
    set_text(error->detail_zh, "%s", zh);
    return false;
}

bool
error_set_fault(struct creditbank_error *error, enum reason reason, const struct wire_fault *fault)
{
    char sentence[256];
    const char *colon = fault->path[0] != '\0' ? ": " : "";

    reason_sentence(fault->reason, fault->detail, false, sentence, sizeof(sentence));
    (void)error_set(error, reason, "%s%s%s", fault->path, colon, sentence);
    reason_sentence(fault->reason, fault->detail, true, sentence, sizeof(sentence));
    set_text(error->detail_zh, "%s%s%s", fault->path, colon, sentence);
    return false;
}

const char *
creditbank_error_sentence(const struct creditbank_error *error, bool chinese, char *text,
                          size_t size)
{
    const char *detail = chinese && error->detail_zh[0] != '\0' ? error->detail_zh : error->detail;

    return reason_sentence(reason_from_code(error->code), detail, chinese, text, size);
}

const char *
creditbank_error_advice(const struct creditbank_error *error, bool chinese)
{
    const struct reason_text *row = reason_text(reason_from_code(error->code));

    return chinese ? row->advice_zh : row->advice_en;
}
