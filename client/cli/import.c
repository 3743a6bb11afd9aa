/*
 * An import, from the file to what is said about it:
 *
 *   open, map the columns -> load (loader.h) -> write the bad rows back -> sum up
 */
#include "import.h"

#include "base/date.h"
#include "base/memory.h"
#include "base/panic.h"
#include "base/scope.h"
#include "lib/error.h"
#include "lib/file.h"

#include "bad_file.h"
#include "documents.h"
#include "fields.h"
#include "import_context.h"
#include "label.h"
#include "normal.h"
#include "progress.h"
#include "settle.h"
#include "submit.h"

#include <stdio.h>

const struct import_kind *const import_kinds[] = {&import_learners, &import_results,
                                                  &import_certificates, &import_hours, NULL};

const struct import_kind *
import_kind_find(const char *name)
{
    for (size_t i = 0; import_kinds[i] != NULL; i++)
        if (strcmp(import_kinds[i]->name, name) == 0)
            return import_kinds[i];
    return NULL;
}

/* The place of a column, which the kind has. */
static size_t
place_of(const struct batch *batch, const char *column)
{
    const struct import_context *import = batch_context(batch);

    size_t place = csv_columns_find(import->kind->columns, column);

    if (place != SIZE_MAX)
        return place;
    panic("an import of %s has no column %s", import->kind->name, column);
}

const char *
import_cell(const struct batch *batch, const struct load_row *row, const char *column)
{
    return row->cells[place_of(batch, column)];
}

void
import_refuse_cell(const struct batch *batch, struct load_row *row, const char *column,
                   enum reason reason, const char *detail)
{
    const struct import_context *import = batch_context(batch);

    row_refuse_cell(batch, row, import->kind->columns[place_of(batch, column)].heading, reason,
                    &(struct words){detail, detail});
}

Creditbank__V1__Date *
import_date(const struct batch *batch, struct load_row *row, const char *column)
{
    const char *text = import_cell(batch, row, column);
    Creditbank__V1__Date *date;
    int32_t days;
    int year, month, day;

    if (text[0] == '\0')
        return NULL;
    if (!normal_date(slice_text(text), &days)) {
        import_refuse_cell(batch, row, column, REASON_ROW_DATE_INVALID, text);
        return NULL;
    }
    date = arena_alloc(batch->arena, sizeof(*date));
    creditbank__v1__date__init(date);
    date_to_civil(days, &year, &month, &day);
    date->year = year;
    date->month = month;
    date->day = day;
    return date;
}

bool
import_choice(const struct batch *batch, struct load_row *row, const char *column,
              const ProtobufCEnumDescriptor *type, int *value)
{
    const struct import_context *import = batch_context(batch);
    const char *text = import_cell(batch, row, column);

    if (text[0] == '\0' || label_parse(type, text, value))
        return true;
    row_refuse_cell(batch, row, import->kind->columns[place_of(batch, column)].heading,
                    REASON_ROW_CHOICE_INVALID,
                    &(struct words){arena_printf(batch->arena, "%s；可填：%s", text,
                                                 label_cells(type, true, batch->arena)),
                                    arena_printf(batch->arena, "%s; write one of: %s", text,
                                                 label_cells(type, false, batch->arena))});
    return false;
}

/* What is kept of the row of that number. */
static struct row_note *
note_of(struct import_context *import, size_t number)
{
    if (number >= import->note_room) {
        size_t room = 2 * number + 64;

        import->notes = xrealloc(import->notes, room * sizeof(*import->notes));
        memset(import->notes + import->note_room, 0,
               (room - import->note_room) * sizeof(*import->notes));
        import->note_room = room;
    }
    return &import->notes[number];
}

/* The loader asks for another row. */
static bool
next_row(void *context, struct batch *batch, struct load_row *row)
{
    struct import_context *import = context;
    const struct csv_column *columns = import->kind->columns;
    struct creditbank_error error;
    struct csv_row read;

    progress_show(csv_file_percent(import->file));
    if (!csv_file_next(import->file, &read, &error)) {
        if (error.code != NULL) {
            import->failed = true;
            (void)cli_error(import->cli, &error);
        }
        return false;
    }
    row->number = read.number;
    note_of(import, row->number)->is_read = true;
    row->cells = arena_array(batch->arena, CSV_COLUMNS_MAX, sizeof(*row->cells));
    for (size_t i = 0; columns[i].name != NULL; i++) {
        row->cells[i] = csv_columns_cell(&import->places, &read, i, batch->arena);
        if (columns[i].required && row->cells[i][0] == '\0' && row->state == ROW_PENDING)
            row_refuse(batch, row, REASON_ROW_CELL_EMPTY, columns[i].heading);
    }
    if (csv_columns_overflow(&import->places, &read))
        row_refuse(batch, row, REASON_ROW_CELLS_TOO_MANY,
                   arena_printf(batch->arena, "%zu", read.count));
    return true;
}

/* Keeps code, sentence and advice in one piece of memory. */
static char *
keep_fault(const struct fault *fault, bool chinese)
{
    const char *said = words_in(&fault->sentence, chinese);
    size_t code = strlen(fault->code) + 1, sentence = strlen(said) + 1,
           advice = strlen(fault->advice) + 1;
    char *kept = xmalloc(code + sentence + advice);

    memcpy(kept, fault->code, code);
    memcpy(kept + code, said, sentence);
    memcpy(kept + code + sentence, fault->advice, advice);
    return kept;
}

static const char *
state_name(enum row_state state)
{
    static const char *const names[ROW_STATE_COUNT] = {"sent", "booked", "same", "bad", "sent"};

    return names[state];
}

/* The loader is done with a row. */
static void
row_done(void *context, const struct load_row *row)
{
    struct import_context *import = context;
    struct row_note *note = note_of(import, row->number);

    note->state = (uint8_t)row->state;
    if (row->state == ROW_BAD)
        note->fault = keep_fault(&row->fault, import->cli->chinese);
    import->counts[row->state]++;
    if (import->journal != NULL)
        journal_note(import->journal, row, state_name(row->state));
}

/* From now on the batch may be in the log. */
static bool
batch_sending(void *context, const struct batch *batch)
{
    struct import_context *import = context;
    struct creditbank_error error;

    for (size_t i = 0; i < batch->row_count; i++)
        if (batch->rows[i].state == ROW_PENDING)
            journal_note(import->journal, &batch->rows[i], state_name(ROW_PENDING));
    if (journal_sync(import->journal, &error))
        return true;
    (void)cli_error(import->cli, &error);
    return false;
}

/* The first row that an import which stopped has not done: all before it are. */
static size_t
first_left(const struct import_context *import)
{
    size_t next = 0;

    for (size_t i = 0; i < import->note_room; i++) {
        if (import->notes[i].is_read &&
            (import->notes[i].state == ROW_PENDING || import->notes[i].state == ROW_SENT))
            return i;
        if (import->notes[i].is_read)
            next = i + 1;
    }
    return next;
}

static void
say_json(const struct import_context *import, const char *id, const char *bad_file, bool stopped)
{
    json_t *sum = json_pack(
        "{sssssbsIsIsIsIso}", "import", id, "encoding",
        csv_encoding_name(csv_file_encoding(import->file)), "dryRun", import->options->dry_run,
        "booked", (json_int_t)import->counts[ROW_BOOKED], "same",
        (json_int_t)import->counts[ROW_SAME], "bad", (json_int_t)import->counts[ROW_BAD],
        "unanswered", (json_int_t)import->counts[ROW_SENT], "badFile", cli_text(bad_file));

    if (stopped)
        json_object_set_new(sum, "nextRow", json_integer((json_int_t)first_left(import)));
    cli_answer(import->cli, sum);
}

static void
say_counts(const struct import_context *import)
{
    struct cli *cli = import->cli;
    const char *counts[ROW_STATE_COUNT];

    for (size_t i = 0; i < ARRAY_COUNT(counts); i++)
        counts[i] = arena_printf(cli->arena, "%zu", import->counts[i]);
    cli_say(cli, import->options->dry_run ? TEXT_IMPORT_TRIED : TEXT_IMPORT_DONE,
            FILL(counts[ROW_BOOKED], counts[ROW_SAME], counts[ROW_BAD]));
}

/* What came of the file, or of the part of it that was done before `stopped_by` ended it. */
static enum exit_code
sum_up(const struct import_context *import, enum exit_code stopped_by)
{
    struct cli *cli = import->cli;
    const char *id = import->journal != NULL ? journal_id(import->journal) : "";
    bool any_bad = import->counts[ROW_BAD] > 0;
    struct creditbank_error error;
    SCOPED(file_path_free) char *path = any_bad ? bad_file_write(import, &error) : NULL;

    if (any_bad && path == NULL)
        stopped_by = cli_error(cli, &error);
    say_json(import, id, path != NULL ? path : "", stopped_by != EXIT_DONE);
    say_counts(import);
    if (stopped_by == EXIT_DONE && import->counts[ROW_BOOKED] == 0 && !any_bad)
        cli_say(cli, import->counts[ROW_SAME] > 0 ? TEXT_IMPORT_NOTHING_NEW : TEXT_IMPORT_NO_ROWS,
                FILL());
    if (path != NULL)
        cli_say(cli, TEXT_IMPORT_BAD_FILE, FILL(path));
    if (import->journal != NULL)
        cli_say(cli, TEXT_IMPORT_ID, FILL(id));
    if (stopped_by != EXIT_DONE)
        return stopped_by;
    return any_bad ? EXIT_PARTLY : EXIT_DONE;
}

static const char *
heading_named(const struct import_context *import, const struct load_row *row, const char *name)
{
    size_t place = csv_columns_find(import->kind->columns, name);

    if (place == SIZE_MAX)
        return NULL;
    /* A number that the row leaves open was made for it, and is named itself. */
    if (strcmp(name, "outer_id") == 0 && row->cells[place][0] == '\0')
        return row->key;
    return import->places.at[place] != SIZE_MAX ? import->kind->columns[place].heading : NULL;
}

/* A field of an item stands in the file under its name, without what tells its unit or kind. */
static const char *
heading_of(const void *context, const struct load_row *row, const char *field)
{
    static const char *const prefixes[] = {"", "centi", "completed_"};
    const char *dot = strrchr(field, '.');
    const char *name = dot != NULL ? dot + 1 : field;
    const char *heading = NULL;

    for (size_t i = 0; i < ARRAY_COUNT(prefixes) && heading == NULL; i++)
        if (strncmp(name, prefixes[i], strlen(prefixes[i])) == 0)
            heading = heading_named(context, row, name + strlen(prefixes[i]));
    return heading;
}

static enum exit_code
load(struct import_context *import)
{
    struct loading loading = {.next = next_row,
                              .done = row_done,
                              .sending = batch_sending,
                              .heading = heading_of,
                              .context = import,
                              .stages = import->kind->stages,
                              .build = import->kind->build,
                              .mend = import->kind->mend,
                              .batch_max = import->kind->in_order ? 1 : LOADER_BATCHES_MAX,
                              .dry_run = import->options->dry_run};
    struct creditbank_error error = {0};
    enum exit_code code;

    cli_say(import->cli, TEXT_IMPORT_ENCODING,
            FILL(csv_encoding_name(csv_file_encoding(import->file))));
    if (!csv_columns_map(import->file, import->kind->columns, &import->places, &error))
        return cli_error(import->cli, &error);
    if (import->places.unused[0] != '\0')
        cli_say(import->cli, TEXT_IMPORT_UNUSED, FILL(import->places.unused));
    if (!documents_read(&import->documents, import->options->path, import->kind->columns, &error))
        return cli_error(import->cli, &error);
    progress_begin(import->cli);
    code = loader_run(import->cli, &loading);
    progress_end();
    /* What cannot be read to its end cannot be written back either. */
    if (import->failed)
        return code != EXIT_DONE ? code : EXIT_USAGE;
    return sum_up(import, code);
}

/*
 * How to go on. The rows that are bad are written back where the file was read, and need
 * not be brought again. What the bank has refused it would refuse in the rows before, too.
 */
static void
say_cut_short(const struct import_context *import, bool refused)
{
    const char *next = arena_printf(import->cli->arena, "%zu", first_left(import));
    bool written_back = import->counts[ROW_BAD] > 0 && !import->failed;
    enum text text = import->failed ? TEXT_IMPORT_CUT_SHORT
                     : refused      ? TEXT_IMPORT_STOPPED
                     : written_back ? TEXT_IMPORT_GO_ON
                                    : TEXT_IMPORT_CUT_SHORT;

    cli_warn(import->cli, text, FILL(next));
    if (written_back)
        cli_warn(import->cli, TEXT_IMPORT_BAD_DONE, FILL());
}

/* What waits from a run that was cut short goes first, so that it counts as recorded. */
static enum exit_code
begin(struct import_context *import)
{
    struct creditbank_error error;
    enum exit_code code;

    if (cli_client(import->cli) == NULL || !submit_can_sign(import->cli))
        return EXIT_USAGE;
    if (import->options->dry_run)
        return EXIT_DONE;
    code = settle_waiting(import->cli, NULL);
    if (code == EXIT_UNAVAILABLE || code == EXIT_USAGE)
        return code;
    import->journal =
        journal_begin(import->cli->profile.name, import->kind->name, import->options->path, &error);
    return import->journal != NULL ? EXIT_DONE : cli_error(import->cli, &error);
}

enum exit_code
import_run(struct cli *cli, const struct import_kind *kind, const struct import_options *options)
{
    struct import_context import = {.cli = cli, .kind = kind, .options = options};
    struct creditbank_error error;
    enum exit_code code;

    import.file = csv_file_open(options->path, &error);
    if (import.file == NULL)
        return cli_error(cli, &error);
    code = begin(&import);
    if (code == EXIT_DONE)
        code = load(&import);
    if (import.counts[ROW_SENT] > 0) {
        cli_warn(cli, TEXT_IMPORT_UNKNOWN,
                 FILL(arena_printf(cli->arena, "%zu", import.counts[ROW_SENT])));
        code = EXIT_UNAVAILABLE;
    }
    if (code == EXIT_UNAVAILABLE || code == EXIT_REFUSED)
        say_cut_short(&import, code == EXIT_REFUSED);
    for (size_t i = 0; i < import.note_room; i++)
        xfree(import.notes[i].fault);
    xfree(import.notes);
    documents_fini(&import.documents);
    undone_fini(&import.undone);
    journal_end(import.journal);
    csv_file_close(import.file);
    return code;
}
