#include "core/check.h"

#include <assert.h>

#define DATE_FOUNDING_OF_PRC (-7397) /* 1949-10-01 */

bool
check_text(struct context *context, const char *field, struct slice text, size_t max)
{
    if (text.len == 0) {
        refuse(context, field, REASON_FIELD_REQUIRED, "%s", field);
        return false;
    }
    return check_optional_text(context, field, text, max);
}

bool
check_optional_text(struct context *context, const char *field, struct slice text, size_t max)
{
    if (text.len <= max)
        return true;
    refuse(context, field, REASON_FIELD_TOO_LONG, "%zu > %zu", text.len, max);
    return false;
}

/* The characters of a form, and how many there may be. */
struct id_rule {
    const char *characters;
    size_t min, max;
};

#define LOWER "abcdefghijklmnopqrstuvwxyz"
#define UPPER "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS "0123456789"

static const struct id_rule id_rules[] = {
    [ID_INSTITUTION] = {LOWER DIGITS "-", 2, 32},
    [ID_LOCAL] = {LOWER UPPER DIGITS "-.", 1, 32},
    [ID_CATALOGUE] = {LOWER UPPER DIGITS "-", 1, 40},
    [ID_STUDENT] = {LOWER UPPER DIGITS "-", 1, 32},
    [ID_OUTER] = {LOWER UPPER DIGITS "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~", 1, 64},
    [ID_DIGITS_6] = {DIGITS, 6, 6},
    [ID_DIGITS_10] = {DIGITS, 10, 10},
    [ID_APPLICATION] = {DIGITS "ABCDEFGHJKMNPQRSTVWXYZ", 16, 16},
};

bool
check_id(struct context *context, const char *field, struct slice id, enum id_form form)
{
    const struct id_rule *rule = &id_rules[form];

    if (id.len == 0) {
        refuse(context, field, REASON_FIELD_REQUIRED, "%s", field);
        return false;
    }
    if (id.len < rule->min || id.len > rule->max) {
        refuse(context, field, REASON_FIELD_LENGTH, "%zu, %zu–%zu", id.len, rule->min, rule->max);
        return false;
    }
    for (size_t i = 0; i < id.len; i++) {
        if (id.at[i] == '\0' || strchr(rule->characters, id.at[i]) == NULL) {
            refuse(context, field, REASON_FIELD_CHARACTERS, "%s", rule->characters);
            return false;
        }
    }
    if (form == ID_INSTITUTION && (id.at[0] < 'a' || id.at[0] > 'z')) {
        refuse(context, field, REASON_FIELD_CHARACTERS, "%s", LOWER);
        return false;
    }
    return true;
}

bool
check_range(struct context *context, const char *field, int64_t value, int64_t min, int64_t max)
{
    if (value >= min && value <= max)
        return true;
    refuse(context, field, REASON_FIELD_RANGE, "%lld, %lld–%lld", (long long)value, (long long)min,
           (long long)max);
    return false;
}

void
refuse_amount(struct context *context, const char *field, enum reason reason, int64_t hundredths)
{
    long long whole = (long long)(hundredths / 100);
    int rest = (int)(hundredths % 100);

    assert(hundredths >= 0);
    if (rest == 0)
        refuse(context, field, reason, "%lld", whole);
    else if (rest % 10 == 0)
        refuse(context, field, reason, "%lld.%d", whole, rest / 10);
    else
        refuse(context, field, reason, "%lld.%02d", whole, rest);
}

bool
check_past_date(struct context *context, const char *field, int32_t date)
{
    char text[DATE_TEXT_SIZE];

    if (date > context->today) {
        refuse(context, field, REASON_DATE_IN_FUTURE, "%s", date_format(date, text));
        return false;
    }
    if (date < DATE_FOUNDING_OF_PRC) {
        refuse(context, field, REASON_DATE_TOO_EARLY, "%s", date_format(date, text));
        return false;
    }
    return true;
}

bool
check_period(struct context *context, const char *field, int32_t first, int32_t last)
{
    char text[DATE_TEXT_SIZE];

    if (last >= first)
        return true;
    refuse(context, field, REASON_DATE_ORDER, "%s", date_format(last, text));
    return false;
}

bool
check_ascending(struct context *context, const char *field, const struct text_list *texts)
{
    for (size_t i = 1; i < texts->count; i++) {
        if (slice_compare(texts->texts[i - 1], texts->texts[i]) >= 0) {
            refuse(context, field, REASON_FIELD_ORDER, "%.*s", (int)texts->texts[i].len,
                   (const char *)texts->texts[i].at);
            return false;
        }
    }
    return true;
}

bool
check_hash(struct context *context, const char *field, struct slice bytes)
{
    if (bytes.len == HASH_SIZE)
        return true;
    refuse(context, field, REASON_FIELD_LENGTH, "%zu, %d", bytes.len, HASH_SIZE);
    return false;
}

bool
check_score(struct context *context, enum grading_scheme scheme, int64_t centiscore)
{
    static const int64_t five_grades[] = {0, 6000, 7000, 8000, 9000};
    bool known = false;

    switch (scheme) {
    case GRADING_PERCENTAGE:
        known = centiscore >= 0 && centiscore <= 10000;
        break;
    case GRADING_PASS_FAIL:
        known = centiscore == 0 || centiscore == 10000;
        break;
    case GRADING_FIVE_GRADE:
        for (size_t i = 0; i < ARRAY_COUNT(five_grades); i++)
            known = known || centiscore == five_grades[i];
        break;
    }
    if (!known)
        refuse(context, "centiscore", REASON_SCORE_OUT_OF_RANGE, "%lld", (long long)centiscore);
    return known;
}
