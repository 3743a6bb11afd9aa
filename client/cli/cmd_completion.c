/* completion: the shell's completion, made from the table of commands. */
#include "cli.h"

#include "lib/error.h"

#include <stdio.h>
#include <string.h>

static const struct argument arguments[] = {
    {"SHELL", ARGUMENT_OPERAND, true, NULL, {"bash", "bash"}}, {0}};

/* Whether an earlier command has the same first word. */
static bool
is_repeated(size_t i)
{
    size_t len = strcspn(commands[i]->name, " ");

    for (size_t j = 0; j < i; j++)
        if (strcspn(commands[j]->name, " ") == len &&
            strncmp(commands[j]->name, commands[i]->name, len) == 0)
            return true;
    return false;
}

static void
print_first_words(void)
{
    printf("    [ $COMP_CWORD = 1 ] && words='");
    for (size_t i = 0; commands[i] != NULL; i++)
        if (!is_repeated(i))
            printf("%.*s ", (int)strcspn(commands[i]->name, " "), commands[i]->name);
    printf("'\n");
}

static void
print_second_words(size_t i)
{
    size_t len = strcspn(commands[i]->name, " ");

    printf("    %.*s) words='", (int)len, commands[i]->name);
    for (size_t j = i; commands[j] != NULL; j++)
        if (strcspn(commands[j]->name, " ") == len && commands[j]->name[len] == ' ' &&
            strncmp(commands[j]->name, commands[i]->name, len) == 0)
            printf("%s ", commands[j]->name + len + 1);
    printf("' ;;\n");
}

static void
print_options(const struct command *command)
{
    const struct argument *all = command->arguments;

    printf("    '%s') words='--profile --lang --json --help --passphrase-file ", command->name);
    for (size_t i = 0; all != NULL && all[i].name != NULL; i++)
        if (all[i].kind != ARGUMENT_OPERAND)
            printf("--%s ", all[i].name);
    printf("' ;;\n");
}

static enum exit_code
run(struct cli *cli, const struct command *command, const struct given *given)
{
    const char *shell = command_value(command, given, "SHELL");
    struct creditbank_error error;

    if (strcmp(shell, "bash") != 0) {
        (void)error_set(&error, REASON_ARGUMENT_INVALID, "%s (bash)", shell);
        return cli_error(cli, &error);
    }
    puts("_creditbank()\n{\n    local words='' current=${COMP_WORDS[COMP_CWORD]}");
    print_first_words();
    puts("    [ \"$COMP_CWORD\" = 2 ] && case ${COMP_WORDS[1]} in");
    for (size_t i = 0; commands[i] != NULL; i++)
        if (!is_repeated(i) && strchr(commands[i]->name, ' ') != NULL)
            print_second_words(i);
    puts("    esac\n    case $current in -*) case \"${COMP_WORDS[1]} ${COMP_WORDS[2]}\" in");
    for (size_t i = 0; commands[i] != NULL; i++)
        print_options(commands[i]);
    puts(
        "    esac ;; esac\n    mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$current\")\n}");
    puts("complete -o default -F _creditbank creditbank");
    return EXIT_DONE;
}

const struct command cmd_completion = {
    .name = "completion",
    .summary = {"输出 shell 的补全脚本", "print the shell's completion"},
    .arguments = arguments,
    .run = run,
};
