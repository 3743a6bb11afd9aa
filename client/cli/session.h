#pragma once

#include "cli.h"

/* Keeps a new session in the profile: nobody else may read its file. */
enum exit_code session_keep(struct cli *cli, const char *account_no, const char *token);

/* A password: from the passphrase sources of the command line, by those names. In the arena. */
const char *session_password(struct cli *cli, const char *account_no, bool is_new) MUST_USE;
