/* import list: the imports of this profile, from their journals. */
#include "base/scope.h"
#include "lib/file.h"

#include "cli.h"
#include "journal.h"
#include "table.h"

#include <dirent.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define IMPORTS_SHOWN_MAX 1000
#define OUTPUT_MAX ((size_t)1024 * 1024)

static void
add(struct cli *cli, const char *id, struct table *table, json_t *array)
{
    struct journal_about about;
    struct creditbank_error error;

    if (!journal_read_about(cli->profile.name, id, &about, &error))
        return;

    const char *cells[] = {arena_text(cli->arena, slice_text(id)),
                           arena_text(cli->arena, slice_text(about.kind)),
                           arena_text(cli->arena, slice_text(about.time)),
                           arena_text(cli->arena, slice_text(about.file))};

    table_add(table, cells);
    json_array_append_new(array, json_pack("{ssssssss}", "import", cells[0], "kind", cells[1],
                                           "time", cells[2], "file", cells[3]));
}

static enum exit_code
run(struct cli *cli, const struct command *command, const struct given *given)
{
    const char *headings[] = {text_in(TEXT_IMPORT, cli->chinese), text_in(TEXT_KIND, cli->chinese),
                              text_in(TEXT_TIME, cli->chinese), text_in(TEXT_FILE, cli->chinese)};
    SCOPED(buffer_fini) struct buffer text;
    struct dirent **folders;
    struct table table;
    json_t *array;

    (void)command;
    (void)given;
    buffer_init(&text, OUTPUT_MAX);
    if (cli_setting(cli, PROFILE_SERVER) == NULL && !cli->profile_loaded)
        return EXIT_USAGE;

    SCOPED(file_path_free) char *path = profile_path(cli->profile.name, "imports");
    int count = scandir(path, &folders, NULL, alphasort);

    array = json_array();
    table_init(&table, cli->arena, ARRAY_COUNT(headings));
    table_add(&table, headings);
    for (int i = 0; i < count; i++) {
        if (table.row_count <= IMPORTS_SHOWN_MAX)
            add(cli, folders[i]->d_name, &table, array);
        free(folders[i]);
    }
    if (count >= 0)
        free(folders);
    if (cli->globals.json && json_dumpf(array, stdout, JSON_INDENT(2)) == 0)
        putchar('\n');
    else if (table_print(&table, &text))
        fwrite(text.at, 1, text.len, stdout);
    json_decref(array);
    return EXIT_DONE;
}

const struct command cmd_import_list = {
    .name = "import list",
    .summary = {"列出做过的导入", "list the imports"},
    .run = run,
};
