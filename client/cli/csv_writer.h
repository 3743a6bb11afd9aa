#pragma once

#include "csv_file.h"

/*
 * Writes a CSV file in an encoding, CRLF after each row. Cells that a spreadsheet
 * would run as a formula (= + - @) get an apostrophe before them; csv_file takes
 * it off again.
 */
struct csv_writer;

/* A new file, or the old one emptied. NULL and an error. */
struct csv_writer *csv_writer_open(const char *path, enum csv_encoding encoding,
                                   struct creditbank_error *error) MUST_USE;

/* Adds a cell; a cell that the encoding cannot say comes out with "?". */
void csv_writer_cell(struct csv_writer *writer, struct slice cell);
void csv_writer_end_row(struct csv_writer *writer);

/* Closes it; false and an error where something was not written. */
bool csv_writer_close(struct csv_writer *writer, struct creditbank_error *error) MUST_USE;
