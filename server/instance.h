#pragma once

#include "config.h"

#include <sys/types.h>

/*
 * That a state directory has one daemon at a time: STATE/creditbankd.lock is
 * locked as long as it lives, and holds its process number.
 */

/* Locks it for this process; what keeps it is the descriptor, or -1, said on standard error. */
int instance_lock(const struct config *config) MUST_USE;

/* The daemon that runs now; 0 if there is none. */
pid_t instance_pid(const struct config *config) MUST_USE;
