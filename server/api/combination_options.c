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
    size_t cap_count;
    struct cap_left *caps;
    const struct outcome *of[COMBINATION_OPTIONS_MAX];        /* whose each option is */
    const struct outcome *outcomes[COMBINATION_OUTCOMES_MAX]; /* of all options */
    struct slice courses[COMBINATION_COURSES_MAX];            /* likewise */
    bool fits;
};

/* A way to use a line: some of its courses, and what that gives. */
struct way {
    struct slice texts[APPLICATION_COURSES_MAX]; /* the courses */
    struct line_applied line;                    /* with them */
    const struct outcome *outcome;
    int64_t centicredits;
    bool counts[COMBINATION_CAPS_MAX]; /* for which limits */
};

/* Evaluates the line with these courses of it, as bits; false where that does not hold. */
static bool
find_way(struct finder *finder, const struct line_applied *line, unsigned courses, struct way *way)
{
    struct evaluation evaluation;
    const struct finding *finding;

    way->line = *line;
    way->line.course_codes = (struct text_list){.texts = way->texts};
    for (size_t i = 0; i < line->course_codes.count; i++)
        if ((courses >> i & 1) != 0)
            way->texts[way->line.course_codes.count++] = line->course_codes.texts[i];
    finder->fits = finder->fits && finder->evaluation_count++ < EVALUATIONS_MAX;
    if (!finder->fits)
        return false;
    arena_reset(finder->scratch);
    learner_rules_evaluate(finder->call, &way->line, 1, finder->scratch, &evaluation);
    finding = &evaluation.findings[0];
    way->outcome = finding->outcome;
    way->centicredits = 0;
    for (size_t i = 0; i < finding->exemption_count; i++)
        way->centicredits += finding->exemptions[i].centicredits;
    for (size_t i = 0; i < finder->cap_count; i++)
        way->counts[i] = cap_counts(finder->caps[i].cap, finding);
    return evaluation.satisfied;
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

/* Which outcome it spends is filled in when all are known. */
static void
add_option(struct finder *finder, const struct way *way)
{
    struct combination_problem *problem = &finder->options->problem;
    const struct text_list *codes = &way->line.course_codes;
    struct combination_option option = {0};

    for (size_t i = 0; i < codes->count; i++)
        option.courses |= UINT64_C(1) << number_course(finder, codes->texts[i]);
    finder->fits = finder->fits && way->centicredits <= COMBINATION_AMOUNT_MAX &&
                   problem->option_count < COMBINATION_OPTIONS_MAX;
    if (!finder->fits)
        return;
    option.centicredits = (int32_t)way->centicredits;
    for (size_t i = 0; i < finder->cap_count; i++)
        option.weights[i] = way->counts[i] ? option.centicredits : 0;

    struct line_applied *line = &finder->options->lines[problem->option_count];

    *line = way->line;
    line->course_codes.texts = keep_codes(call_arena(finder->call), codes);
    finder->of[problem->option_count] = way->outcome;
    problem->options[problem->option_count++] = option;
}

/* Whether a set of courses, as bits, has one. */
static bool
is_one(unsigned set)
{
    return (set & (set - 1)) == 0;
}

/* The set of open courses to try after this one; 0: none. */
static unsigned
next_set(unsigned set, unsigned open)
{
    if (__builtin_popcount(open) <= SUBSET_COURSES_MAX)
        return (set - 1) & open;

    /* From all of them to the last alone, and on to the one before. */
    unsigned rest = is_one(set) ? open & (set - 1) : open;

    return rest != 0 ? 1U << (31 - __builtin_clz(rest)) : 0;
}

/* Every set of the line's open courses, the largest first; of too many all, and each alone. */
static void
add_line(struct finder *finder, const struct line_applied *line)
{
    struct way alone[APPLICATION_COURSES_MAX], several;
    unsigned open = 0;

    assert(line->course_codes.count <= APPLICATION_COURSES_MAX);
    for (unsigned i = 0; i < line->course_codes.count; i++)
        if (find_way(finder, line, 1U << i, &alone[i]))
            open |= 1U << i;

    for (unsigned set = open; set != 0; set = next_set(set, open)) {
        if (is_one(set))
            add_option(finder, &alone[__builtin_ctz(set)]);
        else if (find_way(finder, line, set, &several))
            add_option(finder, &several);
    }
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

/* The place of an outcome among those of options; past the last where it is new. */
static unsigned
place_of(const struct finder *finder, const struct outcome *outcome)
{
    unsigned i = 0;

    while (i < finder->options->problem.outcome_count && finder->outcomes[i] != outcome)
        i++;
    return i;
}

/* Numbers the outcomes of the options by their age. */
static void
number_outcomes(struct finder *finder)
{
    struct combination_problem *problem = &finder->options->problem;

    for (unsigned i = 0; i < problem->option_count && finder->fits; i++) {
        if (place_of(finder, finder->of[i]) < problem->outcome_count)
            continue;
        finder->fits = problem->outcome_count < COMBINATION_OUTCOMES_MAX;
        if (finder->fits)
            finder->outcomes[problem->outcome_count++] = finder->of[i];
    }
    if (!finder->fits)
        return;
    qsort(finder->outcomes, problem->outcome_count, sizeof(struct outcome *), compare_ages);
    for (unsigned i = 0; i < problem->option_count; i++)
        problem->options[i].outcomes = UINT64_C(1) << place_of(finder, finder->of[i]);
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
        add_line(&finder, &s->lines[i]);
    number_outcomes(&finder);
    arena_free(finder.scratch);
    return finder.fits;
}
