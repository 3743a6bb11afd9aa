#pragma once

#include "api/credentials.h"
#include "store/session.h"

/* A session that begins with this call, and its token, which is shown once. */
struct session_opened {
    char token[SESSION_TOKEN_SIZE];
    struct new_session row;
};

/* Draws one for the account and the password that was verified, which are borrowed. */
void session_draw(const struct call *call, struct slice account_no, const char *encoded,
                  struct session_opened *session);
