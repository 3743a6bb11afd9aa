#pragma once

#include "config.h"
#include "db/blocking.h"

/* The database as the commands use it; each says on standard error what went wrong. */

/* Connects as the role that owns the schema; NULL if that fails. */
struct blocking *database_open_owner(const struct config *config) MUST_USE;

/* Applies the migrations that are missing, and says how many. */
bool database_migrate(const struct config *config) MUST_USE;
