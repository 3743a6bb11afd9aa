/*
 * A proof takes runs of stored hashes, each within one tile of 256. All proofs
 * of a call read the union of their tiles; then each is made from those, while
 * the result is at hand, so that no tile is copied.
 */
#include "ledger/prove.h"

#include "base/buffer.h"
#include "crypto/tlog_proof.h"
#include "db/pool.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>

struct tile_set {
    size_t count, capacity;
    struct log_tile *tiles;
};

/* The tiles with their hashes, as they were read: in the order of compare_tiles(). */
struct tiles_found {
    const struct db_result *result;
};

static int
compare_tiles(const void *a, const void *b)
{
    const struct log_tile *x = a, *y = b;

    if (x->level != y->level)
        return (x->level > y->level) - (x->level < y->level);
    return (x->number > y->number) - (x->number < y->number);
}

static void
add_tiles(struct tile_set *set, const struct merkle_plan *plan)
{
    assert(set->count + plan->run_count <= set->capacity);
    for (size_t i = 0; i < plan->run_count; i++)
        set->tiles[set->count++] = (struct log_tile){
            .level = plan->runs[i].level,
            .number = plan->runs[i].first / MERKLE_TILE_WIDTH,
        };
}

static void
sort_tiles(struct tile_set *set)
{
    size_t count = 0;

    qsort(set->tiles, set->count, sizeof(*set->tiles), compare_tiles);
    for (size_t i = 0; i < set->count; i++)
        if (count == 0 || compare_tiles(&set->tiles[count - 1], &set->tiles[i]) != 0)
            set->tiles[count++] = set->tiles[i];
    set->count = count;
}

/* The hashes of a tile; rows are sorted by tile. */
static struct slice
find_tile(const struct tiles_found *found, const struct log_tile *wanted)
{
    size_t low = 0, high = row_count(found->result);

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        struct log_tile tile;
        struct slice hashes = log_read_tile(found->result, middle, &tile);
        int order = compare_tiles(&tile, wanted);

        if (order == 0)
            return hashes;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return (struct slice){0};
}

/* False where the database lacks a hash that it must have. */
static bool
prove(const struct merkle_plan *plan, const struct tiles_found *found, struct arena *arena,
      struct merkle_proof *proof)
{
    struct hash *hashes = arena_array(arena, plan->hash_count, sizeof(*hashes));
    size_t count = 0;

    for (size_t i = 0; i < plan->run_count; i++) {
        const struct merkle_run *run = &plan->runs[i];
        struct log_tile wanted = {run->level, run->first / MERKLE_TILE_WIDTH};
        struct slice tile = find_tile(found, &wanted);
        size_t first = run->first % MERKLE_TILE_WIDTH;

        if (tile.len == 0 || tile.len < (first + run->count) * HASH_SIZE)
            return false;
        memcpy(&hashes[count], tile.at + first * HASH_SIZE, (size_t)run->count * HASH_SIZE);
        count += run->count;
    }
    merkle_plan_prove(plan, hashes, proof);
    return true;
}

struct entries_proved {
    const struct stored_checkpoint *checkpoint;
    const uint64_t *indexes;
    size_t count;
    struct booked *booked;
};

static const char *
format_proof(const struct stored_checkpoint *checkpoint, uint64_t index,
             const struct merkle_proof *path, struct arena *arena)
{
    struct tlog_proof proof = {.index = index, .path = *path, .checkpoint = checkpoint->note};
    struct buffer text;
    const char *copy = NULL;

    buffer_init(&text, TLOG_PROOF_MAX);
    if (tlog_proof_format(&proof, &text))
        copy = arena_text(arena, buffer_slice(&text));
    buffer_fini(&text);
    return copy;
}

/* `scratch` is reset for every proof: its hashes are needed no longer than that. */
static const struct refusal_list *
prove_entries(struct call *call, const struct entries_proved *p,
              const struct db_result *const *results, struct arena *scratch)
{
    struct tiles_found found = {results[1]};
    size_t row = 0;

    for (size_t i = 0; i < p->count; i++) {
        struct merkle_plan plan;
        struct merkle_proof path;
        struct stored_entry entry = {0};

        if (row < row_count(results[0]))
            log_read_entry(results[0], row, &entry);
        if (row == row_count(results[0]) || (uint64_t)entry.entry_index != p->indexes[i])
            return db_refusal(call, REASON_ENTRY_UNKNOWN, "entry_index", "%" PRIu64, p->indexes[i]);
        row++;
        if (!merkle_plan_inclusion(&plan, p->indexes[i], p->checkpoint->size))
            return db_refusal(call, REASON_NOT_SIGNED_YET, "entry_index", "%s", "");
        if (!prove(&plan, &found, scratch, &path))
            return db_refusal(call, REASON_INTERNAL_ERROR, "", "%s", "");
        p->booked[i] = (struct booked){
            .entry_index = entry.entry_index,
            .booked_at_us = entry.booked_at_us,
            .entry = arena_copy(call_arena(call), entry.bytes),
            .tlog_proof = format_proof(p->checkpoint, p->indexes[i], &path, call_arena(call)),
        };
        arena_reset(scratch);
    }
    return NULL;
}

/* Hashes that one proof takes: 512 a level. */
#define SCRATCH_BYTES ((size_t)MERKLE_LEVELS * 512 * HASH_SIZE * 2)

static const struct refusal_list *
read_entries(struct call *call, const struct db_result *const *results, void *out)
{
    struct arena *scratch = arena_new(SCRATCH_BYTES);
    const struct refusal_list *refusals = prove_entries(call, out, results, scratch);

    arena_free(scratch);
    return refusals;
}

struct step
ledger_prove(struct call *call, const struct stored_checkpoint *checkpoint, const uint64_t *indexes,
             size_t count, struct booked *booked, step_fn *next)
{
    struct arena *arena = call_arena(call);
    struct db_batch *batch = arena_alloc(arena, sizeof(*batch));
    struct entries_proved *p = arena_alloc(arena, sizeof(*p));
    struct tile_set set = {0};
    struct merkle_plan plan;

    *p = (struct entries_proved){checkpoint, indexes, count, booked};
    for (size_t i = 0; i < count; i++)
        if (merkle_plan_inclusion(&plan, indexes[i], checkpoint->size))
            set.capacity += plan.run_count;
    set.tiles = arena_array(arena, set.capacity, sizeof(*set.tiles));
    for (size_t i = 0; i < count; i++)
        if (merkle_plan_inclusion(&plan, indexes[i], checkpoint->size))
            add_tiles(&set, &plan);
    sort_tiles(&set);
    log_read_entries(indexes, count, arena, batch);
    log_read_tiles(set.tiles, set.count, arena, batch);
    return db_run(call, batch, read_entries, p, next);
}

struct consistency_proved {
    uint64_t older, newer;
    struct merkle_proof *proof;
};

static const struct refusal_list *
read_consistency(struct call *call, const struct db_result *const *results, void *out)
{
    const struct consistency_proved *p = out;
    struct tiles_found found = {results[0]};
    struct merkle_plan plan;

    if (!merkle_plan_consistency(&plan, p->older, p->newer) ||
        !prove(&plan, &found, call_arena(call), p->proof))
        return db_refusal(call, REASON_INTERNAL_ERROR, "", "%s", "");
    return NULL;
}

struct step
ledger_prove_consistency(struct call *call, uint64_t older, uint64_t newer,
                         struct merkle_proof *proof, step_fn *next)
{
    struct arena *arena = call_arena(call);
    struct db_batch *batch = arena_alloc(arena, sizeof(*batch));
    struct consistency_proved *p = arena_alloc(arena, sizeof(*p));
    struct tile_set set = {.capacity = MERKLE_RUNS_MAX};
    struct merkle_plan plan;

    *p = (struct consistency_proved){older, newer, proof};
    if (!merkle_plan_consistency(&plan, older, newer))
        return call_refuse(call, REASON_LOG_SIZE, "old_size", "%" PRIu64, newer);
    set.tiles = arena_array(arena, set.capacity, sizeof(*set.tiles));
    add_tiles(&set, &plan);
    sort_tiles(&set);
    log_read_tiles(set.tiles, set.count, arena, batch);
    return db_run(call, batch, read_consistency, p, next);
}
