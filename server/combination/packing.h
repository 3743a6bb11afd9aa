#pragma once

#include "combination/combination.h"

/*
 * A problem as rows: choose columns so that each row's coefficients sum to at most
 * its room. What every row holds is at least 0, so choosing nothing always fits,
 * and each column has a coefficient 1 in a row of room 1.
 */

/* Rows of outcomes, courses, groups and caps, and those that packing_limit adds. */
#define PACKING_LIMITS_MAX 2
#define PACKING_ROWS_MAX                                                           \
    (COMBINATION_OUTCOMES_MAX + COMBINATION_COURSES_MAX + COMBINATION_GROUPS_MAX + \
     COMBINATION_CAPS_MAX + PACKING_LIMITS_MAX)
#define PACKING_COLUMNS_MAX COMBINATION_OPTIONS_MAX

struct packing_entry {
    uint16_t row;
    int64_t coefficient; /* > 0 */
};

struct packing_column {
    uint16_t option; /* which it stands for */
    unsigned entry_count, entry_max;
    struct packing_entry *entries; /* by row */
};

struct packing {
    unsigned row_count, column_count;
    int64_t room[PACKING_ROWS_MAX];
    struct packing_column columns[PACKING_COLUMNS_MAX];
};

struct arena;

/*
 * The rows and columns of a valid problem without what cannot matter: options that
 * give nothing, break a cap alone, or are no better than another in any respect
 * (that other spends, exempts and weighs no more, and gives no less), and rows that
 * cannot be broken. Entries live in the arena.
 */
void packing_make(struct packing *packing, const struct combination_problem *problem,
                  struct arena *arena);

/* Adds the row that values (>= 0) of the chosen columns sum to at most `room`; twice at most. */
void packing_limit(struct packing *packing, const int64_t *values, int64_t room);

/* The greatest number that divides those of all columns; 0 where all are 0. */
int64_t packing_divisor(const struct packing *packing, const int64_t *numbers) MUST_USE;
