#include "combination/packing.h"

#include "base/arena.h"

#include <assert.h>
#include <string.h>

#define SET_BITS 64

/* Of two options that are equal in all respects the one listed first is the better. */
static bool
is_no_better(const struct combination_problem *problem, unsigned index, unsigned other)
{
    const struct combination_option *a = &problem->options[index], *b = &problem->options[other];
    bool differs = a->centicredits != b->centicredits || a->outcomes != b->outcomes;

    if (b->centicredits < a->centicredits || (b->outcomes & ~a->outcomes) != 0 ||
        (b->courses & ~a->courses) != 0 || (b->groups & ~a->groups) != 0)
        return false;
    for (unsigned cap = 0; cap < problem->cap_count; cap++)
        if (b->weights[cap] > a->weights[cap])
            return false;
    return differs || other < index;
}

static bool
can_matter(const struct combination_problem *problem, unsigned index)
{
    const struct combination_option *option = &problem->options[index];

    if (option->centicredits == 0)
        return false;
    for (unsigned cap = 0; cap < problem->cap_count; cap++)
        if (option->weights[cap] > problem->limits[cap])
            return false;
    for (unsigned other = 0; other < problem->option_count; other++)
        if (other != index && is_no_better(problem, index, other))
            return false;
    return true;
}

int64_t
packing_divisor(const struct packing *packing, const int64_t *numbers)
{
    int64_t divisor = 0;

    for (unsigned i = 0; i < packing->column_count; i++)
        for (int64_t rest = numbers[i]; rest != 0;) {
            int64_t next = divisor % rest;

            divisor = rest;
            rest = next;
        }
    return divisor;
}

/*
 * Adds a row with a coefficient for each column. Divided by what divides all of
 * them, its room rounds down: fractions of columns get less of it.
 */
static void
add_row(struct packing *packing, const int64_t *coefficients, int64_t room)
{
    uint16_t row = (uint16_t)packing->row_count++;
    int64_t divisor = packing_divisor(packing, coefficients);

    assert(row < PACKING_ROWS_MAX);
    assert(divisor > 0);
    packing->room[row] = room / divisor;
    for (unsigned i = 0; i < packing->column_count; i++) {
        struct packing_column *column = &packing->columns[i];

        if (coefficients[i] == 0)
            continue;
        assert(column->entry_count < column->entry_max);
        column->entries[column->entry_count++] =
            (struct packing_entry){.row = row, .coefficient = coefficients[i] / divisor};
    }
}

void
packing_limit(struct packing *packing, const int64_t *values, int64_t room)
{
    int64_t sum = 0;

    for (unsigned i = 0; i < packing->column_count; i++)
        sum += values[i];
    if (sum > room)
        add_row(packing, values, room);
}

static uint64_t
outcomes(const struct combination_option *option)
{
    return option->outcomes;
}

static uint64_t
courses(const struct combination_option *option)
{
    return option->courses;
}

static uint64_t
groups(const struct combination_option *option)
{
    return option->groups;
}

/* A row for each thing that more than `count_min` columns hold. */
static void
add_sets(struct packing *packing, const struct combination_problem *problem,
         uint64_t (*set)(const struct combination_option *option), unsigned count_min)
{
    for (unsigned bit = 0; bit < SET_BITS; bit++) {
        int64_t coefficients[PACKING_COLUMNS_MAX];
        unsigned count = 0;

        for (unsigned i = 0; i < packing->column_count; i++) {
            coefficients[i] =
                (int64_t)(set(&problem->options[packing->columns[i].option]) >> bit & 1);
            count += coefficients[i] != 0;
        }
        if (count >= count_min)
            add_row(packing, coefficients, 1);
    }
}

static unsigned
entries_of(const struct combination_problem *problem, const struct combination_option *option)
{
    return (unsigned)(__builtin_popcountll(option->outcomes) +
                      __builtin_popcountll(option->courses) +
                      __builtin_popcountll(option->groups)) +
           problem->cap_count + PACKING_LIMITS_MAX;
}

void
packing_make(struct packing *packing, const struct combination_problem *problem,
             struct arena *arena)
{
    packing->row_count = packing->column_count = 0;
    for (unsigned i = 0; i < problem->option_count; i++) {
        unsigned entry_max = entries_of(problem, &problem->options[i]);

        if (can_matter(problem, i))
            packing->columns[packing->column_count++] = (struct packing_column){
                .option = (uint16_t)i,
                .entry_max = entry_max,
                .entries = arena_array(arena, entry_max, sizeof(struct packing_entry))};
    }

    /* An outcome of one option has a row too: it says that the option is taken once. */
    add_sets(packing, problem, outcomes, 1);
    add_sets(packing, problem, courses, 2);
    add_sets(packing, problem, groups, 2);
    for (unsigned cap = 0; cap < problem->cap_count; cap++) {
        int64_t weights[PACKING_COLUMNS_MAX];

        for (unsigned i = 0; i < packing->column_count; i++)
            weights[i] = problem->options[packing->columns[i].option].weights[cap];
        packing_limit(packing, weights, problem->limits[cap]);
    }
}
