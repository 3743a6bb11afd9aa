#include "store/projection.h"

#include "db/params.h"

#include <assert.h>

struct statements {
    struct db_statement load, insert, update;
};

static const struct statements statements[TABLE_COUNT] = {
#include "projection_sql.inc"
};

static const enum db_type db_types[] = {
    [COLUMN_TEXT] = DB_TEXT,  [COLUMN_BYTES] = DB_BYTES, [COLUMN_HASH] = DB_BYTES,
    [COLUMN_INT32] = DB_INT4, [COLUMN_INT64] = DB_INT8,  [COLUMN_BOOL] = DB_BOOL,
};

static void
add_value(struct db_array *array, const struct column *column, const char *row)
{
    const void *value = row + column->offset;

    switch (column->type) {
    case COLUMN_TEXT:
        array_add_text(array, *(const struct slice *)value);
        return;
    case COLUMN_BYTES:
        array_add_bytes(array, *(const struct slice *)value);
        return;
    case COLUMN_HASH:
        array_add_bytes(array, hash_slice(value));
        return;
    case COLUMN_INT32:
        array_add_int4(array, *(const int32_t *)value);
        return;
    case COLUMN_INT64:
        array_add_int8(array, *(const int64_t *)value);
        return;
    case COLUMN_BOOL:
        array_add_bool(array, *(const bool *)value);
        return;
    }
}

/* One array a column, over the rows. */
static const struct db_params *
column_arrays(const struct table *table, unsigned column_count, const void *const *rows,
              size_t row_count, struct arena *arena)
{
    struct db_params *params = params_new(arena);

    for (unsigned i = 0; i < column_count; i++) {
        struct db_array array;

        array_begin(&array, arena, db_types[table->columns[i].type], row_count);
        for (size_t j = 0; j < row_count; j++)
            add_value(&array, &table->columns[i], rows[j]);
        params_add_array(params, &array);
    }
    return params;
}

void
projection_load_missing(const struct world *world, struct arena *arena, struct db_batch *batch,
                        struct projection_load *load)
{
    size_t missing_count = world_missing_count(world);

    *load = (struct projection_load){0};
    for (int id = 0; id < TABLE_COUNT; id++) {
        const struct table *table = schema_table((enum table_id)id);
        struct missing_unit *units = arena_array(arena, missing_count, sizeof(*units));
        const void **keys = arena_array(arena, missing_count, sizeof(*keys));
        size_t count = 0;

        for (size_t i = 0; i < missing_count; i++) {
            struct missing_unit unit = world_missing(world, i);

            if (unit.table != (enum table_id)id)
                continue;
            keys[count] = unit.key;
            units[count++] = unit;
        }
        if (count == 0)
            continue;
        load->tables[load->count] = (enum table_id)id;
        load->units[load->count] = units;
        load->unit_counts[load->count++] = count;
        batch_add(batch, &statements[id].load,
                  column_arrays(table, table->unit_columns, keys, count, arena));
    }
}

/* The schema lets no hash of another length in. */
static void
read_hash(struct slice bytes, struct hash *out)
{
    bool is_hash = hash_from_slice(bytes, out);

    assert(is_hash);
}

void
projection_read_row(const struct table *table, const struct db_result *result, size_t row,
                    int first, void *out)
{
    memset(out, 0, table->row_size);
    for (unsigned i = 0; i < table->column_count; i++) {
        void *value = (char *)out + table->columns[i].offset;
        int column = first + (int)i;

        switch (table->columns[i].type) {
        case COLUMN_TEXT:
        case COLUMN_BYTES:
            *(struct slice *)value = row_slice(result, row, column);
            break;
        case COLUMN_HASH:
            read_hash(row_slice(result, row, column), value);
            break;
        case COLUMN_INT32:
            *(int32_t *)value = row_int32(result, row, column);
            break;
        case COLUMN_INT64:
            *(int64_t *)value = row_int64(result, row, column);
            break;
        case COLUMN_BOOL:
            *(bool *)value = row_bool(result, row, column);
            break;
        }
    }
}

void
projection_loaded(struct world *world, const struct projection_load *load,
                  const struct db_result *const *results, size_t first, struct arena *arena)
{
    for (size_t i = 0; i < load->count; i++) {
        const struct db_result *result = results[first + i];
        const struct table *table = schema_table(load->tables[i]);
        void *row = arena_alloc(arena, table->row_size);

        for (size_t j = 0; j < load->unit_counts[i]; j++)
            world_load_unit(world, load->tables[i], load->units[i][j].key);
        for (size_t j = 0; j < row_count(result); j++) {
            projection_read_row(table, result, j, 0, row);
            world_load_row(world, load->tables[i], row);
        }
    }
}

static void
store_rows(enum table_id id, const struct row_change *changes, size_t change_count, bool is_new,
           struct arena *arena, struct db_batch *batch)
{
    const struct table *table = schema_table(id);
    const void **rows = arena_array(arena, change_count, sizeof(*rows));
    size_t count = 0;

    for (size_t i = 0; i < change_count; i++)
        if (changes[i].is_new == is_new)
            rows[count++] = changes[i].row;
    if (count > 0)
        batch_add(batch, is_new ? &statements[id].insert : &statements[id].update,
                  column_arrays(table, table->column_count, rows, count, arena));
}

void
projection_store_changes(const struct world *world, struct arena *arena, struct db_batch *batch)
{
    for (int id = 0; id < TABLE_COUNT; id++) {
        struct row_change *changes;
        size_t count = world_changes(world, (enum table_id)id, arena, &changes);

        if (count == 0)
            continue;
        store_rows((enum table_id)id, changes, count, true, arena, batch);
        store_rows((enum table_id)id, changes, count, false, arena, batch);
    }
}
