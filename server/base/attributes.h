#pragma once

/* What the compiler is told about a function or a value. */
#define MUST_USE __attribute__((warn_unused_result))
#define PRINTF(fmt, args) __attribute__((format(printf, fmt, args), nonnull(fmt)))
#define NORETURN __attribute__((noreturn))

#define ARRAY_COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* The struct that holds `member` at `ptr`. */
#define CONTAINER_OF(ptr, type, member) ((type *)(void *)((char *)(ptr)-offsetof(type, member)))
