#pragma once

/* cmocka wants these four before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* A struct slice of a text, for rows that are constant. */
#define T(text)                                   \
    {                                             \
        (const uint8_t *)(text), sizeof(text) - 1 \
    }
