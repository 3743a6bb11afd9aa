#include "store/statement.h"

#include "db/params.h"
#include "db/pool.h"

static const struct refusal_list *
read_records(struct call *call, const struct db_result *const *results, void *out)
{
    struct record_list *list = out;

    list->count = row_count(results[0]);
    list->places = arena_array(call_arena(call), list->count, sizeof(*list->places));
    list->bytes = arena_array(call_arena(call), list->count, sizeof(*list->bytes));
    for (size_t i = 0; i < list->count; i++) {
        list->places[i] = (struct item_place){
            .entry_index = row_int64(results[0], i, 0),
            .item_index = row_int32(results[0], i, 1),
        };
        list->bytes[i] = row_int32(results[0], i, 2);
    }
    return NULL;
}

struct step
store_list_records(struct call *call, const struct record_range *range, struct record_list *out,
                   step_fn *next)
{
    static const struct db_statement list = {
        "list_records",
        "SELECT i.entry_index, i.item_index, length(i.item) + length(e.entry) FROM log.item i"
        " JOIN log.entry e ON e.entry_index = i.entry_index"
        " WHERE i.account_no = $1 AND i.entry_index < $2"
        " AND (i.entry_index, i.item_index) > ($3, $4)"
        " ORDER BY i.entry_index, i.item_index LIMIT $5",
    };
    struct db_params *params = params_new(call_arena(call));

    params_add_text(params, range->account_no);
    params_add_int8(params, (int64_t)range->size);
    params_add_int8(params, range->after.entry_index);
    params_add_int4(params, range->after.item_index);
    params_add_int4(params, range->limit);
    return db_query(call, &list, params, read_records, out, next);
}

static const struct refusal_list *
read_history(struct call *call, const struct db_result *const *results, void *out)
{
    struct key_history *history = out;

    history->count = row_count(results[0]);
    history->entries = arena_array(call_arena(call), history->count, sizeof(*history->entries));
    history->bytes = 0;
    for (size_t i = 0; i < history->count; i++) {
        history->entries[i] = (uint64_t)row_int64(results[0], i, 0);
        history->bytes += row_int32(results[0], i, 1);
    }
    if (row_count(results[1]) != 1 ||
        !hash_from_slice(row_slice(results[1], 0, 0), &history->service_key))
        return db_refusal(call, REASON_LOG_NOT_FOUNDED, "", "%s", "");
    return NULL;
}

struct step
store_find_key_history(struct call *call, const struct text_list *institutions, uint64_t size,
                       int32_t limit, struct key_history *out, step_fn *next)
{
    static const struct db_statement find = {
        "find_key_history",
        "WITH RECURSIVE touched(institution_id, entry_index) AS ("
        "SELECT e.institution_id, e.entry_index FROM log.entry e WHERE e.entry_index = 0"
        " UNION SELECT unnest($1::text[]), 0::int8"
        " UNION SELECT e.institution_id, e.entry_index FROM touched t"
        " JOIN signing_key k ON k.institution_id = t.institution_id"
        " CROSS JOIN LATERAL (VALUES (k.registered_entry), (k.revoked_entry)) AS v(entry_index)"
        " JOIN log.entry e ON e.entry_index = v.entry_index WHERE e.entry_index < $2)"
        " SELECT e.entry_index, length(e.entry) FROM (SELECT DISTINCT t.entry_index FROM touched t"
        " ORDER BY t.entry_index LIMIT $3) AS d JOIN log.entry e ON e.entry_index = d.entry_index"
        " ORDER BY e.entry_index",
    };
    static const struct db_statement find_service_key = {
        "find_service_key",
        "SELECT k.key_id FROM signing_key k WHERE k.duties = $1 ORDER BY k.registered_entry"
        " LIMIT 1",
    };
    struct db_batch *batch = arena_alloc(call_arena(call), sizeof(*batch));
    struct db_params *params = params_new(call_arena(call));
    struct db_params *duty = params_new(call_arena(call));
    struct db_array ids;

    array_begin(&ids, call_arena(call), DB_TEXT, institutions->count);
    for (size_t i = 0; i < institutions->count; i++)
        array_add_text(&ids, institutions->texts[i]);
    params_add_array(params, &ids);
    params_add_int8(params, (int64_t)size);
    params_add_int4(params, limit);
    params_add_int4(duty, (int32_t)DUTY_BIT(DUTY_SERVICE));
    batch_add(batch, &find, params);
    batch_add(batch, &find_service_key, duty);
    return db_run(call, batch, read_history, out, next);
}
