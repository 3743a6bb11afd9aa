#include "journal.h"

#include "base/clock.h"
#include "base/date.h"
#include "base/memory.h"
#include "lib/error.h"
#include "lib/file.h"

#include "profile.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define MICROS_PER_SECOND 1000000
#define SHANGHAI_OFFSET_S INT64_C(28800)
#define DAY_S 86400
#define ABOUT_MAX 1024
#define FIELDS 11

struct journal {
    char id[JOURNAL_ID_SIZE];
    FILE *rows;
};

struct journal_reader {
    FILE *rows;
    char line[JOURNAL_LINE_MAX];
    long *lines; /* where each begins; NULL until one is read backwards */
    size_t line_count;
};

static char *
path_in(const char *profile, const char *id, const char *file)
{
    SCOPED(file_path_free) char *imports = profile_path(profile, "imports");

    return file_path("%s/%s/%s", imports, id, file);
}

/* Ids sort by time: "20260305-101500-123456". */
static void
draw_id(char id[JOURNAL_ID_SIZE], char time[32])
{
    int64_t now = clock_now_us();
    int64_t second = (now / MICROS_PER_SECOND + SHANGHAI_OFFSET_S) % DAY_S;
    int year, month, day;

    date_to_civil(date_in_shanghai(now), &year, &month, &day);
    snprintf(id, JOURNAL_ID_SIZE, "%04d%02d%02d-%02d%02d%02d-%06d", year, month, day,
             (int)(second / 3600), (int)(second / 60 % 60), (int)(second % 60),
             (int)(now % MICROS_PER_SECOND));
    snprintf(time, 32, "%04d-%02d-%02d %02d:%02d:%02d", year, month, day, (int)(second / 3600),
             (int)(second / 60 % 60), (int)(second % 60));
}

struct journal *
journal_begin(const char *profile, const char *kind, const char *path,
              struct creditbank_error *error)
{
    struct journal *journal = xcalloc(1, sizeof(*journal));
    char time[32], about[ABOUT_MAX];

    draw_id(journal->id, time);
    snprintf(about, sizeof(about), "%s\n%s\n%s\n", kind, time, path);

    SCOPED(file_path_free) char *folder = path_in(profile, journal->id, "");
    SCOPED(file_path_free) char *about_path = path_in(profile, journal->id, "about");
    SCOPED(file_path_free) char *rows_path = path_in(profile, journal->id, "rows");

    folder[strlen(folder) - 1] = '\0';
    if (!file_make_folder(folder, error) ||
        !file_write_synced(about_path, slice_text(about), error)) {
        xfree(journal);
        return NULL;
    }
    journal->rows = fopen(rows_path, "wxe");
    if (journal->rows == NULL) {
        (void)error_set_why(error, REASON_FILE_UNWRITABLE, rows_path, strerror(errno));
        xfree(journal);
        return NULL;
    }
    return journal;
}

/* Ids come from the command line: nothing that leads elsewhere. */
static bool
check_id(const char *id, struct creditbank_error *error)
{
    if (id[0] == '\0' || strlen(id) >= JOURNAL_ID_SIZE || strspn(id, "0123456789-") != strlen(id))
        return error_set(error, REASON_JOURNAL_INVALID, "%s", id);
    return true;
}

struct journal *
journal_resume(const char *profile, const char *id, struct creditbank_error *error)
{
    struct journal *journal;
    bool is_cut_short;
    FILE *rows;

    if (!check_id(id, error))
        return NULL;

    SCOPED(file_path_free) char *path = path_in(profile, id, "rows");

    rows = fopen(path, "a+e");
    if (rows == NULL) {
        (void)error_set_why(error, REASON_FILE_UNWRITABLE, path, strerror(errno));
        return NULL;
    }
    /* What a crash cut short does not run into what is noted now. */
    is_cut_short = fseek(rows, -1, SEEK_END) == 0 && fgetc(rows) != '\n';
    fseek(rows, 0, SEEK_END);
    if (is_cut_short)
        fputc('\n', rows);
    journal = xcalloc(1, sizeof(*journal));
    snprintf(journal->id, sizeof(journal->id), "%s", id);
    journal->rows = rows;
    return journal;
}

const char *
journal_id(const struct journal *journal)
{
    return journal->id;
}

static const char *
or_empty(const char *text)
{
    return text != NULL ? text : "";
}

void
journal_note(struct journal *journal, const struct load_row *row, const char *state)
{
    static const struct fault none = {.code = "", .sentence = {"", ""}};
    const struct fault *fault = row->state == ROW_BAD ? &row->fault : &none;

    fprintf(journal->rows, "%zu\t%s\t%s\t%s\t%s\t%" PRIu64 "\t%" PRIu32 "\t%s\t%s\t%s\t%s\n",
            row->number, state, or_empty(row->key), or_empty(row->account_no), or_empty(row->date),
            row->entry_index, row->item_index, fault->code, fault->sentence.zh, fault->sentence.en,
            or_empty(row->request));
}

bool
journal_sync(struct journal *journal, struct creditbank_error *error)
{
    if (fflush(journal->rows) != 0 || fdatasync(fileno(journal->rows)) != 0)
        return error_set_why(error, REASON_FILE_UNWRITABLE, journal->id, strerror(errno));
    return true;
}

void
journal_end(struct journal *journal)
{
    if (journal == NULL)
        return;
    fclose(journal->rows);
    xfree(journal);
}

static void
copy_line(char **text, char *to, size_t size)
{
    const char *line = strsep(text, "\n");

    snprintf(to, size, "%s", line != NULL ? line : "");
}

bool
journal_read_about(const char *profile, const char *id, struct journal_about *about,
                   struct creditbank_error *error)
{
    SCOPED(buffer_fini) struct buffer text;
    char *rest;

    buffer_init(&text, ABOUT_MAX);
    if (!check_id(id, error))
        return false;

    SCOPED(file_path_free) char *path = path_in(profile, id, "about");

    if (!file_read(path, &text, error) || !buffer_append_byte(&text, 0))
        return error_set(error, REASON_JOURNAL_INVALID, "%s", id);
    rest = (char *)text.at;
    copy_line(&rest, about->kind, sizeof(about->kind));
    copy_line(&rest, about->time, sizeof(about->time));
    copy_line(&rest, about->file, sizeof(about->file));
    return true;
}

static int
is_id(const struct dirent *folder)
{
    return folder->d_name[0] != '.' && strlen(folder->d_name) < JOURNAL_ID_SIZE;
}

struct journal_ids
journal_list(const char *profile)
{
    SCOPED(file_path_free) char *path = profile_path(profile, "imports");
    struct journal_ids ids = {0};
    struct dirent **folders;
    int count = scandir(path, &folders, is_id, alphasort);

    if (count < 0)
        return ids;
    ids.ids = xcalloc((size_t)count + 1, sizeof(*ids.ids));
    for (int i = 0; i < count; i++) {
        if (count - i <= JOURNAL_IDS_MAX)
            memcpy(ids.ids[ids.count++], folders[i]->d_name, strlen(folders[i]->d_name) + 1);
        free(folders[i]);
    }
    free(folders);
    return ids;
}

void
journal_ids_free(struct journal_ids *ids)
{
    xfree(ids->ids);
    *ids = (struct journal_ids){0};
}

struct journal_reader *
journal_open(const char *profile, const char *id, struct creditbank_error *error)
{
    struct journal_reader *reader;

    if (!check_id(id, error))
        return NULL;

    SCOPED(file_path_free) char *path = path_in(profile, id, "rows");
    FILE *rows = fopen(path, "re");

    if (rows == NULL) {
        (void)error_set(error, REASON_JOURNAL_INVALID, "%s", id);
        return NULL;
    }
    reader = xcalloc(1, sizeof(*reader));
    reader->rows = rows;
    return reader;
}

/* Takes a line apart; one that a crash cut short says nothing. */
static bool
take_apart(struct journal_reader *reader, struct journal_row *row)
{
    const char *fields[FIELDS];
    char *rest = reader->line;
    size_t count = 0;

    reader->line[strcspn(reader->line, "\n")] = '\0';
    while (count < FIELDS && rest != NULL)
        fields[count++] = strsep(&rest, "\t");
    if (count < FIELDS)
        return false;
    row->number = strtoul(fields[0], NULL, 10);
    row->state = fields[1];
    row->key = fields[2];
    row->account_no = fields[3];
    row->date = fields[4];
    row->entry_index = strtoull(fields[5], NULL, 10);
    row->item_index = (uint32_t)strtoul(fields[6], NULL, 10);
    row->code = fields[7];
    row->sentence = (struct words){fields[8], fields[9]};
    row->request = fields[10];
    return true;
}

bool
journal_next(struct journal_reader *reader, struct journal_row *row)
{
    while (fgets(reader->line, sizeof(reader->line), reader->rows) != NULL)
        if (take_apart(reader, row))
            return true;
    return false;
}

/* Notes where the lines begin. */
static void
find_lines(struct journal_reader *reader)
{
    size_t room = 1024;

    reader->lines = xmalloc(room * sizeof(*reader->lines));
    for (;;) {
        long at = ftell(reader->rows);

        if (fgets(reader->line, sizeof(reader->line), reader->rows) == NULL)
            return;
        if (reader->line_count == room) {
            room *= 2;
            reader->lines = xrealloc(reader->lines, room * sizeof(*reader->lines));
        }
        reader->lines[reader->line_count++] = at;
    }
}

bool
journal_previous(struct journal_reader *reader, struct journal_row *row)
{
    if (reader->lines == NULL)
        find_lines(reader);
    while (reader->line_count > 0) {
        if (fseek(reader->rows, reader->lines[--reader->line_count], SEEK_SET) != 0 ||
            fgets(reader->line, sizeof(reader->line), reader->rows) == NULL)
            return false;
        if (take_apart(reader, row))
            return true;
    }
    return false;
}

void
journal_close(struct journal_reader *reader)
{
    if (reader == NULL)
        return;
    fclose(reader->rows);
    xfree(reader->lines);
    xfree(reader);
}

bool
journal_was_tried(const char *profile, const char *id)
{
    SCOPED(file_path_free) char *path = path_in(profile, id, "tried");

    return access(path, F_OK) == 0;
}

bool
journal_set_tried(const char *profile, const char *id, struct creditbank_error *error)
{
    SCOPED(file_path_free) char *path = path_in(profile, id, "tried");

    return file_write_synced(path, slice_text("1\n"), error);
}
