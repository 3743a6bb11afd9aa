/* help: all commands, or one. */
#include "help.h"

#include <stddef.h>

static const struct argument arguments[] = {
    {"COMMAND", ARGUMENT_OPERAND, false, NULL, {"命令的第一个词", "first word of a command"}},
    {"VERB", ARGUMENT_OPERAND, false, NULL, {"命令的第二个词", "its second word"}},
    {0}};

static enum exit_code
run(struct cli *cli, const struct command *command, const struct given *given)
{
    const char *first = command_value(command, given, "COMMAND");
    const char *second = command_value(command, given, "VERB");
    char *words[] = {(char *)(uintptr_t)first, (char *)(uintptr_t)second};
    const struct command *about;
    int used;

    if (first == NULL) {
        help_print(cli);
        return EXIT_DONE;
    }
    about = command_find(second != NULL ? 2 : 1, words, &used);
    if (about == NULL && second == NULL && help_print_group(cli, first))
        return EXIT_DONE;
    if (about == NULL)
        return help_unknown(cli, first, second);
    help_print_command(cli, about);
    return EXIT_DONE;
}

const struct command cmd_help = {
    .name = "help",
    .summary = {"列出命令，或说明一条命令", "list the commands, or explain one"},
    .arguments = arguments,
    .run = run,
};
