#include "args.h"

#include <string.h>

static bool
fail(struct args_fault *fault, enum text text, const char *word)
{
    *fault = (struct args_fault){text, word};
    return false;
}

/* The place of a global option's value; NULL where the word is none of them. */
static const char **
global_value(const char *word, struct globals *globals)
{
    if (strcmp(word, "--profile") == 0)
        return &globals->profile;
    if (strcmp(word, "--lang") == 0)
        return &globals->lang;
    if (strcmp(word, "--passphrase-file") == 0)
        return &globals->passphrase_file;
    return NULL;
}

static bool *
global_flag(const char *word, struct globals *globals)
{
    if (strcmp(word, "--json") == 0)
        return &globals->json;
    if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0)
        return &globals->help;
    return NULL;
}

bool
args_take_globals(int *count, char **words, struct globals *globals, struct args_fault *fault)
{
    int kept = 0, i = 0;

    for (; i < *count && strcmp(words[i], "--") != 0; i++) {
        const char **value = global_value(words[i], globals);
        bool *flag = global_flag(words[i], globals);

        if (flag != NULL) {
            *flag = true;
        } else if (value == NULL) {
            words[kept++] = words[i];
        } else {
            if (i + 1 == *count)
                return fail(fault, TEXT_OPTION_WANTS_VALUE, words[i]);
            *value = words[++i];
        }
    }
    while (i < *count)
        words[kept++] = words[i++];
    *count = kept;
    return true;
}

/* The argument of a kind with that name, or the next operand; -1: none. */
static int
find_argument(const struct command *command, const char *word, bool is_option,
              const struct given *given)
{
    for (int i = 0; command->arguments != NULL && command->arguments[i].name != NULL; i++) {
        const struct argument *argument = &command->arguments[i];

        if (is_option && argument->kind != ARGUMENT_OPERAND && strcmp(argument->name, word) == 0)
            return i;
        if (!is_option && argument->kind == ARGUMENT_OPERAND && given->values[i] == NULL)
            return i;
    }
    return -1;
}

static bool
check_required(const struct command *command, const struct given *given, struct args_fault *fault)
{
    for (int i = 0; command->arguments != NULL && command->arguments[i].name != NULL; i++)
        if (command->arguments[i].required && given->values[i] == NULL)
            return fail(fault,
                        command->arguments[i].kind == ARGUMENT_OPERAND ? TEXT_ARGUMENT_MISSING
                                                                       : TEXT_OPTION_MISSING,
                        command->arguments[i].name);
    return true;
}

bool
args_read(const struct command *command, int count, char *const *words, struct given *given,
          struct args_fault *fault)
{
    bool only_operands = false;

    *given = (struct given){0};
    for (int i = 0; i < count; i++) {
        const char *word = words[i];
        bool is_option = !only_operands && strncmp(word, "--", 2) == 0;

        if (is_option && word[2] == '\0') {
            only_operands = true;
            continue;
        }

        int place = find_argument(command, is_option ? word + 2 : word, is_option, given);

        if (place < 0)
            return fail(fault, is_option ? TEXT_OPTION_UNKNOWN : TEXT_OPERAND_TOO_MANY, word);
        if (command->arguments[place].kind == ARGUMENT_OPTION) {
            if (i + 1 == count)
                return fail(fault, TEXT_OPTION_WANTS_VALUE, word);
            word = words[++i];
        }
        if (given->values[place] != NULL)
            return fail(fault, TEXT_OPTION_TWICE, command->arguments[place].name);
        given->values[place] = word;
    }
    return check_required(command, given, fault);
}

const char *
command_value(const struct command *command, const struct given *given, const char *name)
{
    for (int i = 0; command->arguments[i].name != NULL; i++)
        if (strcmp(command->arguments[i].name, name) == 0)
            return given->values[i];
    return NULL;
}

const char *
command_value_or(const struct command *command, const struct given *given, const char *name,
                 const char *otherwise)
{
    const char *value = command_value(command, given, name);

    return value != NULL ? value : otherwise;
}

const struct command *
command_find(int count, char *const *words, int *used)
{
    for (size_t i = 0; commands[i] != NULL; i++) {
        const char *name = commands[i]->name;
        const char *blank = strchr(name, ' ');
        size_t first = blank != NULL ? (size_t)(blank - name) : strlen(name);

        if (count < 1 || strlen(words[0]) != first || strncmp(words[0], name, first) != 0)
            continue;
        *used = blank != NULL ? 2 : 1;
        if (blank == NULL || (count >= 2 && strcmp(words[1], blank + 1) == 0))
            return commands[i];
    }
    return NULL;
}
