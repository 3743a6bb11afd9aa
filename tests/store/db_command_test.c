/* db: what commands use, a connection that blocks and the migrations that it applies. */
#include "db/migrate.h"

#include "db.h"

#include <dirent.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static struct blocking *
open_blocking(struct fixture *fixture)
{
    struct conn_config config = conn_config_default(fixture->conninfo, "command");
    struct db_outcome outcome;

    /* As commands have it (server/database.c): they take as long as they take. */
    config.statement_timeout_ms = 0;
    config.lock_timeout_ms = 0;

    struct blocking *db = blocking_open(&config, &outcome);

    assert_non_null(db);
    return db;
}

/* ------------------------------------------------------------------ the connection */

static void
a_connection_that_cannot_be_made_says_why(void **state)
{
    struct conn_config config =
        conn_config_default("host=/nonexistent password=Tr0ub4dor", "command");
    struct db_outcome outcome;

    (void)state;
    assert_null(blocking_open(&config, &outcome));
    assert_non_null(strstr(outcome.message, "/nonexistent"));
    assert_null(strstr(outcome.message, "Tr0ub4dor"));
    assert_int_equal(outcome.reason, REASON_DATABASE_UNAVAILABLE);
}

static void
a_statement_that_fails_says_why_and_leaves_the_connection(void **state)
{
    static const struct db_statement divide = {"divide", "SELECT 1/0"};
    static const struct db_statement one = {"one", "SELECT 1"};
    struct blocking *db = open_blocking(*state);

    assert_false(blocking_run(db, &divide, NULL, NULL, NULL));
    assert_int_equal(blocking_outcome(db)->end, DB_FAILED);
    assert_string_equal(blocking_outcome(db)->sqlstate, "22012");
    assert_string_equal(blocking_outcome(db)->statement, "divide");
    assert_true(blocking_run(db, &one, NULL, NULL, NULL));
    assert_false(blocking_script(db, "SELECT 1; SELECT 1/0; SELECT 2"));
    assert_true(blocking_script(db, "SELECT 1; SELECT 2"));
    blocking_close(db);
}

/* What is allocated now: as the sanitizer counts, where there is one, else as malloc does. */
/* NOLINTNEXTLINE(bugprone-reserved-identifier,cert-dcl*,readability-identifier-naming) */
size_t __sanitizer_get_current_allocated_bytes(void) __attribute__((weak));

static size_t
allocated(void)
{
    if (__sanitizer_get_current_allocated_bytes != NULL)
        return __sanitizer_get_current_allocated_bytes();
    return mallinfo2().uordblks;
}

struct streamed {
    int64_t rows, sum;
    size_t allocated_max;
};

static void
count_row(void *arg, const struct db_result *row)
{
    struct streamed *streamed = arg;
    size_t now = allocated();

    assert_int_equal(row_slice(row, 0, 1).len, 500);
    streamed->rows++;
    streamed->sum += row_int64(row, 0, 0);
    if (now > streamed->allocated_max)
        streamed->allocated_max = now;
}

static void
two_hundred_thousand_rows_need_no_memory(void **state)
{
    static const struct db_statement rows = {
        "rows",
        "SELECT n, repeat('x', 500) FROM generate_series(1, 200000) n",
    };
    struct blocking *db = open_blocking(*state);
    struct streamed streamed = {0};
    size_t before = allocated();

    assert_true(blocking_run(db, &rows, NULL, count_row, &streamed));
    assert_int_equal(streamed.rows, 200000);
    assert_int_equal(streamed.sum, INT64_C(200000) * 200001 / 2);
    assert_in_range(streamed.allocated_max, before, before + ((size_t)256 << 10)); /* of 100 MB */
    blocking_close(db);
}

/* ------------------------------------------------------------------ migrations */

struct folder {
    char path[64];
    struct blocking *db;
    struct migrate_report report;
};

static void
open_folder(struct folder *folder, void **state)
{
    *folder = (struct folder){.path = "/tmp/creditbank-migrations.XXXXXX"};
    assert_non_null(mkdtemp(folder->path));
    folder->db = open_blocking(*state);
    assert_true(blocking_script(folder->db, "DROP SCHEMA public CASCADE; CREATE SCHEMA public"));
}

static void
close_folder(struct folder *folder)
{
    DIR *open = opendir(folder->path);

    for (struct dirent *entry; (entry = readdir(open)) != NULL;)
        if (entry->d_name[0] != '.')
            assert_int_equal(unlinkat(dirfd(open), entry->d_name, 0), 0);
    closedir(open);
    assert_int_equal(rmdir(folder->path), 0);
    blocking_close(folder->db);
}

static void
write_file(const struct folder *folder, const char *name, const char *sql)
{
    char path[128];

    snprintf(path, sizeof(path), "%s/%s", folder->path, name);
    FILE *file = fopen(path, "w");

    assert_non_null(file);
    fputs(sql, file);
    fclose(file);
}

static void
remove_file(const struct folder *folder, const char *name)
{
    char path[128];

    snprintf(path, sizeof(path), "%s/%s", folder->path, name);
    assert_int_equal(unlink(path), 0);
}

static void
expect_applied(struct folder *folder, int applied, int current)
{
    bool is_fine = migrate_apply(folder->db, folder->path, &folder->report);

    assert_string_equal(folder->report.error, "");
    assert_true(is_fine);
    assert_int_equal(folder->report.applied, applied);
    assert_int_equal(folder->report.current, current);
}

static void
expect_refused(struct folder *folder, const char *file, const char *rule)
{
    assert_false(migrate_apply(folder->db, folder->path, &folder->report));
    if (strstr(folder->report.error, file) == NULL || strstr(folder->report.error, rule) == NULL)
        fail_msg("\"%s\" does not name %s and: %s", folder->report.error, file, rule);
}

static void
migrations_are_applied_once_and_in_order(void **state)
{
    struct folder folder;

    open_folder(&folder, state);
    expect_applied(&folder, 0, 0);
    write_file(&folder, "0002_fill.sql", "INSERT INTO a VALUES (1); INSERT INTO a VALUES (2);");
    write_file(&folder, "0001_make.sql", "CREATE TABLE a (n int);");
    write_file(&folder, "README", "not a migration");
    expect_applied(&folder, 2, 2);
    expect_applied(&folder, 0, 2);
    write_file(&folder, "0003_more.sql", "INSERT INTO a VALUES (3);");
    expect_applied(&folder, 1, 3);
    assert_int_equal(fixture_number(*state, "SELECT sum(n) FROM a"), 6);
    close_folder(&folder);
}

static void
a_migration_that_was_changed_is_refused_before_anything_is_applied(void **state)
{
    struct folder folder;

    open_folder(&folder, state);
    write_file(&folder, "0001_make.sql", "CREATE TABLE a (n int);");
    expect_applied(&folder, 1, 1);
    write_file(&folder, "0001_make.sql", "CREATE TABLE a (n int); ");
    write_file(&folder, "0002_more.sql", "CREATE TABLE b (n int);");
    expect_refused(&folder, "0001_make.sql", "was changed after it was applied");
    assert_int_equal(folder.report.applied, 0);
    assert_int_equal(folder.report.current, 1);
    assert_int_equal(fixture_number(*state, "SELECT count(*) FROM pg_tables WHERE tablename = 'b'"),
                     0);
    close_folder(&folder);
}

static void
a_migration_that_is_missing_or_renamed_is_refused(void **state)
{
    struct folder folder;

    open_folder(&folder, state);
    write_file(&folder, "0001_make.sql", "CREATE TABLE a (n int);");
    write_file(&folder, "0002_more.sql", "CREATE TABLE b (n int);");
    expect_applied(&folder, 2, 2);
    remove_file(&folder, "0002_more.sql");
    expect_refused(&folder, folder.path, "lacks the file of migration 0002");
    write_file(&folder, "0002_less.sql", "CREATE TABLE b (n int);");
    expect_refused(&folder, "0002_less.sql", "was applied under the name 0002_more.sql");
    remove_file(&folder, "0002_less.sql");
    write_file(&folder, "0002_more.sql", "CREATE TABLE b (n int);");
    assert_true(blocking_script(folder.db, "DELETE FROM migration WHERE number = 1"));
    expect_refused(&folder, "0001_make.sql", "was not applied, though later ones were");
    close_folder(&folder);
}

static void
a_file_that_is_out_of_order_is_refused(void **state)
{
    static const char *const names[] = {"0002_gap.sql", "1_short.sql", "0001_.sql", "0001-dash.sql",
                                        "0001_UPPER.sql"};
    struct folder folder;

    open_folder(&folder, state);
    for (size_t i = 0; i < ARRAY_COUNT(names); i++) {
        write_file(&folder, names[i], "SELECT 1;");
        expect_refused(&folder, names[i], "must be 0001_name.sql");
        remove_file(&folder, names[i]);
    }
    write_file(&folder, "0001_one.sql", "SELECT 1;");
    write_file(&folder, "0001_two.sql", "SELECT 1;");
    expect_refused(&folder, "0001_two.sql", "must be 0002_name.sql");
    close_folder(&folder);
}

static void
a_migration_that_fails_leaves_nothing_behind(void **state)
{
    struct folder folder;

    open_folder(&folder, state);
    write_file(&folder, "0001_make.sql", "CREATE TABLE a (n int);");
    write_file(&folder, "0002_bad.sql", "CREATE TABLE b (n int); SELECT 1/0;");
    expect_refused(&folder, "0002_bad.sql", "division by zero");
    assert_int_equal(folder.report.applied, 1);
    assert_int_equal(fixture_number(*state, "SELECT count(*) FROM pg_tables WHERE tablename = 'b'"),
                     0);
    write_file(&folder, "0002_bad.sql", "CREATE TABLE b (n int);");
    expect_applied(&folder, 1, 2);
    close_folder(&folder);
}

static void
two_do_not_migrate_at_once(void **state)
{
    struct folder folder;
    struct blocking *other = open_blocking(*state);

    open_folder(&folder, state);
    write_file(&folder, "0001_make.sql", "CREATE TABLE a (n int);");
    assert_true(blocking_script(folder.db, "SET lock_timeout = 50"));
    assert_true(blocking_script(other, "SELECT pg_advisory_lock(7165901439040250465)"));
    expect_refused(&folder, "the lock of migrations", "55P03");
    blocking_close(other);
    assert_true(blocking_script(folder.db, "SET lock_timeout = 10000"));
    expect_applied(&folder, 1, 1);
    close_folder(&folder);
}

static void
an_empty_file_or_no_folder_is_refused(void **state)
{
    struct folder folder;

    open_folder(&folder, state);
    write_file(&folder, "0001_empty.sql", "");
    expect_refused(&folder, "0001_empty.sql", "empty");
    assert_false(migrate_apply(folder.db, "/nonexistent", &folder.report));
    assert_string_equal(folder.report.error, "/nonexistent: cannot be read");
    close_folder(&folder);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_connection_that_cannot_be_made_says_why),
        cmocka_unit_test(a_statement_that_fails_says_why_and_leaves_the_connection),
        cmocka_unit_test(two_hundred_thousand_rows_need_no_memory),
        cmocka_unit_test(migrations_are_applied_once_and_in_order),
        cmocka_unit_test(a_migration_that_was_changed_is_refused_before_anything_is_applied),
        cmocka_unit_test(a_migration_that_is_missing_or_renamed_is_refused),
        cmocka_unit_test(a_file_that_is_out_of_order_is_refused),
        cmocka_unit_test(a_migration_that_fails_leaves_nothing_behind),
        cmocka_unit_test(two_do_not_migrate_at_once),
        cmocka_unit_test(an_empty_file_or_no_folder_is_refused),
    };

    return cmocka_run_group_tests(tests, fixture_setup, fixture_teardown);
}
