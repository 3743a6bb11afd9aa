#pragma once

#include "base/attributes.h"
#include "base/slice.h"

#include "creditbank.h"

/*
 * A CSV file (RFC 4180), read row by row in bounded memory: UTF-8 with or without a
 * byte order mark, or GB18030. The encoding is found by looking at the whole file
 * once; a file that is now one and now the other is refused with the row.
 */
enum csv_encoding { CSV_UTF8, CSV_UTF8_BOM, CSV_GB18030 };

#define CSV_CELLS_MAX 64
#define CSV_CELL_MAX 4096
#define CSV_LINE_MAX ((size_t)1024 * 1024)

struct csv_file;

/*
 * A row; its cells are UTF-8 and valid until the next. Rows without any text are
 * passed over, but count: numbers are those that a spreadsheet shows.
 */
struct csv_row {
    size_t number; /* from 1 */
    size_t count;
    struct slice cells[CSV_CELLS_MAX];
};

/* NULL and an error (FILE_UNREADABLE, CSV_WORKBOOK, CSV_UTF16, CSV_ENCODING, CSV_TOO_LONG). */
struct csv_file *csv_file_open(const char *path, struct creditbank_error *error) MUST_USE;
void csv_file_close(struct csv_file *file);

enum csv_encoding csv_file_encoding(const struct csv_file *file) MUST_USE;

/* "UTF-8", "UTF-8 BOM", "GB18030". */
const char *csv_encoding_name(enum csv_encoding encoding);

/* The next row. False at the end, or with an error: then `error->code` is set, else NULL. */
bool csv_file_next(struct csv_file *file, struct csv_row *row,
                   struct creditbank_error *error) MUST_USE;

/* How much has been read, in hundredths of the file. */
unsigned csv_file_percent(const struct csv_file *file) MUST_USE;
