#include "csv_writer.h"

#include "base/memory.h"
#include "base/utf8.h"
#include "lib/error.h"

#include "normal.h"

#include <errno.h>
#include <fcntl.h>
#include <iconv.h>
#include <stdio.h>
#include <unistd.h>

struct csv_writer {
    FILE *stream;
    char *path;
    iconv_t converter; /* (iconv_t)-1: UTF-8 */
    bool in_row;
    bool is_reserved; /* the file is longer than what is written, until it is closed */
};

/* Takes the stream; where it is NULL, errno says why. */
static struct csv_writer *
new_writer(FILE *stream, const char *path, enum csv_encoding encoding,
           struct creditbank_error *error)
{
    struct csv_writer *writer;

    if (stream == NULL) {
        (void)error_set_why(error, REASON_FILE_UNWRITABLE, path, strerror(errno));
        return NULL;
    }
    writer = xcalloc(1, sizeof(*writer));
    writer->stream = stream;
    writer->path = xstrdup(path);
    writer->converter = encoding == CSV_GB18030 ? iconv_open("GB18030", "UTF-8") : (iconv_t)-1;
    if (encoding == CSV_UTF8_BOM)
        fputs(UTF8_MARK, stream);
    return writer;
}

struct csv_writer *
csv_writer_open(const char *path, enum csv_encoding encoding, struct creditbank_error *error)
{
    return new_writer(fopen(path, "wbe"), path, encoding, error);
}

struct csv_writer *
csv_writer_create_private(const char *path, enum csv_encoding encoding, size_t size,
                          struct creditbank_error *error)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    struct csv_writer *writer =
        new_writer(fd >= 0 ? fdopen(fd, "wb") : NULL, path, encoding, error);
    int why = writer != NULL ? posix_fallocate(fd, 0, (off_t)size) : 0;

    if (why != 0) {
        (void)error_set_why(error, REASON_FILE_UNWRITABLE, path, strerror(why));
        csv_writer_give_up(writer);
        return NULL;
    }
    if (writer != NULL)
        writer->is_reserved = true;
    return writer;
}

static void
put_converted(struct csv_writer *writer, struct slice text)
{
    char *from = (char *)(uintptr_t)text.at;
    size_t left = text.len;

    if (writer->converter == (iconv_t)-1) {
        fwrite(text.at, 1, text.len, writer->stream);
        return;
    }
    while (left > 0) {
        char bytes[512], *to = bytes;
        size_t room = sizeof(bytes);
        size_t done = iconv(writer->converter, &from, &left, &to, &room);
        int why = errno;

        fwrite(bytes, 1, sizeof(bytes) - room, writer->stream);
        if (done == (size_t)-1 && why != E2BIG) {
            fputc('?', writer->stream);
            from++;
            left--;
        }
    }
}

static bool
is_blank(uint8_t byte)
{
    return byte == ' ' || byte == '\t';
}

static bool
needs_quotes(struct slice cell)
{
    for (size_t i = 0; i < cell.len; i++)
        if (strchr(",\"\r\n", cell.at[i]) != NULL)
            return true;
    /* A reader takes blanks off the ends of a cell that is not quoted. */
    return cell.len > 0 && (is_blank(cell.at[0]) || is_blank(cell.at[cell.len - 1]));
}

static void
put_cell(struct csv_writer *writer, struct slice cell, bool as_text)
{
    bool quoted = needs_quotes(cell);

    if (writer->in_row)
        fputc(',', writer->stream);
    writer->in_row = true;
    if (quoted)
        fputc('"', writer->stream);
    if (as_text || normal_is_formula(cell))
        fputc('\'', writer->stream);
    for (size_t from = 0; from < cell.len;) {
        const uint8_t *quote = memchr(cell.at + from, '"', cell.len - from);
        size_t to = quote != NULL ? (size_t)(quote - cell.at) + 1 : cell.len;

        put_converted(writer, slice_make(cell.at + from, to - from));
        if (quote != NULL)
            fputc('"', writer->stream);
        from = to;
    }
    if (quoted)
        fputc('"', writer->stream);
}

void
csv_writer_cell(struct csv_writer *writer, struct slice cell)
{
    put_cell(writer, cell, false);
}

void
csv_writer_digits(struct csv_writer *writer, struct slice cell)
{
    put_cell(writer, cell, true);
}

void
csv_writer_end_row(struct csv_writer *writer)
{
    fputs("\r\n", writer->stream);
    writer->in_row = false;
}

static void
free_writer(struct csv_writer *writer)
{
    fclose(writer->stream);
    if (writer->converter != (iconv_t)-1)
        iconv_close(writer->converter);
    xfree(writer->path);
    xfree(writer);
}

/* All that was written is in the file, and nothing else. */
static bool
finish(const struct csv_writer *writer)
{
    if (fflush(writer->stream) != 0 || ferror(writer->stream))
        return false;
    return !writer->is_reserved || ftruncate(fileno(writer->stream), ftello(writer->stream)) == 0;
}

bool
csv_writer_close(struct csv_writer *writer, struct creditbank_error *error)
{
    if (!finish(writer)) {
        (void)error_set_why(error, REASON_FILE_UNWRITABLE, writer->path, strerror(errno));
        csv_writer_give_up(writer);
        return false;
    }
    free_writer(writer);
    return true;
}

/* A part of it would pass for the whole, and stand in the way of the next attempt. */
void
csv_writer_give_up(struct csv_writer *writer)
{
    unlink(writer->path);
    free_writer(writer);
}
