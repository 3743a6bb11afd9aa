#pragma once

#include "cli.h"
#include "csv_columns.h"

/*
 * A short CSV file whose columns are fields of a message: a message a row. For
 * plans and catalogues; imports of records have their own way (import.h).
 */
struct csv_messages {
    size_t count;
    ProtobufCMessage **messages; /* in the arena */
    size_t bad_row;              /* the row that is wrong; 0: none, or the file as a whole */
};

/* What such a file looks like. */
struct csv_shape {
    const struct csv_column *columns;
    const ProtobufCMessageDescriptor *type;
    size_t row_max;
};

/* Each row becomes a new message of the type. False, and said so with the row. */
bool csv_messages_read(struct cli *cli, const char *path, const struct csv_shape *shape,
                       struct csv_messages *read) MUST_USE;
