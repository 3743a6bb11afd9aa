#include "api/loading.h"

#include "store/load.h"

void
loading_begin(struct call *call, struct loading *loading)
{
    *loading = (struct loading){.world = world_new_in(call_arena(call))};
    world_begin(loading->world);
}

struct step
loading_load(struct call *call, struct loading *loading, step_fn *again)
{
    if (loading->rounds == LOAD_ROUNDS_MAX)
        return call_refuse(call, REASON_INTERNAL_ERROR, "", "%s", "");
    loading->rounds++;
    world_begin(loading->world);
    return store_load_missing(call, loading->world, again);
}

int32_t
loading_version_in_force(const struct loading *loading, struct slice school_id,
                         struct slice rulebook_id)
{
    const struct rulebook_head *head =
        world_find(loading->world, TABLE_RULEBOOK_HEAD,
                   &(struct rulebook_head){.school_id = school_id, .rulebook_id = rulebook_id});

    return head != NULL ? head->published_version : 0;
}
