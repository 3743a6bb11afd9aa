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
        " JOIN log.entry e ON e.entry_index = u.entry_index ORDER BY u.place",
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

/* The leaf hashes of all items of one transaction stand one after another in a row. */
static void
read_item(struct call *call, const struct db_result *result, size_t row, struct stored_item *item)
{
    struct slice hashes = row_slice(result, row, 2);
    size_t count = hashes.len / HASH_SIZE;

    assert((size_t)item->place.item_index < count);
    item->bytes = arena_copy(call_arena(call), row_slice(result, row, 1));
    /* A struct hash is its bytes and nothing else. */
    merkle_prove((const struct hash *)(const void *)hashes.at, count,
                 (size_t)item->place.item_index, &item->path);
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
        read_item(call, results[0], i, &read->out[place]);
    }
    return NULL;
}

struct step
store_find_items(struct call *call, const struct scope *scope, const struct item_place *places,
                 size_t count, struct stored_item *out, step_fn *next)
{
    /* RFC 9162 2.1.1: the hash of a leaf is over a zero byte and its entry. */
    static const struct db_statement find = {
        "find_items",
        "WITH u AS (SELECT * FROM unnest($5::int8[], $6::int4[])"
        " WITH ORDINALITY AS u(entry_index, item_index, place)),"
        " seen AS (SELECT u.place, i.entry_index, i.account_no, i.item FROM u"
        " JOIN log.item i ON i.entry_index = u.entry_index AND i.item_index = u.item_index"
        " JOIN log.entry e ON e.entry_index = u.entry_index WHERE i.account_no IS NULL"
        " OR ($1 = 1 AND i.account_no = $2) OR ($1 = 2 AND e.institution_id = $2)),"
        " h AS (SELECT i.entry_index,"
        " string_agg(sha256('\\x00'::bytea || i.item), ''::bytea ORDER BY i.item_index) AS hashes"
        " FROM log.item i WHERE i.entry_index IN (SELECT entry_index FROM seen)"
        " GROUP BY i.entry_index),"
        " looked AS (INSERT INTO access.look (account_no, institution_id, method, look_time_us)"
        " SELECT DISTINCT account_no, $2, $3, $4::int8 FROM seen"
        " WHERE $1 = 2 AND account_no IS NOT NULL)"
        " SELECT seen.place, seen.item, h.hashes FROM seen"
        " JOIN h ON h.entry_index = seen.entry_index",
    };
    struct items_read *read = arena_alloc(call_arena(call), sizeof(*read));
    struct db_params *params = scope_params(call, scope);
    struct db_array entries, indexes;

    *read = (struct items_read){.count = count, .places = places, .out = out};
    array_begin(&entries, call_arena(call), DB_INT8, count);
    array_begin(&indexes, call_arena(call), DB_INT4, count);
    for (size_t i = 0; i < count; i++) {
        array_add_int8(&entries, places[i].entry_index);
        array_add_int4(&indexes, places[i].item_index);
    }
    params_add_text(params, slice_text(look_method(call)));
    params_add_int8(params, call_now_us(call));
    params_add_array(params, &entries);
    params_add_array(params, &indexes);
    return db_query(call, &find, params, read_items, read, next);
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
