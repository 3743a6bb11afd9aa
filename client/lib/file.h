#pragma once

#include "base/buffer.h"
#include "base/scope.h"

#include "creditbank.h"

/* Files that have to be there after a crash, or not at all. Errors are FILE_…. */

/* A formatted path, which the caller frees. */
char *file_path(const char *fmt, ...) PRINTF(1, 2) MUST_USE;
void file_path_free(char **path);

/* The folder, made with mode 0700 with those above it, where it is missing. */
bool file_make_folder(const char *path, struct creditbank_error *error) MUST_USE;

/* Appends the file's bytes; beyond the buffer's limit FILE_TOO_LARGE. */
bool file_read(const char *path, struct buffer *bytes, struct creditbank_error *error) MUST_USE;

/*
 * Replaces the file by one with these bytes and mode 0600: written aside, synced,
 * renamed, and the folder synced.
 */
bool file_write_synced(const char *path, struct slice bytes,
                       struct creditbank_error *error) MUST_USE;

/*
 * Makes a file of these bytes with mode 0600, and syncs it and the folder. One that is
 * there already is left as it is: FILE_EXISTS.
 */
bool file_create_synced(const char *path, struct slice bytes,
                        struct creditbank_error *error) MUST_USE;

/* Moves or removes a file for good: both folders are synced. */
bool file_move(const char *from, const char *to, struct creditbank_error *error) MUST_USE;
bool file_remove(const char *path, struct creditbank_error *error) MUST_USE;
