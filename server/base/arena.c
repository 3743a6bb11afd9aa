/*
 * A list of blocks, each filled front to back. A request larger than a block
 * gets a block of its own.
 */
#include "base/arena.h"

#include "base/memory.h"
#include "base/panic.h"

#include <stdalign.h>
#include <stdarg.h>
#include <stdio.h>

#define BLOCK_SIZE ((size_t)8192)
#define ALIGNMENT alignof(max_align_t)

struct block {
    struct block *older;
    size_t size;
    size_t used;
    alignas(ALIGNMENT) uint8_t bytes[];
};

/* What is to be done at the end; it stands in the arena itself. */
struct ending {
    struct ending *older;
    void (*fn)(void *arg);
    void *arg;
};

struct arena {
    struct block *newest;
    struct ending *endings;
    size_t budget;
    size_t used;
};

static struct block *
block_new(struct block *older, size_t size)
{
    struct block *block = xmalloc(sizeof(*block) + size);

    block->older = older;
    block->size = size;
    block->used = 0;
    return block;
}

struct arena *
arena_new(size_t budget)
{
    struct arena *arena = xcalloc(1, sizeof(*arena));

    arena->budget = budget;
    return arena;
}

static void
run_endings(struct arena *arena)
{
    struct ending *ending = arena->endings;

    arena->endings = NULL;
    for (; ending != NULL; ending = ending->older)
        ending->fn(ending->arg);
}

void
arena_free(struct arena *arena)
{
    if (arena == NULL)
        return;
    run_endings(arena);
    for (struct block *block = arena->newest; block != NULL;) {
        struct block *older = block->older;

        xfree(block);
        block = older;
    }
    xfree(arena);
}

void
arena_reset(struct arena *arena)
{
    struct block *block = arena->newest;

    run_endings(arena);
    while (block != NULL && block->older != NULL) {
        struct block *older = block->older;

        xfree(block);
        block = older;
    }
    arena->newest = block;
    arena->used = 0;
    if (block != NULL)
        block->used = 0;
}

void *
arena_try_alloc(struct arena *arena, size_t size)
{
    size_t rounded;

    if (__builtin_add_overflow(size, ALIGNMENT - 1, &rounded))
        return NULL;
    rounded -= rounded % ALIGNMENT;
    if (rounded > arena->budget - arena->used)
        return NULL;

    struct block *block = arena->newest;

    if (block == NULL || rounded > block->size - block->used)
        block = arena->newest =
            block_new(arena->newest, rounded > BLOCK_SIZE ? rounded : BLOCK_SIZE);

    void *memory = block->bytes + block->used;

    block->used += rounded;
    arena->used += rounded;
    return memset(memory, 0, rounded);
}

void *
arena_alloc(struct arena *arena, size_t size)
{
    void *memory = arena_try_alloc(arena, size);

    if (memory == NULL)
        panic("arena: %zu bytes asked, %zu of %zu used", size, arena->used, arena->budget);
    return memory;
}

void *
arena_array(struct arena *arena, size_t count, size_t size)
{
    size_t total;

    if (__builtin_mul_overflow(count, size, &total))
        panic("arena: %zu times %zu bytes asked", count, size);
    return arena_alloc(arena, total);
}

struct slice
arena_copy(struct arena *arena, struct slice bytes)
{
    uint8_t *copy = arena_alloc(arena, bytes.len);

    if (bytes.len > 0)
        memcpy(copy, bytes.at, bytes.len);
    return slice_make(copy, bytes.len);
}

char *
arena_text(struct arena *arena, struct slice text)
{
    char *copy = arena_alloc(arena, text.len + 1);

    if (text.len > 0)
        memcpy(copy, text.at, text.len);
    return copy;
}

char *
arena_printf(struct arena *arena, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    int len = vsnprintf(NULL, 0, fmt, args);
    va_end(args);
    if (len < 0)
        panic("arena: bad format %s", fmt);

    char *text = arena_alloc(arena, (size_t)len + 1);

    va_start(args, fmt);
    vsnprintf(text, (size_t)len + 1, fmt, args);
    va_end(args);
    return text;
}

void
arena_on_end(struct arena *arena, void (*fn)(void *arg), void *arg)
{
    struct ending *ending = arena_alloc(arena, sizeof(*ending));

    *ending = (struct ending){.older = arena->endings, .fn = fn, .arg = arg};
    arena->endings = ending;
}

size_t
arena_used(const struct arena *arena)
{
    return arena->used;
}
