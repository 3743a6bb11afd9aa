/*
 * Solved in stages, each of which breaks ties that the last one left:
 *
 *   most credits --> fewest outcomes --> what to avoid, some of it at a time: the
 *   youngest outcome, the next youngest, …, the last option, the next to last, …
 *
 * Each is a search for the columns of most value: credits; these times a power of
 * two, less the outcomes spent; that times a power of two, less what is minded.
 * What is proved to be the most becomes a row, so that parts of columns cannot seem
 * to give more, and columns that cannot reach it go.
 */
#include "combination/combination.h"

#include "base/arena.h"
#include "combination/search.h"

#include <string.h>

/* Of the packing's entries. */
#define ARENA_BUDGET ((size_t)1 << 22)

/* Powers of two by which values grow from stage to stage. */
#define COUNT_BITS 7 /* 2^7 is more than all outcomes */
#define AVOIDED_MAX 20
#define AVOIDED_MIN 4

/* Up to here the relaxation tells values apart. */
#define VALUE_WANTED ((int64_t)1 << 36)

struct solving {
    const struct combination_problem *problem;
    const struct combination_budget *budget;
    struct packing packing;
    int64_t values[PACKING_COLUMNS_MAX]; /* of columns, before what is minded */
    bool chosen[PACKING_COLUMNS_MAX];
};

static const struct combination_option *
option_of(const struct solving *s, unsigned column)
{
    return &s->problem->options[s->packing.columns[column].option];
}

static unsigned
outcome_count(const struct solving *s, unsigned column)
{
    return (unsigned)__builtin_popcountll(option_of(s, column)->outcomes);
}

/* Lets go of all columns but those marked. */
static void
keep(struct solving *s, const bool *kept)
{
    unsigned count = 0;

    for (unsigned j = 0; j < s->packing.column_count; j++) {
        if (!kept[j])
            continue;
        s->packing.columns[count] = s->packing.columns[j];
        s->values[count] = s->values[j];
        s->chosen[count++] = s->chosen[j];
    }
    s->packing.column_count = count;
}

/* One stage. True: what is chosen has most value, and whatever has as much is left. */
static bool
run(struct solving *s, const int64_t *values, struct search *search)
{
    bool kept[PACKING_COLUMNS_MAX];

    *search = (struct search){
        .packing = &s->packing, .values = values, .budget = s->budget, .chosen = s->chosen};
    if (!search_run(search))
        return false;
    for (unsigned j = 0; j < s->packing.column_count; j++)
        kept[j] = search->reach[j] >= search->value;
    keep(s, kept);
    return true;
}

/* The things to avoid are numbered in their order: outcomes from the youngest, then options. */
static unsigned
thing_count(const struct solving *s)
{
    return s->problem->outcome_count + s->problem->option_count;
}

static bool
is_of_thing(const struct solving *s, unsigned column, unsigned thing)
{
    unsigned outcome_count = s->problem->outcome_count;

    if (thing < outcome_count)
        return option_of(s, column)->outcomes >> (outcome_count - 1 - thing) & 1;
    return s->packing.columns[column].option == thing_count(s) - 1 - thing;
}

static bool
is_chosen(const struct solving *s, unsigned thing)
{
    for (unsigned j = 0; j < s->packing.column_count; j++)
        if (s->chosen[j] && is_of_thing(s, j, thing))
            return true;
    return false;
}

/* What the best avoids is avoided for good. */
static void
avoid(struct solving *s, unsigned thing)
{
    bool kept[PACKING_COLUMNS_MAX];

    for (unsigned j = 0; j < s->packing.column_count; j++)
        kept[j] = !is_of_thing(s, j, thing);
    keep(s, kept);
}

/*
 * Takes the things from `first` on that a column is of, as many as values have bits
 * for, and finds what avoids them best. The next thing; on the way `first` if the
 * budget was spent.
 */
static unsigned
run_some(struct solving *s, unsigned first, unsigned bits)
{
    int64_t values[PACKING_COLUMNS_MAX];
    unsigned thing = first, taken = 0;
    struct search search;

    for (unsigned j = 0; j < s->packing.column_count; j++)
        values[j] = s->values[j] << bits;
    for (; taken < bits && thing < thing_count(s); thing++) {
        bool is_new = false;

        for (unsigned j = 0; j < s->packing.column_count; j++)
            if (is_of_thing(s, j, thing)) {
                values[j] -= (int64_t)1 << (bits - 1 - taken);
                is_new = true;
            }
        taken += is_new;
    }
    return run(s, values, &search) ? thing : first;
}

/* Stage three. */
static bool
avoid_all(struct solving *s, int64_t value)
{
    unsigned bits = AVOIDED_MAX, done = 0;

    while (bits > AVOIDED_MIN && value << bits > VALUE_WANTED)
        bits--;
    for (unsigned thing = 0; thing < thing_count(s); thing++) {
        if (thing >= done && is_chosen(s, thing)) {
            done = run_some(s, thing, bits);
            if (done == thing)
                return false;
        }
        if (!is_chosen(s, thing))
            avoid(s, thing);
    }
    return true;
}

/* Stages one and two; sets the value of what is chosen. */
static bool
spend_fewest(struct solving *s, int64_t *value)
{
    struct search search;

    for (unsigned j = 0; j < s->packing.column_count; j++)
        s->values[j] = (s->values[j] << COUNT_BITS) - outcome_count(s, j);
    if (!run(s, s->values, &search))
        return false;
    *value = search.value;
    packing_limit(&s->packing, s->values, search.value);
    return true;
}

static bool
solve(struct solving *s, int64_t *bound_centicredits)
{
    int64_t divisor, value;
    struct search search;

    for (unsigned j = 0; j < s->packing.column_count; j++)
        s->values[j] = option_of(s, j)->centicredits;
    divisor = packing_divisor(&s->packing, s->values);
    for (unsigned j = 0; j < s->packing.column_count; j++)
        s->values[j] /= divisor;

    bool most = run(s, s->values, &search);

    *bound_centicredits = search.bound * divisor;
    if (!most)
        return false;
    packing_limit(&s->packing, s->values, search.value);
    return spend_fewest(s, &value) && avoid_all(s, value);
}

struct combination
combination_solve(const struct combination_problem *problem,
                  const struct combination_budget *budget)
{
    struct arena *arena = arena_new(ARENA_BUDGET);
    struct solving *s = arena_alloc(arena, sizeof(*s));
    struct combination answer = {0};
    int64_t bound;

    s->problem = problem;
    s->budget = budget;
    packing_make(&s->packing, problem, arena);
    answer.is_exact = solve(s, &bound);
    answer.bound_centicredits = (int32_t)bound;
    for (unsigned j = 0; j < s->packing.column_count; j++)
        if (s->chosen[j]) {
            answer.options[answer.option_count++] = s->packing.columns[j].option;
            answer.centicredits += option_of(s, j)->centicredits;
        }
    arena_free(arena);
    return answer;
}
