#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/*
 * Borrowed bytes: valid as long as whoever lent them says so. A slice of text
 * is UTF-8 without a terminator. The empty slice may have at == NULL.
 */
struct slice {
    const uint8_t *at;
    size_t len;
};

static inline struct slice
slice_make(const void *at, size_t len)
{
    return (struct slice){.at = at, .len = len};
}

/* The bytes of `text` without its terminator. */
static inline struct slice
slice_text(const char *text)
{
    return slice_make(text, strlen(text));
}

/* Bytewise order, shorter first on a common prefix; < 0, 0, > 0 as memcmp. */
static inline int
slice_compare(struct slice a, struct slice b)
{
    size_t common = a.len < b.len ? a.len : b.len;
    int order = common == 0 ? 0 : memcmp(a.at, b.at, common);

    if (order != 0)
        return order;
    return (a.len > b.len) - (a.len < b.len);
}

static inline bool
slice_equal(struct slice a, struct slice b)
{
    return a.len == b.len && slice_compare(a, b) == 0;
}

/* Takes from `rest` what stands before the next separator, and both off it; false: it is empty. */
static inline bool
slice_split(struct slice *rest, char separator, struct slice *part)
{
    const uint8_t *found = rest->len > 0 ? memchr(rest->at, separator, rest->len) : NULL;
    size_t len = found != NULL ? (size_t)(found - rest->at) : rest->len;
    size_t taken = found != NULL ? len + 1 : len;

    if (rest->len == 0)
        return false;
    *part = slice_make(rest->at, len);
    *rest = slice_make(rest->at + taken, rest->len - taken);
    return true;
}

static inline bool
slice_is(struct slice a, const char *text)
{
    return slice_equal(a, slice_text(text));
}
