#pragma once

#include "base/attributes.h"
#include "base/slice.h"

/*
 * An arena hands out zeroed memory that is freed all at once. Nothing taken
 * from it is freed alone. An arena has a budget in bytes: arena_alloc panics
 * beyond it (our bug: the sizes were checked before), arena_try_alloc returns
 * NULL (for whoever decodes foreign bytes).
 */
struct arena;

/* A new arena that may hand out up to `budget` bytes. */
struct arena *arena_new(size_t budget) MUST_USE;
void arena_free(struct arena *arena);

/* Frees what was handed out and keeps the first block, for the next round. */
void arena_reset(struct arena *arena);

void *arena_alloc(struct arena *arena, size_t size) MUST_USE __attribute__((returns_nonnull));
void *arena_try_alloc(struct arena *arena, size_t size) MUST_USE;

/* `count` objects of `size` bytes; an overflow of the product panics. */
void *arena_array(struct arena *arena, size_t count, size_t size) MUST_USE
    __attribute__((returns_nonnull));

/* Copies that live as long as the arena. The text ends in NUL. */
struct slice arena_copy(struct arena *arena, struct slice bytes) MUST_USE;
char *arena_text(struct arena *arena, struct slice text) MUST_USE;
char *arena_printf(struct arena *arena, const char *fmt, ...) MUST_USE PRINTF(2, 3);

/* Runs `fn` when what was handed out is freed: for what is lent to whoever uses the arena. */
void arena_on_end(struct arena *arena, void (*fn)(void *arg), void *arg);

/* Bytes handed out since the arena was made or reset. */
size_t arena_used(const struct arena *arena);
