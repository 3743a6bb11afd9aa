#include "combination_case.h"

#include "../sim/random.h"

#include <string.h>

#define OUTCOMES_OF_RULE 3
#define COURSES_OF_RULE 3
#define KINDS 4
#define CAPS 5

static bool
go_on(void *arg)
{
    (void)arg;
    return true;
}

const struct combination_budget combination_unlimited = {.may_go_on = go_on};

/* The best without caps need not be proved: only so many looks are had for it. */
#define LOOKS_MAX 200

static bool
look_again(void *arg)
{
    unsigned *looks = arg;

    return ++*looks < LOOKS_MAX;
}

/* What is drawn before any option is. */
struct plan {
    struct random random;
    struct combination_problem *problem;
    int32_t course_centicredits[COMBINATION_COURSES_MAX];
    unsigned course_kinds[COMBINATION_COURSES_MAX], outcome_kinds[COMBINATION_OUTCOMES_MAX];
    int32_t step_centicredits;
    unsigned cap_count; /* bound at the end */
};

static unsigned
below(struct plan *plan, unsigned count)
{
    return (unsigned)random_below(&plan->random, (int)count);
}

/* One to `max` of `count`, one more often than not. */
static uint64_t
draw_set(struct plan *plan, unsigned count, unsigned max)
{
    uint64_t set = 0;

    do
        set |= 1ULL << below(plan, count);
    while (--max > 0 && random_chance(&plan->random, 40));
    return set;
}

static unsigned
first_of(uint64_t set)
{
    return (unsigned)__builtin_ctzll(set);
}

/* What the courses give, or less where the source is smaller. */
static int32_t
draw_credits(struct plan *plan, uint64_t courses)
{
    int32_t sum = 0, steps;

    for (; courses != 0; courses &= courses - 1)
        sum += plan->course_centicredits[first_of(courses)];
    steps = sum / plan->step_centicredits;
    if (random_chance(&plan->random, 30) && steps > 1)
        steps -= random_below(&plan->random, steps / 2);
    return steps * plan->step_centicredits;
}

/* Cap 0 is on all credits; others in turn on a kind of outcome and on a kind of course. */
static void
weigh(const struct plan *plan, struct combination_option *option)
{
    unsigned outcome_kind = plan->outcome_kinds[first_of(option->outcomes)];

    memset(option->weights, 0, sizeof(option->weights));
    option->weights[0] = option->centicredits;
    if (1 + 2 * outcome_kind < plan->cap_count)
        option->weights[1 + 2 * outcome_kind] = option->centicredits;
    for (uint64_t left = option->courses; left != 0; left &= left - 1) {
        unsigned course_kind = plan->course_kinds[first_of(left)];

        if (2 + 2 * course_kind < plan->cap_count)
            option->weights[2 + 2 * course_kind] += plan->course_centicredits[first_of(left)];
    }
}

static void
add_rule(struct plan *plan)
{
    struct combination_problem *problem = plan->problem;
    struct combination_option *option = &problem->options[problem->option_count++];

    option->outcomes = draw_set(plan, problem->outcome_count, OUTCOMES_OF_RULE);
    option->courses = draw_set(plan, problem->course_count, COURSES_OF_RULE);
    option->groups = random_chance(&plan->random, 25) ? draw_set(plan, problem->group_count, 1) : 0;
    option->centicredits = draw_credits(plan, option->courses);
    weigh(plan, option);
}

/* A lower outcome, a higher one, and both: the second step gives the difference. */
static void
add_top_up(struct plan *plan)
{
    struct combination_problem *problem = plan->problem;
    struct combination_option *options = &problem->options[problem->option_count];
    unsigned low = below(plan, problem->outcome_count);
    uint64_t higher = 1ULL << ((low + 1) % problem->outcome_count);
    uint64_t courses = draw_set(plan, problem->course_count, COURSES_OF_RULE);
    int32_t credits = draw_credits(plan, courses), step = plan->step_centicredits;

    options[0] = (struct combination_option){.outcomes = 1ULL << low,
                                             .courses = courses & -courses,
                                             .centicredits = credits / step / 2 * step};
    options[1] = (struct combination_option){
        .outcomes = higher, .courses = courses, .centicredits = credits};
    options[2] = (struct combination_option){.outcomes = options[0].outcomes | higher,
                                             .courses = courses,
                                             .centicredits = credits + step};
    for (unsigned i = 0; i < 3; i++)
        weigh(plan, &options[i]);
    problem->option_count += 3;
}

static void
bind_caps(struct plan *plan)
{
    struct combination_problem *problem = plan->problem;
    unsigned looks = 0;
    const struct combination_budget budget = {.may_go_on = look_again, .arg = &looks};
    struct combination best = combination_solve(problem, &budget);

    problem->cap_count = plan->cap_count;
    for (unsigned cap = 0; cap < plan->cap_count; cap++) {
        int64_t used = 0;

        for (unsigned i = 0; i < best.option_count; i++)
            used += problem->options[best.options[i]].weights[cap];
        problem->limits[cap] = (int32_t)(used * random_between(&plan->random, 40, 80) / 100);
    }
}

void
combination_case_make(struct combination_problem *problem, uint64_t seed,
                      struct combination_size size)
{
    static const int32_t steps_centicredits[] = {100, 50, 50, 50, 25, 10};
    struct plan plan = {.random = {.state = seed}, .problem = problem};

    plan.step_centicredits =
        steps_centicredits[below(&plan, (unsigned)ARRAY_COUNT(steps_centicredits))];
    *problem = (struct combination_problem){
        .outcome_count = size.outcomes,
        .course_count = size.courses,
        .group_count = 1 + size.options / 16,
    };
    plan.cap_count = 1 + below(&plan, CAPS);
    for (unsigned i = 0; i < size.courses; i++) {
        plan.course_centicredits[i] = random_between(&plan.random, 100, 600) /
                                      plan.step_centicredits * plan.step_centicredits;
        plan.course_kinds[i] = below(&plan, KINDS);
    }
    for (unsigned i = 0; i < size.outcomes; i++)
        plan.outcome_kinds[i] = below(&plan, KINDS);
    while (problem->option_count < size.options)
        if (problem->option_count + 3 <= size.options && random_chance(&plan.random, 5))
            add_top_up(&plan);
        else
            add_rule(&plan);
    bind_caps(&plan);
}
