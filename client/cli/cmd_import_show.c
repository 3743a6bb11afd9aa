/* import show: what became of each row of an import. */
#include "base/memory.h"
#include "base/scope.h"

#include "journal.h"
#include "label.h"
#include "settle.h"
#include "view.h"

#include <inttypes.h>
#include <stdio.h>

static const struct argument arguments[] = {
    {"IMPORT",
     ARGUMENT_OPERAND,
     true,
     NULL,
     {"导入编号，见 import list", "its number, see import list"}},
    {0}};

#define COLUMNS 7

/* What became of rows, in the order in which their numbers are told. */
static const char *const states[] = {"booked", "same", "bad", "undone", "sent"};

/* What is kept of a row. Texts live in the arena; the state is one of the above. */
struct shown {
    const char *state; /* NULL: no such row */
    const char *key, *account_no, *code, *sentence;
    uint64_t entry_index;
    uint32_t item_index;
};

/* The rows of an import by their number, as the journal's last line of each has them. */
struct shown_rows {
    struct shown *rows;
    size_t room;
    size_t totals[ARRAY_COUNT(states)];
};

static void
make_room(struct shown_rows *shown, size_t number)
{
    size_t room = 2 * number + 64;

    if (number < shown->room)
        return;
    shown->rows = xrealloc(shown->rows, room * sizeof(*shown->rows));
    memset(shown->rows + shown->room, 0, (room - shown->room) * sizeof(*shown->rows));
    shown->room = room;
}

/* A text that stands already is not copied again: most rows have two lines. */
static const char *
kept_text(const struct cli *cli, const char *old, const char *text)
{
    return old != NULL && strcmp(old, text) == 0 ? old : arena_text(cli->arena, slice_text(text));
}

/* Whether the row's account is there: one drawn for a row that was not booked is nobody's. */
static bool
has_account(const char *state)
{
    return strcmp(state, "bad") != 0 && strcmp(state, "sent") != 0;
}

static void
keep(const struct cli *cli, const struct journal_row *row, struct shown_rows *shown)
{
    struct shown *kept;

    make_room(shown, row->number);
    kept = &shown->rows[row->number];
    /* A row that is being undone stands until it is. */
    if (strcmp(row->state, "undoing") == 0)
        return;
    for (size_t i = 0; i < ARRAY_COUNT(states); i++)
        if (strcmp(states[i], row->state) == 0)
            kept->state = states[i];
    kept->key = kept_text(cli, kept->key, row->key);
    kept->account_no =
        kept_text(cli, kept->account_no, has_account(row->state) ? row->account_no : "");
    kept->sentence = kept_text(cli, kept->sentence, words_in(&row->sentence, cli->chinese));
    kept->code = kept_text(cli, kept->code, row->code);
    kept->entry_index = row->entry_index;
    kept->item_index = row->item_index;
}

static void
count(struct shown_rows *shown)
{
    for (size_t i = 0; i < shown->room; i++)
        for (size_t j = 0; j < ARRAY_COUNT(states); j++)
            shown->totals[j] += shown->rows[i].state == states[j];
}

/* A number as text; "" for what is not in the log. */
static const char *
number_text(const struct cli *cli, const struct shown *row, uint64_t number)
{
    return row->entry_index != 0 ? arena_printf(cli->arena, "%" PRIu64, number) : "";
}

static void
print_rows(struct cli *cli, const struct shown_rows *shown)
{
    const char *headings[COLUMNS] = {
        text_in(TEXT_ROW, cli->chinese),    text_in(TEXT_STATE, cli->chinese),
        text_in(TEXT_NUMBER, cli->chinese), text_in(TEXT_ACCOUNT, cli->chinese),
        text_in(TEXT_ENTRY, cli->chinese),  text_in(TEXT_ITEM, cli->chinese),
        text_in(TEXT_REASON, cli->chinese)};
    struct table table;

    table_init(&table, cli->arena, COLUMNS);
    table_add(&table, headings);
    for (size_t i = 0; i < shown->room; i++) {
        const struct shown *row = &shown->rows[i];

        if (row->state != NULL)
            table_add(&table,
                      (const char *[COLUMNS]){
                          arena_printf(cli->arena, "%zu", i), label_name(row->state, cli->chinese),
                          row->key, row->account_no, number_text(cli, row, row->entry_index),
                          number_text(cli, row, row->item_index), row->sentence});
    }
    view_list(cli, &table);
}

/* Where the rows are told from. */
struct telling {
    const struct shown_rows *shown;
    size_t number;
};

static json_t *
number_json(const struct shown *row, uint64_t number)
{
    return row->entry_index != 0 ? json_sprintf("%" PRIu64, number) : json_string("");
}

static json_t *
next_row(void *context)
{
    struct telling *telling = context;
    const struct shown_rows *shown = telling->shown;
    const struct shown *row;
    size_t number;

    while (telling->number < shown->room && shown->rows[telling->number].state == NULL)
        telling->number++;
    if (telling->number == shown->room)
        return NULL;
    number = telling->number++;
    row = &shown->rows[number];
    return json_pack("{sosssosssososs}", "row", json_sprintf("%zu", number), "state", row->state,
                     "key", cli_text(row->key), "accountNo", row->account_no, "entryIndex",
                     number_json(row, row->entry_index), "itemIndex",
                     number_json(row, row->item_index), "reason", row->code);
}

static void
answer_rows(struct cli *cli, const char *id, const struct shown_rows *shown)
{
    struct telling telling = {shown, 0};
    json_t *totals = json_object();

    for (size_t i = 0; i < ARRAY_COUNT(states); i++)
        json_object_set_new(totals, states[i], json_integer((json_int_t)shown->totals[i]));
    cli_answer_rows(cli, json_pack("{ssso}", "import", id, "totals", totals), next_row, &telling);
}

static void
print_totals(const struct cli *cli, const struct shown_rows *shown)
{
    struct fill fill = {0};

    for (size_t i = 0; i < ARRAY_COUNT(states); i++)
        fill.strings[i] = arena_printf(cli->arena, "%zu", shown->totals[i]);
    cli_say(cli, TEXT_IMPORT_TOTALS, fill);
}

static enum exit_code
run(struct cli *cli, const struct command *command, const struct given *given)
{
    const char *id = command_value(command, given, "IMPORT");
    struct creditbank_error error;
    struct journal_reader *reader;
    struct journal_row row;
    struct shown_rows shown = {0};
    enum exit_code settled;
    size_t unsettled;

    if (cli_setting(cli, PROFILE_SERVER) == NULL && !cli->profile_loaded)
        return EXIT_USAGE;
    settled = settle_rows(cli, id, true, &unsettled);
    if (settled == EXIT_USAGE)
        return settled;
    reader = journal_open(cli->profile.name, id, &error);
    if (reader == NULL)
        return cli_error(cli, &error);
    while (journal_next(reader, &row))
        keep(cli, &row, &shown);
    journal_close(reader);
    count(&shown);
    if (cli->globals.json) {
        answer_rows(cli, id, &shown);
    } else {
        print_rows(cli, &shown);
        print_totals(cli, &shown);
    }
    xfree(shown.rows);
    return settled;
}

const struct command cmd_import_show = {
    .name = "import show",
    .summary = {"查看一次导入的逐行结果和合计",
                "show what became of each row of an import, and totals"},
    .arguments = arguments,
    .run = run,
};
