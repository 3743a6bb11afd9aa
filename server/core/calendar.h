#pragma once

#include "core/world.h"

/*
 * The working calendar, by dates in Asia/Shanghai: Monday to Friday are worked,
 * Saturday and Sunday are free, and what the operator declared of a day goes
 * before its weekday.
 */

/* No declaration leaves a year with fewer: so the next so many are never far. */
#define CALENDAR_WORKING_DAYS_MIN 200

/* Most days that one item declares. */
#define CALENDAR_DECLARED_MAX 62

bool calendar_is_working(struct world *world, int32_t date) MUST_USE;

/*
 * The `count`th working day after `date`, which is not counted itself; `date`
 * where `count` is 0. At most CALENDAR_WORKING_DAYS_MIN: so it reads no more
 * than the year of `date` and the next.
 */
int32_t calendar_after(struct world *world, int32_t date, int count) MUST_USE;
