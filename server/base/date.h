#pragma once

#include "base/attributes.h"
#include "base/slice.h"

/*
 * Calendar dates of the proleptic Gregorian calendar, counted in days since
 * 1970-01-01. Calendar rules of the bank use dates in Asia/Shanghai, which is
 * UTC+8 all year: no time-zone table is read.
 */
#define DATE_TEXT_SIZE 11 /* "2026-03-05" and its terminator */
#define DATE_YEAR_MIN 1900
#define DATE_YEAR_MAX 2199
#define DATE_MIN (-25567) /* 1900-01-01 */
#define DATE_MAX 84005    /* 2199-12-31 */

/* Whether year, month and day name a day between DATE_MIN and DATE_MAX; sets `days`. */
bool date_from_civil(int year, int month, int day, int32_t *days) MUST_USE;
void date_to_civil(int32_t days, int *year, int *month, int *day);

/* The day in Shanghai at a moment in microseconds since 1970-01-01T00:00:00Z. */
int32_t date_in_shanghai(int64_t time_us) MUST_USE;

/* The same day `years` later; the 29th of February becomes the 28th where there is none. */
int32_t date_add_years(int32_t days, int years) MUST_USE;

/* YYYY-MM-DD, nothing else. */
bool date_parse(struct slice text, int32_t *days) MUST_USE;
const char *date_format(int32_t days, char text[DATE_TEXT_SIZE]);
