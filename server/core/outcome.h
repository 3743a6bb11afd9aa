#pragma once

#include "core/context.h"

/* A result of 60 points, or what stands for it, passes. */
#define CENTISCORE_PASS 6000

/*
 * Records `row` (whose institution, state, version and positions are filled in
 * here), unless the number stands already: then it is a repetition, a conflict,
 * or, where `again` names the revocation it follows, a number posted anew.
 */
void outcome_record(struct context *context, const struct item *item, struct outcome *row);

/* The outcome of the signing institution with that number and owner; else refuses. */
const struct outcome *outcome_of_signer(struct context *context, struct slice account_no,
                                        struct slice outer_id);

/* Writes a changed outcome with its next version. */
void outcome_change(struct context *context, struct outcome *row, enum change_reason reason);

/* Counts valid passes of a course: `by` is 1 or -1. */
void outcome_count_pass(struct context *context, const struct outcome *row, int by);

/* Whether it is a course result that passed and stands. */
bool outcome_is_pass(const struct outcome *row);
