#pragma once

#include "base/log.h"
#include "base/reason.h"

#include <stdbool.h>

/*
 * What an error of PostgreSQL means for the client, by its SQLSTATE (PostgreSQL
 * 15, appendix A). Details of ours stay in the log. One that the table does not
 * have is our bug: INTERNAL_ERROR.
 */
struct sqlstate {
    const char *prefix; /* of the five characters; the longest that fits counts */
    enum reason reason;
    bool drops_connection; /* the session is no longer what we think it is */
};

const struct sqlstate *sqlstate_find(const char *code);

/* How important a failure for this reason is: a bug and a full disk take a person. */
enum log_level sqlstate_log_level(enum reason reason);
