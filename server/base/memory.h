#pragma once

#include "base/attributes.h"

#include <stddef.h>

/*
 * The only callers of malloc. Running out of memory ends the process with one
 * line on standard error: nobody checks for NULL, and nothing is left half done
 * that the database would not roll back.
 */
void *xmalloc(size_t size) MUST_USE __attribute__((returns_nonnull));
void *xcalloc(size_t count, size_t size) MUST_USE __attribute__((returns_nonnull));
void *xrealloc(void *memory, size_t size) MUST_USE __attribute__((returns_nonnull));
char *xstrdup(const char *text) MUST_USE __attribute__((returns_nonnull));
void xfree(void *memory);
