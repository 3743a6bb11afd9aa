#pragma once

#include "cli.h"

/* The list of commands, and what every command understands. */
void help_print(struct cli *cli);

/* One command with its arguments, units and ranges. */
void help_print_command(struct cli *cli, const struct command *command);

/* The commands whose first of two words is this; false, and nothing said, where there are none. */
bool help_print_group(struct cli *cli, const char *first);

/* Says that there is no such command, and what may follow its first word; `second` may be NULL. */
enum exit_code help_unknown(const struct cli *cli, const char *first, const char *second);
