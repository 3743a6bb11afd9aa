/* Holidays and make-up working days: declared by the operator, and what they make of a period. */
#include "core/calendar.h"

#include "core/check.h"

#include <assert.h>

enum { DAYS_A_WEEK = 7, WORKED_A_WEEK = 5 };

static int
year_of(int32_t date)
{
    int year, month, day;

    date_to_civil(date, &year, &month, &day);
    return year;
}

/* From Monday, which is 0. */
static int
weekday(int32_t date)
{
    static const int32_t a_monday = -25567; /* 1900-01-01, DATE_MIN */

    return (date - a_monday) % DAYS_A_WEEK;
}

bool
calendar_is_working(struct world *world, int32_t date)
{
    const struct calendar_day *day = world_find(
        world, TABLE_CALENDAR_DAY, &(struct calendar_day){.year = year_of(date), .date = date});

    if (day == NULL || day->kind == DAY_ORDINARY)
        return weekday(date) < WORKED_A_WEEK;
    return day->kind == DAY_WORKING;
}

int32_t
calendar_after(struct world *world, int32_t date, int count)
{
    assert(count >= 0);
    assert(count <= CALENDAR_WORKING_DAYS_MIN);
    while (count > 0)
        count -= calendar_is_working(world, ++date);
    return date;
}

static void
check_year(struct context *context, int year)
{
    int32_t first, last;
    int count = 0;
    bool is_year = date_from_civil(year, 1, 1, &first) && date_from_civil(year, 12, 31, &last);

    assert(is_year);
    for (int32_t date = first; date <= last; date++)
        count += calendar_is_working(context->world, date);
    if (count < CALENDAR_WORKING_DAYS_MIN)
        refuse(context, "kind", REASON_WORKING_DAYS_TOO_FEW, "%d", CALENDAR_WORKING_DAYS_MIN);
}

void
declare_calendar(struct context *context, const struct item *item)
{
    const struct calendar_declared *declared = &item->calendar_declared;
    int32_t first = declared->first_date;
    int32_t last = declared->last_date == DATE_OPEN ? first : declared->last_date;

    if (!check_range(context, "kind", (int64_t)declared->kind, DAY_HOLIDAY, DAY_ORDINARY) ||
        !check_period(context, "last_date", first, last))
        return;
    if (last - first >= CALENDAR_DECLARED_MAX) {
        refuse(context, "last_date", REASON_PERIOD_TOO_LONG, "%d", CALENDAR_DECLARED_MAX);
        return;
    }
    for (int32_t date = first; date <= last; date++)
        world_put(context->world, TABLE_CALENDAR_DAY,
                  &(struct calendar_day){
                      .year = year_of(date),
                      .date = date,
                      .kind = (int32_t)declared->kind,
                      .entry_index = context->position.entry_index,
                  });
    for (int year = year_of(first); year <= year_of(last); year++)
        check_year(context, year);
}
