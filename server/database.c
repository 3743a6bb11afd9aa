#include "database.h"

#include "db/migrate.h"

#include <stdio.h>

struct blocking *
database_open_owner(const struct config *config)
{
    struct conn_config conn =
        conn_config_default(config->database.owner_conninfo, "creditbankd command");
    struct db_outcome outcome;

    /* A replay or a migration takes as long as it takes. */
    conn.statement_timeout_ms = 0;
    conn.lock_timeout_ms = 0;
    /* Migrations make the other schemas; what they have done is noted in public. */
    conn.search_path = "public,projection";
    struct blocking *db = blocking_open(&conn, &outcome);
    if (db == NULL)
        fprintf(stderr, "creditbankd: the database cannot be reached: %s\n", outcome.message);
    return db;
}

bool
database_migrate(const struct config *config)
{
    struct blocking *db = database_open_owner(config);
    struct migrate_report report;

    if (db == NULL)
        return false;
    bool done = migrate_apply(db, config->database.migrations, &report);
    blocking_close(db);
    if (done)
        printf("schema: version %d, %d migrations applied now\n", report.current, report.applied);
    else
        fprintf(stderr, "creditbankd: the schema cannot be brought up to date: %s\n", report.error);
    return done;
}
