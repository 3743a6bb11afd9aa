#include "csv_messages.h"

#include "lib/error.h"

#include "fields.h"

/* Sets the fields of one row; false and an error that names the column. */
static bool
fill(struct cli *cli, const struct csv_column *columns, const struct csv_places *places,
     const struct csv_row *row, ProtobufCMessage *message, struct creditbank_error *error)
{
    if (csv_columns_overflow(places, row))
        return error_set(error, REASON_ROW_CELLS_TOO_MANY, "%zu", row->count);
    for (size_t i = 0; columns[i].name != NULL; i++) {
        const char *cell = csv_columns_cell(places, row, i, cli->arena);
        const char *wrong;

        if (cell[0] == '\0' && columns[i].required)
            return error_set(error, REASON_ROW_CELL_EMPTY, "%s", columns[i].heading);
        if (cell[0] == '\0')
            continue;
        wrong = fields_set(message, columns[i].name, cell, cli->arena);
        if (wrong != NULL)
            return error_set(error, REASON_ARGUMENT_INVALID, "%s: %s (%s)", columns[i].heading,
                             cell, wrong);
    }
    return true;
}

static bool
read_rows(struct cli *cli, struct csv_file *file, const struct csv_shape *shape,
          struct csv_messages *read, struct creditbank_error *error)
{
    struct csv_places places;
    struct csv_row row;

    if (!csv_columns_map(file, shape->columns, &places, error))
        return false;
    read->messages = arena_array(cli->arena, shape->row_max, sizeof(*read->messages));
    while (csv_file_next(file, &row, error)) {
        ProtobufCMessage *message = fields_new(shape->type, cli->arena);

        if (read->count == shape->row_max)
            return error_set(error, REASON_CSV_TOO_LONG, "> %zu", shape->row_max);
        if (!fill(cli, shape->columns, &places, &row, message, error)) {
            read->bad_row = row.number;
            return false;
        }
        read->messages[read->count++] = message;
    }
    return error->code == NULL;
}

bool
csv_messages_read(struct cli *cli, const char *path, const struct csv_shape *shape,
                  struct csv_messages *read)
{
    struct creditbank_error error = {0};

    *read = (struct csv_messages){0};

    struct csv_file *file = csv_file_open(path, &error);
    bool good = file != NULL && read_rows(cli, file, shape, read, &error);

    if (!good)
        (void)cli_error_of_row(cli, &error, read->bad_row);
    csv_file_close(file);
    return good;
}
