#include "undone.h"

#include "base/memory.h"

#include "journal.h"

#include <stdlib.h>
#include <string.h>

/* The rows that one transaction took back stand together: its entry is added once. */
static void
add(struct undone *undone, uint64_t entry_index)
{
    if (undone->count > 0 && undone->entries[undone->count - 1] == entry_index)
        return;
    if (undone->count == undone->room) {
        undone->room = 2 * undone->room + 64;
        undone->entries = xrealloc(undone->entries, undone->room * sizeof(*undone->entries));
    }
    undone->entries[undone->count++] = entry_index;
}

static void
read_journal(struct undone *undone, const char *profile, const char *id)
{
    struct creditbank_error error;
    struct journal_reader *reader = journal_open(profile, id, &error);
    struct journal_row row;

    /* A folder that is no journal's has nothing to say. */
    if (reader == NULL)
        return;
    while (journal_next(reader, &row))
        if (strcmp(row.state, "undone") == 0)
            add(undone, row.entry_index);
    journal_close(reader);
}

static int
compare(const void *a, const void *b)
{
    uint64_t left, right;

    memcpy(&left, a, sizeof(left));
    memcpy(&right, b, sizeof(right));
    return (left > right) - (left < right);
}

static void
read_all(struct undone *undone, const char *profile)
{
    struct journal_ids ids = journal_list(profile);

    for (size_t i = 0; i < ids.count; i++)
        read_journal(undone, profile, ids.ids[i]);
    journal_ids_free(&ids);
    if (undone->count > 0)
        qsort(undone->entries, undone->count, sizeof(*undone->entries), compare);
    undone->is_read = true;
}

bool
undone_has(struct undone *undone, const char *profile, uint64_t entry_index)
{
    if (!undone->is_read)
        read_all(undone, profile);
    return undone->count > 0 && bsearch(&entry_index, undone->entries, undone->count,
                                        sizeof(*undone->entries), compare) != NULL;
}

void
undone_fini(struct undone *undone)
{
    xfree(undone->entries);
    *undone = (struct undone){0};
}
