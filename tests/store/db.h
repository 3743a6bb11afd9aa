#pragma once

/* What the tests of db share: a loop that does not hang, and the cluster they run on. */
#include "base/arena.h"
#include "db/blocking.h"
#include "db/conn.h"

#include "../unit/unit.h"

#include <event2/event.h>

struct fixture {
    struct event_base *base;
    struct arena *arena;
    const char *conninfo;
};

int fixture_setup(void **state);
int fixture_teardown(void **state);

/* Runs the loop, and the calls that it woke, until `flag`; fails when that takes too long. */
void fixture_run_until(struct fixture *fixture, const bool *flag);

/* A connection to the database, which has the bank's schema now; NULL, said why, if it has not. */
struct blocking *fixture_open_bank(struct fixture *fixture);

/* `cluster halt` or `cluster resume`, on the cluster of the tests. */
void fixture_cluster(const char *command);

/* Runs SQL on another connection. */
void fixture_sql(struct fixture *fixture, const char *fmt, ...) PRINTF(2, 3);

/* The first column of the first row of a query on another connection, an int8. */
int64_t fixture_number(struct fixture *fixture, const char *sql);
