#pragma once

#include "core/evaluate.h"

/* Checks in the order in which they are made. */
struct check_list {
    struct arena *arena;
    struct check *first, *last;
    size_t count, failed; /* without those excused */
};

/* Adds a check; the texts must outlive the list. */
void check_list_add(struct check_list *list, const char *name, const char *wanted,
                    const char *found, enum reason reason);

/* The check added last has failed, and that is no reason to refuse. */
void check_list_excuse(struct check_list *list);

/* What the refusal of the check added last tells besides. */
void check_list_detail(struct check_list *list, struct slice detail);
