#pragma once

#include "core/identity.h"
#include "db/row.h"
#include "db/statement.h"

/*
 * Persons whose accounts are opened, for the ledger: read and written under its lock, so that
 * it is exact who has one.
 */

/* Asks who of these has an account, by the keyed hashes of their documents. */
void opened_person_find(const struct hash *hashes, size_t count, struct arena *arena,
                        struct db_batch *batch);

/* The place among `hashes` that a row of the result names. */
size_t opened_person_read(const struct db_result *result, size_t row) MUST_USE;

/* Adds the statement that stores them. */
void opened_person_insert(const struct opened_person *const *persons, size_t count,
                          struct arena *arena, struct db_batch *batch);
