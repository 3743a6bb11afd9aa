#pragma once

#include "csv_columns.h"

/*
 * The documents to which a file gives two names. Whose name is wrong nobody knows: none of
 * their rows is booked. Zeroed, there are none.
 */
struct documents {
    uint64_t *named_twice; /* by hash, ascending */
    size_t count;
};

/*
 * Reads a file of these columns for them; one without documents is not read. False and an error
 * where that is not possible.
 */
bool documents_read(struct documents *documents, const char *path, const struct csv_column *columns,
                    struct creditbank_error *error) MUST_USE;

/* Whether the document has two names: its type of enum DocumentType, its number in normal form. */
bool documents_has(const struct documents *documents, int type, const char *number) MUST_USE;
void documents_fini(struct documents *documents);
