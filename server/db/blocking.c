#include "db/blocking.h"

#include "base/memory.h"
#include "base/panic.h"
#include "db/result.h"
#include "db/session.h"

struct blocking {
    PGconn *pg;
    struct db_outcome outcome;
};

struct blocking *
blocking_open(const struct conn_config *config, struct db_outcome *outcome)
{
    struct blocking *db = xcalloc(1, sizeof(*db));
    struct session session;

    *outcome = (struct db_outcome){0};
    session_init(&session, config);
    db->pg = PQconnectdbParams(session.keywords, session.values, 1);
    if (db->pg == NULL)
        panic("blocking: out of memory");
    if (PQstatus(db->pg) != CONNECTION_OK) {
        session_read_trouble(outcome, db->pg);
        outcome->end = DB_LOST;
        blocking_close(db);
        return NULL;
    }
    session_log_notices(db->pg);
    return db;
}

void
blocking_close(struct blocking *db)
{
    if (db == NULL)
        return;
    PQfinish(db->pg);
    xfree(db);
}

/* Takes what was sent to its end; false if the server refused it or is gone. */
static bool
take_results(struct blocking *db, blocking_row_fn *each, void *arg)
{
    bool is_fine = true;
    PGresult *next;

    while ((next = PQgetResult(db->pg)) != NULL) {
        SCOPED_RESULT *pg = next;
        ExecStatusType status = PQresultStatus(pg);

        if (status == PGRES_SINGLE_TUPLE && each != NULL)
            each(arg, result_of(pg));
        if (status == PGRES_SINGLE_TUPLE || status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK)
            continue;
        if (status == PGRES_FATAL_ERROR && is_fine)
            db->outcome.end = session_read_error(&db->outcome, pg) ? DB_UNKNOWN : DB_FAILED;
        if (status == PGRES_COPY_IN || status == PGRES_COPY_OUT || status == PGRES_COPY_BOTH)
            panic("blocking: COPY is not used here");
        is_fine = false;
    }
    return is_fine;
}

/* After something could not be sent. */
static bool
fail_sending(struct blocking *db)
{
    session_read_trouble(&db->outcome, db->pg);
    db->outcome.end = DB_LOST;
    return false;
}

bool
blocking_run(struct blocking *db, const struct db_statement *statement,
             const struct db_params *params, blocking_row_fn *each, void *arg)
{
    static const struct db_params none = {0};

    if (params == NULL)
        params = &none;
    db->outcome = (struct db_outcome){.statement = statement->name};
    if (PQsendQueryParams(db->pg, statement->sql, params->count, params->types, params->values,
                          params->lengths, session_binary, 1) != 1)
        return fail_sending(db);
    if (PQsetSingleRowMode(db->pg) != 1)
        panic("blocking: no single-row mode");
    return take_results(db, each, arg);
}

bool
blocking_script(struct blocking *db, const char *sql)
{
    db->outcome = (struct db_outcome){0};
    if (PQsendQuery(db->pg, sql) != 1)
        return fail_sending(db);
    return take_results(db, NULL, NULL);
}

const struct db_outcome *
blocking_outcome(const struct blocking *db)
{
    return &db->outcome;
}
