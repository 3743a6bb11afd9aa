/* creditbank: the command line of the credit bank. */
#include "help.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The locale's name, by the variables that decide on messages. */
static const char *
locale_name(void)
{
    static const char *const variables[] = {"LC_ALL", "LC_MESSAGES", "LANG"};

    for (size_t i = 0; i < ARRAY_COUNT(variables); i++) {
        const char *value = getenv(variables[i]);

        if (value != NULL && value[0] != '\0')
            return value;
    }
    return NULL;
}

static enum exit_code
run(struct cli *cli, int count, char **words)
{
    struct args_fault fault;
    struct given given;
    int used = 0;
    const struct command *command;

    if (cli->globals.version) {
        cli_tell(cli, TEXT_VERSION, FILL(CREDITBANK_VERSION),
                 json_pack("{ss}", "version", CREDITBANK_VERSION));
        return EXIT_DONE;
    }
    if (count == 0 && cli->globals.json && !cli->globals.help)
        return cli_misused(cli, TEXT_ARGUMENT_MISSING, FILL("COMMAND"));
    if (count == 0) {
        help_print(cli);
        return cli->globals.help ? EXIT_DONE : EXIT_USAGE;
    }
    command = command_find(count, words, &used);
    if (command == NULL && count == 1 && cli->globals.help && help_print_group(cli, words[0]))
        return EXIT_DONE;
    if (command == NULL)
        return help_unknown(cli, words[0], count > 1 ? words[1] : NULL);
    if (cli->globals.help) {
        help_print_command(cli, command);
        return EXIT_DONE;
    }
    if (!args_read(command, count - used, words + used, &given, &fault)) {
        (void)cli_misused(cli, fault.text, FILL(fault.word));
        if (!cli->globals.json)
            cli_warn(cli, TEXT_SEE_HELP, FILL(command->name));
        return EXIT_USAGE;
    }
    return command->run(cli, command, &given);
}

int
main(int argc, char **argv)
{
    struct globals globals = {0};
    struct args_fault fault = {0};
    int count = argc > 0 ? argc - 1 : 0;
    bool chinese = true;
    bool good = args_take_globals(&count, argv + 1, &globals, &fault);
    struct cli cli;
    enum exit_code code;

    if (good && !text_choose_language(globals.lang, locale_name(), &chinese)) {
        good = false;
        fault = (struct args_fault){TEXT_LANGUAGE_UNKNOWN, globals.lang};
    }
    cli_init(&cli, &globals, chinese);
    code = good ? run(&cli, count, argv + 1) : cli_misused(&cli, fault.text, FILL(fault.word));
    cli_end(&cli);
    cli_fini(&cli);
    if (fflush(stdout) != 0 && code == EXIT_DONE)
        code = EXIT_USAGE;
    return (int)code;
}
