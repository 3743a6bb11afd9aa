#pragma once

#include "core/context.h"

/* Gives the hours behind a revoked outcome of training back; refuses where later credits rest on
 * them. */
void training_give_back(struct context *context, const struct outcome *row);
