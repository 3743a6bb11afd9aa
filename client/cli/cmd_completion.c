/* completion: the shell's completion, made from the table of commands. */
#include "cli.h"

#include "base/scope.h"
#include "lib/error.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define PART_MAX 512
#define SCRIPT_MAX ((size_t)256 * 1024)

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

/* The script is made of our own table: it always fits. */
static PRINTF(2, 3) void add(struct buffer *script, const char *fmt, ...)
{
    char line[PART_MAX];
    va_list args;

    va_start(args, fmt);
    vsnprintf(line, sizeof(line), fmt, args);
    va_end(args);

    bool fits = buffer_append(script, slice_text(line));

    assert(fits);
}

static void
add_first_words(struct buffer *script)
{
    add(script, "    [ $COMP_CWORD = 1 ] && words='");
    for (size_t i = 0; commands[i] != NULL; i++)
        if (!is_repeated(i))
            add(script, "%.*s ", (int)strcspn(commands[i]->name, " "), commands[i]->name);
    add(script, "'\n");
}

static void
add_second_words(struct buffer *script, size_t i)
{
    size_t len = strcspn(commands[i]->name, " ");

    add(script, "    %.*s) words='", (int)len, commands[i]->name);
    for (size_t j = i; commands[j] != NULL; j++)
        if (strcspn(commands[j]->name, " ") == len && commands[j]->name[len] == ' ' &&
            strncmp(commands[j]->name, commands[i]->name, len) == 0)
            add(script, "%s ", commands[j]->name + len + 1);
    add(script, "' ;;\n");
}

static void
add_options(struct buffer *script, const struct command *command)
{
    const struct argument *all = command->arguments;

    add(script, "    '%s') words='--profile --lang --json --help --passphrase-file ",
        command->name);
    for (size_t i = 0; all != NULL && all[i].name != NULL; i++)
        if (all[i].kind != ARGUMENT_OPERAND)
            add(script, "--%s ", all[i].name);
    add(script, "' ;;\n");
}

static void
add_script(struct buffer *script)
{
    add(script, "_creditbank()\n{\n    local words='' current=${COMP_WORDS[COMP_CWORD]}\n");
    add_first_words(script);
    add(script, "    [ \"$COMP_CWORD\" = 2 ] && case ${COMP_WORDS[1]} in\n");
    for (size_t i = 0; commands[i] != NULL; i++)
        if (!is_repeated(i) && strchr(commands[i]->name, ' ') != NULL)
            add_second_words(script, i);
    add(script,
        "    esac\n    case $current in -*) case \"${COMP_WORDS[1]} ${COMP_WORDS[2]}\" in\n");
    for (size_t i = 0; commands[i] != NULL; i++)
        add_options(script, commands[i]);
    add(script, "    esac ;; esac\n    mapfile -t COMPREPLY < <(compgen -W \"$words\" -- "
                "\"$current\")\n}\ncomplete -o default -F _creditbank creditbank\n");
}

static enum exit_code
run(struct cli *cli, const struct command *command, const struct given *given)
{
    const char *shell = command_value(command, given, "SHELL");
    SCOPED(buffer_fini) struct buffer script;
    struct creditbank_error error;

    if (strcmp(shell, "bash") != 0) {
        (void)error_set(&error, REASON_ARGUMENT_INVALID, "%s (bash)", shell);
        return cli_error(cli, &error);
    }
    buffer_init(&script, SCRIPT_MAX);
    add_script(&script);
    if (cli->globals.json)
        cli_answer(cli, json_pack("{ssss%}", "shell", shell, "script", (const char *)script.at,
                                  script.len));
    else
        fwrite(script.at, 1, script.len, stdout);
    return EXIT_DONE;
}

const struct command cmd_completion = {
    .name = "completion",
    .summary = {"输出 shell 的补全脚本", "print the shell's completion"},
    .arguments = arguments,
    .run = run,
};
