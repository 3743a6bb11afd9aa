#pragma once

#include "base/reason.h"

#include <stddef.h>

#define DB_MESSAGE_MAX 256

enum db_end {
    DB_OK,
    DB_FAILED,  /* the server refused a statement, nothing of the transaction stands; the connection
                   goes on, an open transaction needs a db_rollback */
    DB_LOST,    /* the connection went, and nothing was committed */
    DB_UNKNOWN, /* the connection went after something that commits was sent */
};

/* How a batch ended. */
struct db_outcome {
    enum db_end end;
    enum reason reason;           /* what the client is told; REASON_NONE if DB_OK */
    size_t failed;                /* DB_FAILED: index of the statement in the batch */
    const char *statement;        /* DB_FAILED: and its name */
    char sqlstate[6];             /* "" where the server said none */
    char message[DB_MESSAGE_MAX]; /* for the log only */
};
