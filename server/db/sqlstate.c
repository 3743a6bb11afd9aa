#include "db/sqlstate.h"

#include <string.h>

/* A session whose prepared statements are gone or stale is better made anew. */
static const struct sqlstate table[] = {
    {"", REASON_INTERNAL_ERROR, false},
    {"08", REASON_DATABASE_UNAVAILABLE, true},     /* connection exception */
    {"0A000", REASON_INTERNAL_ERROR, true},        /* "cached plan must not change result type" */
    {"23", REASON_INTERNAL_ERROR, false},          /* a constraint: what we check before fired */
    {"25006", REASON_DATABASE_UNAVAILABLE, true},  /* read_only_sql_transaction: not the primary */
    {"26000", REASON_INTERNAL_ERROR, true},        /* invalid_sql_statement_name */
    {"28", REASON_DATABASE_UNAVAILABLE, true},     /* invalid authorization */
    {"3D000", REASON_DATABASE_UNAVAILABLE, true},  /* invalid_catalog_name: no such database */
    {"40", REASON_DATABASE_CONFLICT, false},       /* transaction rollback */
    {"40001", REASON_DATABASE_CONFLICT, false},    /* serialization_failure */
    {"40P01", REASON_DATABASE_CONFLICT, false},    /* deadlock_detected */
    {"53", REASON_DATABASE_UNAVAILABLE, false},    /* insufficient resources */
    {"53100", REASON_DATABASE_FULL, false},        /* disk_full */
    {"53200", REASON_DATABASE_UNAVAILABLE, false}, /* out_of_memory */
    {"53300", REASON_DATABASE_UNAVAILABLE, true},  /* too_many_connections */
    {"55P03", REASON_DATABASE_TIMEOUT, false},     /* lock_not_available: lock_timeout */
    {"57014", REASON_DATABASE_TIMEOUT, false},     /* query_canceled: statement_timeout */
    {"57", REASON_DATABASE_UNAVAILABLE, true}, /* operator intervention: shutdown, 57P01 to 05 */
    {"25P03", REASON_DATABASE_TIMEOUT, true},  /* idle_in_transaction_session_timeout */
    {"58", REASON_DATABASE_UNAVAILABLE, true}, /* system error outside PostgreSQL */
    {"58P01", REASON_INTERNAL_ERROR, true},    /* undefined_file: a person must look */
    {"XX", REASON_INTERNAL_ERROR, true},       /* internal error, data_corrupted */
};

const struct sqlstate *
sqlstate_find(const char *code)
{
    const struct sqlstate *best = &table[0];

    for (size_t i = 1; i < sizeof(table) / sizeof(table[0]); i++) {
        size_t len = strlen(table[i].prefix);

        if (strncmp(code, table[i].prefix, len) == 0 && len > strlen(best->prefix))
            best = &table[i];
    }
    return best;
}

enum log_level
sqlstate_log_level(enum reason reason)
{
    return reason == REASON_INTERNAL_ERROR || reason == REASON_DATABASE_FULL ? LOG_ERROR : LOG_WARN;
}
