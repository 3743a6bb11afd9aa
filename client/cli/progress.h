#pragma once

#include "cli.h"

/* A bar on standard error, while it is a terminal. One at a time. */
void progress_begin(const struct cli *cli);
void progress_show(unsigned percent);
void progress_end(void);
