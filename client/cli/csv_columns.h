#pragma once

#include "base/arena.h"

#include "csv_file.h"

/* Which cell of a row is which column, by the headings of the first row. */
#define CSV_COLUMNS_MAX 12

/* Bytes kept of the headings that name no column. */
#define CSV_UNUSED_MAX 512

/* A column: its name in a program's file and its heading in Chinese; both are known. */
struct csv_column {
    const char *name, *heading;
    bool required;       /* it must be there, and no cell of it empty */
    const char *example; /* in a template */
};

/* The place of each column in a row; SIZE_MAX: it is not there. */
struct csv_places {
    size_t at[CSV_COLUMNS_MAX];
    char unused[CSV_UNUSED_MAX]; /* headings that name no column, with commas between */
    size_t count;                /* headings that there are, up to the last that is not empty */
};

/* The place of a column among all that a file may have; SIZE_MAX where none has the name. */
size_t csv_columns_find(const struct csv_column *columns, const char *name) MUST_USE;

/* Reads the headings; false and CSV_COLUMN_MISSING, CSV_COLUMN_TWICE or a fault of the file. */
bool csv_columns_map(struct csv_file *file, const struct csv_column *columns,
                     struct csv_places *places, struct creditbank_error *error) MUST_USE;

/* Whether something stands in the row beyond the last heading, where it belongs to no column. */
bool csv_columns_overflow(const struct csv_places *places, const struct csv_row *row) MUST_USE;

/* The row's cell of a column in normal form, in the arena; "" where it is absent. */
const char *csv_columns_cell(const struct csv_places *places, const struct csv_row *row,
                             size_t column, struct arena *arena) MUST_USE;
