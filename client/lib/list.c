#include "list.h"

#include "wire/unpack.h"

static const struct wire_limits limits = {.depth_max = 4,
                                          .fields_max = (size_t)4 * CREDITBANK_LINES_MAX,
                                          .elements_max = CREDITBANK_LINES_MAX,
                                          .memory_max = (size_t)128 * 1024 * 1024};

const Creditbank__V1__StatementList *
list_open(struct slice bytes, struct arena *arena, struct wire_fault *fault)
{
    return (const void *)wire_unpack(&creditbank__v1__statement_list__descriptor, bytes, arena,
                                     WIRE_CANONICAL, &limits, fault);
}

static bool
is_before(const Creditbank__V1__StatementLine *line, const Creditbank__V1__StatementLine *other)
{
    if (line->entry_index != other->entry_index)
        return line->entry_index < other->entry_index;
    return line->item_index < other->item_index;
}

bool
list_is_in_order(const Creditbank__V1__StatementList *list)
{
    const Creditbank__V1__StatementLine *last = list->after;

    if (last != NULL && last->entry_index >= list->log_size)
        return false;
    for (size_t i = 0; i < list->n_lines; i++) {
        const Creditbank__V1__StatementLine *line = list->lines[i];

        if (line->entry_index >= list->log_size || (last != NULL && !is_before(last, line)))
            return false;
        last = line;
    }
    return list->n_lines > 0 || !list->goes_on;
}
