#include "db.h"

#include "base/memory.h"
#include "db/migrate.h"
#include "flow/call_private.h"

#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define TOO_LONG_S 30

int
fixture_setup(void **state)
{
    struct fixture *fixture = xcalloc(1, sizeof(*fixture));

    fixture->base = event_base_new();
    fixture->arena = arena_new((size_t)64 << 20);
    fixture->conninfo = getenv("CREDITBANK_TEST_DB");
    *state = fixture;
    if (fixture->conninfo != NULL)
        return 0;
    fprintf(stderr, "CREDITBANK_TEST_DB is not set: run this by tests/lib/with-cluster\n");
    return 1;
}

int
fixture_teardown(void **state)
{
    struct fixture *fixture = *state;

    event_base_free(fixture->base);
    arena_free(fixture->arena);
    xfree(fixture);
    return 0;
}

static void
too_long(evutil_socket_t fd, short what, void *arg)
{
    (void)fd, (void)what;
    *(bool *)arg = true;
}

void
fixture_run_until(struct fixture *fixture, const bool *flag)
{
    static const struct timeval limit = {.tv_sec = TOO_LONG_S};
    bool is_late = false;
    struct event *timer = event_new(fixture->base, -1, 0, too_long, &is_late);

    event_add(timer, &limit);
    while (!*flag && !is_late)
        if (!call_run_ready())
            event_base_loop(fixture->base, EVLOOP_ONCE);
    event_free(timer);
    assert_false(is_late);
}

void
fixture_cluster(const char *command)
{
    char *tool = getenv("CREDITBANK_CLUSTER"), *cluster = getenv("CREDITBANK_TEST_CLUSTER");
    char word[16];
    char *const args[] = {tool, word, cluster, NULL};
    pid_t child;
    int status;

    if (tool == NULL || cluster == NULL) {
        fail_msg("%s", "CREDITBANK_CLUSTER and CREDITBANK_TEST_CLUSTER are not set");
        return;
    }
    snprintf(word, sizeof(word), "%s", command);
    assert_int_equal(posix_spawn(&child, tool, NULL, NULL, args, environ), 0);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

static struct blocking *
open_other(struct fixture *fixture)
{
    struct conn_config config = conn_config_default(fixture->conninfo, "other");
    struct db_outcome outcome;
    struct blocking *db = blocking_open(&config, &outcome);

    if (db == NULL)
        fail_msg("%s", outcome.message);
    return db;
}

void
fixture_sql(struct fixture *fixture, const char *fmt, ...)
{
    struct blocking *db = open_other(fixture);
    char sql[1024];
    va_list args;

    va_start(args, fmt);
    vsnprintf(sql, sizeof(sql), fmt, args);
    va_end(args);
    if (!blocking_script(db, sql))
        fail_msg("%s: %s", sql, blocking_outcome(db)->message);
    blocking_close(db);
}

static void
take_number(void *arg, const struct db_result *row)
{
    *(int64_t *)arg = row_int64(row, 0, 0);
}

int64_t
fixture_number(struct fixture *fixture, const char *sql)
{
    struct blocking *db = open_other(fixture);
    struct db_statement statement = {"number", sql};
    int64_t number = INT64_MIN;

    if (!blocking_run(db, &statement, NULL, take_number, &number))
        fail_msg("%s: %s", sql, blocking_outcome(db)->message);
    blocking_close(db);
    return number;
}

struct blocking *
fixture_open_bank(struct fixture *fixture)
{
    struct conn_config config = conn_config_default(fixture->conninfo, "test");
    struct migrate_report report = {0};
    struct db_outcome outcome;
    struct blocking *db = blocking_open(&config, &outcome);
    char folder[512];

    snprintf(folder, sizeof(folder), "%s/migrations", getenv("SOURCE_ROOT"));
    if (db != NULL && migrate_apply(db, folder, &report))
        return db;
    fprintf(stderr, "%s\n", db == NULL ? outcome.message : report.error);
    blocking_close(db);
    return NULL;
}
