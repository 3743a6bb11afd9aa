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

/*
 * A new file that only its owner may read or write, and none that is there already. The
 * disk sets `size` bytes aside for it, so that as many can be written for certain.
 */
struct csv_writer *csv_writer_create_private(const char *path, enum csv_encoding encoding,
                                             size_t size, struct creditbank_error *error) MUST_USE;

/*
 * Adds a cell of digits that name something, as an account number: behind an
 * apostrophe, so that a spreadsheet leaves the zeros before it and the last digits alone.
 */
void csv_writer_digits(struct csv_writer *writer, struct slice cell);

/* Adds a cell; a cell that the encoding cannot say comes out with "?". */
void csv_writer_cell(struct csv_writer *writer, struct slice cell);
void csv_writer_end_row(struct csv_writer *writer);

/* Closes it; false and an error where something was not written: then the file is gone. */
bool csv_writer_close(struct csv_writer *writer, struct creditbank_error *error) MUST_USE;

/* Closes it, and the file is gone. */
void csv_writer_give_up(struct csv_writer *writer);
