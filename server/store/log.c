#include "store/log.h"

#include "base/memory.h"
#include "db/params.h"

/* Any number that no other program of the database locks: the bytes of "creditbk". */
const struct db_statement log_lock = {
    "log_lock",
    "SELECT pg_advisory_xact_lock(7165901439040250475)",
};

const struct db_statement log_newest_head = {
    "log_newest_head",
    "SELECT h.size, h.root, h.edge, h.booked_at_us,"
    " (extract(epoch FROM clock_timestamp()) * 1000000)::int8"
    " FROM (SELECT 1) AS one LEFT JOIN"
    " (SELECT * FROM log.head ORDER BY size DESC LIMIT 1) AS h ON true",
};

bool
log_read_head(const struct db_result *result, struct log_head *head, int64_t *db_now_us)
{
    *head = (struct log_head){0};
    *db_now_us = row_int64(result, 0, 4);
    if (row_is_null(result, 0, 0)) {
        head->root = merkle_edge_head(&head->edge).root;
        return true;
    }
    head->booked_at_us = row_int64(result, 0, 3);
    return hash_from_slice(row_slice(result, 0, 1), &head->root) &&
           merkle_edge_parse((uint64_t)row_int64(result, 0, 0), row_slice(result, 0, 2),
                             &head->edge);
}

void
log_find_requests(const struct log_request *requests, size_t count, struct arena *arena,
                  struct db_batch *batch)
{
    static const struct db_statement find = {
        "log_find_requests",
        "SELECT e.institution_id, e.request_id, e.entry_index, e.booked_at_us, e.entry"
        " FROM unnest($1::text[], $2::bytea[]) AS u(institution_id, request_id)"
        " CROSS JOIN LATERAL (SELECT * FROM log.entry e WHERE e.institution_id = u.institution_id"
        " AND e.request_id = u.request_id OFFSET 0) AS e",
    };
    struct db_params *params = params_new(arena);
    struct db_array institutions, ids;

    array_begin(&institutions, arena, DB_TEXT, count);
    array_begin(&ids, arena, DB_BYTES, count);
    for (size_t i = 0; i < count; i++) {
        array_add_text(&institutions, requests[i].institution_id);
        array_add_bytes(&ids, requests[i].request_id);
    }
    params_add_array(params, &institutions);
    params_add_array(params, &ids);
    batch_add(batch, &find, params);
}

void
log_read_found(const struct db_result *result, size_t row, struct log_found *found)
{
    *found = (struct log_found){
        .institution_id = row_slice(result, row, 0),
        .request_id = row_slice(result, row, 1),
        .entry_index = row_int64(result, row, 2),
        .booked_at_us = row_int64(result, row, 3),
        .entry = row_slice(result, row, 4),
    };
}

static void
append_entries(const struct log_append *append, struct arena *arena, struct db_batch *batch)
{
    static const struct db_statement insert = {
        "log_append_entries",
        "INSERT INTO log.entry"
        " (entry_index, leaf_hash, institution_id, request_id, booked_at_us, entry)"
        " SELECT i, l, n, r, $5, e FROM"
        " unnest($1::int8[], $2::bytea[], $3::text[], $4::bytea[], $6::bytea[])"
        " AS u(i, l, n, r, e)",
    };
    struct db_params *params = params_new(arena);
    struct db_array index, leaf, institution, request, entry;
    size_t count = append->row_count;

    array_begin(&index, arena, DB_INT8, count);
    array_begin(&leaf, arena, DB_BYTES, count);
    array_begin(&institution, arena, DB_TEXT, count);
    array_begin(&request, arena, DB_BYTES, count);
    array_begin(&entry, arena, DB_BYTES, count);
    for (size_t i = 0; i < count; i++) {
        const struct log_row *row = &append->rows[i];

        array_add_int8(&index, row->entry_index);
        array_add_bytes(&leaf, hash_slice(&row->leaf));
        array_add_text(&institution, row->institution_id);
        array_add_bytes(&request, slice_make(row->request_id, 16));
        array_add_bytes(&entry, row->entry);
    }
    params_add_array(params, &index);
    params_add_array(params, &leaf);
    params_add_array(params, &institution);
    params_add_array(params, &request);
    params_add_int8(params, append->head.booked_at_us);
    params_add_array(params, &entry);
    batch_add(batch, &insert, params);
}

static void
append_items(const struct log_append *append, struct arena *arena, struct db_batch *batch)
{
    static const struct db_statement insert = {
        "log_append_items",
        "INSERT INTO log.item (entry_index, item_index, account_no, item)"
        " SELECT * FROM unnest($1::int8[], $2::int4[], $3::text[], $4::bytea[])",
    };
    struct db_params *params = params_new(arena);
    struct db_array entry, index, account, item;
    size_t count = 0;

    for (size_t i = 0; i < append->row_count; i++)
        count += append->rows[i].item_count;
    if (count == 0)
        return;
    array_begin(&entry, arena, DB_INT8, count);
    array_begin(&index, arena, DB_INT4, count);
    array_begin(&account, arena, DB_TEXT, count);
    array_begin(&item, arena, DB_BYTES, count);
    for (size_t i = 0; i < append->row_count; i++) {
        const struct log_row *row = &append->rows[i];

        for (size_t j = 0; j < row->item_count; j++) {
            array_add_int8(&entry, row->entry_index);
            array_add_int4(&index, (int32_t)j);
            if (row->accounts[j].len > 0)
                array_add_text(&account, row->accounts[j]);
            else
                array_add_null(&account);
            array_add_bytes(&item, row->items[j]);
        }
    }
    params_add_array(params, &entry);
    params_add_array(params, &index);
    params_add_array(params, &account);
    params_add_array(params, &item);
    batch_add(batch, &insert, params);
}

static void
append_subtrees(const struct log_append *append, struct arena *arena, struct db_batch *batch)
{
    static const struct db_statement insert = {
        "log_append_subtrees",
        "INSERT INTO log.subtree (level, number, hash)"
        " SELECT * FROM unnest($1::int2[], $2::int8[], $3::bytea[])",
    };
    struct db_params *params = params_new(arena);
    struct db_array level, number, hash;

    if (append->subtree_count == 0)
        return;
    array_begin(&level, arena, DB_INT2, append->subtree_count);
    array_begin(&number, arena, DB_INT8, append->subtree_count);
    array_begin(&hash, arena, DB_BYTES, append->subtree_count);
    for (size_t i = 0; i < append->subtree_count; i++) {
        array_add_int2(&level, (int16_t)append->subtrees[i].level);
        array_add_int8(&number, (int64_t)append->subtrees[i].number);
        array_add_bytes(&hash, hash_slice(&append->subtrees[i].hash));
    }
    params_add_array(params, &level);
    params_add_array(params, &number);
    params_add_array(params, &hash);
    batch_add(batch, &insert, params);
}

static void
append_head(const struct log_head *head, struct arena *arena, struct db_batch *batch)
{
    static const struct db_statement insert = {
        "log_append_head",
        "INSERT INTO log.head (size, root, edge, booked_at_us) VALUES ($1, $2, $3, $4)",
    };
    struct db_params *params = params_new(arena);

    params_add_int8(params, (int64_t)head->edge.size);
    params_add_bytes(params, hash_slice(&head->root));
    params_add_bytes(params, merkle_edge_bytes(&head->edge));
    params_add_int8(params, head->booked_at_us);
    batch_add(batch, &insert, params);
}

void
log_append_rows(const struct log_append *append, struct arena *arena, struct db_batch *batch)
{
    append_entries(append, arena, batch);
    append_items(append, arena, batch);
    append_subtrees(append, arena, batch);
    append_head(&append->head, arena, batch);
}
