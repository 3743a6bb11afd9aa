#pragma once

#include <stdint.h>

/* Microseconds since 1970-01-01T00:00:00Z, as the machine's clock says. */
int64_t clock_now_us(void);

/* Microseconds since some moment, never going back: for deadlines. */
int64_t clock_monotonic_us(void);

/* For tests: from now on both clocks say this, until set again; < 0 gives the real ones back. */
void clock_set_us(int64_t now_us);
