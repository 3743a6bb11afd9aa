#pragma once

#include "combination/packing.h"

/*
 * Branch and bound: the columns of most value that fit. Which of them to decide
 * next, and what the rest can give at most, comes from the linear relaxation; that
 * nothing is missed is proved with integers.
 */
struct search {
    const struct packing *packing;
    const int64_t *values; /* of each column, 1 to SEARCH_VALUE_MAX */
    const struct combination_budget *budget;

    bool *chosen;                       /* of each column; begins as what fits, ends as the best */
    int64_t value;                      /* of what is chosen */
    int64_t bound;                      /* proved: nothing that fits has more */
    int64_t reach[PACKING_COLUMNS_MAX]; /* proved: nothing with that column has more */
};

#define SEARCH_VALUE_MAX ((int64_t)1 << 40)

/* Sets value and bound, and chooses better columns where there are; true: they are the best. */
bool search_run(struct search *search) MUST_USE;
