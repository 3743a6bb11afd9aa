#include "store/log_read.h"

#include "db/params.h"
#include "db/pool.h"

#include <assert.h>

static const struct refusal_list *
read_checkpoint(struct call *call, const struct db_result *const *results, void *out)
{
    struct stored_checkpoint *checkpoint = out;

    if (row_count(results[0]) == 0)
        return db_refusal(call, REASON_NOT_SIGNED_YET, "", "%s", "");
    checkpoint->size = (uint64_t)row_int64(results[0], 0, 0);
    checkpoint->note = arena_copy(call_arena(call), row_slice(results[0], 0, 1));
    return NULL;
}

struct step
store_find_checkpoint(struct call *call, struct stored_checkpoint *out, step_fn *next)
{
    static const struct db_statement find = {
        "find_checkpoint",
        "SELECT size, note FROM log.checkpoint ORDER BY size DESC LIMIT 1",
    };

    return db_query(call, &find, NULL, read_checkpoint, out, next);
}

void
log_read_entry(const struct db_result *result, size_t row, struct stored_entry *entry)
{
    *entry = (struct stored_entry){
        .entry_index = row_int64(result, row, 0),
        .booked_at_us = row_int64(result, row, 1),
        .bytes = row_slice(result, row, 2),
    };
}

static const struct refusal_list *
read_entries(struct call *call, const struct db_result *const *results, void *out)
{
    struct stored_entries *list = out;
    size_t count = row_count(results[0]);

    list->count = count;
    list->entries = arena_array(call_arena(call), count, sizeof(*list->entries));
    for (size_t i = 0; i < count; i++) {
        log_read_entry(results[0], i, &list->entries[i]);
        list->entries[i].bytes = arena_copy(call_arena(call), list->entries[i].bytes);
    }
    return NULL;
}

struct step
store_list_entries(struct call *call, int64_t first, int32_t limit, int64_t bytes_max,
                   struct stored_entries *out, step_fn *next)
{
    /* The one that is asked for always, so that nobody is stuck at a large one. */
    static const struct db_statement list = {
        "list_entries",
        "SELECT entry_index, booked_at_us, entry FROM ("
        "SELECT e.entry_index, e.booked_at_us, e.entry,"
        " (sum(length(e.entry)) OVER (ORDER BY e.entry_index))::int8 AS bytes FROM log.entry e"
        " WHERE e.entry_index >= $1 AND e.entry_index < (SELECT max(size) FROM log.checkpoint)"
        " ORDER BY e.entry_index LIMIT $2) AS page"
        " WHERE bytes <= $3 OR entry_index = $1 ORDER BY entry_index",
    };
    struct db_params *params = params_new(call_arena(call));

    params_add_int8(params, first);
    params_add_int4(params, limit);
    params_add_int8(params, bytes_max);
    return db_query(call, &list, params, read_entries, out, next);
}

void
log_read_entries(const uint64_t *indexes, size_t count, struct arena *arena, struct db_batch *batch)
{
    static const struct db_statement read = {
        "log_read_entries",
        "SELECT e.entry_index, e.booked_at_us, e.entry"
        " FROM unnest($1::int8[]) WITH ORDINALITY AS u(entry_index, place)"
        " CROSS JOIN LATERAL (SELECT * FROM log.entry e WHERE e.entry_index = u.entry_index"
        " OFFSET 0) AS e ORDER BY u.place",
    };
    struct db_params *params = params_new(arena);
    struct db_array array;

    array_begin(&array, arena, DB_INT8, count);
    for (size_t i = 0; i < count; i++)
        array_add_int8(&array, (int64_t)indexes[i]);
    params_add_array(params, &array);
    batch_add(batch, &read, params);
}

void
log_read_tiles(const struct log_tile *tiles, size_t count, struct arena *arena,
               struct db_batch *batch)
{
    static const struct db_statement read = {
        "log_read_tiles",
        "SELECT u.level, u.tile, string_agg(h.hash, ''::bytea ORDER BY h.number)"
        " FROM unnest($1::int2[], $2::int8[]) AS u(level, tile) CROSS JOIN LATERAL ("
        "SELECT e.entry_index AS number, e.leaf_hash AS hash FROM log.entry e"
        " WHERE u.level = 0 AND e.entry_index >= u.tile * 256"
        " AND e.entry_index < (u.tile + 1) * 256"
        " UNION ALL SELECT s.number, s.hash FROM log.subtree s"
        " WHERE s.level = u.level AND s.number >= u.tile * 256"
        " AND s.number < (u.tile + 1) * 256) AS h"
        " GROUP BY u.level, u.tile ORDER BY u.level, u.tile",
    };
    struct db_params *params = params_new(arena);
    struct db_array levels, numbers;

    array_begin(&levels, arena, DB_INT2, count);
    array_begin(&numbers, arena, DB_INT8, count);
    for (size_t i = 0; i < count; i++) {
        array_add_int2(&levels, (int16_t)tiles[i].level);
        array_add_int8(&numbers, (int64_t)tiles[i].number);
    }
    params_add_array(params, &levels);
    params_add_array(params, &numbers);
    batch_add(batch, &read, params);
}

struct slice
log_read_tile(const struct db_result *result, size_t row, struct log_tile *tile)
{
    tile->level = (unsigned)row_int32(result, row, 0);
    tile->number = (uint64_t)row_int64(result, row, 1);
    return row_slice(result, row, 2);
}

struct items_read {
    size_t count;
    const struct item_place *places;
    struct stored_item *out;
};

/* The leaf hashes of an entry's items, one after another; the rows are sorted by entry. */
static struct slice
find_leaf_hashes(const struct db_result *result, int64_t entry_index)
{
    size_t low = 0, high = row_count(result);

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int64_t found = row_int64(result, middle, 0);

        if (found == entry_index)
            return row_slice(result, middle, 1);
        if (found < entry_index)
            low = middle + 1;
        else
            high = middle;
    }
    return (struct slice){0};
}

/* Only as many hashes as the path has: a statement keeps a thousand of them. */
static void
read_path(struct arena *arena, struct slice hashes, struct stored_item *item)
{
    size_t count = hashes.len / HASH_SIZE;
    struct merkle_proof path;

    assert((size_t)item->place.item_index < count);
    /* A struct hash is its bytes and nothing else. */
    merkle_prove((const struct hash *)(const void *)hashes.at, count,
                 (size_t)item->place.item_index, &path);
    item->path_count = path.count;
    item->path = (const struct hash *)(const void *)arena_copy(
                     arena, slice_make(path.hashes[0].bytes, path.count * HASH_SIZE))
                     .at;
}

static const struct refusal_list *
read_items(struct call *call, const struct db_result *const *results, void *out)
{
    struct items_read *read = out;

    for (size_t i = 0; i < read->count; i++)
        read->out[i] = (struct stored_item){.place = read->places[i]};
    for (size_t i = 0; i < row_count(results[0]); i++) {
        size_t place = (size_t)row_int64(results[0], i, 0) - 1;

        assert(place < read->count);
        struct stored_item *item = &read->out[place];

        item->bytes = arena_copy(call_arena(call), row_slice(results[0], i, 1));
        read_path(call_arena(call), find_leaf_hashes(results[1], item->place.entry_index), item);
    }
    return NULL;
}

/*
 * The wanted items ($3, $4) that the scope reaches. Of each one row is looked up by
 * its whole key: a plan that read all items of its transaction would, for a
 * statement of many, read them as often.
 */
#define SEEN_ITEMS                                                                    \
    "WITH seen AS MATERIALIZED (SELECT u.place, u.entry_index, i.account_no, i.item"  \
    " FROM unnest($3::int8[], $4::int4[]) WITH ORDINALITY"                            \
    " AS u(entry_index, item_index, place) CROSS JOIN LATERAL ("                      \
    "SELECT w.account_no, w.item FROM log.item w WHERE w.entry_index = u.entry_index" \
    " AND w.item_index = u.item_index OFFSET 0) AS i"                                 \
    " JOIN log.entry e ON e.entry_index = u.entry_index WHERE i.account_no IS NULL"   \
    " OR ($1 = 1 AND i.account_no = $2) OR ($1 = 2 AND e.institution_id = $2))"

static struct db_params *
seen_params(struct call *call, const struct scope *scope, const struct items_read *read)
{
    struct db_params *params = scope_params(call, scope);
    struct db_array entries, indexes;

    array_begin(&entries, call_arena(call), DB_INT8, read->count);
    array_begin(&indexes, call_arena(call), DB_INT4, read->count);
    for (size_t i = 0; i < read->count; i++) {
        array_add_int8(&entries, read->places[i].entry_index);
        array_add_int4(&indexes, read->places[i].item_index);
    }
    params_add_array(params, &entries);
    params_add_array(params, &indexes);
    return params;
}

struct step
store_find_items(struct call *call, const struct scope *scope, const struct item_place *places,
                 size_t count, struct stored_item *out, step_fn *next)
{
    static const struct db_statement find = {
        "find_items",
        SEEN_ITEMS
        ", looked AS (INSERT INTO access.look (account_no, institution_id, method, look_time_us)"
        " SELECT DISTINCT account_no, $2, $5, $6::int8 FROM seen"
        " WHERE $1 = 2 AND account_no IS NOT NULL)"
        " SELECT seen.place, seen.item FROM seen",
    };
    /*
     * Of each transaction once, however many of its items are wanted. RFC 9162
     * 2.1.1: the hash of a leaf is over a zero byte and its entry.
     */
    static const struct db_statement find_hashes = {
        "find_leaf_hashes",
        SEEN_ITEMS ", entries AS (SELECT DISTINCT entry_index FROM seen)"
                   " SELECT n.entry_index, h.hashes FROM entries n CROSS JOIN LATERAL ("
                   "SELECT string_agg(sha256('\\x00'::bytea || i.item), ''::bytea"
                   " ORDER BY i.item_index) AS hashes FROM log.item i"
                   " WHERE i.entry_index = n.entry_index) AS h ORDER BY n.entry_index",
    };
    struct items_read *read = arena_alloc(call_arena(call), sizeof(*read));
    struct db_batch batch = {0};
    struct db_params *params;

    *read = (struct items_read){.count = count, .places = places, .out = out};
    params = seen_params(call, scope, read);
    params_add_text(params, slice_text(look_method(call)));
    params_add_int8(params, call_now_us(call));
    batch_add(&batch, &find, params);
    batch_add(&batch, &find_hashes, seen_params(call, scope, read));
    return db_run(call, &batch, read_items, read, next);
}

static const struct refusal_list *
read_request(struct call *call, const struct db_result *const *results, void *out)
{
    (void)call;
    *(bool *)out = row_count(results[0]) > 0;
    return NULL;
}

struct step
store_has_request(struct call *call, struct slice institution_id, struct slice request_id,
                  bool *found, step_fn *next)
{
    static const struct db_statement find = {
        "has_request",
        "SELECT true FROM log.entry WHERE institution_id = $1 AND request_id = $2",
    };
    struct db_params *params = params_new(call_arena(call));

    params_add_text(params, institution_id);
    params_add_bytes(params, request_id);
    return db_query(call, &find, params, read_request, found, next);
}
