/*
 * What it costs to tell a learner what she would get: 60 outcomes, half of them
 * certificates, against a programme of 40 courses and 200 rules of five clauses.
 * Prints the CPU time of all pairs of rule and outcome that could meet.
 */
#include "core/evaluate.h"
#include "core/clause.h"

#include "base/attributes.h"

#include <stdio.h>
#include <time.h>

#define TODAY 20341
#define BUDGET ((size_t)256 << 20)
#define ROUNDS 20

enum { COURSES = 40, RULES = 200, OUTCOMES = 60 };

#define SCHOOL .school_id = slice_text("school")
#define BOOK SCHOOL, .rulebook_id = slice_text("rb"), .version = 1

static struct slice codes[COURSES], families[COURSES], numbers[OUTCOMES];

static void
put_rule(struct world *world, int32_t rule_no)
{
    const struct rule_clause clauses[] = {
        {.test = CLAUSE_PARTS, .number = PARTS_ALL},
        {.part_of = 1, .test = CLAUSE_FAMILY, .text = families[rule_no % COURSES]},
        {.part_of = 1, .test = CLAUSE_GRADE_AT_LEAST, .text = slice_text("1+x"), .number = 2},
        {.part_of = 1, .test = CLAUSE_SCORE_AT_LEAST, .scheme = GRADING_PERCENTAGE, .number = 6000},
        {.part_of = 1, .test = CLAUSE_MAX_AGE, .number = 6},
    };

    world_put(world, TABLE_RULE, &(struct rule){BOOK, .rule_no = rule_no, .exam_waived = true});
    world_put(
        world, TABLE_RULE_COURSE,
        &(struct rule_course){BOOK, .rule_no = rule_no, .course_code = codes[rule_no % COURSES]});
    for (size_t i = 0; i < ARRAY_COUNT(clauses); i++) {
        struct rule_clause row = clauses[i];

        row.school_id = slice_text("school");
        row.rulebook_id = slice_text("rb");
        row.version = 1;
        row.rule_no = rule_no;
        row.clause_no = (int32_t)i + 1;
        world_put(world, TABLE_RULE_CLAUSE, &row);
    }
}

static void
fill(struct world *world, struct arena *arena)
{
    world_load_everything(world);
    world_put(world, TABLE_RULEBOOK,
              &(struct rulebook){BOOK, .programme_id = slice_text("cs"), .to_date = DATE_OPEN,
                                 .state = RULEBOOK_PUBLISHED});
    world_put(world, TABLE_RULEBOOK_CAP,
              &(struct rulebook_cap){BOOK, .cap_no = 1, .basis_points = 5000});
    world_put(world, TABLE_PROGRAMME,
              &(struct programme){SCHOOL, .programme_id = slice_text("cs"),
                                  .graduation_centicredits = 14000});
    for (int i = 0; i < COURSES; i++) {
        codes[i] = slice_text(arena_printf(arena, "c-%d", i));
        families[i] = slice_text(arena_printf(arena, "family-%d", i));
        world_put(world, TABLE_COURSE,
                  &(struct course){SCHOOL, .programme_id = slice_text("cs"),
                                   .course_code = codes[i], .centicredits = 300});
        world_put(world, TABLE_CERTIFICATE,
                  &(struct certificate){.certificate_id = families[i],
                                        .family_id = families[i],
                                        .scheme_id = slice_text("1+x"),
                                        .grade = 2});
    }
    for (int32_t i = 1; i <= RULES; i++)
        put_rule(world, i);
    for (int i = 0; i < OUTCOMES; i++) {
        numbers[i] = slice_text(arena_printf(arena, "n-%d", i));
        world_put(
            world, TABLE_OUTCOME,
            &(struct outcome){.institution_id = slice_text("issuer"),
                              .outer_id = numbers[i],
                              .account_no = slice_text("a"),
                              .kind = i % 2 == 0 ? OUTCOME_CERTIFICATE : OUTCOME_COURSE_RESULT,
                              .state = OUTCOME_VALID,
                              .certificate_id = families[i % COURSES],
                              .scheme = GRADING_PERCENTAGE,
                              .centiscore = 8000,
                              .outcome_date = TODAY,
                              .expiry_date = DATE_OPEN,
                              .hold_state = HOLD_FREE});
    }
}

/* What she has, looked up once, as the bank does. */
struct held {
    const struct outcome *outcome;
    const struct certificate *certificate; /* NULL: it is none */
};

static void
find_held(struct world *world, struct held held[OUTCOMES])
{
    for (int i = 0; i < OUTCOMES; i++) {
        held[i].outcome = world_find(
            world, TABLE_OUTCOME,
            &(struct outcome){.institution_id = slice_text("issuer"), .outer_id = numbers[i]});
        held[i].certificate = clause_certificate(world, held[i].outcome);
    }
}

static void
evaluate_pair(struct world *world, struct arena *arena, int32_t rule_no,
              const struct outcome *outcome)
{
    struct line_applied line = {
        .rule_no = (uint32_t)rule_no,
        .outcome = {outcome->institution_id, outcome->outer_id},
        .course_codes = {1, &codes[rule_no % COURSES]},
    };
    struct evaluation evaluation;

    evaluate(world,
             &(struct evaluation_request){.account_no = slice_text("a"),
                                          SCHOOL,
                                          .rulebook_id = slice_text("rb"),
                                          .version = 1,
                                          .date = TODAY,
                                          .line_count = 1,
                                          .lines = &line},
             arena, &evaluation);
}

/* One rule with all that could meet it; how many did. */
static int
evaluate_rule(struct world *world, struct arena *arena, int32_t rule_no, const struct held *held)
{
    struct row_list clauses =
        world_range(world, TABLE_RULE_CLAUSE, &(struct rule_clause){BOOK, .rule_no = rule_no},
                    schema_table(TABLE_RULE)->key_columns);
    int pairs = 0;

    for (int i = 0; i < OUTCOMES; i++) {
        if (!clauses_could_hold(&clauses, held[i].outcome, held[i].certificate))
            continue;
        evaluate_pair(world, arena, rule_no, held[i].outcome);
        pairs++;
    }
    return pairs;
}

static double
cpu_ms(void)
{
    return (double)clock() * 1000 / CLOCKS_PER_SEC;
}

int
main(void)
{
    struct arena *arena = arena_new(BUDGET), *scratch = arena_new(BUDGET);
    struct world *world = world_new_in(arena);

    fill(world, arena);
    for (int round = 0; round < ROUNDS; round++) {
        double begin = cpu_ms();
        struct held held[OUTCOMES];
        int pairs = 0;

        find_held(world, held);
        for (int32_t rule_no = 1; rule_no <= RULES; rule_no++)
            pairs += evaluate_rule(world, scratch, rule_no, held);
        printf("%d pairs of %d: %.2f ms\n", pairs, RULES * OUTCOMES, cpu_ms() - begin);
        arena_reset(scratch);
    }
    arena_free(scratch);
    arena_free(arena);
    return 0;
}
