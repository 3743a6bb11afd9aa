#include "csv_file.h"

#include "base/buffer.h"
#include "base/memory.h"
#include "base/utf8.h"
#include "lib/error.h"

#include "normal.h"

#include <csv.h>
#include <errno.h>
#include <iconv.h>
#include <stdio.h>
#include <sys/stat.h>

#define CHUNK 16384
#define HELD_MAX (4 * CSV_LINE_MAX)
#define ROW_END SIZE_MAX

struct csv_file {
    FILE *stream;
    enum csv_encoding encoding;
    uint64_t size, read;
    iconv_t converter; /* to UTF-8; (iconv_t)-1 where none is needed */
    uint8_t raw[CHUNK];
    size_t raw_len; /* of a character that the next chunk completes */
    struct csv_parser parser;
    bool ended;
    struct buffer text; /* the cells of the rows at hand, one after another */
    struct buffer ends; /* the end of each cell in it (size_t), or ROW_END and the row's number */
    size_t next_end, next_text;
    size_t row, cells; /* rows parsed; cells of the row that is being parsed */
    size_t row_text;   /* where its text begins */
    int ended_by;      /* the character that ended the row before */
    bool too_long;
};

const char *
csv_encoding_name(enum csv_encoding encoding)
{
    static const char *const names[] = {"UTF-8", "UTF-8 BOM", "GB18030"};

    return names[encoding];
}

enum csv_encoding
csv_file_encoding(const struct csv_file *file)
{
    return file->encoding;
}

unsigned
csv_file_percent(const struct csv_file *file)
{
    return file->size == 0 ? 100 : (unsigned)(file->read * 100 / file->size);
}

/* What the lines of a file look like. */
struct looks {
    bool begins_with_bom, is_utf16, is_workbook, is_quoted;
    size_t row;
    size_t first_utf8, first_other; /* rows that can only be one or the other; 0: none */
};

/* Chinese in UTF-8 is three bytes a character; two-byte text may as well be GB18030. */
static bool
has_long_character(struct slice line)
{
    for (size_t i = 0; i < line.len; i++)
        if (line.at[i] >= 0xe0)
            return true;
    return false;
}

static void
look_at(struct looks *looks, struct slice line)
{
    /* A line break in quotes is of a cell: the row goes on. */
    looks->row += !looks->is_quoted;
    for (size_t i = 0; i < line.len; i++)
        looks->is_quoted ^= line.at[i] == '"';
    if (looks->row == 1) {
        looks->begins_with_bom |=
            line.len >= UTF8_MARK_LEN && memcmp(line.at, UTF8_MARK, UTF8_MARK_LEN) == 0;
        /* A workbook is an archive, and that is how those begin. */
        looks->is_workbook |= line.len >= 4 && memcmp(line.at, "PK\x03\x04", 4) == 0;
        looks->is_utf16 |= line.len >= 2 && (memcmp(line.at, "\xff\xfe", 2) == 0 ||
                                             memcmp(line.at, "\xfe\xff", 2) == 0);
    }
    if (!utf8_is_valid(line)) {
        if (looks->first_other == 0)
            looks->first_other = looks->row;
    } else if (has_long_character(line) && looks->first_utf8 == 0) {
        looks->first_utf8 = looks->row;
    }
}

/* Looks at every line; false and an error for a line that no CSV has. */
static bool
look(FILE *stream, struct looks *looks, struct creditbank_error *error)
{
    struct buffer line;
    bool fits = true;
    int byte;

    buffer_init(&line, CSV_LINE_MAX);
    while (fits && (byte = getc_unlocked(stream)) != EOF) {
        fits = buffer_append_byte(&line, (uint8_t)byte);
        if (byte != '\n')
            continue;
        look_at(looks, buffer_slice(&line));
        buffer_clear(&line);
    }
    if (line.len > 0 && fits)
        look_at(looks, buffer_slice(&line));
    buffer_fini(&line);
    if (!fits)
        return error_set(error, REASON_CSV_TOO_LONG, "%zu", looks->row + 1);
    return true;
}

/* Which row is in which encoding. */
static bool
refuse_mixed(const struct looks *looks, struct creditbank_error *error)
{
    size_t utf8 = looks->first_utf8 != 0 ? looks->first_utf8 : 1;
    char zh[128], en[128];

    snprintf(zh, sizeof(zh), "第 %zu 行是 UTF-8，第 %zu 行是 GB18030", utf8, looks->first_other);
    snprintf(en, sizeof(en), "row %zu is UTF-8, row %zu is GB18030", utf8, looks->first_other);
    return error_set_words(error, REASON_CSV_ENCODING, zh, en);
}

/* A row that is no more GB18030 than UTF-8. */
static bool
refuse_broken(size_t row, struct creditbank_error *error)
{
    char zh[128], en[128];

    snprintf(zh, sizeof(zh), "第 %zu 行不是 GB18030", row);
    snprintf(en, sizeof(en), "row %zu is not GB18030", row);
    return error_set_words(error, REASON_CSV_ENCODING, zh, en);
}

static bool
choose_encoding(struct csv_file *file, struct creditbank_error *error)
{
    struct looks looks = {0};

    if (!look(file->stream, &looks, error))
        return false;
    if (looks.is_workbook)
        return error_set(error, REASON_CSV_WORKBOOK, "%s", "");
    if (looks.is_utf16)
        return error_set(error, REASON_CSV_UTF16, "%s", "");
    if (looks.first_other != 0 && (looks.first_utf8 != 0 || looks.begins_with_bom))
        return refuse_mixed(&looks, error);
    file->encoding = looks.begins_with_bom    ? CSV_UTF8_BOM
                     : looks.first_other == 0 ? CSV_UTF8
                                              : CSV_GB18030;
    rewind(file->stream);
    if (file->encoding == CSV_UTF8_BOM && fseek(file->stream, UTF8_MARK_LEN, SEEK_SET) != 0)
        return error_set_why(error, REASON_FILE_UNREADABLE, "", strerror(errno));
    return true;
}

/* A folder opens as well, and only reading it fails. */
static bool
is_file(FILE *stream, struct stat *status)
{
    if (fstat(fileno(stream), status) != 0)
        return false;
    errno = EISDIR;
    return !S_ISDIR(status->st_mode);
}

struct csv_file *
csv_file_open(const char *path, struct creditbank_error *error)
{
    struct csv_file *file = xcalloc(1, sizeof(*file));
    struct stat status;

    file->converter = (iconv_t)-1;
    buffer_init(&file->text, HELD_MAX);
    buffer_init(&file->ends, HELD_MAX);
    if (csv_init(&file->parser, CSV_STRICT | CSV_STRICT_FINI | CSV_REPALL_NL) != 0)
        abort();
    file->stream = fopen(path, "rbe");
    if (file->stream == NULL || !is_file(file->stream, &status)) {
        (void)error_set_why(error, REASON_FILE_UNREADABLE, path, strerror(errno));
        csv_file_close(file);
        return NULL;
    }
    file->size = (uint64_t)status.st_size;
    if (!choose_encoding(file, error)) {
        csv_file_close(file);
        return NULL;
    }
    if (file->encoding == CSV_GB18030)
        file->converter = iconv_open("UTF-8", "GB18030");
    return file;
}

void
csv_file_close(struct csv_file *file)
{
    if (file == NULL)
        return;
    if (file->converter != (iconv_t)-1)
        iconv_close(file->converter);
    csv_free(&file->parser);
    if (file->stream != NULL)
        fclose(file->stream);
    buffer_fini(&file->text);
    buffer_fini(&file->ends);
    xfree(file);
}

/* libcsv hands over each cell, and then the row. */
static void
got_cell(void *bytes, size_t len, void *context)
{
    struct csv_file *file = context;
    const uint8_t *at = bytes;

    /* What csv_writer put before a cell is taken off again. */
    if (len > 1 && at[0] == '\'' && normal_is_formula(slice_make(at + 1, len - 1))) {
        at++;
        len--;
    }
    file->cells++;
    if (len > CSV_CELL_MAX || file->cells > CSV_CELLS_MAX ||
        !buffer_append(&file->text, slice_make(at, len))) {
        file->too_long = true;
        return;
    }
    if (!buffer_append(&file->ends, slice_make(&file->text.len, sizeof(size_t))))
        file->too_long = true;
}

static void
got_row(int ended_by, void *context)
{
    struct csv_file *file = context;
    bool is_rest_of_crlf = file->cells == 0 && ended_by == '\n' && file->ended_by == '\r';

    file->ended_by = ended_by;
    if (is_rest_of_crlf)
        return;

    const size_t end[] = {ROW_END, ++file->row};

    /* What a spreadsheet makes of an empty row: nothing, or commas alone. */
    if (file->text.len == file->row_text)
        file->ends.len -= file->cells * sizeof(size_t);
    else if (!buffer_append(&file->ends, slice_make(end, sizeof(end))))
        file->too_long = true;
    file->row_text = file->text.len;
    file->cells = 0;
}

static bool
parse(struct csv_file *file, const void *bytes, size_t len, struct creditbank_error *error)
{
    if (csv_parse(&file->parser, bytes, len, got_cell, got_row, file) != len)
        return error_set(error, REASON_CSV_SYNTAX, "%zu", file->row + 1);
    return true;
}

/* Converts what is at hand and parses it; the bytes of a cut character stay. */
static bool
convert(struct csv_file *file, bool last, struct creditbank_error *error)
{
    char *from = (char *)file->raw;

    while (file->raw_len > 0) {
        char text[CHUNK], *to = text;
        size_t room = sizeof(text);
        size_t done = iconv(file->converter, &from, &file->raw_len, &to, &room);
        int why = errno;

        if (!parse(file, text, sizeof(text) - room, error))
            return false;
        if (done == (size_t)-1 && (why == EILSEQ || (why == EINVAL && last)))
            return refuse_broken(file->row + 1, error);
        if (done == (size_t)-1 && why == EINVAL)
            break;
    }
    memmove(file->raw, from, file->raw_len);
    return true;
}

/* Reads and parses one more chunk. */
static bool
fill(struct csv_file *file, struct creditbank_error *error)
{
    size_t got =
        fread(file->raw + file->raw_len, 1, sizeof(file->raw) - file->raw_len, file->stream);

    if (ferror(file->stream))
        return error_set_why(error, REASON_FILE_UNREADABLE, "", strerror(errno));
    file->read += got;
    file->raw_len += got;
    file->ended = got == 0;
    if (file->converter != (iconv_t)-1) {
        if (!convert(file, file->ended, error))
            return false;
    } else {
        size_t len = file->raw_len;

        file->raw_len = 0;
        if (!parse(file, file->raw, len, error))
            return false;
    }
    if (file->ended && csv_fini(&file->parser, got_cell, got_row, file) != 0)
        return error_set(error, REASON_CSV_SYNTAX, "%zu", file->row + 1);
    if (file->too_long)
        return error_set(error, REASON_CSV_TOO_LONG, "%zu", file->row + 1);
    return true;
}

static size_t
end_at(const struct csv_file *file, size_t i)
{
    size_t end;

    memcpy(&end, file->ends.at + i * sizeof(end), sizeof(end));
    return end;
}

/* Whether a whole row is at hand; takes it. */
static bool
take_row(struct csv_file *file, struct csv_row *row)
{
    size_t count = file->ends.len / sizeof(size_t), from = file->next_text;

    row->count = 0;
    for (size_t i = file->next_end; i < count; i++) {
        size_t end = end_at(file, i);

        if (end == ROW_END) {
            row->number = end_at(file, i + 1);
            file->next_end = i + 2;
            file->next_text = from;
            return true;
        }
        row->cells[row->count++] = slice_make(file->text.at + from, end - from);
        from = end;
    }
    return false;
}

/* Drops the rows that were given out, so that the buffers stay small. */
static void
drop_taken(struct csv_file *file)
{
    size_t left;

    buffer_consume(&file->ends, file->next_end * sizeof(size_t));
    buffer_consume(&file->text, file->next_text);
    file->row_text -= file->next_text;
    left = file->ends.len / sizeof(size_t);
    for (size_t i = 0; i < left; i++) {
        size_t end = end_at(file, i) - file->next_text;

        memcpy(file->ends.at + i * sizeof(end), &end, sizeof(end));
    }
    file->next_end = file->next_text = 0;
}

bool
csv_file_next(struct csv_file *file, struct csv_row *row, struct creditbank_error *error)
{
    error->code = NULL;
    while (!take_row(file, row)) {
        if (file->ended)
            return false;
        drop_taken(file);
        if (!fill(file, error))
            return false;
    }
    return true;
}
