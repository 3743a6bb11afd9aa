#pragma once

/*
 * The types that we pass to PostgreSQL and read from it, always in binary:
 * their object ids, which are the same in every PostgreSQL (pg_type.dat).
 * Times are int8 columns of microseconds, dates int4 columns of days (base/date.h).
 */
enum db_type {
    DB_BOOL = 16,
    DB_BYTES = 17, /* bytea */
    DB_INT8 = 20,
    DB_INT2 = 21,
    DB_INT4 = 23,
    DB_TEXT = 25,
};
