#pragma once

#include "core/world.h"
#include "flow/call.h"

/*
 * Loads what the world misses from the pool, for who evaluates rules outside
 * of the ledger: `next` runs when it is there. Repeat until nothing is missing.
 */
struct step store_load_missing(struct call *call, struct world *world, step_fn *next) MUST_USE;
