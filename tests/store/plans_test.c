/* store: a plan is made once, so one that is made while the bank is empty has to serve it for ever.
 */
#include "db.h"
#include "store/projection.h"

#include <stdio.h>
#include <stdlib.h>

#define SQL_MAX 8192

static bool
is_number(enum column_type type)
{
    return type == COLUMN_INT32 || type == COLUMN_INT64;
}

/* Another row with the same key: the last of its numbers is 1. False if all that it has is its key.
 */
static bool
change(const struct table *table, void *row)
{
    for (unsigned i = table->column_count; i > table->key_columns; i--) {
        const struct column *column = &table->columns[i - 1];

        if (!is_number(column->type))
            continue;
        memset((char *)row + column->offset, 1, 1);
        return true;
    }
    return false;
}

/* A number of parameters stand in it: $1 to $n. */
static unsigned
parameters(const char *sql)
{
    unsigned count = 0;

    for (const char *at = strchr(sql, '$'); at != NULL; at = strchr(at + 1, '$')) {
        unsigned number = (unsigned)strtoul(at + 1, NULL, 10);

        count = number > count ? number : count;
    }
    return count;
}

/* A join filter compares each row of the one side with all of the other. */
static void
expect_lookups(void *arg, const struct db_result *row)
{
    char line[256];

    snprintf(line, sizeof(line), "%.*s", (int)row_slice(row, 0, 0).len,
             (const char *)row_slice(row, 0, 0).at);
    if (strstr(line, "Join Filter") != NULL)
        fail_msg("%s: %s", (const char *)arg, line);
}

static void
explain(struct blocking *db, const struct db_statement *statement)
{
    unsigned count = parameters(statement->sql);
    char sql[SQL_MAX];
    int len = snprintf(sql, sizeof(sql), "PREPARE explained AS %s", statement->sql);

    assert_in_range(len, 1, sizeof(sql) - 1);
    assert_true(blocking_script(db, sql));
    len = snprintf(sql, sizeof(sql), "EXPLAIN EXECUTE explained(NULL");
    for (unsigned i = 1; i < count; i++)
        len += snprintf(sql + len, sizeof(sql) - (size_t)len, ", NULL");
    snprintf(sql + len, sizeof(sql) - (size_t)len, ")");
    assert_true(blocking_run(db, &(struct db_statement){"explain", sql}, NULL, expect_lookups,
                             (void *)(uintptr_t)statement->name));
    assert_true(blocking_script(db, "DEALLOCATE ALL"));
}

/* What loads a row of the table and what stores a changed one. */
static unsigned
explain_table(struct blocking *db, enum table_id id)
{
    const struct table *table = schema_table(id);
    struct arena *arena = arena_new((size_t)1 << 20);
    struct world *missing = world_new_in(arena), *changed = world_new_in(arena);
    struct projection_load load;
    struct db_batch batch = {0};
    void *row = arena_alloc(arena, table->row_size);

    world_find(missing, id, row);
    projection_load_missing(missing, arena, &batch, &load);
    world_load_row(changed, id, row);
    if (change(table, row))
        world_put(changed, id, row);
    projection_store_changes(changed, arena, &batch);

    unsigned explained = 0;

    for (size_t i = 0; i < batch.count; i++, explained++)
        explain(db, batch.commands[i].statement);
    arena_free(arena);
    return explained;
}

static void
expect_no_row(void *arg, const struct db_result *row)
{
    (void)arg;
    fail_msg("index %.*s holds the whole key of its table", (int)row_slice(row, 0, 0).len,
             (const char *)row_slice(row, 0, 0).at);
}

/* Where a table is small, its indexes cost the planner the same: only one may serve the key. */
static void
expect_no_other_index_holds_the_key(struct blocking *db)
{
    static const struct db_statement find = {
        "find_indexes",
        "SELECT i.indexrelid::regclass::text FROM pg_index i"
        " JOIN pg_index k ON k.indrelid = i.indrelid AND k.indisprimary"
        " WHERE i.indexrelid <> k.indexrelid AND i.indpred IS NULL"
        " AND i.indrelid IN (SELECT c.oid FROM pg_class c WHERE"
        " c.relnamespace IN ('log'::regnamespace, 'projection'::regnamespace))"
        " AND string_to_array(k.indkey::text, ' ') <@ string_to_array(i.indkey::text, ' ')",
    };

    assert_true(blocking_run(db, &find, NULL, expect_no_row, NULL));
}

static void
rows_are_looked_up_by_plans_that_were_made_when_tables_were_empty(void **state)
{
    struct blocking *db = fixture_open_bank(*state);
    unsigned explained = 0;

    assert_non_null(db);
    expect_no_other_index_holds_the_key(db);
    assert_true(blocking_script(db, "VACUUM ANALYZE"));
    for (enum table_id id = 0; id < TABLE_COUNT; id++)
        explained += explain_table(db, id);
    /* One that loads for each table, and one that stores for more than half of them. */
    assert_true(explained > TABLE_COUNT + TABLE_COUNT / 2);
    blocking_close(db);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_are_looked_up_by_plans_that_were_made_when_tables_were_empty),
    };

    return cmocka_run_group_tests(tests, fixture_setup, fixture_teardown);
}
