#pragma once

#include "base/arena.h"

#include "creditbank.h"

/* What corrects or revokes outcomes, among the lines of parts of a statement in their order. */

/* A line that does: of which part, and which one there, both from 0. */
struct change {
    size_t part, line;
    const char *outer_id, *signer;
};

struct change_list {
    size_t count;
    struct change *changes; /* in the order of parts and lines */
};

/* In the arena. */
void changes_find(const struct creditbank_report *parts, size_t count, struct arena *arena,
                  struct change_list *list);

/* The first line after this one by which its outcome was corrected or revoked; NULL: none. */
const struct change *changes_of(const struct change_list *list,
                                const struct creditbank_report *parts, size_t part, size_t line,
                                struct arena *arena) MUST_USE;

/* The institution whose keys signed the line. */
const char *changes_signer(const struct creditbank_report *part, size_t line,
                           struct arena *arena) MUST_USE;
