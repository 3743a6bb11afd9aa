#include "base/date.h"

#include <assert.h>

#define US_PER_DAY ((int64_t)86400 * 1000000)
#define SHANGHAI_OFFSET_US ((int64_t)8 * 3600 * 1000000)
#define DAYS_PER_ERA 146097 /* 400 years */

static bool
is_leap(int year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int
month_length(int year, int month)
{
    static const int lengths[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

    return month == 2 && is_leap(year) ? 29 : lengths[month - 1];
}

/* Years begin in March here, so that a leap day is the last day of its year. */
static int32_t
count_days(int year, int month, int day)
{
    int y = month <= 2 ? year - 1 : year;
    int era = y / 400;
    int year_of_era = y - era * 400;
    int day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    int day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;

    return era * DAYS_PER_ERA + day_of_era - 719468;
}

bool
date_from_civil(int year, int month, int day, int32_t *days)
{
    if (year < DATE_YEAR_MIN || year > DATE_YEAR_MAX || month < 1 || month > 12)
        return false;
    if (day < 1 || day > month_length(year, month))
        return false;
    *days = count_days(year, month, day);
    return true;
}

void
date_to_civil(int32_t days, int *year, int *month, int *day)
{
    assert(days >= DATE_MIN);
    assert(days <= DATE_MAX);

    int shifted = days + 719468;
    int era = shifted / DAYS_PER_ERA;
    int day_of_era = shifted - era * DAYS_PER_ERA;
    int year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int shifted_month = (5 * day_of_year + 2) / 153;

    *day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    *month = shifted_month < 10 ? shifted_month + 3 : shifted_month - 9;
    *year = year_of_era + era * 400 + (*month <= 2);
}

int32_t
date_in_shanghai(int64_t time_us)
{
    int64_t local = time_us + SHANGHAI_OFFSET_US;
    int64_t days = local / US_PER_DAY - (local % US_PER_DAY < 0);

    return (int32_t)days;
}

int32_t
date_add_years(int32_t days, int years)
{
    int year, month, day;

    date_to_civil(days, &year, &month, &day);
    year += years;
    if (day > month_length(year, month))
        day = month_length(year, month);
    return count_days(year, month, day);
}

static bool
parse_digits(struct slice text, size_t from, size_t count, int *number)
{
    *number = 0;
    for (size_t i = from; i < from + count; i++) {
        if (text.at[i] < '0' || text.at[i] > '9')
            return false;
        *number = *number * 10 + (text.at[i] - '0');
    }
    return true;
}

bool
date_parse(struct slice text, int32_t *days)
{
    int year, month, day;

    if (text.len != DATE_TEXT_SIZE - 1 || text.at[4] != '-' || text.at[7] != '-')
        return false;
    if (!parse_digits(text, 0, 4, &year) || !parse_digits(text, 5, 2, &month) ||
        !parse_digits(text, 8, 2, &day))
        return false;
    return date_from_civil(year, month, day, days);
}

static void
write_digits(char *text, size_t count, int number)
{
    while (count > 0) {
        text[--count] = (char)('0' + number % 10);
        number /= 10;
    }
}

/* Without snprintf(): an evaluation writes some thousand dates. */
const char *
date_format(int32_t days, char text[DATE_TEXT_SIZE])
{
    int year, month, day;

    date_to_civil(days, &year, &month, &day);
    write_digits(text, 4, year);
    text[4] = '-';
    write_digits(text + 5, 2, month);
    text[7] = '-';
    write_digits(text + 8, 2, day);
    text[10] = '\0';
    return text;
}
