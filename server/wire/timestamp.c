#include "wire/timestamp.h"

#include "base/date.h"

#include <stdio.h>

#define HOUR_S 3600
#define DAY_S 86400
#define NANOS_S 1000000000

static bool
is_in_range(int64_t seconds)
{
    return seconds >= (int64_t)DATE_MIN * DAY_S && seconds < ((int64_t)DATE_MAX + 1) * DAY_S;
}

/* Takes one character of those given off the front; '\0' if there is none. */
static char
take_one_of(struct slice *text, const char *characters)
{
    if (text->len == 0 || text->at[0] == '\0' || strchr(characters, text->at[0]) == NULL)
        return '\0';

    char c = (char)text->at[0];

    *text = slice_make(text->at + 1, text->len - 1);
    return c;
}

/* Takes two digits, below `limit`. */
static bool
take_two_digits(struct slice *text, int limit, int *value)
{
    char tens = take_one_of(text, "0123456789"), ones = take_one_of(text, "0123456789");

    *value = (tens - '0') * 10 + (ones - '0');
    return tens != '\0' && ones != '\0' && *value < limit;
}

/* Takes ".123" if it is there. */
static bool
take_fraction(struct slice *text, int32_t *nanos)
{
    int32_t unit = NANOS_S;

    *nanos = 0;
    if (take_one_of(text, ".") == '\0')
        return true;
    for (char c; unit > 1 && (c = take_one_of(text, "0123456789")) != '\0';) {
        unit /= 10;
        *nanos += (c - '0') * unit;
    }
    return unit < NANOS_S;
}

/* Takes "Z" or "+08:00", in seconds east of UTC. */
static bool
take_offset(struct slice *text, int *offset)
{
    char sign = take_one_of(text, "Z+-");
    int hours = 0, minutes = 0;

    *offset = 0;
    if (sign == 'Z')
        return true;
    if (sign == '\0' || !take_two_digits(text, 24, &hours) || take_one_of(text, ":") == '\0' ||
        !take_two_digits(text, 60, &minutes))
        return false;
    *offset = (hours * 60 + minutes) * (sign == '-' ? -60 : 60);
    return true;
}

bool
timestamp_parse(struct slice text, int64_t *seconds, int32_t *nanos)
{
    size_t date_len = DATE_TEXT_SIZE - 1;
    int32_t days;
    int hour, minute, second, offset;

    if (text.len < date_len || !date_parse(slice_make(text.at, date_len), &days))
        return false;
    text = slice_make(text.at + date_len, text.len - date_len);
    if (take_one_of(&text, "T") == '\0' || !take_two_digits(&text, 24, &hour) ||
        take_one_of(&text, ":") == '\0' || !take_two_digits(&text, 60, &minute) ||
        take_one_of(&text, ":") == '\0' || !take_two_digits(&text, 60, &second))
        return false;
    if (!take_fraction(&text, nanos) || !take_offset(&text, &offset) || text.len > 0)
        return false;
    *seconds =
        (int64_t)days * DAY_S + (int64_t)hour * HOUR_S + (int64_t)minute * 60 + second - offset;
    return is_in_range(*seconds);
}

bool
timestamp_format(int64_t seconds, int32_t nanos, char text[TIMESTAMP_TEXT_SIZE])
{
    if (!is_in_range(seconds) || nanos < 0 || nanos >= NANOS_S)
        return false;

    int64_t days = seconds >= 0 ? seconds / DAY_S : -((DAY_S - 1 - seconds) / DAY_S);
    int second = (int)(seconds - days * DAY_S);
    char date[DATE_TEXT_SIZE], fraction[11];
    size_t digits = nanos == 0 ? 0 : nanos % 1000000 == 0 ? 4 : nanos % 1000 == 0 ? 7 : 10;

    snprintf(fraction, sizeof(fraction), ".%09d", (int)nanos);
    snprintf(text, TIMESTAMP_TEXT_SIZE, "%sT%02d:%02d:%02d%.*sZ", date_format((int32_t)days, date),
             second / HOUR_S, second / 60 % 60, second % 60, (int)digits, fraction);
    return true;
}
