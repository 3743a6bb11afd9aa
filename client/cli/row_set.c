#include "row_set.h"

#include "base/memory.h"

#include <string.h>

bool
row_set_add(struct row_set *set, size_t number)
{
    bool is_new = !row_set_has(set, number);

    if (number >= set->room) {
        size_t room = 2 * number + 64;

        set->has = xrealloc(set->has, room);
        memset(set->has + set->room, 0, room - set->room);
        set->room = room;
    }
    set->has[number] = 1;
    return is_new;
}

bool
row_set_has(const struct row_set *set, size_t number)
{
    return number < set->room && set->has[number] != 0;
}

void
row_set_fini(struct row_set *set)
{
    xfree(set->has);
    *set = (struct row_set){0};
}
