#pragma once

#include "config.h"

/*
 * `creditbankd audit`: reads the whole log, checks everything that is hashed and
 * signed in it, executes it again into tables of its own, and compares those
 * with the projections, and the persons with what the log commits to. One
 * snapshot, which nothing is written into: the bank may serve meanwhile.
 *
 * A line on standard output for each fault, with table and key. The exit
 * status: success only if there is none.
 */
int audit_run(const struct config *config) MUST_USE;
