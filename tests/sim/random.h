#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Numbers that follow from a seed alone: SplitMix64 (Steele, Lea, Flood 2014). */
struct random {
    uint64_t state;
};

uint64_t random_next(struct random *random);

/* 0 to `count` - 1; `count` is at least 1. */
int random_below(struct random *random, int count);
int random_between(struct random *random, int first, int last);

/* True `percent` times in 100. */
bool random_chance(struct random *random, int percent);
