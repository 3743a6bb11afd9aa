#pragma once

#include "cli.h"

/* Whether the transaction is the first entry of a log; it may be NULL. */
bool founding_is(const Creditbank__V1__Transaction *transaction) MUST_USE;

/*
 * The log is founded by it: the profile keeps the log's origin, the operator and the
 * bank's verifier key, so that everything from now on is checked against it.
 */
enum exit_code founding_keep(struct cli *cli,
                             const Creditbank__V1__Transaction *transaction) MUST_USE;
