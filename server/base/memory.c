#include "base/memory.h"

#include "base/panic.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

void *
xmalloc(size_t size)
{
    void *memory = malloc(size > 0 ? size : 1);

    if (memory == NULL)
        panic("out of memory: %zu bytes", size);
    return memory;
}

void *
xcalloc(size_t count, size_t size)
{
    void *memory = calloc(count > 0 ? count : 1, size > 0 ? size : 1);

    if (memory == NULL)
        panic("out of memory: %zu times %zu bytes", count, size);
    return memory;
}

void *
xrealloc(void *memory, size_t size)
{
    void *moved = realloc(memory, size > 0 ? size : 1);

    if (moved == NULL)
        panic("out of memory: %zu bytes", size);
    return moved;
}

char *
xstrdup(const char *text)
{
    size_t size = strlen(text) + 1;

    return memcpy(xmalloc(size), text, size);
}

void
xfree(void *memory)
{
    free(memory);
}
