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
