#include "base/buffer.h"

#include "base/memory.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>

#define FIRST_CAPACITY ((size_t)256)

void
buffer_init(struct buffer *buffer, size_t max)
{
    *buffer = (struct buffer){.max = max};
}

void
buffer_fini(struct buffer *buffer)
{
    xfree(buffer->at);
    *buffer = (struct buffer){0};
}

uint8_t *
buffer_extend(struct buffer *buffer, size_t len)
{
    assert(buffer->len <= buffer->max);
    if (len > buffer->max - buffer->len)
        return NULL;

    size_t need = buffer->len + len;

    if (need > buffer->capacity || buffer->at == NULL) {
        size_t capacity = buffer->capacity > 0 ? buffer->capacity : FIRST_CAPACITY;

        while (capacity < need)
            capacity = capacity > buffer->max / 2 ? buffer->max : capacity * 2;
        buffer->at = xrealloc(buffer->at, capacity);
        buffer->capacity = capacity;
    }

    uint8_t *room = buffer->at + buffer->len;

    buffer->len = need;
    return room;
}

bool
buffer_append(struct buffer *buffer, struct slice bytes)
{
    uint8_t *room = buffer_extend(buffer, bytes.len);

    if (room == NULL)
        return false;
    if (bytes.len > 0)
        memcpy(room, bytes.at, bytes.len);
    return true;
}

bool
buffer_append_byte(struct buffer *buffer, uint8_t byte)
{
    return buffer_append(buffer, slice_make(&byte, 1));
}

bool
buffer_printf(struct buffer *buffer, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    int len = vsnprintf(NULL, 0, fmt, args);
    va_end(args);
    if (len < 0)
        return false;

    /* vsnprintf writes a terminator that is not part of the bytes. */
    uint8_t *room = buffer_extend(buffer, (size_t)len + 1);

    if (room == NULL)
        return false;
    va_start(args, fmt);
    vsnprintf((char *)room, (size_t)len + 1, fmt, args);
    va_end(args);
    buffer->len--;
    return true;
}

void
buffer_consume(struct buffer *buffer, size_t len)
{
    assert(len <= buffer->len);
    buffer->len -= len;
    if (len > 0 && buffer->len > 0)
        memmove(buffer->at, buffer->at + len, buffer->len);
}

void
buffer_clear(struct buffer *buffer)
{
    buffer->len = 0;
}
