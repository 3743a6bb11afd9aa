/*
 * A level is a part of all choices: some columns taken, some dropped, the others
 * live. The first level is all of them; each further one takes a column more than
 * the one above, which meanwhile has dropped it:
 *
 *   examine the deepest level --nothing better in it--> leave it
 *      ^            | else
 *      |            v
 *      +-- a new level takes a column; this one drops it
 *
 * A proof needs prices only, one a row, from wherever: what live columns can give is
 * at most what the rooms left cost, and what columns give beyond their own cost.
 */
#include "combination/search.h"

#include "base/arena.h"
#include "combination/relaxation.h"

#include <assert.h>
#include <math.h>
#include <string.h>

/* Prices are integers, in fractions of a unit of value. */
#define PRICE_UNIT ((int64_t)1 << 20)

/* Each taken column spends an outcome. */
#define LEVELS_MAX (COMBINATION_OUTCOMES_MAX + 1)

/* All levels with their relaxations, at their largest. */
#define ARENA_BUDGET ((size_t)1 << 27)

/* Parts of columns this near to 0 or 1 are that. */
#define NEAR 1e-6

__extension__ typedef __int128 wide;

struct level {
    struct relaxation *relaxation;
    bool live[PACKING_COLUMNS_MAX], taken[PACKING_COLUMNS_MAX];
    int64_t room[PACKING_ROWS_MAX]; /* that taken columns leave */
    int64_t value;                  /* of taken columns */
    int64_t bound;                  /* of all choices in it */
    bool is_part;                   /* some choices are in other levels */
    double parts[PACKING_COLUMNS_MAX];
};

struct tree {
    struct search *search;
    struct arena *arena;
    struct level *levels[LEVELS_MAX];
    uint16_t by_value[PACKING_COLUMNS_MAX]; /* columns, dearest first */
};

static bool
fits(const struct packing_column *column, const int64_t *room)
{
    for (unsigned i = 0; i < column->entry_count; i++)
        if (column->entries[i].coefficient > room[column->entries[i].row])
            return false;
    return true;
}

static void
occupy(const struct packing_column *column, int64_t *room)
{
    for (unsigned i = 0; i < column->entry_count; i++)
        room[column->entries[i].row] -= column->entries[i].coefficient;
}

static void
drop(struct level *level, unsigned column)
{
    level->live[column] = false;
    relaxation_drop(level->relaxation, column);
}

/* Takes a column, and drops those that no longer fit. */
static void
take(const struct search *search, struct level *level, unsigned column)
{
    level->live[column] = false;
    level->taken[column] = true;
    level->value += search->values[column];
    occupy(&search->packing->columns[column], level->room);
    relaxation_take(level->relaxation, column);
    for (unsigned j = 0; j < search->packing->column_count; j++)
        if (level->live[j] && !fits(&search->packing->columns[j], level->room))
            drop(level, j);
}

/* Bounds the level, and drops the columns that cannot be in anything better than the best. */
static void
prove(struct search *search, struct level *level)
{
    const struct packing *packing = search->packing;
    double worths[PACKING_ROWS_MAX];
    int64_t prices[PACKING_ROWS_MAX];
    wide costs[PACKING_COLUMNS_MAX] = {0};
    wide total = (wide)level->value * PRICE_UNIT;

    relaxation_worths(level->relaxation, worths);
    for (unsigned i = 0; i < packing->row_count; i++) {
        prices[i] = llround(fmin(worths[i], (double)SEARCH_VALUE_MAX) * (double)PRICE_UNIT);
        total += (wide)prices[i] * level->room[i];
    }
    for (unsigned j = 0; j < packing->column_count; j++) {
        const struct packing_column *column = &packing->columns[j];

        if (!level->live[j])
            continue;
        costs[j] = -(wide)search->values[j] * PRICE_UNIT;
        for (unsigned i = 0; i < column->entry_count; i++)
            costs[j] += (wide)prices[column->entries[i].row] * column->entries[i].coefficient;
        if (costs[j] < 0)
            total -= costs[j];
    }
    if (total / PRICE_UNIT < level->bound)
        level->bound = (int64_t)(total / PRICE_UNIT);
    for (unsigned j = 0; j < packing->column_count; j++) {
        if (!level->live[j] || costs[j] <= 0)
            continue;

        int64_t reach = (int64_t)((total - costs[j]) / PRICE_UNIT);
        if (reach <= search->value)
            drop(level, j);
        if (!level->is_part)
            search->reach[j] = reach;
    }
}

/* Live columns, the best rounded first: those taken for the most part, then by value. */
static unsigned
sort_live(const struct tree *tree, const struct level *level, uint16_t *sorted)
{
    unsigned count = 0, column_count = tree->search->packing->column_count;

    for (unsigned i = 0; i < column_count; i++) {
        uint16_t column = tree->by_value[i];
        unsigned at = count;

        if (!level->live[column])
            continue;
        for (; at > 0 && level->parts[sorted[at - 1]] < level->parts[column] - NEAR; at--)
            sorted[at] = sorted[at - 1];
        sorted[at] = column;
        count++;
    }
    return count;
}

/* Rounds the relaxation to what fits, and keeps that if it is better. */
static void
round_parts(const struct tree *tree, const struct level *level)
{
    struct search *search = tree->search;
    const struct packing *packing = search->packing;
    uint16_t sorted[PACKING_COLUMNS_MAX];
    unsigned count = sort_live(tree, level, sorted);
    int64_t room[PACKING_ROWS_MAX], value = level->value;
    bool chosen[PACKING_COLUMNS_MAX];

    memcpy(room, level->room, sizeof(room));
    memcpy(chosen, level->taken, sizeof(chosen));
    for (unsigned i = 0; i < count; i++) {
        const struct packing_column *column = &packing->columns[sorted[i]];

        if (!fits(column, room))
            continue;
        occupy(column, room);
        chosen[sorted[i]] = true;
        value += search->values[sorted[i]];
    }
    if (value > search->value) {
        search->value = value;
        memcpy(search->chosen, chosen, packing->column_count * sizeof(*chosen));
    }
}

/* The live column that is least decided; the number of columns if none is live. */
static unsigned
least_decided(const struct search *search, const struct level *level)
{
    unsigned column_count = search->packing->column_count, best = column_count;
    double losses[PACKING_COLUMNS_MAX], most = -1;

    relaxation_losses(level->relaxation, losses);
    for (unsigned j = 0; j < column_count; j++)
        if (level->live[j] && losses[j] + level->parts[j] * NEAR > most) {
            most = losses[j] + level->parts[j] * NEAR;
            best = j;
        }
    return best;
}

/* The column to decide next; the number of columns where nothing in the level is better. */
static unsigned
examine(const struct tree *tree, struct level *level)
{
    struct search *search = tree->search;
    unsigned closed = search->packing->column_count;

    if (level->bound <= search->value)
        return closed;
    relaxation_solve(level->relaxation);
    relaxation_parts(level->relaxation, level->parts);
    round_parts(tree, level);
    prove(search, level);
    if (level->bound <= search->value)
        return closed;
    return least_decided(search, level);
}

static struct level *
open_level(struct tree *tree, unsigned depth)
{
    const struct level *above = tree->levels[depth - 1];

    assert(depth < LEVELS_MAX);
    if (tree->levels[depth] == NULL) {
        tree->levels[depth] = arena_alloc(tree->arena, sizeof(struct level));
        tree->levels[depth]->relaxation = relaxation_like(tree->levels[0]->relaxation, tree->arena);
    }

    struct level *level = tree->levels[depth];
    struct relaxation *relaxation = level->relaxation;

    relaxation_copy(relaxation, above->relaxation);
    *level = *above;
    level->relaxation = relaxation;
    return level;
}

static struct level *
open_first(const struct search *search, struct arena *arena)
{
    const struct packing *packing = search->packing;
    struct level *level = arena_alloc(arena, sizeof(*level));

    level->relaxation = relaxation_new(packing, search->values, arena);
    memcpy(level->room, packing->room, sizeof(level->room));
    for (unsigned j = 0; j < packing->column_count; j++) {
        level->live[j] = true;
        level->bound += search->values[j];
    }
    return level;
}

static void
begin(struct tree *tree)
{
    struct search *search = tree->search;
    unsigned column_count = search->packing->column_count;

    search->value = 0;
    for (unsigned j = 0; j < column_count; j++) {
        unsigned at = j;

        for (; at > 0 && search->values[tree->by_value[at - 1]] < search->values[j]; at--)
            tree->by_value[at] = tree->by_value[at - 1];
        tree->by_value[at] = (uint16_t)j;
        if (search->chosen[j])
            search->value += search->values[j];
        search->reach[j] = INT64_MAX;
    }
    tree->levels[0] = open_first(search, tree->arena);
}

bool
search_run(struct search *search)
{
    struct tree tree = {.search = search, .arena = arena_new(ARENA_BUDGET)};
    unsigned depth = 0, column_count = search->packing->column_count;
    bool left = true;

    begin(&tree);
    while (search->budget->may_go_on(search->budget->arg)) {
        struct level *level = tree.levels[depth];
        unsigned column = examine(&tree, level);

        if (column < column_count) {
            level->is_part = true;
            take(search, open_level(&tree, ++depth), column);
            drop(level, column);
            continue;
        }
        left = depth > 0;
        if (!left)
            break;
        depth--;
    }
    search->bound = search->value;
    for (unsigned i = 0; left && i <= depth; i++)
        if (tree.levels[i]->bound > search->bound)
            search->bound = tree.levels[i]->bound;
    arena_free(tree.arena);
    return !left;
}
