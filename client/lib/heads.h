#pragma once

#include "creditbank.h"

#include <string.h>

/* Two checkpoints of one size have one root, or the bank has signed two histories. */
static inline bool
heads_contradict(const struct creditbank_head *one, const struct creditbank_head *other)
{
    return one->size == other->size && memcmp(one->root, other->root, sizeof(one->root)) != 0;
}
