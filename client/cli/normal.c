#include "normal.h"

#include "base/date.h"

#include "fields.h"

#define UTF8_FULL_WIDTH_LEAD 0xef
#define SCORE_TEXT_MAX 16
#define CENTISCORE_MAX 10000

/*
 * U+FF01 to U+FF5E, the full-width forms of ! to ~, are EF BC 81 to EF BD 9E.
 * Returns the ASCII character, or 0.
 */
static uint8_t
half_width(const uint8_t *at, size_t len)
{
    unsigned point;

    if (len < 3 || at[0] != UTF8_FULL_WIDTH_LEAD || (at[1] != 0xbc && at[1] != 0xbd))
        return 0;
    point = ((unsigned)(at[1] - 0xbc) << 6) + (unsigned)(at[2] - 0x80);
    return point >= 1 && point <= 0x5e ? (uint8_t)(point + 0x20) : 0;
}

/* The bytes of a blank at the beginning of the text; 0 where there is none. */
static size_t
blank_len(const uint8_t *at, size_t len)
{
    if (len >= 1 && (at[0] == ' ' || at[0] == '\t' || at[0] == '\r' || at[0] == '\n'))
        return 1;
    /* U+00A0 no-break space. */
    if (len >= 2 && at[0] == 0xc2 && at[1] == 0xa0)
        return 2;
    /* U+3000 ideographic space, U+200B zero width space, U+FEFF byte order mark. */
    if (len >= 3 && ((at[0] == 0xe3 && at[1] == 0x80 && at[2] == 0x80) ||
                     (at[0] == 0xe2 && at[1] == 0x80 && at[2] == 0x8b) ||
                     (at[0] == 0xef && at[1] == 0xbb && at[2] == 0xbf)))
        return 3;
    return 0;
}

bool
normal_cell(struct slice cell, struct buffer *normal)
{
    size_t start = normal->len, end = normal->len;

    for (size_t i = 0; i < cell.len;) {
        size_t blank = blank_len(cell.at + i, cell.len - i);
        uint8_t half = half_width(cell.at + i, cell.len - i);
        uint8_t byte = blank > 0 ? ' ' : half != 0 ? half : cell.at[i];

        i += blank > 0 ? blank : half != 0 ? 3 : 1;
        if (byte == ' ' && normal->len == start)
            continue;
        if (!buffer_append_byte(normal, byte))
            return false;
        if (byte != ' ')
            end = normal->len;
    }
    normal->len = end;
    return true;
}

/* Reads up to `digits_max` digits; at least one. */
static bool
take_number(struct slice *text, size_t digits_max, int *number)
{
    size_t used = 0;

    *number = 0;
    while (used < text->len && used < digits_max && text->at[used] >= '0' && text->at[used] <= '9')
        *number = *number * 10 + (text->at[used++] - '0');
    *text = slice_make(text->at + used, text->len - used);
    return used > 0;
}

static bool
take_text(struct slice *text, const char *word)
{
    size_t len = strlen(word);

    if (text->len < len || memcmp(text->at, word, len) != 0)
        return false;
    *text = slice_make(text->at + len, text->len - len);
    return true;
}

/* The three signs of a way to write dates; the last may be empty. */
static bool
parse_separated(struct slice text, const char *const signs[3], int32_t *days)
{
    int year, month, day;

    return take_number(&text, 4, &year) && take_text(&text, signs[0]) &&
           take_number(&text, 2, &month) && take_text(&text, signs[1]) &&
           take_number(&text, 2, &day) && take_text(&text, signs[2]) && text.len == 0 &&
           date_from_civil(year, month, day, days);
}

/* A spreadsheet writes midnight beside a date; another hour is no date. */
static struct slice
without_midnight(struct slice text)
{
    static const char *const midnights[] = {" 0:00", " 00:00", " 0:00:00", " 00:00:00"};

    for (size_t i = 0; i < ARRAY_COUNT(midnights); i++) {
        size_t len = strlen(midnights[i]);

        if (text.len > len && memcmp(text.at + text.len - len, midnights[i], len) == 0)
            return slice_make(text.at, text.len - len);
    }
    return text;
}

bool
normal_date(struct slice text, int32_t *days)
{
    static const char *const ways[][3] = {
        {"-", "-", ""}, {"/", "/", ""}, {".", ".", ""}, {"年", "月", "日"}};
    int number;

    text = without_midnight(text);

    struct slice rest = text;

    if (text.len == 8 && take_number(&rest, 8, &number) && rest.len == 0)
        return date_from_civil(number / 10000, number / 100 % 100, number % 100, days);
    for (size_t i = 0; i < ARRAY_COUNT(ways); i++)
        if (parse_separated(text, ways[i], days))
            return true;
    return false;
}

bool
normal_is_mangled(struct slice text)
{
    size_t i = 0, digits = 0;

    while (i < text.len && (text.at[i] == '.' || (text.at[i] >= '0' && text.at[i] <= '9')))
        digits += text.at[i++] != '.';
    if (digits == 0 || text.len - i < 3 || (text.at[i] != 'E' && text.at[i] != 'e') ||
        text.at[i + 1] != '+')
        return false;
    for (i += 2; i < text.len; i++)
        if (text.at[i] < '0' || text.at[i] > '9')
            return false;
    return true;
}

/* Of several words for one score, the first is the one that we write. */
static const struct {
    const char *word, *en;
    enum normal_scheme scheme;
    int64_t centiscore;
} words[] = {
    {"合格", "pass", NORMAL_PASS_FAIL, 10000},    {"不合格", "fail", NORMAL_PASS_FAIL, 0},
    {"通过", "pass", NORMAL_PASS_FAIL, 10000},    {"不通过", "fail", NORMAL_PASS_FAIL, 0},
    {"优", "excellent", NORMAL_FIVE_GRADE, 9000}, {"优秀", "excellent", NORMAL_FIVE_GRADE, 9000},
    {"良", "good", NORMAL_FIVE_GRADE, 8000},      {"良好", "good", NORMAL_FIVE_GRADE, 8000},
    {"中", "fair", NORMAL_FIVE_GRADE, 7000},      {"中等", "fair", NORMAL_FIVE_GRADE, 7000},
    {"及格", "pass", NORMAL_FIVE_GRADE, 6000},    {"不及格", "fail", NORMAL_FIVE_GRADE, 0},
};

const char *
normal_score_word(int scheme, int64_t centiscore, bool chinese)
{
    for (size_t i = 0; i < ARRAY_COUNT(words); i++)
        if ((int)words[i].scheme == scheme && words[i].centiscore == centiscore)
            return chinese ? words[i].word : words[i].en;
    return NULL;
}

bool
normal_score(struct slice text, enum normal_scheme *scheme, int64_t *centiscore)
{
    char number[SCORE_TEXT_MAX];

    for (size_t i = 0; i < ARRAY_COUNT(words); i++)
        if (slice_is(text, words[i].word)) {
            *scheme = words[i].scheme;
            *centiscore = words[i].centiscore;
            return true;
        }
    if (text.len == 0 || text.len >= sizeof(number))
        return false;
    memcpy(number, text.at, text.len);
    number[text.len] = '\0';
    *scheme = NORMAL_PERCENTAGE;
    return fields_parse_centi(number, centiscore) && *centiscore <= CENTISCORE_MAX;
}

bool
normal_is_formula(struct slice cell)
{
    return cell.len > 0 && cell.at[0] != '\0' && strchr("=+-@\t\r", cell.at[0]) != NULL;
}
