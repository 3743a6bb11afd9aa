#pragma once

#include "base/attributes.h"

/* Prints one line on standard error and aborts: for what cannot be answered, only ended. */
void panic(const char *fmt, ...) PRINTF(1, 2) NORETURN;
