#pragma once

#include "base/status.h"

/* The stable reason codes: REASON_NONE, then one enum member a row of docs/errors.md. */
#include "reason_codes.h"

/* A row of docs/errors.md. `{}` in a sentence stands for the refusal's detail. */
struct reason_text {
    const char *code; /* "OUTCOME_USED" */
    enum status status;
    const char *zh, *en;
    const char *advice_zh, *advice_en;
};

const struct reason_text *reason_text(enum reason reason);

/* The reason of that code; REASON_NONE where there is none. */
enum reason reason_from_code(const char *code);

/*
 * The sentence with its {} filled, in Chinese or English; cut at `size`. The detail is
 * said in words where docs/errors.md has them. Without a detail, "" here, a sentence
 * that ends in the {} ends before it, and before the colon that leads to it.
 */
const char *reason_sentence(enum reason reason, const char *detail, bool chinese, char *text,
                            size_t size);
