#pragma once

#include "base/arena.h"
#include "base/reason.h"

/* Not about an item of the transaction, but about the request itself. */
#define REFUSAL_NO_ITEM UINT32_MAX

/* Why something was refused; docs/errors.md has the sentences of each reason. */
struct refusal {
    uint32_t item_index; /* in the transaction, or REFUSAL_NO_ITEM */
    const char *field;   /* path of the field, as "course_result.score"; "" if none */
    enum reason reason;
    const char *detail; /* what fills the {} of the sentence; "" if none */
    struct refusal *next;
};

/* A list of refusals in the order they were found; its nodes live in an arena. */
struct refusal_list {
    struct refusal *first, *last;
    size_t count;
};

/* Most refusals that one answer lists; the rest are counted only. */
#define REFUSALS_MAX 1000

/* Adds a refusal; `field` must outlive the arena, `detail` is formatted into it. */
void refusal_add(struct refusal_list *list, struct arena *arena, uint32_t item_index,
                 const char *field, enum reason reason, const char *detail, ...) PRINTF(6, 7);
