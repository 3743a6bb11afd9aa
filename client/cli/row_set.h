#pragma once

#include "base/attributes.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Rows by their numbers, each in the set or not. Zeroed it is empty. */
struct row_set {
    uint8_t *has;
    size_t room;
};

/* Adds a row; false where it was there already. */
bool row_set_add(struct row_set *set, size_t number);
bool row_set_has(const struct row_set *set, size_t number) MUST_USE;
void row_set_fini(struct row_set *set);
