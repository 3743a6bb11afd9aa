#pragma once

#include "core/world.h"
#include "flow/call.h"

/*
 * For steps that evaluate rules: after one has asked the world and missed rows,
 * it returns this, and runs again when they are there. Rows lead to rows, but
 * not far: LOAD_ROUNDS_MAX is beyond what any rule asks for.
 */
#define LOAD_ROUNDS_MAX 8

struct loading {
    struct world *world;
    unsigned rounds;
};

/* An empty world in the call's arena. */
void loading_begin(struct call *call, struct loading *loading);

struct step loading_load(struct call *call, struct loading *loading, step_fn *again) MUST_USE;

/* The version of a rulebook under which an application is submitted now; 0: none. */
int32_t loading_version_in_force(const struct loading *loading, struct slice school_id,
                                 struct slice rulebook_id) MUST_USE;
