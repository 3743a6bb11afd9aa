#pragma once

#include "combination/packing.h"

/*
 * The linear relaxation: columns may be taken in part. It says which columns are
 * worth taking, and what a unit of each row's room is worth. It reckons in floating
 * point and proves nothing: search.c proves with integers what it is told here.
 *
 * The simplex method on a dense tableau, whose columns that are out for good go
 * when it is copied.
 */
struct relaxation;

struct arena;

/* The relaxation of all columns, of which column i gives `values[i]` (> 0). */
struct relaxation *relaxation_new(const struct packing *packing, const int64_t *values,
                                  struct arena *arena) MUST_USE;

/* Room for a copy of any relaxation that `model` is copied to, or is. */
struct relaxation *relaxation_like(const struct relaxation *model, struct arena *arena) MUST_USE;
void relaxation_copy(struct relaxation *to, const struct relaxation *from);

/* A column is taken whole, or not at all, from now on. */
void relaxation_take(struct relaxation *relaxation, unsigned column);
void relaxation_drop(struct relaxation *relaxation, unsigned column);

/* Finds the best taking, from where the last one was; gives up where it takes too long. */
void relaxation_solve(struct relaxation *relaxation);

/* Of each column taken in part how much less value there is at least without it; else 0. */
void relaxation_losses(const struct relaxation *relaxation, double *losses);

/* Of each column how much is taken, 0 to 1; of each row what a unit of room is worth, >= 0. */
void relaxation_parts(const struct relaxation *relaxation, double *parts);
void relaxation_worths(const struct relaxation *relaxation, double *worths);
