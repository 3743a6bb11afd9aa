#pragma once

#include "convert/transaction.h"

/*
 * What `creditbankd init` wrote for the founding entry: whoever founds the bank
 * must have read it, so that nobody else can found it first.
 */
struct founding_terms;

/* Reads the file; NULL, and why, where it is not one. */
struct founding_terms *founding_read(const char *file, const char **fault) MUST_USE;
void founding_free(struct founding_terms *terms);

/*
 * Whether the transaction founds the bank on these terms and is signed by its
 * first key. NULL terms admit nothing.
 */
bool founding_is_admitted(const struct founding_terms *terms,
                          const struct signed_transaction *transaction) MUST_USE;
