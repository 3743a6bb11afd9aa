#pragma once

#include "base/arena.h"
#include "base/buffer.h"

/*
 * A table whose columns line up on a terminal, where a Chinese character takes
 * two places. Rows live in an arena; control characters are shown as "?", so
 * that nobody's data moves the cursor.
 */
#define TABLE_COLUMNS_MAX 16

struct table {
    struct arena *arena;
    size_t column_count, row_count, row_room;
    const char **cells; /* row by row; the first row are the headings */
};

void table_init(struct table *table, struct arena *arena, size_t column_count);

/* Adds a row of `column_count` cells, which must live as long as the table. */
void table_add(struct table *table, const char *const *cells);

/* Appends the table, two blanks between columns, no blanks at the end of a line. */
bool table_print(const struct table *table, struct buffer *text) MUST_USE;

/* How many places the text takes on a terminal (Unicode TR 11, by utf8proc). */
size_t table_width(const char *text) MUST_USE;
