/* completion: the shell's completion, made from the table of commands. */
#include "cli.h"

#include "base/scope.h"
#include "lib/error.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define PART_MAX 1024
#define SCRIPT_MAX ((size_t)256 * 1024)

static const struct argument arguments[] = {
    {"SHELL", ARGUMENT_OPERAND, true, NULL, {"bash", "bash"}}, {0}};

/* What may stand for an argument, where that is one of a few words. */
static const struct {
    const char *command, *argument, *words;
} choices[] = {
    {"key generate", "algorithm", "Ed25519 P-256 SM2"},
    {"institution register", "kind", "regulator school issuer"},
    {"institution list", "kind", "operator regulator school issuer"},
    {"recording-rule set", "KIND", "theory practice"},
    {"enrolment end", "reason", "graduated transferred withdrawn entry-error"},
    {"import template", "KIND", "learners results hours certificates"},
    {"import template", "encoding", "utf-8-bom utf-8 gb18030"},
    {"outcome correct", "reason", "entry-error mark-reviewed"},
    {"outcome revoke", "reason", "entry-error wrong-person replaced misconduct"},
    {"account outcomes", "kind", "course-result training-hours certificate"},
    {"account state", "STATE", "active suspended closed"},
    {"application list", "state",
     "submitted accepted returned reviewed approved rejected withdrawn"},
    {"application review", "VERDICT", "approve reject"},
    {"application decide", "VERDICT", "approve reject"},
    {"completion", "SHELL", "bash"},
};

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
    add(script, "    [ ${#given[@]} = 0 ] && words='");
    for (size_t i = 0; commands[i] != NULL; i++)
        if (!is_repeated(i))
            add(script, "%.*s ", (int)strcspn(commands[i]->name, " "), commands[i]->name);
    add(script, "'\n");
}

static void
add_second_words(struct buffer *script, size_t i)
{
    size_t len = strcspn(commands[i]->name, " ");

    add(script, "    '1 %.*s ') words='", (int)len, commands[i]->name);
    for (size_t j = i; commands[j] != NULL; j++)
        if (strcspn(commands[j]->name, " ") == len && commands[j]->name[len] == ' ' &&
            strncmp(commands[j]->name, commands[i]->name, len) == 0)
            add(script, "%s ", commands[j]->name + len + 1);
    add(script, "' ;;\n");
}

static const char *
choices_of(const struct command *command, const struct argument *argument)
{
    for (size_t i = 0; i < ARRAY_COUNT(choices); i++)
        if (strcmp(choices[i].command, command->name) == 0 &&
            strcmp(choices[i].argument, argument->name) == 0)
            return choices[i].words;
    return NULL;
}

/* What may stand in the place of an operand: so many words are given before it. */
static void
add_operands(struct buffer *script, const struct command *command)
{
    const struct argument *all = command->arguments;
    int given = strchr(command->name, ' ') != NULL ? 2 : 1;

    for (size_t i = 0; all != NULL && all[i].name != NULL; i++) {
        if (!argument_is_operand(&all[i]))
            continue;
        if (choices_of(command, &all[i]) != NULL)
            add(script, "    '%d %s '*) words='%s' ;;\n", given, command->name,
                choices_of(command, &all[i]));
        given++;
    }
}

static void
add_options(struct buffer *script, const struct command *command)
{
    const struct argument *all = command->arguments;

    add(script, "    '%s '*) words='--profile --lang --json --help --passphrase-file ",
        command->name);
    for (size_t i = 0; all != NULL && all[i].name != NULL; i++)
        if (!argument_is_operand(&all[i]))
            add(script, "--%s ", all[i].name);
    add(script, "' ;;\n");
}

static void
add_values(struct buffer *script, const struct command *command)
{
    const struct argument *all = command->arguments;

    for (size_t i = 0; all != NULL && all[i].name != NULL; i++)
        if (all[i].kind == ARGUMENT_OPTION && choices_of(command, &all[i]) != NULL)
            add(script, "    '--%s %s '*) words='%s' ;;\n", all[i].name, command->name,
                choices_of(command, &all[i]));
}

/*
 * The words given so far, without options and the values of those that every command has.
 * The shell takes "--lang=zh" for three words. After "help" stands a command.
 */
static const char given_words[] =
    "_creditbank()\n{\n"
    "    local i given=() words='' current=${COMP_WORDS[COMP_CWORD]}\n"
    "    local before=${COMP_WORDS[COMP_CWORD-1]}\n"
    "    [ \"$current\" = = ] && current=''\n"
    "    [ \"$before\" = = ] && before=${COMP_WORDS[COMP_CWORD-2]}\n"
    "    for ((i = 1; i < COMP_CWORD; i++)); do case ${COMP_WORDS[i]} in\n"
    "    --profile|--lang|--passphrase-file)\n"
    "        i=$((i + 1)); [ \"${COMP_WORDS[i]}\" = = ] && i=$((i + 1)) ;;\n"
    "    -*|=) ;;\n"
    "    *) given+=(\"${COMP_WORDS[i]}\") ;;\n"
    "    esac; done\n"
    "    [ \"${given[0]}\" = help ] && given=(\"${given[@]:1}\")\n";

static void
add_script(struct buffer *script)
{
    add(script, "%s", given_words);
    add_first_words(script);
    add(script, "    case \"${#given[@]} ${given[0]} ${given[1]}\" in\n");
    for (size_t i = 0; commands[i] != NULL; i++)
        if (!is_repeated(i) && strchr(commands[i]->name, ' ') != NULL)
            add_second_words(script, i);
    add(script, "    esac\n    case \"${#given[@]} ${given[0]} ${given[1]} \" in\n");
    for (size_t i = 0; commands[i] != NULL; i++)
        add_operands(script, commands[i]);
    add(script, "    esac\n    case $current in -*) case \"${given[0]} ${given[1]} \" in\n");
    for (size_t i = 0; commands[i] != NULL; i++)
        add_options(script, commands[i]);
    add(script, "    esac ;; esac\n    case \"$before ${given[0]} ${given[1]} \" in\n"
                "    '--lang '*) words='zh en' ;;\n");
    for (size_t i = 0; commands[i] != NULL; i++)
        add_values(script, commands[i]);
    add(script, "    esac\n    mapfile -t COMPREPLY < <(compgen -W \"$words\" -- "
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
