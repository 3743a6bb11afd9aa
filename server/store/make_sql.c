/*
 * Run while building: prints SQL made from core/schema.c. "statements" are those
 * of every projection, as initialisers of struct db_statement:
 *
 *   load    the rows of units: one array a unit column
 *   insert  new rows: one array a column
 *   update  changed rows: one array a column
 *
 * "columns" are macros INSTITUTION_COLUMNS and the like: all columns of a table
 * `t` in their order, for statements written by hand; and OUTCOME_SHOWN_COLUMNS,
 * those of them that readers of outcomes are shown.
 */
#include "core/schema.h"

#include <stdio.h>
#include <string.h>

static const char *const array_types[] = {
    [COLUMN_TEXT] = "text[]",  [COLUMN_BYTES] = "bytea[]", [COLUMN_HASH] = "bytea[]",
    [COLUMN_INT32] = "int4[]", [COLUMN_INT64] = "int8[]",  [COLUMN_BOOL] = "bool[]",
};

static void
print_columns(const struct table *table, unsigned from, unsigned to, const char *prefix,
              const char *separator)
{
    for (unsigned i = from; i < to; i++)
        printf("%s%s%s", i > from ? separator : "", prefix, table->columns[i].name);
}

static void
print_unnest(const struct table *table, unsigned count)
{
    printf("unnest(");
    for (unsigned i = 0; i < count; i++)
        printf("%s$%u::%s", i > 0 ? ", " : "", i + 1, array_types[table->columns[i].type]);
    printf(")");
}

static void
print_equal(const struct table *table, unsigned from, unsigned to, const char *left,
            const char *separator)
{
    for (unsigned i = from; i < to; i++)
        printf("%s%s%s = u.%s", i > from ? separator : "", left, table->columns[i].name,
               table->columns[i].name);
}

static void
print_load(const struct table *table)
{
    printf("{\"load_%s\", \"SELECT ", table->name);
    print_columns(table, 0, table->column_count, "t.", ", ");
    printf(" FROM ");
    print_unnest(table, table->unit_columns);
    printf(" AS u(");
    print_columns(table, 0, table->unit_columns, "", ", ");
    printf(") CROSS JOIN LATERAL (SELECT * FROM %s t WHERE ", table->name);
    print_equal(table, 0, table->unit_columns, "t.", " AND ");
    printf(" OFFSET 0) AS t\"},\n");
}

static void
print_insert(const struct table *table, const char *name)
{
    printf("{\"%s_%s\", \"INSERT INTO %s (", name, table->name, table->name);
    print_columns(table, 0, table->column_count, "", ", ");
    printf(") SELECT * FROM ");
    print_unnest(table, table->column_count);
}

/* By way of the conflict with the row that is there: no plan can find that in another way. */
static void
print_update(const struct table *table)
{
    print_insert(table, "update");
    printf(" ON CONFLICT (");
    print_columns(table, 0, table->key_columns, "", ", ");
    printf(") DO UPDATE SET ");
    for (unsigned i = table->key_columns; i < table->column_count; i++)
        printf("%s%s = excluded.%s", i > table->key_columns ? ", " : "", table->columns[i].name,
               table->columns[i].name);
    printf("\"},\n");
}

static void
print_macro(const struct table *table)
{
    printf("#define ");
    for (const char *at = table->name; *at != '\0'; at++)
        putchar(*at == '_' ? '_' : *at - 'a' + 'A');
    printf("_COLUMNS \"");
    print_columns(table, 0, table->column_count, "t.", ", ");
    printf("\"\n");
}

int
main(int argc, char **argv)
{
    bool columns = argc == 2 && strcmp(argv[1], "columns") == 0;

    for (int id = 0; id < TABLE_COUNT; id++) {
        const struct table *table = schema_table((enum table_id)id);

        if (columns) {
            print_macro(table);
            continue;
        }
        printf("[%d] = {\n", id);
        print_load(table);
        print_insert(table, "insert");
        printf("\"},\n");
        print_update(table);
        printf("},\n");
    }
    if (columns)
        print_macro(&schema_outcome_shown);
    return 0;
}
