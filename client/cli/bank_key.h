#pragma once

#include "cli.h"

/*
 * A bank's verifier key as it is given on the command line: the line itself, which has
 * a "+", or the path of a file that holds it. NULL, and said so, where that is no
 * verifier key. In the arena, or what was given.
 */
const char *bank_key_read(struct cli *cli, const char *given) MUST_USE;
