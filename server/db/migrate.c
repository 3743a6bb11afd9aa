/*
 * check every file against what was applied --> apply the rest, each in its
 * own transaction. Nothing is applied unless all that was applied before
 * stands in the folder as it was.
 */
#include "db/migrate.h"

#include "base/buffer.h"
#include "base/memory.h"

#include <dirent.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

/* "creditba" in ASCII: what locks of ours have for a name. */
#define LOCK_KEY "7165901439040250465"

#define PATH_MAX_BYTES 4096

static const struct db_statement lock = {
    "migrate_lock",
    "SELECT pg_advisory_lock(" LOCK_KEY ")::text",
};

static const struct db_statement unlock = {
    "migrate_unlock",
    "SELECT pg_advisory_unlock(" LOCK_KEY ")",
};

static const struct db_statement create_table = {
    "migrate_create_table",
    "CREATE TABLE IF NOT EXISTS migration ("
    " number int4 PRIMARY KEY,"
    " name text NOT NULL,"
    " sha256 bytea NOT NULL,"
    " applied_at timestamptz NOT NULL DEFAULT now())",
};

static const struct db_statement find_newest = {
    "migrate_find_newest",
    "SELECT coalesce(max(number), 0) FROM migration",
};

static const struct db_statement find_applied = {
    "migrate_find_applied",
    "SELECT name, sha256 = sha256($2) FROM migration WHERE number = $1",
};

static const struct db_statement insert = {
    "migrate_insert",
    "INSERT INTO migration (number, name, sha256) VALUES ($1, $2, sha256($3))",
};

struct migration {
    struct blocking *db;
    const char *folder;
    struct migrate_report *report;
    struct dirent **files; /* sorted; number i + 1 is files[i] */
    int count;
};

/* What the table says of one file. */
struct applied {
    bool found;
    bool is_same; /* the bytes */
    char name[NAME_MAX + 1];
};

static bool PRINTF(3, 4) refuse(struct migration *migration, const char *file, const char *fmt, ...)
{
    struct migrate_report *report = migration->report;
    char rule[256];
    va_list args;

    va_start(args, fmt);
    vsnprintf(rule, sizeof(rule), fmt, args);
    va_end(args);
    snprintf(report->error, sizeof(report->error), "%s: %s", file, rule);
    return false;
}

/* The database refused; `doing` is a file or what we did. */
static bool
fail(struct migration *migration, const char *doing)
{
    const struct db_outcome *outcome = blocking_outcome(migration->db);

    return refuse(migration, doing, "%s%s%s", outcome->message,
                  outcome->sqlstate[0] != '\0' ? ", SQLSTATE " : "", outcome->sqlstate);
}

static int
is_sql(const struct dirent *entry)
{
    size_t len = strlen(entry->d_name);

    return len >= 4 && strcmp(entry->d_name + len - 4, ".sql") == 0;
}

/* Whether the name is NNNN_name.sql with that number. */
static bool
has_number(const char *name, int number)
{
    char prefix[16];
    size_t len = strlen(name);

    snprintf(prefix, sizeof(prefix), "%04d_", number);
    return strncmp(name, prefix, strlen(prefix)) == 0 &&
           strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_") == len - strlen(".sql") &&
           len > strlen(prefix) + strlen(".sql");
}

static bool
list_files(struct migration *migration)
{
    migration->count = scandir(migration->folder, &migration->files, is_sql, alphasort);
    if (migration->count < 0) {
        migration->count = 0;
        return refuse(migration, migration->folder, "cannot be read");
    }
    if (migration->count > MIGRATIONS_MAX)
        return refuse(migration, migration->folder, "has more than %d migrations", MIGRATIONS_MAX);
    for (int i = 0; i < migration->count; i++)
        if (!has_number(migration->files[i]->d_name, i + 1))
            return refuse(migration, migration->files[i]->d_name,
                          "must be %04d_name.sql, for numbers have no gaps", i + 1);
    return true;
}

/* Reads a file into `sql`, with a NUL at its end that is not counted. */
static bool
read_file(struct migration *migration, const char *name, struct buffer *sql)
{
    char path[PATH_MAX_BYTES];
    uint8_t chunk[8192];
    bool is_whole = true;
    size_t len;

    snprintf(path, sizeof(path), "%s/%s", migration->folder, name);

    FILE *file = fopen(path, "rbe");

    if (file == NULL)
        return refuse(migration, name, "cannot be opened");
    while (is_whole && (len = fread(chunk, 1, sizeof(chunk), file)) > 0)
        is_whole = buffer_append(sql, slice_make(chunk, len));
    is_whole = is_whole && !ferror(file);
    fclose(file);
    if (!is_whole || sql->len == 0)
        return refuse(migration, name, "cannot be read, is empty or larger than %zu bytes",
                      MIGRATION_BYTES_MAX);
    if (memchr(sql->at, 0, sql->len) != NULL)
        return refuse(migration, name, "has a NUL byte");
    return true;
}

static void
take_number(void *arg, const struct db_result *row)
{
    *(int32_t *)arg = row_int32(row, 0, 0);
}

static void
take_applied(void *arg, const struct db_result *row)
{
    struct applied *applied = arg;
    struct slice name = row_slice(row, 0, 0);

    applied->found = true;
    applied->is_same = row_bool(row, 0, 1);
    snprintf(applied->name, sizeof(applied->name), "%.*s", (int)name.len, (const char *)name.at);
}

/* Whether what was applied as this number is this file. */
static bool
check_applied(struct migration *migration, struct arena *arena, int number, struct slice sql)
{
    const char *name = migration->files[number - 1]->d_name;
    struct db_params *params = params_new(arena);
    struct applied applied = {0};

    params_add_int4(params, number);
    params_add_bytes(params, sql);
    if (!blocking_run(migration->db, &find_applied, params, take_applied, &applied))
        return fail(migration, name);
    if (!applied.found)
        return refuse(migration, name, "was not applied, though later ones were");
    if (strcmp(applied.name, name) != 0)
        return refuse(migration, name, "was applied under the name %s", applied.name);
    if (!applied.is_same)
        return refuse(migration, name, "was changed after it was applied");
    return true;
}

static bool
apply(struct migration *migration, struct arena *arena, int number, struct slice sql)
{
    const char *name = migration->files[number - 1]->d_name;
    struct db_params *params = params_new(arena);

    params_add_int4(params, number);
    params_add_text(params, slice_text(name));
    params_add_bytes(params, sql);
    if (blocking_script(migration->db, "BEGIN") &&
        blocking_script(migration->db, arena_text(arena, sql)) &&
        blocking_run(migration->db, &insert, params, NULL, NULL) &&
        blocking_script(migration->db, "COMMIT")) {
        migration->report->applied++;
        migration->report->current = number;
        return true;
    }
    fail(migration, name);
    /* Where this fails too, the connection is gone and the transaction with it. */
    (void)!blocking_script(migration->db, "ROLLBACK");
    return false;
}

typedef bool with_file_fn(struct migration *migration, struct arena *arena, int number,
                          struct slice sql);

/* Calls `use` with the bytes of each file from number `first` to `last`, until one is refused. */
static bool
for_files(struct migration *migration, int first, int last, with_file_fn *use)
{
    struct arena *arena = arena_new(4 * MIGRATION_BYTES_MAX);
    struct buffer sql;
    bool is_fine = true;

    buffer_init(&sql, MIGRATION_BYTES_MAX);
    for (int number = first; is_fine && number <= last; number++) {
        arena_reset(arena);
        buffer_clear(&sql);
        is_fine = read_file(migration, migration->files[number - 1]->d_name, &sql) &&
                  use(migration, arena, number, buffer_slice(&sql));
    }
    buffer_fini(&sql);
    arena_free(arena);
    return is_fine;
}

static bool
apply_missing(struct migration *migration)
{
    int32_t newest = 0;

    if (!blocking_run(migration->db, &create_table, NULL, NULL, NULL))
        return fail(migration, "the table migration");
    if (!blocking_run(migration->db, &find_newest, NULL, take_number, &newest))
        return fail(migration, "the table migration");
    migration->report->current = newest;
    if (newest > migration->count)
        return refuse(migration, migration->folder, "lacks the file of migration %04d, applied",
                      migration->count + 1);
    return for_files(migration, 1, newest, check_applied) &&
           for_files(migration, newest + 1, migration->count, apply);
}

bool
migrate_apply(struct blocking *db, const char *folder, struct migrate_report *report)
{
    struct migration migration = {.db = db, .folder = folder, .report = report};
    bool is_fine = false;

    *report = (struct migrate_report){0};
    if (list_files(&migration)) {
        if (!blocking_run(db, &lock, NULL, NULL, NULL)) {
            fail(&migration, "the lock of migrations");
        } else {
            is_fine = apply_missing(&migration);
            (void)!blocking_run(db, &unlock, NULL, NULL, NULL); /* else it goes with the session */
        }
    }
    for (int i = 0; i < migration.count; i++)
        free(migration.files[i]);
    free(migration.files);
    return is_fine;
}
