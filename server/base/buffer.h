#pragma once

#include "base/attributes.h"
#include "base/slice.h"

/*
 * Bytes that grow, up to a limit. Beyond it every append fails, and what was
 * appended before stays. The buffer owns its bytes.
 */
struct buffer {
    uint8_t *at;
    size_t len;
    size_t capacity;
    size_t max;
};

/* An empty buffer of at most `max` bytes; nothing is allocated before the first append. */
void buffer_init(struct buffer *buffer, size_t max);
void buffer_fini(struct buffer *buffer);

bool buffer_append(struct buffer *buffer, struct slice bytes) MUST_USE;
bool buffer_append_byte(struct buffer *buffer, uint8_t byte) MUST_USE;
bool buffer_printf(struct buffer *buffer, const char *fmt, ...) MUST_USE PRINTF(2, 3);

/* Room for `len` more bytes, counted as appended; NULL beyond the limit. */
uint8_t *buffer_extend(struct buffer *buffer, size_t len) MUST_USE;

/* Drops the first `len` bytes. */
void buffer_consume(struct buffer *buffer, size_t len);

/* Drops all bytes, and keeps the memory for the next. */
void buffer_clear(struct buffer *buffer);

/* What it holds; valid until the next change. */
static inline struct slice
buffer_slice(const struct buffer *buffer)
{
    return slice_make(buffer->at, buffer->len);
}
