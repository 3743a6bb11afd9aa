#pragma once

#include "db/blocking.h"

#define MIGRATION_BYTES_MAX ((size_t)4 << 20) /* of one file */
#define MIGRATIONS_MAX 1000

/* What migrate_apply() did, or why it stopped. */
struct migrate_report {
    int applied;     /* now */
    int current;     /* number of the newest migration in the database */
    char error[512]; /* "" or the file and the rule it breaks */
};

/*
 * Applies the files NNNN_name.sql of a folder, 0001 first, without gaps, each
 * in a transaction of its own, all under one advisory lock, and records them with
 * their SHA-256 in the table `migration`. One that was applied and is missing
 * or changed, and anything else in the folder named *.sql, is refused before
 * anything is applied. False on refusal or failure; migrations applied before stay.
 */
bool migrate_apply(struct blocking *db, const char *folder, struct migrate_report *report) MUST_USE;
