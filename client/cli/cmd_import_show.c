/* import show: what became of each row of an import. */
#include "base/memory.h"
#include "base/reason.h"
#include "base/scope.h"

#include "journal.h"
#include "label.h"
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

/* What is shown of a row. */
#define CELLS 7

struct shown {
    const char *cells[CELLS];
};

/* The rows of an import by their number, as the journal's last line of each has them. */
struct shown_rows {
    struct shown *rows;
    size_t room;
};

static void
keep(struct cli *cli, const struct journal_row *row, struct shown_rows *shown)
{
    bool booked = row->entry_index != 0;

    if (row->number >= shown->room) {
        size_t room = 2 * row->number + 64;

        shown->rows = xrealloc(shown->rows, room * sizeof(*shown->rows));
        memset(shown->rows + shown->room, 0, (room - shown->room) * sizeof(*shown->rows));
        shown->room = room;
    }
    shown->rows[row->number] = (struct shown){{
        arena_printf(cli->arena, "%zu", row->number),
        arena_text(cli->arena, slice_text(row->state)),
        arena_text(cli->arena, slice_text(row->key)),
        arena_text(cli->arena, slice_text(row->account_no)),
        booked ? arena_printf(cli->arena, "%" PRIu64, row->entry_index) : "",
        booked ? arena_printf(cli->arena, "%" PRIu32, row->item_index) : "",
        arena_text(cli->arena, slice_text(row->code)),
    }};
}

static void
add(const struct cli *cli, const char *const cells[CELLS], struct table *table, json_t *array)
{
    const char *shown[CELLS];
    char sentence[TEXT_SIZE];

    memcpy(shown, cells, sizeof(shown));
    shown[1] = label_name(cells[1], cli->chinese);
    /* What the sentence is about is in the file of bad rows. */
    shown[6] = arena_text(cli->arena,
                          slice_text(reason_sentence(reason_from_code(cells[6]), "…", cli->chinese,
                                                     sentence, sizeof(sentence))));
    table_add(table, shown);
    json_array_append_new(array,
                          json_pack("{sssssossssssss}", "row", cells[0], "state", cells[1], "key",
                                    cli_text(cells[2]), "accountNo", cells[3], "entryIndex",
                                    cells[4], "itemIndex", cells[5], "reason", cells[6]));
}

static enum exit_code
run(struct cli *cli, const struct command *command, const struct given *given)
{
    const char *headings[CELLS] = {
        text_in(TEXT_ROW, cli->chinese),    text_in(TEXT_STATE, cli->chinese),
        text_in(TEXT_NUMBER, cli->chinese), text_in(TEXT_ACCOUNT, cli->chinese),
        text_in(TEXT_ENTRY, cli->chinese),  text_in(TEXT_ITEM, cli->chinese),
        text_in(TEXT_REASON, cli->chinese)};
    struct creditbank_error error;
    struct journal_reader *reader;
    struct journal_row row;
    struct shown_rows shown = {0};
    struct table table;
    json_t *array;

    if (cli_setting(cli, PROFILE_SERVER) == NULL && !cli->profile_loaded)
        return EXIT_USAGE;
    reader = journal_open(cli->profile.name, command_value(command, given, "IMPORT"), &error);
    if (reader == NULL)
        return cli_error(cli, &error);
    array = json_array();
    table_init(&table, cli->arena, CELLS);
    table_add(&table, headings);
    while (journal_next(reader, &row))
        keep(cli, &row, &shown);
    journal_close(reader);
    for (size_t i = 0; i < shown.room; i++)
        if (shown.rows[i].cells[0] != NULL)
            add(cli, shown.rows[i].cells, &table, array);
    xfree(shown.rows);
    view_table(cli, &table, array);
    return EXIT_DONE;
}

const struct command cmd_import_show = {
    .name = "import show",
    .summary = {"逐行查看一次导入的结果", "show what became of each row of an import"},
    .arguments = arguments,
    .run = run,
};
