#pragma once

#include "base/attributes.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The entries with which undos of this profile's imports took rows back, from the journals.
 * Zeroed, it is read when it is first asked.
 */
struct undone {
    uint64_t *entries; /* ascending */
    size_t count, room;
    bool is_read;
};

/* Whether an undo has booked that entry. */
bool undone_has(struct undone *undone, const char *profile, uint64_t entry_index) MUST_USE;
void undone_fini(struct undone *undone);
