#pragma once

#include "config.h"

/* Prints whether the daemon runs, and how far log and checkpoints are. 0 if it runs and all is
 * signed. */
int status_run(const struct config *config) MUST_USE;
