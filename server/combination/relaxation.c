/*
 * Variables are the columns, then one slack a row. Each basic variable, and the
 * value in the last line, is written in those that are not basic:
 *
 *     basic[i] = at(i, 0) - sum over j of at(i, j) * free[j]
 *
 * A variable that was taken or dropped may only be 0 (a taken one counts from 1).
 * Lines are kept feasible but for such variables, and the last line >= 0 for all
 * that may still enter; primal steps get there first, dual steps after each change.
 */
#include "combination/relaxation.h"

#include "base/arena.h"

#include <math.h>
#include <string.h>

/* Smaller than this is nothing, and too small to divide by. */
#define NOTHING 1e-9
#define PIVOT_MIN 1e-7

/* Less of a column, or less than this of it missing, is no part. */
#define PART_MIN 1e-6

/* Where no step is left. */
#define LOSS_MAX 1e15

/* Steps until we go on with what we have: less good, and still proved. */
#define STEPS_MAX 1000

struct relaxation {
    unsigned column_count; /* of the packing */
    unsigned line_count;   /* basic variables; one more line is the value */
    unsigned width;        /* free variables, and the constant at 0 */
    unsigned stride;
    uint16_t *basic; /* variable of each line */
    uint16_t *free;  /* variable of each place from 1 */
    uint8_t *fixed;  /* of each packing column: it may only be 0 */
    uint8_t *taken;  /* of each packing column: it counts from 1 */
    double *lines;
};

/* other -= factor * pivot: where the time goes. */
static void
subtract(double *restrict other, const double *restrict pivot, double factor, unsigned count)
{
    for (unsigned j = 0; j < count; j++)
        other[j] -= factor * pivot[j];
}

static double *
line(const struct relaxation *r, unsigned index)
{
    return r->lines + (size_t)index * r->stride;
}

static bool
is_fixed(const struct relaxation *r, unsigned variable)
{
    return variable < r->column_count && r->fixed[variable];
}

static struct relaxation *
make(unsigned column_count, unsigned line_count, unsigned stride, struct arena *arena)
{
    struct relaxation *r = arena_alloc(arena, sizeof(*r));

    *r = (struct relaxation){
        .column_count = column_count,
        .line_count = line_count,
        .width = stride,
        .stride = stride,
        .basic = arena_array(arena, line_count, sizeof(*r->basic)),
        .free = arena_array(arena, stride, sizeof(*r->free)),
        .fixed = arena_array(arena, column_count, sizeof(*r->fixed)),
        .taken = arena_array(arena, column_count, sizeof(*r->taken)),
        .lines = arena_array(arena, (size_t)(line_count + 1) * stride, sizeof(*r->lines)),
    };
    return r;
}

struct relaxation *
relaxation_new(const struct packing *packing, const int64_t *values, struct arena *arena)
{
    struct relaxation *r =
        make(packing->column_count, packing->row_count, packing->column_count + 1, arena);
    double *value = line(r, r->line_count);

    for (unsigned i = 0; i < packing->row_count; i++) {
        r->basic[i] = (uint16_t)(packing->column_count + i);
        *line(r, i) = (double)packing->room[i];
    }
    for (unsigned j = 0; j < packing->column_count; j++) {
        const struct packing_column *column = &packing->columns[j];

        r->free[j + 1] = (uint16_t)j;
        value[j + 1] = -(double)values[j];
        for (unsigned k = 0; k < column->entry_count; k++)
            line(r, column->entries[k].row)[j + 1] = (double)column->entries[k].coefficient;
    }
    return r;
}

struct relaxation *
relaxation_like(const struct relaxation *model, struct arena *arena)
{
    return make(model->column_count, model->line_count, model->stride, arena);
}

void
relaxation_copy(struct relaxation *to, const struct relaxation *from)
{
    uint16_t places[PACKING_COLUMNS_MAX + 1] = {0};

    to->width = 1;
    for (unsigned j = 1; j < from->width; j++)
        if (!is_fixed(from, from->free[j])) {
            to->free[to->width] = from->free[j];
            places[to->width++] = (uint16_t)j;
        }
    memcpy(to->basic, from->basic, from->line_count * sizeof(*to->basic));
    memcpy(to->fixed, from->fixed, from->column_count * sizeof(*to->fixed));
    memcpy(to->taken, from->taken, from->column_count * sizeof(*to->taken));
    to->stride = to->width;
    for (unsigned i = 0; i <= from->line_count; i++)
        for (unsigned j = 0; j < to->width; j++)
            line(to, i)[j] = line(from, i)[places[j]];
}

/* The free variable at `place` becomes basic in `index`'s line, and that one's free. */
static void
exchange(struct relaxation *r, unsigned index, unsigned place)
{
    double *pivot = line(r, index);
    double scale = 1 / pivot[place];
    uint16_t leaves = r->basic[index];

    pivot[place] = 1;
    for (unsigned j = 0; j < r->width; j++)
        pivot[j] *= scale;
    for (unsigned i = 0; i <= r->line_count; i++) {
        double *other = line(r, i), factor = other[place];

        if (i == index || fabs(factor) < 1e-13)
            continue;
        other[place] = 0;
        subtract(other, pivot, factor, r->width);
    }
    r->basic[index] = r->free[place];
    r->free[place] = leaves;
}

/* A step that takes more of a column that is worth it; false where none is. */
static bool
step_primal(struct relaxation *r)
{
    const double *value = line(r, r->line_count);
    unsigned place = 0, index = r->line_count;
    double most = -NOTHING, least = INFINITY;

    for (unsigned j = 1; j < r->width; j++)
        if (value[j] < most && !is_fixed(r, r->free[j])) {
            most = value[j];
            place = j;
        }
    if (place == 0)
        return false;
    for (unsigned i = 0; i < r->line_count; i++) {
        double by = line(r, i)[place];

        if (by > PIVOT_MIN && line(r, i)[0] / by < least) {
            least = line(r, i)[0] / by;
            index = i;
        }
    }
    if (index == r->line_count)
        return false;
    exchange(r, index, place);
    return true;
}

/* How far a basic variable is from what it may be; below 0 where it is too much. */
static double
lacks(const struct relaxation *r, unsigned index)
{
    double is = *line(r, index);

    return is < 0 || is_fixed(r, r->basic[index]) ? -is : 0;
}

/* A step that mends the line that is furthest off; false where none is, or can be mended. */
static bool
step_dual(struct relaxation *r)
{
    const double *value = line(r, r->line_count), *worst;
    unsigned index = r->line_count, place = 0;
    double most = NOTHING, least = INFINITY, sign;

    for (unsigned i = 0; i < r->line_count; i++)
        if (fabs(lacks(r, i)) > most) {
            most = fabs(lacks(r, i));
            index = i;
        }
    if (index == r->line_count)
        return false;
    worst = line(r, index);
    sign = lacks(r, index) > 0 ? -1 : 1;
    for (unsigned j = 1; j < r->width; j++) {
        double by = sign * worst[j];

        if (by > PIVOT_MIN && value[j] / by < least && !is_fixed(r, r->free[j])) {
            least = value[j] / by;
            place = j;
        }
    }
    if (place == 0)
        return false;
    exchange(r, index, place);
    return true;
}

void
relaxation_solve(struct relaxation *r)
{
    unsigned steps = 0;

    while (steps < STEPS_MAX && step_dual(r))
        steps++;
    while (steps < STEPS_MAX && step_primal(r))
        steps++;
}

void
relaxation_drop(struct relaxation *r, unsigned column)
{
    r->fixed[column] = 1;
}

void
relaxation_take(struct relaxation *r, unsigned column)
{
    r->fixed[column] = r->taken[column] = 1;
    for (unsigned i = 0; i < r->line_count; i++)
        if (r->basic[i] == column) {
            *line(r, i) -= 1;
            return;
        }
    for (unsigned j = 1; j < r->width; j++)
        if (r->free[j] == column)
            for (unsigned i = 0; i <= r->line_count; i++)
                *line(r, i) -= line(r, i)[j];
}

void
relaxation_parts(const struct relaxation *r, double *parts)
{
    for (unsigned j = 0; j < r->column_count; j++)
        parts[j] = r->taken[j];
    for (unsigned i = 0; i < r->line_count; i++)
        if (r->basic[i] < r->column_count)
            parts[r->basic[i]] += *line(r, i);
}

void
relaxation_worths(const struct relaxation *r, double *worths)
{
    const double *value = line(r, r->line_count);

    memset(worths, 0, r->line_count * sizeof(*worths));
    for (unsigned j = 1; j < r->width; j++)
        if (r->free[j] >= r->column_count)
            worths[r->free[j] - r->column_count] = value[j] > 0 ? value[j] : 0;
}

/* What the first dual step away from line `index`'s part costs by each unit less of it. */
static double
loss(const struct relaxation *r, unsigned index)
{
    const double *value = line(r, r->line_count), *own = line(r, index);
    double least = LOSS_MAX;

    for (unsigned j = 1; j < r->width; j++)
        if (own[j] > PIVOT_MIN && value[j] < least * own[j] && !is_fixed(r, r->free[j]))
            least = value[j] / own[j];
    return least;
}

void
relaxation_losses(const struct relaxation *r, double *losses)
{
    memset(losses, 0, r->column_count * sizeof(*losses));
    for (unsigned i = 0; i < r->line_count; i++) {
        unsigned column = r->basic[i];
        double part = *line(r, i);

        if (column < r->column_count && part > PART_MIN && part < 1 - PART_MIN)
            losses[column] = part * loss(r, i);
    }
}
