#include "store/checkpoint.h"

#include "db/params.h"

void
checkpoint_find_edge(uint64_t size, struct arena *arena, struct db_batch *batch)
{
    static const struct db_statement find = {
        "checkpoint_find_edge",
        "SELECT size, edge FROM log.head"
        " WHERE size = coalesce(nullif($1, 0), (SELECT max(size) FROM log.checkpoint))",
    };
    struct db_params *params = params_new(arena);

    params_add_int8(params, (int64_t)size);
    batch_add(batch, &find, params);
}

bool
checkpoint_read_edge(const struct db_result *result, struct merkle_edge *edge)
{
    *edge = (struct merkle_edge){0};
    return row_count(result) == 0 ||
           merkle_edge_parse((uint64_t)row_int64(result, 0, 0), row_slice(result, 0, 1), edge);
}

void
checkpoint_find_booked(uint64_t size_max, struct arena *arena, struct db_batch *batch)
{
    static const struct db_statement find = {
        "checkpoint_find_booked",
        "SELECT size, root FROM log.head WHERE size <= $1 ORDER BY size DESC LIMIT 1",
    };
    struct db_params *params = params_new(arena);

    params_add_int8(params, (int64_t)size_max);
    batch_add(batch, &find, params);
}

bool
checkpoint_read_booked(const struct db_result *result, struct merkle_head *head)
{
    *head = (struct merkle_head){0};
    if (row_count(result) == 0)
        return true;
    head->size = (uint64_t)row_int64(result, 0, 0);
    return hash_from_slice(row_slice(result, 0, 1), &head->root);
}

void
checkpoint_find_leaves(uint64_t from, size_t count, struct arena *arena, struct db_batch *batch)
{
    static const struct db_statement find = {
        "checkpoint_find_leaves",
        "SELECT leaf_hash FROM log.entry WHERE entry_index >= $1 ORDER BY entry_index LIMIT $2",
    };
    struct db_params *params = params_new(arena);

    params_add_int8(params, (int64_t)from);
    params_add_int8(params, (int64_t)count);
    batch_add(batch, &find, params);
}

void
checkpoint_store(uint64_t size, struct slice note, struct arena *arena, struct db_batch *batch)
{
    static const struct db_statement hurry = {
        "checkpoint_hurry",
        "SET LOCAL synchronous_commit = off",
    };
    static const struct db_statement insert = {
        "checkpoint_store",
        "INSERT INTO log.checkpoint (size, note) VALUES ($1, $2) ON CONFLICT (size) DO NOTHING",
    };
    struct db_params *params = params_new(arena);

    params_add_int8(params, (int64_t)size);
    params_add_text(params, note);
    batch_add(batch, &db_begin, NULL);
    batch_add(batch, &hurry, NULL);
    batch_add(batch, &insert, params);
    batch_add(batch, &db_commit, NULL);
}
