#pragma once

#include "base/buffer.h"

/*
 * Files that hold secrets. NULL when done, or why not, in English, for the one
 * who started the program; errno tells no more.
 */

/* Appends the file's bytes; refused when others than its owner may read or write it. */
const char *key_file_read(const char *path, struct buffer *bytes) MUST_USE;

/* Makes the file with mode 0600, synced to disk; refused where it exists. */
const char *key_file_write(const char *path, struct slice bytes) MUST_USE;
