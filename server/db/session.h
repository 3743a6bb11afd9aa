#pragma once

#include "db/conn.h"
#include "db/outcome.h"

#include <libpq-fe.h>

/* For db/ only: what blocking and other connections have in common. */

/* What a connection asks for when it begins. */
struct session {
    const char *keywords[16];
    const char *values[16];
    size_t count;
    char options[512];
    char numbers[5][16];
};

/* The parameters of PQconnectStartParams(); `session` borrows the texts of `config`. */
void session_init(struct session *session, const struct conn_config *config);

/* The format of parameters: binary, all of them. */
extern const int session_binary[DB_PARAMS_MAX];

/* Sets message, SQLSTATE and reason from a result that is an error; true if the server said FATAL
 * or nothing at all, so that the connection is gone. */
bool session_read_error(struct db_outcome *outcome, const PGresult *pg);

/* Sets the message from the connection's last error. */
void session_read_trouble(struct db_outcome *outcome, const PGconn *pg);

/* Notices of the server go to the log, at debug. */
void session_log_notices(PGconn *pg);
