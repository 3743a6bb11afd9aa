#include "help.h"

#include "base/scope.h"

#include "table.h"

#include <stdio.h>
#include <string.h>

#define HELP_MAX ((size_t)256 * 1024)

static void
print_table(const struct table *table)
{
    SCOPED(buffer_fini) struct buffer text;

    buffer_init(&text, HELP_MAX);
    if (table_print(table, &text))
        fwrite(text.at, 1, text.len, stdout);
}

/* A command for programs: name, summary, and what it takes. */
static json_t *
command_json(const struct cli *cli, const struct command *command)
{
    static const char *const kinds[] = {"operand", "operands", "option", "flag"};
    json_t *arguments = json_array();

    for (const struct argument *argument = command->arguments;
         argument != NULL && argument->name != NULL; argument++)
        json_array_append_new(arguments,
                              json_pack("{sssssbss}", "name", argument->name, "kind",
                                        kinds[argument->kind], "required", argument->required,
                                        "help", words_in(&argument->help, cli->chinese)));
    return json_pack("{ssssssso}", "name", command->name, "summary",
                     words_in(&command->summary, cli->chinese), "notes",
                     command->notes.zh != NULL ? words_in(&command->notes, cli->chinese) : "",
                     "arguments", arguments);
}

/* Whether the command's first of two words is this; NULL: all are wanted. */
static bool
is_of_group(const struct command *command, const char *first)
{
    size_t len = first != NULL ? strlen(first) : 0;

    return first == NULL || (strncmp(command->name, first, len) == 0 && command->name[len] == ' ');
}

static json_t *
commands_json(const struct cli *cli, const char *first)
{
    json_t *all = json_array();

    for (size_t i = 0; commands[i] != NULL; i++)
        if (is_of_group(commands[i], first))
            json_array_append_new(all, command_json(cli, commands[i]));
    return json_pack("{so}", "commands", all);
}

static void
print_commands(const struct cli *cli, const char *first)
{
    struct table table;

    table_init(&table, cli->arena, 2);
    for (size_t i = 0; commands[i] != NULL; i++) {
        const char *cells[] = {arena_printf(cli->arena, "  %s", commands[i]->name),
                               words_in(&commands[i]->summary, cli->chinese)};

        if (is_of_group(commands[i], first))
            table_add(&table, cells);
    }
    print_table(&table);
}

void
help_print(struct cli *cli)
{
    if (cli->globals.json) {
        cli_answer(cli, commands_json(cli, NULL));
        return;
    }
    puts(text_in(TEXT_HELP_USAGE, cli->chinese));
    print_commands(cli, NULL);
    puts(text_in(TEXT_HELP_GLOBALS, cli->chinese));
    puts(text_in(TEXT_HELP_EXIT_CODES, cli->chinese));
}

/* The second words of the commands that begin with this one, with commas between. */
static const char *
second_words(const struct cli *cli, const char *first)
{
    const char *text = "";

    for (size_t i = 0; commands[i] != NULL; i++)
        if (is_of_group(commands[i], first))
            text = arena_printf(cli->arena, "%s%s%s", text, text[0] != '\0' ? ", " : "",
                                commands[i]->name + strlen(first) + 1);
    return text;
}

bool
help_print_group(struct cli *cli, const char *first)
{
    if (second_words(cli, first)[0] == '\0')
        return false;
    if (cli->globals.json)
        cli_answer(cli, commands_json(cli, first));
    else
        print_commands(cli, first);
    return true;
}

enum exit_code
help_unknown(const struct cli *cli, const char *first, const char *second)
{
    const char *words = second_words(cli, first);
    const char *given = second != NULL ? arena_printf(cli->arena, "%s %s", first, second) : first;

    if (words[0] != '\0')
        return cli_misused(cli, TEXT_COMMAND_CHOICES, FILL(given, first, words));
    return cli_misused(cli, TEXT_COMMAND_UNKNOWN, FILL(given));
}

/* How an argument is written: "FILE", "[--score N]". */
static const char *
argument_form(const struct cli *cli, const struct argument *argument, bool in_usage)
{
    static const char *const before[] = {"", "", "--", "--"}, *const behind[] = {"", " …", " …",
                                                                                 ""};
    const char *form = arena_printf(cli->arena, "%s%s%s", before[argument->kind], argument->name,
                                    behind[argument->kind]);

    return in_usage && !argument->required ? arena_printf(cli->arena, "[%s]", form) : form;
}

static void
print_arguments(const struct cli *cli, const struct argument *arguments)
{
    struct table table;

    if (arguments == NULL || arguments[0].name == NULL)
        return;
    table_init(&table, cli->arena, 2);
    for (size_t i = 0; arguments[i].name != NULL; i++) {
        const char *cells[] = {
            arena_printf(cli->arena, "  %s", argument_form(cli, &arguments[i], false)),
            words_in(&arguments[i].help, cli->chinese)};

        table_add(&table, cells);
    }
    putchar('\n');
    print_table(&table);
}

void
help_print_command(struct cli *cli, const struct command *command)
{
    const struct argument *arguments = command->arguments;

    if (cli->globals.json) {
        cli_answer(cli, command_json(cli, command));
        return;
    }
    printf("creditbank %s", command->name);
    for (size_t i = 0; arguments != NULL && arguments[i].name != NULL; i++)
        printf(" %s", argument_form(cli, &arguments[i], true));
    printf("\n%s\n", words_in(&command->summary, cli->chinese));
    print_arguments(cli, arguments);
    if (command->notes.zh != NULL)
        printf("\n%s\n", words_in(&command->notes, cli->chinese));
}
