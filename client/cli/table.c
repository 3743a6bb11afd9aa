#include "table.h"

#include <utf8proc.h>

#define GAP 2

/* The next character and how many bytes it has; what cannot be shown counts as "?". */
static utf8proc_int32_t
next_character(const char *text, size_t *len)
{
    utf8proc_int32_t point;
    utf8proc_ssize_t used = utf8proc_iterate((const utf8proc_uint8_t *)text, -1, &point);

    *len = used > 0 ? (size_t)used : 1;
    if (used <= 0 || point < ' ' || (point >= 0x7f && point < 0xa0))
        return '?';
    return point;
}

size_t
table_width(const char *text)
{
    size_t width = 0, len;

    for (; *text != '\0'; text += len)
        width += (size_t)utf8proc_charwidth(next_character(text, &len));
    return width;
}

void
table_init(struct table *table, struct arena *arena, size_t column_count)
{
    *table = (struct table){.arena = arena, .column_count = column_count};
}

void
table_add(struct table *table, const char *const *cells)
{
    if (table->row_count == table->row_room) {
        size_t room = table->row_room == 0 ? 64 : 2 * table->row_room;
        const char **grown = arena_array(table->arena, room * table->column_count, sizeof(*grown));

        if (table->row_count > 0)
            memcpy(grown, table->cells, table->row_count * table->column_count * sizeof(*grown));
        table->cells = grown;
        table->row_room = room;
    }
    memcpy(table->cells + table->row_count++ * table->column_count, cells,
           table->column_count * sizeof(*cells));
}

static bool
print_cell(const char *cell, struct buffer *text)
{
    size_t len;

    for (; *cell != '\0'; cell += len) {
        bool good = next_character(cell, &len) != '?' || *cell == '?';

        if (!(good ? buffer_append(text, slice_make(cell, len)) : buffer_append_byte(text, '?')))
            return false;
    }
    return true;
}

static bool
print_row(const struct table *table, const char *const *cells, const size_t *widths,
          struct buffer *text)
{
    size_t owed = 0; /* blanks that only come if something follows */

    for (size_t i = 0; i < table->column_count; i++) {
        if (cells[i][0] != '\0') {
            for (; owed > 0; owed--)
                if (!buffer_append_byte(text, ' '))
                    return false;
            if (!print_cell(cells[i], text))
                return false;
        }
        owed += widths[i] - table_width(cells[i]) + GAP;
    }
    return buffer_append_byte(text, '\n');
}

bool
table_print(const struct table *table, struct buffer *text)
{
    size_t widths[TABLE_COLUMNS_MAX] = {0};

    for (size_t i = 0; i < table->row_count * table->column_count; i++) {
        size_t width = table_width(table->cells[i]), column = i % table->column_count;

        if (width > widths[column])
            widths[column] = width;
    }
    for (size_t i = 0; i < table->row_count; i++)
        if (!print_row(table, table->cells + i * table->column_count, widths, text))
            return false;
    return true;
}
