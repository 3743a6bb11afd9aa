/*
 * How long the best combination takes: 1,000 random problems of the size that is
 * wanted, one after another, each answer checked. Prints "bench: NAME VALUE UNIT" for
 * the first 100 and for all, and the seeds that took longest.
 *
 * usage: combination [FIRST_SEED]
 */
#include "combination/check.h"

#include "../lib/combination_case.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define COUNT 1000
#define FIRST_COUNT 100
#define SLOWEST 8

/* The calculator's. */
#define DEADLINE_US 1000000

struct timing {
    uint64_t seed;
    int64_t us;
    bool is_exact;
};

static int
compare(const void *left, const void *right)
{
    const struct timing *a = left, *b = right;

    return (a->us > b->us) - (a->us < b->us);
}

/* Of the processor, so that what else runs on the machine does not count. */
static int64_t
cpu_us(void)
{
    return (int64_t)clock() * 1000000 / CLOCKS_PER_SEC;
}

static bool
is_in_time(void *arg)
{
    const int64_t *deadline_us = arg;

    return cpu_us() < *deadline_us;
}

static struct timing
measure(uint64_t seed)
{
    static struct combination_problem problem;
    static const struct combination_size size = {.outcomes = 60, .courses = 40, .options = 200};

    combination_case_make(&problem, seed, size);

    int64_t start_us = cpu_us(), deadline_us = start_us + DEADLINE_US;
    const struct combination_budget budget = {.may_go_on = is_in_time, .arg = &deadline_us};
    struct combination answer = combination_solve(&problem, &budget);
    struct timing timing = {.seed = seed, .us = cpu_us() - start_us, .is_exact = answer.is_exact};
    const char *wrong = combination_check(&problem, &answer);

    if (wrong != NULL) {
        fprintf(stderr, "seed %" PRIu64 ": %s\n", seed, wrong);
        exit(EXIT_FAILURE);
    }
    return timing;
}

static double
milliseconds(const struct timing *timing)
{
    return (double)timing->us / 1000.0;
}

/* Sorts the timings. */
static void
report(struct timing *timings, size_t count)
{
    size_t exact = 0;

    for (size_t i = 0; i < count; i++)
        exact += timings[i].is_exact;
    qsort(timings, count, sizeof(*timings), compare);
    printf("bench: combination_%zu_p50 %.1f ms\n", count, milliseconds(&timings[count / 2]));
    printf("bench: combination_%zu_p95 %.1f ms\n", count,
           milliseconds(&timings[count * 95 / 100 - 1]));
    printf("bench: combination_%zu_worst %.1f ms\n", count, milliseconds(&timings[count - 1]));
    printf("bench: combination_%zu_exact %zu of %zu\n", count, exact, count);
}

int
main(int argc, char **argv)
{
    uint64_t first = argc > 1 ? strtoull(argv[1], NULL, 10) : 1;
    static struct timing timings[COUNT];

    for (size_t i = 0; i < COUNT; i++)
        timings[i] = measure(first + i);
    report(timings, FIRST_COUNT);
    report(timings, COUNT);
    for (size_t i = COUNT; i-- > COUNT - SLOWEST;)
        printf("slow: seed %" PRIu64 " %.1f ms\n", timings[i].seed, (double)timings[i].us / 1000);
    return EXIT_SUCCESS;
}
