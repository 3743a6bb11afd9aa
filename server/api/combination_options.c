#include "api/combination_options.h"

#include "core/application.h"
#include "core/cap.h"

#include <assert.h>
#include <stdlib.h>

/* Of a rule with more courses open than this, all of them and each alone are options. */
#define SUBSET_COURSES_MAX 3

#define EVALUATIONS_MAX 10000           /* of single lines, in one call */
#define SCRATCH_BYTES ((size_t)1 << 20) /* for one of them */

/* While options are found. */
struct finder {
    struct call *call;
    struct combination_options *options;
    struct arena *scratch;
    size_t evaluation_count;
    struct slice texts[APPLICATION_COURSES_MAX]; /* courses of the line that is tried */
    size_t cap_count;
    struct cap_left *caps;
    const struct outcome *outcomes[COMBINATION_OUTCOMES_MAX]; /* of options, the youngest last */
    struct slice courses[COMBINATION_COURSES_MAX];            /* of options */
    bool fits;
};

/* Evaluates a line for itself; until the next one. */
static const struct finding *
evaluate_alone(struct finder *finder, const struct line_applied *line)
{
    struct evaluation evaluation;

    finder->fits = finder->fits && finder->evaluation_count++ < EVALUATIONS_MAX;
    if (!finder->fits)
        return NULL;
    arena_reset(finder->scratch);
    learner_rules_evaluate(finder->call, line, 1, finder->scratch, &evaluation);
    return evaluation.satisfied ? &evaluation.findings[0] : NULL;
}

/* The number of a course among those of options; it is added where it is new. */
static unsigned
number_course(struct finder *finder, struct slice code)
{
    struct combination_problem *problem = &finder->options->problem;

    for (unsigned i = 0; i < problem->course_count; i++)
        if (slice_equal(finder->courses[i], code))
            return i;
    finder->fits = finder->fits && problem->course_count < COMBINATION_COURSES_MAX;
    if (!finder->fits)
        return 0;
    finder->courses[problem->course_count] = code;
    return problem->course_count++;
}

static struct slice *
keep_codes(struct arena *arena, const struct text_list *codes)
{
    struct slice *kept = arena_array(arena, codes->count, sizeof(*kept));

    memcpy(kept, codes->texts, codes->count * sizeof(*kept));
    return kept;
}

/* An option of what was found; which outcome it spends is filled in when all are known. */
static void
add_option(struct finder *finder, const struct line_applied *line, const struct finding *finding)
{
    struct combination_problem *problem = &finder->options->problem;
    struct combination_option option = {0};
    int64_t credits = 0;

    for (size_t i = 0; i < finding->exemption_count; i++)
        credits += finding->exemptions[i].centicredits;
    for (size_t i = 0; i < line->course_codes.count; i++)
        option.courses |= UINT64_C(1) << number_course(finder, line->course_codes.texts[i]);
    finder->fits = finder->fits && credits <= COMBINATION_AMOUNT_MAX &&
                   problem->option_count < COMBINATION_OPTIONS_MAX;
    if (!finder->fits)
        return;
    option.centicredits = (int32_t)credits;
    for (size_t i = 0; i < finder->cap_count; i++)
        if (cap_counts(finder->caps[i].cap, finding))
            option.weights[i] = (int32_t)credits;
    finder->options->lines[problem->option_count] = *line;
    finder->options->lines[problem->option_count].course_codes.texts =
        keep_codes(call_arena(finder->call), &line->course_codes);
    problem->options[problem->option_count++] = option;
}

/* The line with these courses of it, as bits; until the next one. */
static struct line_applied
line_with(struct finder *finder, const struct line_applied *line, unsigned courses)
{
    struct line_applied one = *line;

    one.course_codes = (struct text_list){.texts = finder->texts};
    for (size_t i = 0; i < line->course_codes.count; i++)
        if ((courses >> i & 1) != 0)
            one.course_codes.texts[one.course_codes.count++] = line->course_codes.texts[i];
    return one;
}

static void
try_courses(struct finder *finder, const struct line_applied *line, unsigned courses)
{
    struct line_applied one = line_with(finder, line, courses);
    const struct finding *finding = evaluate_alone(finder, &one);

    if (finding != NULL)
        add_option(finder, &one, finding);
}

/* The courses of the line that could be exempted alone, as bits. */
static unsigned
open_courses(struct finder *finder, const struct line_applied *line)
{
    unsigned open = 0;

    assert(line->course_codes.count <= APPLICATION_COURSES_MAX);
    for (unsigned i = 0; i < line->course_codes.count; i++) {
        struct line_applied one = line_with(finder, line, 1U << i);

        if (evaluate_alone(finder, &one) != NULL)
            open |= 1U << i;
    }
    return open;
}

static void
try_line(struct finder *finder, const struct line_applied *line)
{
    unsigned open = open_courses(finder, line);
    bool all_sets = __builtin_popcount(open) <= SUBSET_COURSES_MAX;

    /* Every set of open courses, the largest first. */
    for (unsigned set = open; set != 0 && finder->fits; set = (set - 1) & open)
        if (all_sets || set == open || (set & (set - 1)) == 0)
            try_courses(finder, line, set);
}

static int
compare_ages(const void *a, const void *b)
{
    const struct outcome *x = *(const struct outcome *const *)a,
                         *y = *(const struct outcome *const *)b;

    if (x->outcome_date != y->outcome_date)
        return x->outcome_date < y->outcome_date ? -1 : 1;
    if (!slice_equal(x->outer_id, y->outer_id))
        return slice_compare(x->outer_id, y->outer_id);
    return slice_compare(x->institution_id, y->institution_id);
}

static bool
is_of(const struct line_applied *line, const struct outcome *outcome)
{
    return slice_equal(line->outcome.institution_id, outcome->institution_id) &&
           slice_equal(line->outcome.outer_id, outcome->outer_id);
}

static bool
is_used(const struct combination_options *options, const struct outcome *outcome)
{
    for (unsigned i = 0; i < options->problem.option_count; i++)
        if (is_of(&options->lines[i], outcome))
            return true;
    return false;
}

/* Numbers the outcomes of the options by their age. */
static void
number_outcomes(struct finder *finder)
{
    const struct learner_rules *s = call_state(finder->call);
    struct combination_options *options = finder->options;
    struct combination_problem *problem = &options->problem;
    const struct outcome *outcomes = s->outcomes.rows.at;

    for (size_t i = 0; i < s->outcomes.rows.count && finder->fits; i++) {
        if (!is_used(options, &outcomes[i]))
            continue;
        finder->fits = problem->outcome_count < COMBINATION_OUTCOMES_MAX;
        if (finder->fits)
            finder->outcomes[problem->outcome_count++] = &outcomes[i];
    }
    if (!finder->fits)
        return;
    qsort(finder->outcomes, problem->outcome_count, sizeof(struct outcome *), compare_ages);
    for (unsigned i = 0; i < problem->option_count; i++)
        for (unsigned j = 0; j < problem->outcome_count; j++)
            if (is_of(&options->lines[i], finder->outcomes[j]))
                problem->options[i].outcomes = UINT64_C(1) << j;
}

/* What is left of each limit, as far as options could use it. */
static void
find_limits(struct finder *finder)
{
    struct learner_rules *s = call_state(finder->call);
    struct combination_problem *problem = &finder->options->problem;
    const struct rulebook *rulebook = world_find(s->loading.world, TABLE_RULEBOOK,
                                                 &(struct rulebook){.school_id = s->school_id,
                                                                    .rulebook_id = s->rulebook_id,
                                                                    .version = s->version});
    const struct evaluation_request request = {.account_no = s->outcomes.account_no,
                                               .school_id = s->school_id};

    if (rulebook != NULL)
        finder->cap_count = caps_left(s->loading.world, &request, rulebook,
                                      call_arena(finder->call), &finder->caps);
    finder->fits = finder->cap_count <= COMBINATION_CAPS_MAX;
    for (size_t i = 0; i < finder->cap_count && finder->fits; i++) {
        int64_t left = finder->caps[i].centicredits;

        problem->limits[i] = left < 0                        ? 0
                             : left > COMBINATION_AMOUNT_MAX ? COMBINATION_AMOUNT_MAX
                                                             : (int32_t)left;
        problem->cap_count++;
    }
}

bool
combination_options_find(struct call *call, struct combination_options *options)
{
    const struct learner_rules *s = call_state(call);
    struct finder finder = {.call = call, .options = options, .fits = true};

    memset(&options->problem, 0, sizeof(options->problem));
    finder.scratch = arena_new(SCRATCH_BYTES);
    find_limits(&finder);
    for (size_t i = 0; i < s->line_count && finder.fits; i++)
        try_line(&finder, &s->lines[i]);
    number_outcomes(&finder);
    arena_free(finder.scratch);
    return finder.fits;
}
