#pragma once

#include "core/context.h"

/* A result of 60 points, or what stands for it, passes. */
#define CENTISCORE_PASS 6000

/*
 * Whether the item may record an outcome under that number of the signing
 * institution; else refuses. Where the number stands already, the item is a
 * repetition or a conflict, unless what stands was revoked and may follow itself.
 * To be asked first: nothing else of a repetition is worth a refusal.
 */
bool outcome_may_record(struct context *context, const struct item *item, struct slice account_no,
                        struct slice outer_id) MUST_USE;

/* Then records `row`, whose institution, state, version and positions are filled in here. */
void outcome_record(struct context *context, const struct item *item, struct outcome *row);

/* The outcome of the signing institution with that number; NULL if there is none. */
const struct outcome *outcome_find(struct context *context, struct slice outer_id);

/* The same, which has to be that learner's; else refuses. */
const struct outcome *outcome_of_signer(struct context *context, struct slice account_no,
                                        struct slice outer_id);

/* Writes a changed outcome with its next version. */
void outcome_change(struct context *context, struct outcome *row, enum change_reason reason);

/* Counts valid passes of a course: `by` is 1 or -1. */
void outcome_count_pass(struct context *context, const struct outcome *row, int by);

/* Whether it was taken back because it should not have been posted. */
bool outcome_was_error(const struct outcome *row);

/* Whether it is a course result that passed and stands. */
bool outcome_is_pass(const struct outcome *row);
