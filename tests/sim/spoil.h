#pragma once

#include "core/execute.h"
#include "random.h"

/*
 * Changes one thing in a transaction that can be booked so that it cannot, and
 * says for which reason among others it then has to be refused. REASON_NONE
 * where nothing fits.
 */
enum reason spoil(struct random *random, struct transaction *transaction);
