/* import list: the imports of this profile, from their journals. */
#include "journal.h"
#include "label.h"
#include "view.h"

static void
add(struct cli *cli, const char *id, struct table *table, json_t *array)
{
    struct journal_about about;
    struct creditbank_error error;

    if (!journal_read_about(cli->profile.name, id, &about, &error))
        return;

    const char *cells[] = {arena_text(cli->arena, slice_text(id)),
                           arena_text(cli->arena, slice_text(label_name(about.kind, cli->chinese))),
                           arena_text(cli->arena, slice_text(about.time)),
                           arena_text(cli->arena, slice_text(about.file))};

    table_add(table, cells);
    json_array_append_new(array, json_pack("{ssssssso}", "import", cells[0], "kind", about.kind,
                                           "time", cells[2], "file", cli_text(cells[3])));
}

static enum exit_code
run(struct cli *cli, const struct command *command, const struct given *given)
{
    const char *headings[] = {text_in(TEXT_IMPORT, cli->chinese), text_in(TEXT_KIND, cli->chinese),
                              text_in(TEXT_TIME, cli->chinese), text_in(TEXT_FILE, cli->chinese)};
    struct journal_ids ids;
    struct table table;
    json_t *array;

    (void)command;
    (void)given;
    if (cli_setting(cli, PROFILE_SERVER) == NULL && !cli->profile_loaded)
        return EXIT_USAGE;
    array = json_array();
    table_init(&table, cli->arena, ARRAY_COUNT(headings));
    table_add(&table, headings);
    ids = journal_list(cli->profile.name);
    for (size_t i = 0; i < ids.count; i++)
        add(cli, ids.ids[i], &table, array);
    journal_ids_free(&ids);
    view_table(cli, &table, array);
    return EXIT_DONE;
}

const struct command cmd_import_list = {
    .name = "import list",
    .summary = {"列出做过的导入", "list the imports"},
    .run = run,
};
