#include "combination/check.h"

#include <stddef.h>

/* Whether none of the answer's options holds what an earlier one holds; `set` picks a field. */
static bool
is_disjoint(const struct combination_problem *problem, const struct combination *answer, size_t set)
{
    uint64_t seen = 0;

    for (unsigned i = 0; i < answer->option_count; i++) {
        const struct combination_option *option = &problem->options[answer->options[i]];
        uint64_t held = *(const uint64_t *)(const void *)((const char *)option + set);

        if ((seen & held) != 0)
            return false;
        seen |= held;
    }
    return true;
}

static bool
keeps_cap(const struct combination_problem *problem, const struct combination *answer, unsigned cap)
{
    int64_t sum = 0;

    for (unsigned i = 0; i < answer->option_count; i++)
        sum += problem->options[answer->options[i]].weights[cap];
    return sum <= problem->limits[cap];
}

const char *
combination_check(const struct combination_problem *problem, const struct combination *answer)
{
    int64_t centicredits = 0;

    if (answer->option_count > COMBINATION_OUTCOMES_MAX)
        return "more options than outcomes";
    for (unsigned i = 0; i < answer->option_count; i++) {
        if (answer->options[i] >= problem->option_count)
            return "an option that is not there";
        if (i > 0 && answer->options[i] <= answer->options[i - 1])
            return "options out of order";
        centicredits += problem->options[answer->options[i]].centicredits;
    }
    if (!is_disjoint(problem, answer, offsetof(struct combination_option, outcomes)))
        return "an outcome spent twice";
    if (!is_disjoint(problem, answer, offsetof(struct combination_option, courses)))
        return "a course exempted twice";
    if (!is_disjoint(problem, answer, offsetof(struct combination_option, groups)))
        return "two options of a group";
    for (unsigned i = 0; i < problem->cap_count; i++)
        if (!keeps_cap(problem, answer, i))
            return "a cap exceeded";
    if (centicredits != answer->centicredits)
        return "other credits than its options give";
    if (answer->bound_centicredits < answer->centicredits)
        return "a bound below its credits";
    if (answer->is_exact && answer->bound_centicredits != answer->centicredits)
        return "exact, and yet below the bound";
    return NULL;
}
