#include "core/check_list.h"

void
check_list_add(struct check_list *list, const char *name, const char *wanted, const char *found,
               enum reason reason)
{
    struct check *check = arena_alloc(list->arena, sizeof(*check));

    *check = (struct check){
        .name = name,
        .wanted = wanted,
        .found = found,
        .reason = reason,
        .detail = found,
    };
    if (list->last != NULL)
        list->last->next = check;
    else
        list->first = check;
    list->last = check;
    list->count++;
    list->failed += reason != REASON_NONE;
}

void
check_list_excuse(struct check_list *list)
{
    list->last->excused = true;
    list->failed--;
}

void
check_list_detail(struct check_list *list, struct slice detail)
{
    if (list->last->reason != REASON_NONE)
        list->last->detail = arena_text(list->arena, detail);
}
