/*
 * The simulation: from each seed a bank is founded and lives through some
 * hundred transactions, about half of them such that they must be refused. A
 * model that shares no code with core says beforehand which; after each step
 * the two are compared. Then what was booked is replayed, and the queue is cut
 * into batches.
 *
 *   sim [--first SEED] [--count SEEDS] [--steps STEPS]     prints how often what occurred; none may
 * be never sim --seed SEED                                        one seed alone
 */
#include "run.h"

#include "base/memory.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

#define STEPS 200

/* Two cuts of each queue, held to the uncut run: all four together would double the time. */
static const size_t batch_sizes[][2] = {{1, 1000}, {2, 7}};

static void
run_seed(uint64_t seed, size_t steps, struct tally *tally)
{
    struct run *run = xcalloc(1, sizeof(*run));

    run->seed = seed;
    run->tally = tally;
    run->arena = arena_new(WORLD_BUDGET);
    run->world = world_new(WORLD_BUDGET);
    world_load_everything(run->world);
    run->writer = (struct writer){.arena = run->arena, .random = &run->random, .world = run->world};
    writer_init(&run->writer);
    run_steps(run, steps);
    replay_booked(run);
    for (size_t i = 0; i < ARRAY_COUNT(batch_sizes[0]); i++)
        batch_all(run, batch_sizes[seed % ARRAY_COUNT(batch_sizes)][i]);
    world_free(run->world);
    arena_free(run->arena);
    xfree(run);
}

struct options {
    uint64_t first, count;
    size_t steps;
    bool all;
};

static bool
parse(int argc, char **argv, struct options *options)
{
    static const struct option names[] = {
        {"first", required_argument, NULL, 'f'}, {"count", required_argument, NULL, 'c'},
        {"steps", required_argument, NULL, 'n'}, {"seed", required_argument, NULL, 's'},
        {"all", no_argument, NULL, 'a'},         {NULL, 0, NULL, 0}};

    for (int found; (found = getopt_long(argc, argv, "", names, NULL)) != -1;) {
        if (found == '?')
            return false;

        uint64_t number = optarg != NULL ? strtoull(optarg, NULL, 10) : 0;

        if (found == 'f' || found == 's')
            options->first = number;
        if (found == 'c' || found == 's')
            options->count = found == 'c' ? number : 1;
        if (found == 'n')
            options->steps = (size_t)number;
        options->all = options->all || found == 'a';
    }
    return optind == argc && options->steps <= STEPS_MAX;
}

int
main(int argc, char **argv)
{
    struct options options = {.first = 1, .count = 100, .steps = STEPS};
    struct tally tally = {0};

    if (!parse(argc, argv, &options)) {
        fprintf(
            stderr,
            "usage: sim [--first SEED] [--count SEEDS] [--steps STEPS] [--all] | --seed SEED\n");
        return 2;
    }
    for (uint64_t i = 0; i < options.count; i++)
        run_seed(options.first + i, options.steps, &tally);
    return tally_print(&tally) > 0 && options.all;
}
