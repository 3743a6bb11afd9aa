#pragma once

#include "db/row.h"

#include <libpq-fe.h>

/*
 * For db/ only. A struct db_result is a PGresult under a name that keeps libpq
 * within this folder.
 */
static inline const struct db_result *
result_of(const PGresult *pg)
{
    return (const struct db_result *)(const void *)pg;
}

static inline void
result_free(PGresult **pg)
{
    PQclear(*pg);
}

/* Freed at the end of its scope. */
#define SCOPED_RESULT __attribute__((cleanup(result_free))) PGresult
