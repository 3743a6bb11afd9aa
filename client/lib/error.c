#include "error.h"

#include <stdarg.h>
#include <stdio.h>

bool
error_set(struct creditbank_error *error, enum reason reason, const char *detail, ...)
{
    va_list args;

    error->code = reason_text(reason)->code;
    va_start(args, detail);
    vsnprintf(error->detail, sizeof(error->detail), detail, args);
    va_end(args);
    return false;
}

bool
error_set_fault(struct creditbank_error *error, enum reason reason, const struct wire_fault *fault)
{
    char sentence[256];

    reason_sentence(fault->reason, fault->detail, false, sentence, sizeof(sentence));
    return error_set(error, reason, "%s%s%s", fault->path, fault->path[0] != '\0' ? ": " : "",
                     sentence);
}

const char *
creditbank_error_sentence(const struct creditbank_error *error, bool chinese, char *text,
                          size_t size)
{
    return reason_sentence(reason_from_code(error->code), error->detail, chinese, text, size);
}

const char *
creditbank_error_advice(const struct creditbank_error *error, bool chinese)
{
    const struct reason_text *row = reason_text(reason_from_code(error->code));

    return chinese ? row->advice_zh : row->advice_en;
}
