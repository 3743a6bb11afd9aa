#pragma once

#include "cli.h"

/*
 * A bank's verifier key as it is given on the command line: the line itself, which has
 * a "+", or the path of a file that holds it. NULL, and said so, where it is neither.
 * What the line says is not looked at. In the arena, or what was given.
 */
const char *bank_key_read(struct cli *cli, const char *given) MUST_USE;

/* The same, and the line is a verifier key. */
const char *bank_key_read_valid(struct cli *cli, const char *given) MUST_USE;
