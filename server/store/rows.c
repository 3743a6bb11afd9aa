#include "store/rows.h"

#include "db/pool.h"
#include "store/projection.h"

struct rows_read {
    size_t count;
    const struct rows_query *queries;
};

/* The texts of a row are the result's, which goes; the arena's copies stay. */
void
rows_read(struct call *call, const struct table *table, const struct db_result *result, size_t row,
          void *out)
{
    projection_read_row(table, result, row, 0, out);
    for (unsigned i = 0; i < table->column_count; i++) {
        struct slice *text = (struct slice *)(void *)((char *)out + table->columns[i].offset);

        if (table->columns[i].type == COLUMN_TEXT || table->columns[i].type == COLUMN_BYTES)
            *text = arena_copy(call_arena(call), *text);
    }
}

void
rows_read_all(struct call *call, enum table_id id, const struct db_result *result, struct rows *out)
{
    const struct table *table = schema_table(id);
    size_t count = row_count(result);
    char *rows = arena_array(call_arena(call), count, table->row_size);

    for (size_t i = 0; i < count; i++)
        rows_read(call, table, result, i, rows + i * table->row_size);
    *out = (struct rows){.count = count, .at = rows};
}

const struct refusal_list *
rows_check_count(struct call *call, const struct db_result *result, size_t max)
{
    if (row_count(result) <= max)
        return NULL;
    return db_refusal(call, REASON_RESPONSE_TOO_LARGE, "", "%zu", max);
}

static const struct refusal_list *
read_rows(struct call *call, const struct db_result *const *results, void *out)
{
    const struct rows_read *read = out;

    for (size_t i = 0; i < read->count; i++) {
        const struct refusal_list *refusals =
            rows_check_count(call, results[i], read->queries[i].max);

        if (refusals != NULL)
            return refusals;
        rows_read_all(call, read->queries[i].table, results[i], read->queries[i].out);
    }
    return NULL;
}

struct step
store_read_rows(struct call *call, const struct rows_query *queries, size_t count,
                const struct db_params *params, step_fn *next)
{
    struct arena *arena = call_arena(call);
    struct rows_query *copies = arena_array(arena, count, sizeof(*copies));
    struct rows_read *read = arena_alloc(arena, sizeof(*read));
    struct db_batch *batch = arena_alloc(arena, sizeof(*batch));

    memcpy(copies, queries, count * sizeof(*copies));
    *read = (struct rows_read){.count = count, .queries = copies};
    for (size_t i = 0; i < count; i++)
        batch_add(batch, queries[i].statement, params);
    return db_run(call, batch, read_rows, read, next);
}
