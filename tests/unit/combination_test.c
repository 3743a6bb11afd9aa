/*
 * The best combination: against all combinations of small problems, which are tried
 * one by one here, and against the checker and its own bound on large ones.
 */
#include "combination/check.h"

#include "unit.h"

#include "../lib/combination_case.h"

#include <inttypes.h>
#include <string.h>

#define SMALL_CASES 10000
#define LARGE_CASES 1000

/* Looks at a large problem: enough for most, and few enough for the others not to take long. */
#define LOOKS_MAX 50

/* All combinations are tried; the best so far, and the one under way. */
struct trial {
    const struct combination_problem *problem;
    bool best[COMBINATION_OPTIONS_MAX], chosen[COMBINATION_OPTIONS_MAX];
};

/* A combination as the order of answers sees it. */
struct standing {
    int64_t centicredits;
    unsigned outcome_count;
    uint64_t outcomes;
};

static struct standing
stand(const struct combination_problem *problem, const bool *chosen)
{
    struct standing standing = {0};

    for (unsigned i = 0; i < problem->option_count; i++)
        if (chosen[i]) {
            standing.centicredits += problem->options[i].centicredits;
            standing.outcomes |= problem->options[i].outcomes;
        }
    standing.outcome_count = (unsigned)__builtin_popcountll(standing.outcomes);
    return standing;
}

/* By the words of combination.h, one after another. */
static bool
is_better(const struct combination_problem *problem, const bool *one, const bool *other)
{
    struct standing a = stand(problem, one), b = stand(problem, other);

    if (a.centicredits != b.centicredits)
        return a.centicredits > b.centicredits;
    if (a.outcome_count != b.outcome_count)
        return a.outcome_count < b.outcome_count;
    for (unsigned i = problem->outcome_count; i-- > 0;)
        if ((a.outcomes >> i & 1) != (b.outcomes >> i & 1))
            return (a.outcomes >> i & 1) == 0;
    for (unsigned i = problem->option_count; i-- > 0;)
        if (one[i] != other[i])
            return !one[i];
    return false;
}

static bool
fits(const struct combination_problem *problem, const bool *chosen, unsigned index)
{
    const struct combination_option *option = &problem->options[index];
    int64_t sums[COMBINATION_CAPS_MAX] = {0};

    for (unsigned i = 0; i < index; i++) {
        const struct combination_option *other = &problem->options[i];

        if (!chosen[i])
            continue;
        if ((option->outcomes & other->outcomes) != 0 || (option->courses & other->courses) != 0 ||
            (option->groups & other->groups) != 0)
            return false;
        for (unsigned cap = 0; cap < problem->cap_count; cap++)
            sums[cap] += other->weights[cap];
    }
    for (unsigned cap = 0; cap < problem->cap_count; cap++)
        if (sums[cap] + option->weights[cap] > problem->limits[cap])
            return false;
    return true;
}

static void
try_all(struct trial *trial, unsigned index)
{
    if (index == trial->problem->option_count) {
        if (is_better(trial->problem, trial->chosen, trial->best))
            memcpy(trial->best, trial->chosen, sizeof(trial->best));
        return;
    }
    try_all(trial, index + 1);
    if (!fits(trial->problem, trial->chosen, index))
        return;
    trial->chosen[index] = true;
    try_all(trial, index + 1);
    trial->chosen[index] = false;
}

/* Fails with the seed in sight. */
static void
assert_checked(const struct combination_problem *problem, const struct combination *answer,
               uint64_t seed)
{
    struct combination_fault fault;
    const char *wrong = combination_check(problem, answer);

    if (wrong != NULL)
        fail_msg("seed %" PRIu64 ": %s", seed, wrong);
    assert_true(combination_is_valid(problem, &fault));
}

static void
no_combination_of_a_small_problem_is_better(void **state)
{
    static struct combination_problem problem;
    unsigned several = 0;

    (void)state;
    for (uint64_t seed = 1; seed <= SMALL_CASES; seed++) {
        struct trial trial = {.problem = &problem};
        struct combination_size size = {.outcomes = 4 + (unsigned)(seed % 9),
                                        .courses = 3 + (unsigned)(seed % 8),
                                        .options = 4 + (unsigned)(seed % 11)};
        bool chosen[COMBINATION_OPTIONS_MAX] = {false};

        combination_case_make(&problem, seed, size);

        struct combination answer = combination_solve(&problem, &combination_unlimited);

        assert_checked(&problem, &answer, seed);
        assert_true(answer.is_exact);
        try_all(&trial, 0);
        for (unsigned i = 0; i < answer.option_count; i++)
            chosen[answer.options[i]] = true;
        if (memcmp(chosen, trial.best, sizeof(chosen)) != 0)
            fail_msg("seed %" PRIu64 ": another is better", seed);
        several += answer.option_count > 1;
    }

    /* Most leave something to combine. */
    assert_true(several > SMALL_CASES / 2);
}

/* Whether to look once more, of as many times as `arg` counts down. */
static bool
look_again(void *arg)
{
    unsigned *looks = arg;

    return *looks > 0 && (*looks)-- > 0;
}

static struct combination
solve_within(const struct combination_problem *problem, unsigned looks)
{
    const struct combination_budget budget = {.may_go_on = look_again, .arg = &looks};

    return combination_solve(problem, &budget);
}

static const struct combination_size large = {.outcomes = 60, .courses = 40, .options = 200};

static void
large_problems_are_solved_or_bounded(void **state)
{
    static struct combination_problem problem;
    unsigned exact = 0;

    (void)state;
    for (uint64_t seed = 1; seed <= LARGE_CASES; seed++) {
        combination_case_make(&problem, seed, large);

        struct combination answer = solve_within(&problem, LOOKS_MAX);

        assert_checked(&problem, &answer, seed);
        exact += answer.is_exact;
    }
    assert_true(exact > LARGE_CASES / 10);
}

/* The longest searches of the first 1,000 seeds that end within a second, and what is most. */
static void
the_hardest_problems_are_solved_exactly(void **state)
{
    static const struct {
        uint64_t seed;
        int32_t centicredits;
    } hardest[] = {
        {4, 12150}, {81, 9010}, {389, 11550}, {405, 10900}, {601, 12380}, {655, 10000},
    };
    static struct combination_problem problem;

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(hardest); i++) {
        combination_case_make(&problem, hardest[i].seed, large);

        struct combination answer = combination_solve(&problem, &combination_unlimited);

        assert_checked(&problem, &answer, hardest[i].seed);
        assert_true(answer.is_exact);
        assert_int_equal(answer.centicredits, hardest[i].centicredits);
    }
}

/* More looks never raise the bound, nor lower the credits; none at all are enough to have both. */
static void
a_spent_budget_leaves_an_answer_and_its_bound(void **state)
{
    static const unsigned looks[] = {0, 1, 2, 5, 20, 100};
    static struct combination_problem problem;

    (void)state;
    for (uint64_t seed = 1; seed <= 20; seed++) {
        int32_t most = 0, bound = INT32_MAX;

        combination_case_make(&problem, seed, large);
        for (size_t i = 0; i < ARRAY_COUNT(looks); i++) {
            struct combination answer = solve_within(&problem, looks[i]);

            assert_checked(&problem, &answer, seed);
            assert_in_range(answer.centicredits, most, answer.bound_centicredits);
            assert_true(answer.bound_centicredits <= bound);
            assert_false(looks[i] == 0 && answer.is_exact);
            most = answer.centicredits;
            bound = answer.bound_centicredits;
        }
    }
}

/* Every count at its limit: memory is for as much. */
static void
the_largest_problem_is_looked_at(void **state)
{
    static struct combination_problem problem;
    static const struct combination_size largest = {.outcomes = COMBINATION_OUTCOMES_MAX,
                                                    .courses = COMBINATION_COURSES_MAX,
                                                    .options = COMBINATION_OPTIONS_MAX};

    (void)state;
    combination_case_make(&problem, 1, largest);
    problem.group_count = COMBINATION_GROUPS_MAX;
    problem.cap_count = COMBINATION_CAPS_MAX;
    for (unsigned i = 0; i < problem.option_count; i++) {
        struct combination_option *option = &problem.options[i];

        option->groups = 1ULL << (i % COMBINATION_GROUPS_MAX);
        for (unsigned cap = 0; cap < COMBINATION_CAPS_MAX; cap++)
            option->weights[cap] = 1 + (int32_t)((i + cap) % 7);
    }
    for (unsigned cap = 0; cap < COMBINATION_CAPS_MAX; cap++)
        problem.limits[cap] = 60 + (int32_t)cap;

    struct combination answer = solve_within(&problem, 100);

    assert_checked(&problem, &answer, 1);
    assert_true(answer.centicredits > 0);
}

/* Three outcomes, the third the youngest; four courses; one cap. */
static struct combination_problem
small_problem(void)
{
    return (struct combination_problem){
        .outcome_count = 3, .course_count = 4, .group_count = 1, .cap_count = 1, .limits = {1000}};
}

static void
add(struct combination_problem *problem, int32_t centicredits, uint64_t outcomes, uint64_t courses)
{
    problem->options[problem->option_count++] = (struct combination_option){
        .centicredits = centicredits, .outcomes = outcomes, .courses = courses};
}

static void
assert_chosen(const struct combination_problem *problem, const uint16_t *options, unsigned count)
{
    struct combination answer = combination_solve(problem, &combination_unlimited);

    assert_true(answer.is_exact);
    assert_int_equal(answer.option_count, count);
    assert_memory_equal(answer.options, options, count * sizeof(*options));
}

static void
of_equal_credits_fewest_outcomes_are_spent(void **state)
{
    struct combination_problem problem = small_problem();

    (void)state;
    add(&problem, 300, 3, 1);
    add(&problem, 300, 4, 1);
    assert_chosen(&problem, (uint16_t[]){1}, 1);
}

static void
of_as_many_outcomes_the_youngest_are_kept(void **state)
{
    struct combination_problem problem = small_problem();

    (void)state;
    add(&problem, 300, 4, 1);
    add(&problem, 300, 2, 1);
    add(&problem, 300, 1, 1);
    assert_chosen(&problem, (uint16_t[]){2}, 1);
}

static void
of_the_same_outcomes_the_option_listed_first_is_taken(void **state)
{
    struct combination_problem problem = small_problem();

    (void)state;
    add(&problem, 300, 1, 1);
    add(&problem, 300, 1, 2);
    assert_chosen(&problem, (uint16_t[]){0}, 1);
}

/* A lower grade for 300, the higher for 500, both for 600 in all. */
static void
a_top_up_is_taken_where_it_gives_more(void **state)
{
    struct combination_problem problem = small_problem();

    (void)state;
    add(&problem, 300, 1, 1);
    add(&problem, 500, 2, 3);
    assert_chosen(&problem, (uint16_t[]){1}, 1);
    add(&problem, 600, 3, 3);
    assert_chosen(&problem, (uint16_t[]){2}, 1);
}

static void
a_group_lets_one_through_and_a_cap_what_it_has_room_for(void **state)
{
    struct combination_problem problem = small_problem();

    (void)state;
    add(&problem, 300, 1, 1);
    add(&problem, 400, 2, 2);
    add(&problem, 500, 4, 4);
    assert_chosen(&problem, (uint16_t[]){0, 1, 2}, 3);
    problem.options[0].groups = problem.options[2].groups = 1;
    assert_chosen(&problem, (uint16_t[]){1, 2}, 2);
    problem.options[1].weights[0] = problem.options[2].weights[0] = 501;
    assert_chosen(&problem, (uint16_t[]){0, 1}, 2);
}

static void
nothing_to_choose_from_gives_nothing(void **state)
{
    struct combination_problem problem = small_problem();

    (void)state;
    assert_chosen(&problem, NULL, 0);
    add(&problem, 0, 1, 1);
    assert_chosen(&problem, NULL, 0);
}

typedef void spoil_fn(struct combination_problem *problem);

static void
too_many_outcomes(struct combination_problem *problem)
{
    problem->outcome_count = COMBINATION_OUTCOMES_MAX + 1;
}

static void
too_many_courses(struct combination_problem *problem)
{
    problem->course_count = COMBINATION_COURSES_MAX + 1;
}

static void
too_many_groups(struct combination_problem *problem)
{
    problem->group_count = UINT32_MAX;
}

static void
too_many_caps(struct combination_problem *problem)
{
    problem->cap_count = COMBINATION_CAPS_MAX + 1;
}

static void
too_many_options(struct combination_problem *problem)
{
    problem->option_count = COMBINATION_OPTIONS_MAX + 1;
}

static void
no_outcome(struct combination_problem *problem)
{
    problem->options[1].outcomes = 0;
}

static void
foreign_outcome(struct combination_problem *problem)
{
    problem->options[1].outcomes |= 8;
}

static void
foreign_course(struct combination_problem *problem)
{
    problem->options[1].courses |= 1ULL << 63;
}

static void
foreign_group(struct combination_problem *problem)
{
    problem->options[1].groups = 2;
}

static void
negative_credits(struct combination_problem *problem)
{
    problem->options[1].centicredits = -1;
}

static void
too_many_credits(struct combination_problem *problem)
{
    problem->options[1].centicredits = COMBINATION_AMOUNT_MAX + 1;
}

static void
negative_weight(struct combination_problem *problem)
{
    problem->options[1].weights[0] = -1;
}

static void
negative_limit(struct combination_problem *problem)
{
    problem->limits[0] = INT32_MIN;
}

static void
hostile_problems_are_refused_by_field_and_rule(void **state)
{
    static const struct {
        spoil_fn *spoil;
        const char *field;
        unsigned index;
    } cases[] = {
        {too_many_outcomes, "outcome_count", 0},
        {too_many_courses, "course_count", 0},
        {too_many_groups, "group_count", 0},
        {too_many_caps, "cap_count", 0},
        {too_many_options, "option_count", 0},
        {no_outcome, "options.outcomes", 1},
        {foreign_outcome, "options.outcomes", 1},
        {foreign_course, "options.courses", 1},
        {foreign_group, "options.groups", 1},
        {negative_credits, "options.centicredits", 1},
        {too_many_credits, "options.centicredits", 1},
        {negative_weight, "options.weights", 1},
        {negative_limit, "limits", 0},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        struct combination_problem problem = small_problem();
        struct combination_fault fault = {0};

        add(&problem, 300, 1, 1);
        add(&problem, 300, 4, 8);
        assert_true(combination_is_valid(&problem, &fault));
        cases[i].spoil(&problem);
        assert_false(combination_is_valid(&problem, &fault));
        assert_string_equal(fault.field, cases[i].field);
        assert_int_equal(fault.index, cases[i].index);
        assert_true(strlen(fault.rule) > 0);
    }
}

static void
the_checker_refuses_answers_that_cannot_be(void **state)
{
    static const struct {
        struct combination answer;
        const char *wrong;
    } cases[] = {
        {{{0, 1}, 2, 700, 700, true}, NULL},
        {{{0, 1}, 2, 700, 701, false}, NULL},
        {{{0}, 65, 300, 300, true}, "more options than outcomes"},
        {{{0, 7}, 2, 700, 700, true}, "an option that is not there"},
        {{{1, 0}, 2, 700, 700, true}, "options out of order"},
        {{{0, 0}, 2, 600, 600, true}, "options out of order"},
        {{{0, 2}, 2, 300, 300, true}, "an outcome spent twice"},
        {{{0, 3}, 2, 300, 300, true}, "a course exempted twice"},
        {{{1, 4}, 2, 400, 400, true}, "two options of a group"},
        {{{0, 5}, 2, 300, 300, true}, "a cap exceeded"},
        {{{0, 1}, 2, 701, 701, true}, "other credits than its options give"},
        {{{0, 1}, 2, 700, 699, false}, "a bound below its credits"},
        {{{0, 1}, 2, 700, 701, true}, "exact, and yet below the bound"},
    };
    struct combination_problem problem = small_problem();

    (void)state;
    add(&problem, 300, 1, 1);
    add(&problem, 400, 2, 2);
    add(&problem, 0, 1, 8);
    add(&problem, 0, 4, 1);
    add(&problem, 0, 4, 8);
    add(&problem, 0, 4, 4);
    problem.options[1].groups = problem.options[4].groups = 1;
    problem.options[0].weights[0] = 1;
    problem.options[5].weights[0] = 1000;
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        const char *wrong = combination_check(&problem, &cases[i].answer);

        assert_int_equal(wrong == NULL, cases[i].wrong == NULL);
        if (wrong != NULL)
            assert_string_equal(wrong, cases[i].wrong);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_combination_of_a_small_problem_is_better),
        cmocka_unit_test(large_problems_are_solved_or_bounded),
        cmocka_unit_test(the_hardest_problems_are_solved_exactly),
        cmocka_unit_test(a_spent_budget_leaves_an_answer_and_its_bound),
        cmocka_unit_test(the_largest_problem_is_looked_at),
        cmocka_unit_test(of_equal_credits_fewest_outcomes_are_spent),
        cmocka_unit_test(of_as_many_outcomes_the_youngest_are_kept),
        cmocka_unit_test(of_the_same_outcomes_the_option_listed_first_is_taken),
        cmocka_unit_test(a_top_up_is_taken_where_it_gives_more),
        cmocka_unit_test(a_group_lets_one_through_and_a_cap_what_it_has_room_for),
        cmocka_unit_test(nothing_to_choose_from_gives_nothing),
        cmocka_unit_test(hostile_problems_are_refused_by_field_and_rule),
        cmocka_unit_test(the_checker_refuses_answers_that_cannot_be),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
