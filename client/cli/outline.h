#pragma once

#include "cli.h"

/*
 * A message of the contract, whatever it holds, as an outline for people: a line a
 * field by its name in words, what a list holds under numbers from 1, and a message
 * without lists of messages on one line. Absent fields are left out.
 */
void outline_print(const struct cli *cli, const ProtobufCMessage *message);
