#include "core/document.h"

#include "base/attributes.h"
#include "base/date.h"
#include "base/utf8.h"

#include <string.h>

#define RESIDENT_SIZE 18
#define FOREIGN_OLD_SIZE 15
#define PASSPORT_MIN 5
#define PASSPORT_MAX 20

#define MIDDLE_DOT "\u00b7"

/* One character of UTF-8 at the beginning of `rest`, which moves on; the text is valid. */
static uint32_t
take_character(struct slice *rest)
{
    uint8_t first = rest->at[0];
    size_t len = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    uint32_t value = len == 1 ? first : first & (0xffu >> (len + 1));

    for (size_t i = 1; i < len; i++)
        value = value << 6 | (rest->at[i] & 0x3fu);
    *rest = slice_make(rest->at + len, rest->len - len);
    return value;
}

static bool
is_blank(uint32_t character)
{
    return character == ' ' || character == '\t' || character == 0xa0 || character == 0x3000;
}

/* Where the text begins and ends without the blanks around it. */
static struct slice
trim(struct slice text)
{
    struct slice rest = text, begin = text;
    const uint8_t *end = text.at;
    bool has_begun = false;

    while (rest.len > 0) {
        const uint8_t *at = rest.at;

        if (is_blank(take_character(&rest)))
            continue;
        if (!has_begun)
            begin.at = at;
        has_begun = true;
        end = rest.at;
    }
    return has_begun ? slice_make(begin.at, (size_t)(end - begin.at)) : slice_make(text.at, 0);
}

/* ASCII of a full-width form (U+FF01 to U+FF5E), in upper case. */
static uint32_t
narrow(uint32_t character)
{
    if (character >= 0xff01 && character <= 0xff5e)
        character -= 0xfee0;
    return character >= 'a' && character <= 'z' ? character - 'a' + 'A' : character;
}

/* False where a character is none of 0-9 and A-Z, or there are too many. */
static bool
narrow_all(struct slice number, char normal[DOCUMENT_NUMBER_SIZE])
{
    size_t len = 0;

    if (number.len > (size_t)DOCUMENT_NUMBER_MAX * 3 || !utf8_is_valid(number))
        return false;
    for (struct slice rest = trim(number); rest.len > 0;) {
        uint32_t character = narrow(take_character(&rest));
        bool is_digit = character >= '0' && character <= '9';

        if (len >= DOCUMENT_NUMBER_SIZE - 1 || (!is_digit && (character < 'A' || character > 'Z')))
            return false;
        normal[len++] = (char)character;
    }
    normal[len] = '\0';
    return len > 0;
}

static bool
has_digits(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (text[i] < '0' || text[i] > '9')
            return false;
    return true;
}

static bool
has_letters(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (text[i] < 'A' || text[i] > 'Z')
            return false;
    return true;
}

static bool
is_form_of_resident(const char *number)
{
    return strlen(number) == RESIDENT_SIZE && has_digits(number, RESIDENT_SIZE - 1) &&
           (number[RESIDENT_SIZE - 1] == 'X' || has_digits(number + RESIDENT_SIZE - 1, 1));
}

/* GB 11643-1999: weights 2^(17 - i) mod 11; ISO 7064 MOD 11-2. */
static bool
has_resident_check(const char *number)
{
    static const int weights[] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
    int sum = 0;

    for (size_t i = 0; i < ARRAY_COUNT(weights); i++)
        sum += (number[i] - '0') * weights[i];
    return number[RESIDENT_SIZE - 1] == "10X98765432"[sum % 11];
}

static int
digits_at(const char *number, size_t at, size_t count)
{
    int value = 0;

    for (size_t i = 0; i < count; i++)
        value = value * 10 + (number[at + i] - '0');
    return value;
}

/* Numbers of people born before 1900, where base/date.h begins, are valid too. */
static bool
is_birth_date(int year, int month, int day, int32_t today)
{
    static const int lengths[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool is_leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    int32_t date;

    if (year >= 1900)
        return date_from_civil(year, month, day, &date) && date <= today;
    return year >= 1800 && month >= 1 && month <= 12 && day >= 1 && day <= lengths[month - 1] &&
           (month != 2 || day < 29 || is_leap);
}

static enum reason
check_eighteen(const char *number, int32_t today)
{
    if (!is_form_of_resident(number))
        return REASON_DOCUMENT_NUMBER_FORM;
    if (!is_birth_date(digits_at(number, 6, 4), digits_at(number, 10, 2), digits_at(number, 12, 2),
                       today))
        return REASON_DOCUMENT_BIRTH_DATE;
    return has_resident_check(number) ? REASON_NONE : REASON_DOCUMENT_CHECK_CHARACTER;
}

static bool
is_of_hmt_area(const char *number)
{
    return number[0] == '8' && number[1] >= '1' && number[1] <= '3';
}

static enum reason
check_resident_id(const char *number, int32_t today)
{
    if (number[0] < '1' || number[0] > '8' || is_of_hmt_area(number))
        return REASON_DOCUMENT_NUMBER_FORM;
    return check_eighteen(number, today);
}

static enum reason
check_hmt_permit(const char *number, int32_t today)
{
    return is_of_hmt_area(number) ? check_eighteen(number, today) : REASON_DOCUMENT_NUMBER_FORM;
}

/* The old cards give the year of birth with two digits: it is of either century. */
static enum reason
check_foreign_resident(const char *number, int32_t today)
{
    if (number[0] == '9')
        return check_eighteen(number, today);
    if (strlen(number) != FOREIGN_OLD_SIZE || !has_letters(number, 3) ||
        !has_digits(number + 3, FOREIGN_OLD_SIZE - 3))
        return REASON_DOCUMENT_NUMBER_FORM;

    int year = digits_at(number, 7, 2), month = digits_at(number, 9, 2);
    int day = digits_at(number, 11, 2);

    if (is_birth_date(1900 + year, month, day, today) ||
        is_birth_date(2000 + year, month, day, today))
        return REASON_NONE;
    return REASON_DOCUMENT_BIRTH_DATE;
}

static enum reason
check_passport(const char *number, int32_t today)
{
    size_t len = strlen(number);

    (void)today;
    return len >= PASSPORT_MIN && len <= PASSPORT_MAX ? REASON_NONE : REASON_DOCUMENT_NUMBER_FORM;
}

static enum reason
check_school_number(const char *number, int32_t today)
{
    (void)today;
    if ((number[0] != 'J' && number[0] != 'L') || !is_form_of_resident(number + 1))
        return REASON_DOCUMENT_NUMBER_FORM;
    if (number[0] == 'J' && !has_resident_check(number + 1))
        return REASON_DOCUMENT_CHECK_CHARACTER;
    return REASON_NONE;
}

enum reason
document_normalise(enum document_type type, struct slice number, int32_t today,
                   char normal[DOCUMENT_NUMBER_SIZE])
{
    static enum reason (*const checks[])(const char *, int32_t) = {
        [DOCUMENT_RESIDENT_ID] = check_resident_id,
        [DOCUMENT_HMT_RESIDENCE_PERMIT] = check_hmt_permit,
        [DOCUMENT_FOREIGN_PERMANENT_RESIDENT] = check_foreign_resident,
        [DOCUMENT_PASSPORT] = check_passport,
        [DOCUMENT_SCHOOL_NUMBER] = check_school_number,
    };

    if ((size_t)type >= ARRAY_COUNT(checks) || checks[type] == NULL)
        return REASON_DOCUMENT_TYPE_UNKNOWN;
    if (!narrow_all(number, normal))
        return REASON_DOCUMENT_NUMBER_FORM;
    return checks[type](normal, today);
}

/* What keyboards and registers write for the dot between the parts of a name. */
static bool
is_middle_dot(uint32_t character)
{
    static const uint32_t dots[] = {0xb7,   0x2022, 0x2027, 0x2219, 0x22c5,
                                    0x25cf, 0x30fb, 0xff0e, 0xff65};

    for (size_t i = 0; i < ARRAY_COUNT(dots); i++)
        if (character == dots[i])
            return true;
    return false;
}

/* Han characters, and the dot between parts of a name: registers pad short names among them. */
static bool
joins(uint32_t character)
{
    return is_middle_dot(character) || (character >= 0x3400 && character <= 0x4dbf) ||
           (character >= 0x4e00 && character <= 0x9fff) ||
           (character >= 0xf900 && character <= 0xfaff) ||
           (character >= 0x20000 && character <= 0x323af);
}

static bool
is_control(uint32_t character)
{
    return character < 0x20 || (character >= 0x7f && character < 0xa0) ||
           (character >= 0x2028 && character <= 0x202e) || character == 0xfeff;
}

/* Appends bytes to a name; false beyond its limit. */
static bool
name_append(char *normal, size_t *len, struct slice bytes)
{
    if (*len + bytes.len > PERSON_NAME_MAX)
        return false;
    memcpy(normal + *len, bytes.at, bytes.len);
    *len += bytes.len;
    normal[*len] = '\0';
    return true;
}

enum reason
document_normalise_name(struct slice name, char normal[PERSON_NAME_MAX + 1])
{
    size_t len = 0;
    bool after_blank = false, joined = false;

    normal[0] = '\0';
    if (!utf8_is_valid(name))
        return REASON_NAME_INVALID;
    for (struct slice rest = trim(name); rest.len > 0;) {
        const uint8_t *at = rest.at;
        uint32_t character = take_character(&rest);
        struct slice bytes = slice_make(at, (size_t)(rest.at - at));

        if (is_blank(character)) {
            after_blank = true;
            continue;
        }
        if (is_control(character))
            return REASON_NAME_INVALID;
        if (is_middle_dot(character))
            bytes = slice_text(MIDDLE_DOT);
        if (after_blank && !(joined && joins(character)) &&
            !name_append(normal, &len, slice_text(" ")))
            return REASON_NAME_INVALID;
        if (!name_append(normal, &len, bytes))
            return REASON_NAME_INVALID;
        after_blank = false;
        joined = joins(character);
    }
    return len > 0 ? REASON_NONE : REASON_NAME_INVALID;
}

void
document_mask_name(struct slice name, char masked[PERSON_NAME_MAX + 1])
{
    struct slice rest = name;
    size_t len = 0;

    masked[0] = '\0';
    if (name.len == 0)
        return;
    (void)take_character(&rest);
    if (name_append(masked, &len, slice_make(name.at, (size_t)(rest.at - name.at))))
        (void)name_append(masked, &len, slice_text("*"));
}

void
document_mask_number(struct slice number, char masked[DOCUMENT_NUMBER_SIZE])
{
    size_t first = number.len > 10 ? 3 : 1, last = number.len > 10 ? 4 : 1;

    if (number.len >= DOCUMENT_NUMBER_SIZE)
        number.len = DOCUMENT_NUMBER_SIZE - 1;
    for (size_t i = 0; i < number.len; i++)
        masked[i] = (char)(i < first || i + last >= number.len ? number.at[i] : '*');
    masked[number.len] = '\0';
}
