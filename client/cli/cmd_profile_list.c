/* profile list: the profiles that there are. */
#include "base/memory.h"
#include "base/scope.h"
#include "lib/file.h"

#include "view.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PROFILES_MAX 1000

/* The profile's name, where the file is one's; NULL otherwise. */
static const char *
name_of(struct cli *cli, const char *file)
{
    size_t len = strlen(file);

    if (len <= strlen(".conf") || strcmp(file + len - strlen(".conf"), ".conf") != 0)
        return NULL;
    return arena_text(cli->arena, slice_make(file, len - strlen(".conf")));
}

static void
add(struct cli *cli, const char *name, struct table *table, json_t *array)
{
    struct profile profile;
    struct creditbank_error error;
    const char *cells[] = {name, "", "", ""};
    static const enum profile_key keys[] = {PROFILE_SERVER, PROFILE_INSTITUTION, PROFILE_ACCOUNT};

    if (profile_load(name, true, &profile, &error))
        for (size_t i = 0; i < ARRAY_COUNT(keys); i++)
            if (profile.values[keys[i]] != NULL)
                cells[i + 1] = arena_text(cli->arena, slice_text(profile.values[keys[i]]));
    profile_fini(&profile);
    table_add(table, cells);
    json_array_append_new(array, json_pack("{sosososo}", "name", cli_text(cells[0]), "server",
                                           cli_text(cells[1]), "institution", cli_text(cells[2]),
                                           "account", cli_text(cells[3])));
}

static enum exit_code
run(struct cli *cli, const struct command *command, const struct given *given)
{
    SCOPED(file_path_free) char *home = profile_home();
    struct dirent **files;
    struct table table;
    const char *headings[] = {
        text_in(TEXT_PROFILE, cli->chinese), text_in(TEXT_SERVER, cli->chinese),
        text_in(TEXT_INSTITUTION, cli->chinese), text_in(TEXT_ACCOUNT, cli->chinese)};
    json_t *array = json_array();
    int count = scandir(home, &files, NULL, alphasort);

    (void)command;
    (void)given;
    table_init(&table, cli->arena, ARRAY_COUNT(headings));
    table_add(&table, headings);
    for (int i = 0; i < count; i++) {
        const char *name = name_of(cli, files[i]->d_name);

        if (name != NULL && table.row_count < PROFILES_MAX)
            add(cli, name, &table, array);
        free(files[i]);
    }
    if (count >= 0)
        free(files);
    view_table(cli, &table, array);
    return EXIT_DONE;
}

const struct command cmd_profile_list = {
    .name = "profile list",
    .summary = {"列出配置档案", "list the profiles"},
    .run = run,
};
