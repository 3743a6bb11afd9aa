#include "changes.h"

#include "line.h"

#include <string.h>

const char *
changes_signer(const struct creditbank_report *part, size_t line, struct arena *arena)
{
    return line_signer(part->statement->lines[line], part->list->log_origin, arena);
}

/* The number of the outcome that the line changes; NULL: none, or it could not be read. */
static const char *
changed_at(const struct creditbank_report *part, size_t line)
{
    return part->items[line] != NULL ? line_changed(part->items[line]) : NULL;
}

static size_t
count_changes(const struct creditbank_report *parts, size_t count)
{
    size_t found = 0;

    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < parts[i].line_count; j++)
            found += changed_at(&parts[i], j) != NULL;
    return found;
}

void
changes_find(const struct creditbank_report *parts, size_t count, struct arena *arena,
             struct change_list *list)
{
    list->changes = arena_array(arena, count_changes(parts, count), sizeof(*list->changes));
    list->count = 0;
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < parts[i].line_count; j++) {
            const char *outer_id = changed_at(&parts[i], j);

            if (outer_id != NULL)
                list->changes[list->count++] =
                    (struct change){i, j, outer_id, changes_signer(&parts[i], j, arena)};
        }
}

const struct change *
changes_of(const struct change_list *list, const struct creditbank_report *parts, size_t part,
           size_t line, struct arena *arena)
{
    const char *outer_id = line_recorded(parts[part].items[line]);

    for (size_t i = 0; outer_id != NULL && i < list->count; i++) {
        const struct change *change = &list->changes[i];
        bool is_later = change->part > part || (change->part == part && change->line > line);

        if (is_later && strcmp(change->outer_id, outer_id) == 0 &&
            strcmp(change->signer, changes_signer(&parts[part], line, arena)) == 0)
            return change;
    }
    return NULL;
}
