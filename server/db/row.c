#include "db/row.h"

#include "base/panic.h"
#include "db/result.h"
#include "db/type.h"

#include <assert.h>
#include <endian.h>
#include <limits.h>
#include <stdlib.h>

static const PGresult *
pg_of(const struct db_result *result)
{
    return (const PGresult *)(const void *)result;
}

size_t
row_count(const struct db_result *result)
{
    return (size_t)PQntuples(pg_of(result));
}

size_t
row_affected(const struct db_result *result)
{
    /* libpq asks for a result that can be changed, and does not change it. */
    union {
        const PGresult *from;
        PGresult *to;
    } pg = {.from = pg_of(result)};

    return (size_t)strtoull(PQcmdTuples(pg.to), NULL, 10);
}

static void
check_place(const PGresult *pg, size_t row, int column)
{
    if (row >= (size_t)PQntuples(pg) || column < 0 || column >= PQnfields(pg))
        panic("row: %zu, column %d asked, of %d rows, %d columns", row, column, PQntuples(pg),
              PQnfields(pg));
}

bool
row_is_null(const struct db_result *result, size_t row, int column)
{
    check_place(pg_of(result), row, column);
    return PQgetisnull(pg_of(result), (int)row, column) != 0;
}

/* The bytes of a value that must not be NULL. To libpq what is not there is NULL, and has no
 * length. */
static struct slice
value(const PGresult *pg, size_t row, int column)
{
    assert(row <= INT_MAX);
    int len = PQgetlength(pg, (int)row, column);

    if (len == 0 && PQgetisnull(pg, (int)row, column)) {
        check_place(pg, row, column);
        panic("row: column %s is NULL", PQfname(pg, column));
    }
    return slice_make(PQgetvalue(pg, (int)row, column), (size_t)len);
}

static NORETURN void
fail_type(const PGresult *pg, int column)
{
    panic("row: column %s has the type %u", PQfname(pg, column), PQftype(pg, column));
}

bool
row_bool(const struct db_result *result, size_t row, int column)
{
    const PGresult *pg = pg_of(result);
    struct slice bytes = value(pg, row, column);

    if (PQftype(pg, column) != DB_BOOL)
        fail_type(pg, column);
    return bytes.at[0] != 0;
}

int32_t
row_int32(const struct db_result *result, size_t row, int column)
{
    const PGresult *pg = pg_of(result);
    struct slice bytes = value(pg, row, column);
    uint32_t four;
    uint16_t two;

    switch (PQftype(pg, column)) {
    case DB_INT4:
        memcpy(&four, bytes.at, sizeof(four));
        return (int32_t)be32toh(four);
    case DB_INT2:
        memcpy(&two, bytes.at, sizeof(two));
        return (int16_t)be16toh(two);
    default:
        fail_type(pg, column);
    }
}

int64_t
row_int64(const struct db_result *result, size_t row, int column)
{
    const PGresult *pg = pg_of(result);
    uint64_t eight;

    if (PQftype(pg, column) != DB_INT8)
        return row_int32(result, row, column);
    memcpy(&eight, value(pg, row, column).at, sizeof(eight));
    return (int64_t)be64toh(eight);
}

struct slice
row_slice(const struct db_result *result, size_t row, int column)
{
    const PGresult *pg = pg_of(result);
    struct slice bytes = value(pg, row, column);

    if (PQftype(pg, column) != DB_TEXT && PQftype(pg, column) != DB_BYTES)
        fail_type(pg, column);
    return bytes;
}
