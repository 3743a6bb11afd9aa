#pragma once

#include "core/context.h"

/*
 * Checks of single fields. Each refuses the item at hand where the rule does
 * not hold and says whether it did.
 */

/* 1 (or 0, where it is optional) to `max` bytes. */
bool check_text(struct context *context, const char *field, struct slice text, size_t max);
bool check_optional_text(struct context *context, const char *field, struct slice text, size_t max);

/* What the characters of an identifier may be. */
enum id_form {
    ID_INSTITUTION, /* a-z 0-9 -, a letter first, 2 to 32 */
    ID_LOCAL,       /* A-Z a-z 0-9 - ., 1 to 32: programmes, courses, rulebooks */
    ID_CATALOGUE,   /* A-Z a-z 0-9 -, 1 to 40: certificates and their families */
    ID_STUDENT,     /* A-Z a-z 0-9 -, 1 to 32 */
    ID_OUTER,       /* printable ASCII without blanks, 1 to 64 */
    ID_DIGITS_6,    /* majors, regions */
    ID_DIGITS_10,   /* schools */
    ID_APPLICATION, /* 16 characters of Crockford's base 32 */
};
bool check_id(struct context *context, const char *field, struct slice id, enum id_form form);

bool check_range(struct context *context, const char *field, int64_t value, int64_t min,
                 int64_t max);

/* Refuses for an amount that is not this one, hundredths; the sentence says it in whole units. */
void refuse_amount(struct context *context, const char *field, enum reason reason,
                   int64_t hundredths);

/* Neither after the day of booking nor before 1949-10-01. */
bool check_past_date(struct context *context, const char *field, int32_t date);

/* `last` is DATE_OPEN or not before `first`. */
bool check_period(struct context *context, const char *field, int32_t first, int32_t last);

/* Ascending, so each once. */
bool check_ascending(struct context *context, const char *field, const struct text_list *texts);

/* 32 bytes. */
bool check_hash(struct context *context, const char *field, struct slice bytes);

/* A score as its scheme writes it. */
bool check_score(struct context *context, enum grading_scheme scheme, int64_t centiscore);
