#include "base/refusal.h"

#include <stdarg.h>
#include <stdio.h>

#define DETAIL_MAX 256

void
refusal_add(struct refusal_list *list, struct arena *arena, uint32_t item_index, const char *field,
            enum reason reason, const char *detail, ...)
{
    char text[DETAIL_MAX];
    va_list args;

    if (list->count++ >= REFUSALS_MAX)
        return;
    va_start(args, detail);
    vsnprintf(text, sizeof(text), detail, args);
    va_end(args);

    struct refusal *refusal = arena_alloc(arena, sizeof(*refusal));

    refusal->item_index = item_index;
    refusal->field = field;
    refusal->reason = reason;
    refusal->detail = arena_text(arena, slice_text(text));
    if (list->last != NULL)
        list->last->next = refusal;
    else
        list->first = refusal;
    list->last = refusal;
}
