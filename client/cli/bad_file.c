#include "bad_file.h"

#include "base/memory.h"
#include "base/scope.h"
#include "lib/error.h"
#include "lib/file.h"

#include "csv_writer.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define FAULT_COLUMNS 3
#define NAMES_MAX 1000 /* files of bad rows of one import file that are kept */

static const char *const fault_columns[FAULT_COLUMNS] = {"code", "sentence", "advice"};

/* A row's first cells, so that what is added stands under its heading in a short row too. */
static void
write_row(const struct csv_row *row, size_t count, const char *const *more,
          struct csv_writer *writer)
{
    for (size_t i = 0; i < count; i++)
        csv_writer_cell(writer, i < row->count ? row->cells[i] : slice_text(""));
    for (size_t i = 0; i < FAULT_COLUMNS; i++)
        csv_writer_cell(writer, slice_text(more[i]));
    csv_writer_end_row(writer);
}

/* How many of the headings go back: a file that came back once has the three already. */
static size_t
headings_to_keep(const struct csv_row *headings)
{
    if (headings->count > FAULT_COLUMNS &&
        slice_is(headings->cells[headings->count - FAULT_COLUMNS], fault_columns[0]))
        return headings->count - FAULT_COLUMNS;
    return headings->count;
}

/*
 * A bad row as it was, and its fault. A row with too many cells keeps them all: when
 * the one too many is taken out, the fault stands under its heading again.
 */
static void
write_bad_row(const struct import_context *import, const struct csv_row *row, size_t kept,
              struct csv_writer *writer)
{
    const char *fault = import->notes[row->number].fault;
    size_t faults_there = import->places.count > kept ? import->places.count - kept : 0;
    const char *more[FAULT_COLUMNS];

    for (size_t i = 0; i < FAULT_COLUMNS; i++) {
        more[i] = fault;
        fault += strlen(fault) + 1;
    }
    if (csv_columns_overflow(&import->places, row))
        kept = row->count - faults_there;
    write_row(row, kept, more, writer);
}

static bool
write_bad_rows(const struct import_context *import, const char *path,
               struct creditbank_error *error)
{
    struct csv_file *file = csv_file_open(import->options->path, error);
    struct csv_writer *writer =
        file != NULL ? csv_writer_open(path, csv_file_encoding(file), error) : NULL;
    struct csv_row row;
    size_t kept = 0;

    if (writer == NULL) {
        csv_file_close(file);
        return false;
    }
    if (csv_file_next(file, &row, error)) {
        kept = headings_to_keep(&row);
        write_row(&row, kept, fault_columns, writer);
    }
    while (error->code == NULL && csv_file_next(file, &row, error))
        if (row.number < import->note_room && import->notes[row.number].fault != NULL)
            write_bad_row(import, &row, kept, writer);

    bool read = error->code == NULL;

    csv_file_close(file);
    return csv_writer_close(writer, error) && read;
}

/* Whether two files hold the same bytes. */
static bool
is_equal(FILE *a, FILE *b)
{
    int byte;

    do {
        byte = getc_unlocked(a);
        if (byte != getc_unlocked(b))
            return false;
    } while (byte != EOF);
    return !ferror(a) && !ferror(b);
}

static bool
says_the_same(const char *path, const char *other)
{
    FILE *a = fopen(path, "rbe"), *b = fopen(other, "rbe");
    bool same = a != NULL && b != NULL && is_equal(a, b);

    if (a != NULL)
        fclose(a);
    if (b != NULL)
        fclose(b);
    return same;
}

/* The name with that number, from 1. */
static char *
name_of(const char *path, unsigned number)
{
    SCOPED(file_path_free)
    char *suffix = number > 1 ? file_path(".bad-%u.csv", number) : xstrdup(".bad.csv");
    size_t len = strlen(path);

    if (len > 8 && strcmp(path + len - 8, ".bad.csv") == 0)
        return file_path("%.*s.again%s", (int)(len - 8), path, suffix);
    if (len > 4 && strcmp(path + len - 4, ".csv") == 0)
        return file_path("%.*s%s", (int)(len - 4), path, suffix);
    return file_path("%s%s", path, suffix);
}

/* Gives what was written aside the first name that nothing else has. */
static char *
settle_name(const char *path, const char *aside, struct creditbank_error *error)
{
    for (unsigned number = 1; number <= NAMES_MAX; number++) {
        char *name = name_of(path, number);
        bool is_free = access(name, F_OK) != 0;

        if ((is_free && rename(aside, name) == 0) || (!is_free && says_the_same(aside, name)))
            return name;
        if (is_free) {
            (void)error_set_why(error, REASON_FILE_UNWRITABLE, name, strerror(errno));
            xfree(name);
            return NULL;
        }
        xfree(name);
    }
    (void)error_set(error, REASON_FILE_EXISTS, "%s", path);
    return NULL;
}

char *
bad_file_write(const struct import_context *import, struct creditbank_error *error)
{
    const char *path = import->options->path;
    SCOPED(file_path_free) char *aside = file_path("%s.bad-new", path);
    char *name = NULL;

    if (write_bad_rows(import, aside, error))
        name = settle_name(path, aside, error);
    unlink(aside);
    return name;
}
