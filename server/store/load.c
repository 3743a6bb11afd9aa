#include "store/load.h"

#include "db/pool.h"
#include "store/projection.h"

struct load {
    struct world *world;
    struct projection_load what;
};

static const struct refusal_list *
read_loaded(struct call *call, const struct db_result *const *results, void *out)
{
    struct load *load = out;

    projection_loaded(load->world, &load->what, results, 0, call_arena(call));
    world_forget_missing(load->world);
    return NULL;
}

struct step
store_load_missing(struct call *call, struct world *world, step_fn *next)
{
    struct arena *arena = call_arena(call);
    struct load *load = arena_alloc(arena, sizeof(*load));
    struct db_batch *batch = arena_alloc(arena, sizeof(*batch));

    load->world = world;
    projection_load_missing(world, arena, batch, &load->what);
    return db_run(call, batch, read_loaded, load, next);
}
