/*
 * How long the best combination takes: random cases of the size that is wanted, one
 * after another, each checked.
 *
 * usage: combination [FIRST_SEED [COUNT [OPTIONS]]]
 */
#include "combination/check.h"

#include "../lib/combination_case.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define COUNT_MAX 100000
#define SLOWEST 5
#define DEADLINE_US 1000000

struct timing {
    uint64_t seed;
    int64_t us;
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

static int64_t
measure(struct combination_problem *problem, uint64_t seed, unsigned options)
{
    combination_case_make(problem, seed, (struct combination_size){60, 40, options});

    int64_t start_us = cpu_us();
    int64_t deadline_us = start_us + DEADLINE_US;
    const struct combination_budget budget = {.may_go_on = is_in_time, .arg = &deadline_us};
    struct combination answer = combination_solve(problem, &budget);
    int64_t us = cpu_us() - start_us;
    const char *wrong = combination_check(problem, &answer);

    if (wrong != NULL) {
        fprintf(stderr, "seed %" PRIu64 ": %s\n", seed, wrong);
        exit(EXIT_FAILURE);
    }
    return us;
}

static void
print(const char *name, int64_t us)
{
    printf("bench: combination_%s %.1f ms\n", name, (double)us / 1000);
}

int
main(int argc, char **argv)
{
    uint64_t first = argc > 1 ? strtoull(argv[1], NULL, 10) : 1;
    size_t count = argc > 2 ? strtoul(argv[2], NULL, 10) : 1000;
    unsigned options = argc > 3 ? (unsigned)strtoul(argv[3], NULL, 10) : 200;
    static struct combination_problem problem;
    static struct timing timings[COUNT_MAX];

    if (count < 1 || count > COUNT_MAX)
        return EXIT_FAILURE;
    for (size_t i = 0; i < count; i++) {
        timings[i].seed = first + i;
        timings[i].us = measure(&problem, first + i, options);
    }
    qsort(timings, count, sizeof(*timings), compare);
    print("p50", timings[count / 2].us);
    print("p95", timings[count * 95 / 100].us);
    print("worst", timings[count - 1].us);
    for (size_t i = count; i-- > 0 && i + SLOWEST >= count;)
        printf("slow: seed %" PRIu64 " %.1f ms\n", timings[i].seed, (double)timings[i].us / 1000);
    return EXIT_SUCCESS;
}
