#include "args.h"

#include <string.h>

static bool
fail(struct args_fault *fault, enum text text, const char *word)
{
    *fault = (struct args_fault){text, word};
    return false;
}

/* Whether the word gives the option; `value` is what it has of it, as in "--lang=zh", or NULL. */
static bool
is_given(const char *word, const char *option, const char **value)
{
    size_t len = strlen(option);

    *value = NULL;
    if (strncmp(word, option, len) != 0 || (word[len] != '\0' && word[len] != '='))
        return false;
    if (word[len] == '=')
        *value = word + len + 1;
    return true;
}

/* The place of a global option's value; NULL where the word is none of them. */
static const char **
global_value(const char *word, struct globals *globals, const char **value)
{
    if (is_given(word, "--profile", value))
        return &globals->profile;
    if (is_given(word, "--lang", value))
        return &globals->lang;
    return is_given(word, "--passphrase-file", value) ? &globals->passphrase_file : NULL;
}

static bool *
global_flag(const char *word, struct globals *globals, const char **value)
{
    if (is_given(word, "--json", value))
        return &globals->json;
    if (is_given(word, "--version", value))
        return &globals->version;
    return is_given(word, "--help", value) || is_given(word, "-h", value) ? &globals->help : NULL;
}

/* Where the word at `i` has no value of its option itself, the next word is it. */
static bool
take_value(int count, char *const *words, int *i, const char **value, struct args_fault *fault)
{
    if (*value != NULL)
        return true;
    if (*i + 1 == count)
        return fail(fault, TEXT_OPTION_WANTS_VALUE, words[*i]);
    *value = words[++*i];
    return true;
}

bool
args_take_globals(int *count, char **words, struct globals *globals, struct args_fault *fault)
{
    int kept = 0, i = 0;

    for (; i < *count && strcmp(words[i], "--") != 0; i++) {
        const char *value, *none;
        const char **place = global_value(words[i], globals, &value);
        bool *flag = global_flag(words[i], globals, &none);

        if (none != NULL)
            return fail(fault, TEXT_OPTION_TAKES_NO_VALUE, words[i]);
        if (flag != NULL) {
            *flag = true;
        } else if (place == NULL) {
            words[kept++] = words[i];
        } else {
            if (!take_value(*count, words, &i, &value, fault))
                return false;
            *place = value;
        }
    }
    while (i < *count)
        words[kept++] = words[i++];
    *count = kept;
    return true;
}

bool
argument_is_operand(const struct argument *argument)
{
    return argument->kind == ARGUMENT_OPERAND || argument->kind == ARGUMENT_OPERANDS;
}

/* The option that the word gives, maybe with its value, or the next operand; -1: none. */
static int
find_argument(const struct command *command, const char *word, bool is_option,
              const struct given *given, const char **value)
{
    *value = NULL;
    for (int i = 0; command->arguments != NULL && command->arguments[i].name != NULL; i++) {
        const struct argument *argument = &command->arguments[i];

        if (is_option && !argument_is_operand(argument) && is_given(word, argument->name, value))
            return i;
        if (!is_option && argument_is_operand(argument) &&
            (given->values[i] == NULL || argument->kind == ARGUMENT_OPERANDS))
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
                        argument_is_operand(&command->arguments[i]) ? TEXT_ARGUMENT_MISSING
                                                                    : TEXT_OPTION_MISSING,
                        command->arguments[i].name);
    return true;
}

/* The value is the argument's; false if it has one already, or as many as there may be. */
static bool
give(const struct argument *argument, const char *value, const char **place, struct given *given,
     struct args_fault *fault)
{
    if (argument->kind == ARGUMENT_OPERANDS) {
        if (given->operand_count == OPERANDS_MAX)
            return fail(fault, TEXT_OPERAND_TOO_MANY, value);
        given->operands[given->operand_count++] = value;
        if (*place != NULL)
            return true;
    }
    if (*place != NULL)
        return fail(fault, TEXT_OPTION_TWICE, argument->name);
    *place = value;
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

        const char *value;
        int place = find_argument(command, is_option ? word + 2 : word, is_option, given, &value);

        if (place < 0)
            return fail(fault, is_option ? TEXT_OPTION_UNKNOWN : TEXT_OPERAND_TOO_MANY, word);
        if (command->arguments[place].kind != ARGUMENT_OPTION && value != NULL)
            return fail(fault, TEXT_OPTION_TAKES_NO_VALUE, word);
        if (command->arguments[place].kind != ARGUMENT_OPTION)
            value = word;
        else if (!take_value(count, words, &i, &value, fault))
            return false;
        if (!give(&command->arguments[place], value, &given->values[place], given, fault))
            return false;
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
