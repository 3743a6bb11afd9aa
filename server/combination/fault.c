/* What a problem has to keep before it is solved. */
#include "combination/combination.h"

#include <stddef.h>

/* Whether a set names only the first `count` of 64. */
static bool
is_within(uint64_t set, unsigned count)
{
    return count == 64 || set >> count == 0;
}

static bool
is_amount(int32_t amount)
{
    return amount >= 0 && amount <= COMBINATION_AMOUNT_MAX;
}

static bool
are_amounts(const int32_t *amounts, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        if (!is_amount(amounts[i]))
            return false;
    return true;
}

static bool
fail(struct combination_fault *fault, const char *field, const char *rule, unsigned index)
{
    *fault = (struct combination_fault){.field = field, .rule = rule, .index = index};
    return false;
}

static bool
option_is_valid(const struct combination_problem *problem, unsigned index,
                struct combination_fault *fault)
{
    const struct combination_option *option = &problem->options[index];

    if (!is_amount(option->centicredits))
        return fail(fault, "options.centicredits", "0 to 1000000", index);
    if (option->outcomes == 0)
        return fail(fault, "options.outcomes", "at least one", index);
    if (!is_within(option->outcomes, problem->outcome_count))
        return fail(fault, "options.outcomes", "of the problem's", index);
    if (!is_within(option->courses, problem->course_count))
        return fail(fault, "options.courses", "of the problem's", index);
    if (!is_within(option->groups, problem->group_count))
        return fail(fault, "options.groups", "of the problem's", index);
    if (!are_amounts(option->weights, problem->cap_count))
        return fail(fault, "options.weights", "0 to 1000000", index);
    return true;
}

bool
combination_is_valid(const struct combination_problem *problem, struct combination_fault *fault)
{
    const struct {
        const char *field, *rule;
        unsigned count, max;
    } counts[] = {
        {"outcome_count", "at most 64", problem->outcome_count, COMBINATION_OUTCOMES_MAX},
        {"course_count", "at most 64", problem->course_count, COMBINATION_COURSES_MAX},
        {"group_count", "at most 64", problem->group_count, COMBINATION_GROUPS_MAX},
        {"cap_count", "at most 32", problem->cap_count, COMBINATION_CAPS_MAX},
        {"option_count", "at most 512", problem->option_count, COMBINATION_OPTIONS_MAX},
    };

    for (size_t i = 0; i < ARRAY_COUNT(counts); i++)
        if (counts[i].count > counts[i].max)
            return fail(fault, counts[i].field, counts[i].rule, 0);
    for (unsigned i = 0; i < problem->cap_count; i++)
        if (!is_amount(problem->limits[i]))
            return fail(fault, "limits", "0 to 1000000", i);
    for (unsigned i = 0; i < problem->option_count; i++)
        if (!option_is_valid(problem, i, fault))
            return false;
    return true;
}
