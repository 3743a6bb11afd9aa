#include "csv_columns.h"

#include "base/buffer.h"
#include "base/scope.h"
#include "lib/error.h"

#include "normal.h"

#include <stdio.h>
#include <string.h>

#define ABSENT SIZE_MAX

size_t
csv_columns_find(const struct csv_column *columns, const char *name)
{
    for (size_t i = 0; columns[i].name != NULL; i++)
        if (strcmp(columns[i].name, name) == 0)
            return i;
    return ABSENT;
}

/* Which column a heading names; -1: none. */
static int
column_of(const struct csv_column *columns, struct slice heading)
{
    for (int i = 0; columns[i].name != NULL; i++)
        if (slice_is(heading, columns[i].name) || slice_is(heading, columns[i].heading))
            return i;
    return -1;
}

/* A heading that would not fit whole is left out. */
static void
add_unused(struct csv_places *places, struct slice heading)
{
    size_t len = strlen(places->unused);
    const char *between = len > 0 ? ", " : "";

    if (len + strlen(between) + heading.len < CSV_UNUSED_MAX)
        (void)snprintf(places->unused + len, CSV_UNUSED_MAX - len, "%s%.*s", between,
                       (int)heading.len, (const char *)heading.at);
}

static bool
map_heading(const struct csv_column *columns, struct slice cell, size_t place,
            struct csv_places *places, struct creditbank_error *error)
{
    SCOPED(buffer_fini) struct buffer heading;
    int column;

    buffer_init(&heading, CSV_CELL_MAX);
    if (!normal_cell(cell, &heading))
        return true;
    column = column_of(columns, buffer_slice(&heading));
    if (column < 0 && heading.len > 0)
        add_unused(places, buffer_slice(&heading));
    if (column < 0)
        return true;
    if (places->at[column] != ABSENT)
        return error_set(error, REASON_CSV_COLUMN_TWICE, "%s", columns[column].heading);
    places->at[column] = place;
    return true;
}

bool
csv_columns_map(struct csv_file *file, const struct csv_column *columns, struct csv_places *places,
                struct creditbank_error *error)
{
    struct csv_row row;

    *places = (struct csv_places){0};
    for (size_t i = 0; i < CSV_COLUMNS_MAX; i++)
        places->at[i] = ABSENT;
    if (!csv_file_next(file, &row, error)) {
        if (error->code != NULL)
            return false;
        row.count = 0;
    }
    for (size_t i = 0; i < row.count; i++) {
        if (!map_heading(columns, row.cells[i], i, places, error))
            return false;
        if (row.cells[i].len > 0)
            places->count = i + 1;
    }
    for (size_t i = 0; columns[i].name != NULL; i++)
        if (columns[i].required && places->at[i] == ABSENT)
            return error_set(error, REASON_CSV_COLUMN_MISSING, "%s (%s)", columns[i].heading,
                             columns[i].name);
    return true;
}

bool
csv_columns_overflow(const struct csv_places *places, const struct csv_row *row)
{
    for (size_t i = places->count; i < row->count; i++)
        if (row->cells[i].len > 0)
            return true;
    return false;
}

const char *
csv_columns_cell(const struct csv_places *places, const struct csv_row *row, size_t column,
                 struct arena *arena)
{
    size_t place = places->at[column];
    SCOPED(buffer_fini) struct buffer cell;

    buffer_init(&cell, CSV_CELL_MAX);
    if (place == ABSENT || place >= row->count || !normal_cell(row->cells[place], &cell))
        return "";
    return arena_text(arena, buffer_slice(&cell));
}
