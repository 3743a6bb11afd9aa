#pragma once

#include "core/item.h"
#include "core/world.h"

/*
 * Asks the world for the rows that a transaction names, so that whoever runs it
 * can load them before: world_missing() then tells which. Only a hint, by which
 * a batch takes one round trip in place of four: execute() still asks for
 * whatever it needs, also for what no item names.
 */
void foresee_transaction(struct world *world, const struct transaction *transaction);
