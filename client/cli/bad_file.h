#pragma once

#include "import_context.h"

/*
 * Writes the bad rows of an import back, in the file's encoding and order, with the columns
 * code, sentence and advice: "learners.csv" gives "learners.bad.csv", what came back once
 * "learners.again.bad.csv". A file of that name that says something else is somebody's work and
 * stays: then it is "learners.bad-2.csv", and so on. Returns the path, which the caller frees;
 * NULL and an error.
 */
char *bad_file_write(const struct import_context *import, struct creditbank_error *error) MUST_USE;
