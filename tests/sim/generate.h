#pragma once

#include "model.h"
#include "random.h"

/* The most items of one transaction. */
#define DEEDS_MAX 4

/*
 * Makes up what an institution says next: mostly what the model allows, and
 * sometimes whatever comes to mind. Returns how many deeds, signed together.
 */
size_t generate(struct random *random, const struct model *m, struct deed deeds[DEEDS_MAX]);

/* What has to stand before there is anything to do, step by step; false after the last. */
bool generate_prelude(const struct model *m, int step, struct deed *deed);

/* The keys of a bank to be: whose they are and what they may. */
void generate_keys(struct model *m);
