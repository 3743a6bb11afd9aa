#pragma once

#include "config.h"

/*
 * Makes what the bank lacks before it can run: keys, identity keys, the anchor of
 * an empty log, a TLS certificate for localhost where asked for, the schema. What
 * is there stays as it is. Writes STATE/founding.json, from which the operator's
 * command line makes the first entry, and prints the keys that others need to
 * verify the log. The exit status; what went wrong is on standard error.
 */
int init_run(const struct config *config, bool self_signed_tls) MUST_USE;
