#include "evaluate_plain.h"

#include "base/attributes.h"
#include "core/clause.h"

#include <assert.h>

/* Names of which one is the beginning of another, and orders differ by text and by number. */
static const char *const books[BOOKS] = {"r", "r1", "r1"};
static const int32_t versions[BOOKS] = {2, 2, 10};
const char *const plain_codes[COURSES] = {"c", "c-1", "c-10", "c-2", "d", "excluded"};
static const char *const issuers[] = {"issuer", "issuer-2"};
static const char *const buckets[] = {"", "b", "b-1"};
static const char *const families[] = {"web", "web-x"};
static const char *const schemes[] = {"1+x", "five"};
static const char *const certificates[] = {"x-0", "x-1", "x-2", "x-3"};

static unsigned
below(struct plain *p, unsigned limit)
{
    assert(limit > 0);
    p->random = p->random * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(p->random >> 33) % limit;
}

static struct slice
one_of(struct plain *p, const char *const *texts, unsigned count)
{
    return slice_text(texts[below(p, count)]);
}

static bool
goes_well(struct plain *p)
{
    return below(p, p->spite) > 0;
}

static const char *const issuer_sets[] = {"issuer", "issuer-2", "issuer,issuer-2", "a,b"};

static void
draw_test(struct plain *p, struct rule_clause *clause)
{
    static const struct {
        const char *const *texts;
        unsigned text_count, from, numbers, step;
    } tests[] = {
        [CLAUSE_FAMILY] = {families, 2, 0, 1, 1},
        [CLAUSE_GRADE_AT_LEAST] = {schemes, 2, 1, 3, 1},
        [CLAUSE_SCORE_AT_LEAST] = {NULL, 0, 0, 11, 1000},
        [CLAUSE_MAX_AGE] = {NULL, 0, 1, 9, 1},
        [CLAUSE_ISSUERS] = {issuer_sets, 4, 0, 1, 1},
        [CLAUSE_CERTIFICATE] = {certificates, 4, 0, 1, 1},
        [CLAUSE_KIND] = {NULL, 0, OUTCOME_COURSE_RESULT, 3, 1},
        [CLAUSE_CREDITS_AT_LEAST] = {NULL, 0, 100, 4, 100},
        [CLAUSE_HOURS_AT_LEAST] = {NULL, 0, 100, 4, 100},
        [CLAUSE_VALID_DAYS] = {NULL, 0, 1, 3, 1},
        [CLAUSE_PARTS] = {NULL, 0, PARTS_ALL, 3, 1},
        [CLAUSE_PARTS_AT_LEAST] = {NULL, 0, 1, 3, 1},
    };

    if (clause->test == 0)
        clause->test = CLAUSE_FAMILY + (int32_t)below(p, CLAUSE_VALID_DAYS);
    if (tests[clause->test].text_count > 0)
        clause->text = one_of(p, tests[clause->test].texts, tests[clause->test].text_count);
    clause->number = tests[clause->test].from +
                     INT64_C(1) * tests[clause->test].step * below(p, tests[clause->test].numbers);
    if (clause->test == CLAUSE_SCORE_AT_LEAST)
        clause->scheme = 1 + (int32_t)below(p, 3);
}

/* Under a clause before it, which becomes a group. */
static void
draw_place(struct plain *p, struct rule_clause *clause)
{
    struct rule_clause *group;

    if (clause->clause_no == 1)
        return;
    clause->part_of = 1 + (int32_t)below(p, (unsigned)clause->clause_no - 1);
    group = clause - (clause->clause_no - clause->part_of);
    if (!clause_is_group(group->test)) {
        *group =
            (struct rule_clause){group->school_id,
                                 group->rulebook_id,
                                 group->version,
                                 group->rule_no,
                                 .clause_no = group->clause_no,
                                 .part_of = group->part_of,
                                 .test = below(p, 4) > 0 ? CLAUSE_PARTS : CLAUSE_PARTS_AT_LEAST};
        draw_test(p, group);
    }
}

/* None, one mark, or three bands whose middle is the outcome's own score. */
static void
draw_bands(struct plain *p, int book, int32_t rule_no)
{
    static const int64_t ends[] = {5999, 8999, 10000};
    int32_t scheme = below(p, 2) == 0 ? 0 : 1 + (int32_t)below(p, 3);
    size_t count = below(p, 2) == 0 ? 0 : scheme == 0 ? 1 : 3;

    for (size_t i = 0; i < count; i++)
        p->bands[p->band_count++] = (struct rule_band){
            .school_id = slice_text("school"),
            .rulebook_id = slice_text(books[book]),
            .version = versions[book],
            .rule_no = rule_no,
            .band_no = (int32_t)i + 1,
            .scheme = scheme,
            .from_centiscore = i == 0 ? 0 : ends[i - 1] + 1,
            .to_centiscore = ends[i],
            .mark_scheme = i == 1 ? 0 : GRADING_PERCENTAGE,
            .mark_centiscore = i == 1 ? 0 : ends[i],
        };
}

static void
draw_caps(struct plain *p, int book)
{
    for (int32_t i = 1; i <= CAPS; i++)
        p->caps[p->cap_count++] = (struct rulebook_cap){
            .school_id = slice_text("school"),
            .rulebook_id = slice_text(books[book]),
            .version = versions[book],
            .cap_no = i,
            .basis_points = goes_well(p) ? 10000 : 1 + (int32_t)below(p, 5000),
            .outcome_kind = (int32_t)below(p, 4),
            .bucket_id = one_of(p, buckets, 3),
        };
    for (size_t i = p->cap_count - CAPS; i < p->cap_count; i++)
        if (p->caps[i].outcome_kind != 0)
            p->caps[i].bucket_id = (struct slice){0};
}

static void
draw_rule(struct plain *p, int book, int32_t rule_no)
{
    struct slice school_id = slice_text("school"), rulebook_id = slice_text(books[book]);
    int clauses = 1 + (int)below(p, CLAUSES);

    p->rules[p->rule_count++] = (struct rule){
        .school_id = school_id,
        .rulebook_id = rulebook_id,
        .version = versions[book],
        .rule_no = rule_no,
        .attendance_waived = below(p, 2) > 0,
        .exam_waived = true,
        .centicredits = INT64_C(60) * below(p, 4),
        .credits_of_outcome = below(p, 4) == 0,
        .bucket_id = one_of(p, buckets, 3),
    };
    draw_bands(p, book, rule_no);
    for (int i = 1; i <= clauses; i++) {
        struct rule_clause *clause = &p->clauses[p->clause_count++];

        *clause =
            (struct rule_clause){school_id, rulebook_id, versions[book], rule_no, .clause_no = i};
        draw_place(p, clause);
        draw_test(p, clause);
    }
    for (int i = 0; i < COURSES; i++)
        if (below(p, 2) > 0)
            p->rule_courses[p->rule_course_count++] = (struct rule_course){
                school_id, rulebook_id, versions[book], rule_no, slice_text(plain_codes[i])};
}

static void
draw_catalogue(struct plain *p)
{
    for (int i = 0; i < BOOKS; i++) {
        p->rulebooks[i] = (struct rulebook){
            .school_id = slice_text("school"),
            .rulebook_id = slice_text(books[i]),
            .version = versions[i],
            .programme_id = slice_text("cs"),
            .from_date = goes_well(p) ? PLAIN_TODAY : PLAIN_TODAY - 1 + (int32_t)below(p, 3),
            .to_date = goes_well(p) ? DATE_OPEN : PLAIN_TODAY - 1 + (int32_t)below(p, 3),
            .state = goes_well(p) ? RULEBOOK_PUBLISHED : RULEBOOK_FILED,
        };
        draw_caps(p, i);
        for (int j = 1; j <= RULES; j++)
            if (goes_well(p))
                draw_rule(p, i, j == RULES ? 10 : j);
    }
    for (int i = 0; i < COURSES; i++)
        p->courses[i] = (struct course){.school_id = slice_text("school"),
                                        .programme_id = slice_text("cs"),
                                        .course_code = slice_text(plain_codes[i]),
                                        .centicredits = INT64_C(50) * i};
    for (size_t i = 0; i < ARRAY_COUNT(p->certificates); i++)
        p->certificates[i] = (struct certificate){
            .certificate_id = slice_text(arena_printf(p->arena, "x-%zu", i)),
            .family_id = one_of(p, families, 2),
            .scheme_id = one_of(p, schemes, 2),
            .grade = 1 + (int32_t)below(p, 3),
        };
}

/* A certificate counts no hours, and hours have no score. */
static void
leave_to_kind(struct outcome *outcome)
{
    if (outcome->kind == OUTCOME_CERTIFICATE)
        outcome->centicredits = outcome->centihours = 0;
    if (outcome->kind == OUTCOME_TRAINING_HOURS)
        outcome->scheme = 0, outcome->centiscore = 0;
}

static void
draw_learner(struct plain *p)
{
    static const char *const holders[] = {"MINE", "OTHER"};

    p->is_active = goes_well(p);
    p->is_enrolled = goes_well(p);
    for (int i = 0; i < OUTCOMES; i++) {
        struct outcome *outcome = &p->outcomes[i];

        *outcome = (struct outcome){
            .institution_id = one_of(p, issuers, 2),
            .outer_id = slice_text(arena_printf(p->arena, "n-%d", i)),
            .account_no = slice_text(goes_well(p) ? PLAIN_ACCOUNT : "10000000000024"),
            .kind = OUTCOME_COURSE_RESULT + (int32_t)below(p, 3),
            .state = goes_well(p) ? OUTCOME_VALID : OUTCOME_REVOKED,
            .certificate_id = p->certificates[below(p, 4)].certificate_id,
            .scheme = 1 + (int32_t)below(p, 3),
            .centiscore = INT64_C(1000) * below(p, 11),
            .centicredits = INT64_C(100) * below(p, 6),
            .centihours = INT64_C(100) * below(p, 6),
            .outcome_date = PLAIN_TODAY - (int32_t)below(p, 4000),
            .expiry_date = goes_well(p) ? DATE_OPEN : PLAIN_TODAY - 1 + (int32_t)below(p, 3),
            .hold_state = goes_well(p) ? HOLD_FREE : HOLD_FREE + (int32_t)below(p, 3),
            .held_by = one_of(p, holders, 2),
        };
        leave_to_kind(outcome);
    }
    for (int i = 0; i < COURSES; i++) {
        p->holds[i] =
            (struct exemption){.account_no = slice_text(PLAIN_ACCOUNT),
                               .school_id = slice_text("school"),
                               .programme_id = slice_text("cs"),
                               .course_code = slice_text(plain_codes[i]),
                               .state = goes_well(p) ? HOLD_FREE : HOLD_FREE + (int32_t)below(p, 3),
                               .application_no = one_of(p, holders, 2),
                               .centicredits = INT64_C(30) * below(p, 9),
                               .outcome_kind = 1 + (int32_t)below(p, 3),
                               .bucket_id = one_of(p, buckets, 3)};
        p->passed[i] = (struct passed_course){slice_text(PLAIN_ACCOUNT), slice_text("school"),
                                              slice_text("cs"), slice_text(plain_codes[i]),
                                              goes_well(p) ? 0 : 1};
    }
}

static void
draw_request(struct plain *p)
{
    int book = (int)below(p, BOOKS);

    p->request = (struct evaluation_request){
        .account_no = slice_text(PLAIN_ACCOUNT),
        .school_id = slice_text("school"),
        .rulebook_id = slice_text(books[book]),
        .version = goes_well(p) ? versions[book] : 3,
        .date = PLAIN_TODAY,
        .application_no = below(p, 2) > 0 ? slice_text("MINE") : (struct slice){0},
        .line_count = 1 + below(p, LINES),
        .lines = p->lines,
    };
    for (size_t i = 0; i < p->request.line_count; i++) {
        const struct outcome *outcome = &p->outcomes[below(p, OUTCOMES)];
        struct line_applied *line = &p->lines[i];

        *line = (struct line_applied){
            .rule_no = 1 + below(p, RULES),
            .outcome = {outcome->institution_id, outcome->outer_id},
            .course_codes.texts = arena_array(p->arena, COURSES + 1, sizeof(struct slice)),
        };
        if (line->rule_no == RULES)
            line->rule_no = 10;
        for (int j = 0; j < COURSES; j++)
            if (below(p, 3) == 0)
                line->course_codes.texts[line->course_codes.count++] = slice_text(plain_codes[j]);
        if (!goes_well(p))
            line->course_codes.texts[line->course_codes.count++] = slice_text("unknown");
    }
}

/* Rows go in from the last to the first: their order in the world is the world's work. */
#define PUT_ALL(p, table, rows, count) \
    for (size_t i = (count); i-- > 0;) \
    world_put((p)->world, table, &(p)->rows[i])

static void
fill_world(struct plain *p)
{
    world_load_everything(p->world);
    PUT_ALL(p, TABLE_RULEBOOK, rulebooks, BOOKS);
    PUT_ALL(p, TABLE_RULE, rules, p->rule_count);
    PUT_ALL(p, TABLE_RULE_CLAUSE, clauses, p->clause_count);
    PUT_ALL(p, TABLE_RULE_COURSE, rule_courses, p->rule_course_count);
    PUT_ALL(p, TABLE_RULE_BAND, bands, p->band_count);
    PUT_ALL(p, TABLE_RULEBOOK_CAP, caps, p->cap_count);
    PUT_ALL(p, TABLE_COURSE, courses, COURSES);
    PUT_ALL(p, TABLE_CERTIFICATE, certificates, ARRAY_COUNT(p->certificates));
    PUT_ALL(p, TABLE_OUTCOME, outcomes, OUTCOMES);
    PUT_ALL(p, TABLE_EXEMPTION, holds, COURSES);
    PUT_ALL(p, TABLE_PASSED_COURSE, passed, COURSES);
    world_put(p->world, TABLE_PROGRAMME,
              &(struct programme){.school_id = slice_text("school"),
                                  .programme_id = slice_text("cs"),
                                  .graduation_centicredits = PLAIN_GRADUATION});
    world_put(p->world, TABLE_ACCOUNT,
              &(struct account){.account_no = slice_text(PLAIN_ACCOUNT),
                                .state = p->is_active ? ACCOUNT_ACTIVE : ACCOUNT_SUSPENDED});
    world_put(p->world, TABLE_ENROLMENT,
              &(struct enrolment){.account_no = slice_text(PLAIN_ACCOUNT),
                                  .school_id = slice_text("school"),
                                  .student_no = slice_text("S1"),
                                  .programme_id = slice_text(p->is_enrolled ? "cs" : "art"),
                                  .state = ENROLMENT_ACTIVE});
}

void
plain_draw(struct plain *p)
{
    draw_catalogue(p);
    draw_learner(p);
    draw_request(p);
    fill_world(p);
}
