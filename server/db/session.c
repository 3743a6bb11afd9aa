#include "db/session.h"

#include "base/log.h"
#include "db/sqlstate.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#define KEEPALIVE_IDLE_S 30
#define KEEPALIVE_INTERVAL_S 5
#define KEEPALIVE_COUNT 3

/*
 * Rows are read by their keys, so a plan that is made once serves for ever; and one
 * that was made while a table was small must not read all of it when it has grown.
 * Where a statement joins a table with rows of its own (unnest), the lookup stands
 * in a LATERAL that OFFSET 0 fences: else the table might be read for each of them.
 */
#define PLANS_BY_KEY                                    \
    " -c plan_cache_mode=force_generic_plan -c jit=off" \
    " -c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off"

struct conn_config
conn_config_default(const char *conninfo, const char *name)
{
    return (struct conn_config){
        .conninfo = conninfo,
        .name = name,
        .search_path = "projection,public",
        .connect_timeout_ms = 5000,
        .statement_timeout_ms = 10000,
        .lock_timeout_ms = 5000,
        .idle_in_transaction_timeout_ms = 10000,
        .tcp_user_timeout_ms = 10000,
        .batch_timeout_ms = 15000,
        .behind_max_ms = 10, /* a pool's statements take less than one */
    };
}

static void
add(struct session *session, const char *keyword, const char *value)
{
    /* The last entry stays NULL, which ends the list. */
    assert(session->count + 1 < ARRAY_COUNT(session->keywords));
    session->keywords[session->count] = keyword;
    session->values[session->count] = value;
    session->count++;
}

static const char *
number(struct session *session, size_t index, unsigned value)
{
    snprintf(session->numbers[index], sizeof(session->numbers[index]), "%u", value);
    return session->numbers[index];
}

void
session_init(struct session *session, const struct conn_config *config)
{
    *session = (struct session){0};

    int len =
        snprintf(session->options, sizeof(session->options),
                 "-c statement_timeout=%u -c lock_timeout=%u"
                 " -c idle_in_transaction_session_timeout=%u -c standard_conforming_strings=on"
                 " -c search_path=%s%s",
                 config->statement_timeout_ms, config->lock_timeout_ms,
                 config->idle_in_transaction_timeout_ms, config->search_path,
                 config->finds_by_key ? PLANS_BY_KEY : "");

    assert(len > 0);
    assert((size_t)len < sizeof(session->options)); /* a limit cut off would be no limit */

    /* A dbname that is a conninfo is expanded where it stands; what follows overrides it. */
    add(session, "dbname", config->conninfo);
    add(session, "application_name", config->name);
    add(session, "client_encoding", "UTF8");
    add(session, "options", session->options);
    add(session, "keepalives_idle", number(session, 0, KEEPALIVE_IDLE_S));
    add(session, "keepalives_interval", number(session, 1, KEEPALIVE_INTERVAL_S));
    add(session, "keepalives_count", number(session, 2, KEEPALIVE_COUNT));
    add(session, "connect_timeout", number(session, 4, (config->connect_timeout_ms + 999) / 1000));
    add(session, "tcp_user_timeout", number(session, 3, config->tcp_user_timeout_ms));
}

const int session_binary[DB_PARAMS_MAX] = {
    1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
    1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
};

/* The first line of what libpq says; the others are advice. */
static void
set_message(struct db_outcome *outcome, const char *text)
{
    snprintf(outcome->message, sizeof(outcome->message), "%.*s", (int)strcspn(text, "\n"), text);
}

bool
session_read_error(struct db_outcome *outcome, const PGresult *pg)
{
    const char *code = PQresultErrorField(pg, PG_DIAG_SQLSTATE);
    const char *severity = PQresultErrorField(pg, PG_DIAG_SEVERITY_NONLOCALIZED);

    if (code == NULL || severity == NULL) { /* libpq's own error: the connection */
        set_message(outcome, PQresultErrorMessage(pg));
        outcome->reason = REASON_DATABASE_UNAVAILABLE;
        return true;
    }

    const char *primary = PQresultErrorField(pg, PG_DIAG_MESSAGE_PRIMARY);

    /* The primary message only: detail and hint quote values of rows. */
    set_message(outcome, primary != NULL ? primary : "");
    snprintf(outcome->sqlstate, sizeof(outcome->sqlstate), "%s", code);
    outcome->reason = sqlstate_find(code)->reason;
    return strcmp(severity, "ERROR") != 0;
}

void
session_read_trouble(struct db_outcome *outcome, const PGconn *pg)
{
    set_message(outcome, PQerrorMessage(pg));
    outcome->reason = REASON_DATABASE_UNAVAILABLE;
}

static void
log_notice(void *arg, const PGresult *pg)
{
    const char *primary = PQresultErrorField(pg, PG_DIAG_MESSAGE_PRIMARY);

    (void)arg;
    log_debug("database notice message=\"%s\"", primary != NULL ? primary : "");
}

void
session_log_notices(PGconn *pg)
{
    PQsetNoticeReceiver(pg, log_notice, NULL);
}
