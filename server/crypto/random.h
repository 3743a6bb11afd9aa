#pragma once

#include <stddef.h>

/* Unpredictable bytes. A machine that has none cannot keep a secret: the process panics. */
void random_bytes(void *bytes, size_t len);
