/*
 * Whatever the bytes of a CSV file, its rows stay within the limits and its cells
 * are UTF-8; and a cell that is written reads as it was.
 */
#include "base/buffer.h"
#include "base/utf8.h"

#include "csv_writer.h"
#include "fuzz.h"

#include <assert.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#define PATH_SIZE 64
#define CELLS_WRITTEN_MAX 200

/* A file in memory, and the path by which it is opened. */
struct file {
    int fd;
    char path[PATH_SIZE];
};

static void
make(struct file *file)
{
    file->fd = memfd_create("csv", MFD_CLOEXEC);
    assert(file->fd >= 0);
    snprintf(file->path, sizeof(file->path), "/proc/self/fd/%d", file->fd);
}

static void
check_written(struct slice cell, const char *path)
{
    struct creditbank_error error;
    struct csv_writer *writer = csv_writer_open(path, CSV_UTF8, &error);
    struct csv_file *file;
    struct csv_row row;
    bool good;

    assert(writer != NULL);
    csv_writer_cell(writer, slice_text("first"));
    csv_writer_cell(writer, cell);
    csv_writer_end_row(writer);
    good = csv_writer_close(writer, &error);
    assert(good);
    file = csv_file_open(path, &error);
    assert(file != NULL);
    good = csv_file_next(file, &row, &error);
    assert(good);
    assert(row.count == 2);
    assert(slice_equal(row.cells[1], cell));
    csv_file_close(file);
}

static void
check_read(struct slice cell)
{
    assert(cell.len <= CSV_CELL_MAX);
    assert(utf8_is_valid(cell));
}

static void
check_rows(struct csv_file *file, const char *aside)
{
    struct creditbank_error error;
    struct csv_row row;
    size_t written = 0, number = 0;

    while (csv_file_next(file, &row, &error)) {
        assert(row.number > number);
        number = row.number;
        assert(row.count <= CSV_CELLS_MAX);
        for (size_t i = 0; i < row.count; i++) {
            check_read(row.cells[i]);
            if (written++ < CELLS_WRITTEN_MAX)
                check_written(row.cells[i], aside);
        }
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct file input, aside;
    struct creditbank_error error;
    struct csv_file *file;
    ssize_t put;

    make(&input);
    make(&aside);
    put = write(input.fd, data, size);
    assert(put == (ssize_t)size);
    file = csv_file_open(input.path, &error);
    if (file != NULL)
        check_rows(file, aside.path);
    csv_file_close(file);
    close(input.fd);
    close(aside.fd);
    return 0;
}
