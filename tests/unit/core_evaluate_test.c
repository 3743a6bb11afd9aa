/*
 * Evaluation against its plain definition (docs/formats.md, section 11): rows
 * in no order, every question a walk through all of them, the trace by printf.
 * Rulebooks, outcomes, holds and lines are random; several rulebooks and
 * versions stand side by side, so that a rule ends where the next one begins.
 */
#include "core/evaluate.h"

#include "base/attributes.h"
#include "base/buffer.h"
#include "core/clause.h"

#include "unit.h"

#define BUDGET ((size_t)32 << 20)
#define TEXT_MAX ((size_t)1 << 20)
#define ACCOUNT "10000000000016"
#define TODAY 20341
#define ROUNDS 3000

enum {
    BOOKS = 3,
    RULES = 5,
    CLAUSES = 7,
    COURSES = 6,
    OUTCOMES = 6,
    LINES = 5,
    ALL_RULES = BOOKS * RULES,
};

/* Names of which one is the beginning of another, and orders differ by text and by number. */
static const char *const books[BOOKS] = {"r", "r1", "r1"};
static const int32_t versions[BOOKS] = {2, 2, 10};
static const char *const codes[COURSES] = {"c", "c-1", "c-10", "c-2", "d", "excluded"};
static const char *const issuers[] = {"issuer", "issuer-2"};
static const char *const families[] = {"web", "web-x"};
static const char *const schemes[] = {"1+x", "five"};
static const char *const certificates[] = {"x-0", "x-1", "x-2", "x-3"};

struct plain {
    uint64_t random;
    unsigned spite; /* one thing in so many is not as it should be */
    struct arena *arena;
    struct world *world;
    struct rulebook rulebooks[BOOKS];
    size_t rule_count, clause_count, rule_course_count;
    struct rule rules[ALL_RULES];
    struct rule_clause clauses[ALL_RULES * CLAUSES];
    struct rule_course rule_courses[ALL_RULES * COURSES];
    struct course courses[COURSES];
    struct certificate certificates[4];
    struct outcome outcomes[OUTCOMES];
    struct exemption holds[COURSES];
    struct passed_course passed[COURSES];
    bool is_active, is_enrolled;
    struct line_applied lines[LINES];
    struct evaluation_request request;
    bool fails;
    struct buffer trace;
    size_t exemption_count;
    struct exemption_granted exemptions[LINES * COURSES];
};

static unsigned
below(struct plain *p, unsigned limit)
{
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

/* What is random */

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

static void
draw_rule(struct plain *p, int book, int32_t rule_no)
{
    struct slice school_id = slice_text("school"), rulebook_id = slice_text(books[book]);
    int clauses = 1 + (int)below(p, CLAUSES);

    p->rules[p->rule_count++] =
        (struct rule){school_id, rulebook_id, versions[book], rule_no, {0}, below(p, 2) > 0, true};
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
                school_id, rulebook_id, versions[book], rule_no, slice_text(codes[i])};
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
            .from_date = goes_well(p) ? TODAY : TODAY - 1 + (int32_t)below(p, 3),
            .to_date = goes_well(p) ? DATE_OPEN : TODAY - 1 + (int32_t)below(p, 3),
            .state = goes_well(p) ? RULEBOOK_PUBLISHED : RULEBOOK_FILED,
        };
        for (int j = 1; j <= RULES; j++)
            if (goes_well(p))
                draw_rule(p, i, j == RULES ? 10 : j);
    }
    for (int i = 0; i < COURSES; i++)
        p->courses[i] = (struct course){.school_id = slice_text("school"),
                                        .programme_id = slice_text("cs"),
                                        .course_code = slice_text(codes[i]),
                                        .centicredits = INT64_C(50) * i};
    for (size_t i = 0; i < ARRAY_COUNT(p->certificates); i++)
        p->certificates[i] = (struct certificate){
            .certificate_id = slice_text(arena_printf(p->arena, "x-%zu", i)),
            .family_id = one_of(p, families, 2),
            .scheme_id = one_of(p, schemes, 2),
            .grade = 1 + (int32_t)below(p, 3),
        };
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
            .account_no = slice_text(goes_well(p) ? ACCOUNT : "10000000000024"),
            .kind = OUTCOME_COURSE_RESULT + (int32_t)below(p, 3),
            .state = goes_well(p) ? OUTCOME_VALID : OUTCOME_REVOKED,
            .certificate_id = p->certificates[below(p, 4)].certificate_id,
            .scheme = 1 + (int32_t)below(p, 3),
            .centiscore = INT64_C(1000) * below(p, 11),
            .centicredits = INT64_C(100) * below(p, 6),
            .centihours = INT64_C(100) * below(p, 6),
            .outcome_date = TODAY - (int32_t)below(p, 4000),
            .expiry_date = goes_well(p) ? DATE_OPEN : TODAY - 1 + (int32_t)below(p, 3),
            .hold_state = goes_well(p) ? HOLD_FREE : HOLD_FREE + (int32_t)below(p, 3),
            .held_by = one_of(p, holders, 2),
        };
    }
    for (int i = 0; i < COURSES; i++) {
        p->holds[i] =
            (struct exemption){.account_no = slice_text(ACCOUNT),
                               .school_id = slice_text("school"),
                               .programme_id = slice_text("cs"),
                               .course_code = slice_text(codes[i]),
                               .state = goes_well(p) ? HOLD_FREE : HOLD_FREE + (int32_t)below(p, 3),
                               .application_no = one_of(p, holders, 2)};
        p->passed[i] =
            (struct passed_course){slice_text(ACCOUNT), slice_text("school"), slice_text("cs"),
                                   slice_text(codes[i]), goes_well(p) ? 0 : 1};
    }
}

static void
draw_request(struct plain *p)
{
    int book = (int)below(p, BOOKS);

    p->request = (struct evaluation_request){
        .account_no = slice_text(ACCOUNT),
        .school_id = slice_text("school"),
        .rulebook_id = slice_text(books[book]),
        .version = goes_well(p) ? versions[book] : 3,
        .date = TODAY,
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
                line->course_codes.texts[line->course_codes.count++] = slice_text(codes[j]);
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
    PUT_ALL(p, TABLE_COURSE, courses, COURSES);
    PUT_ALL(p, TABLE_CERTIFICATE, certificates, ARRAY_COUNT(p->certificates));
    PUT_ALL(p, TABLE_OUTCOME, outcomes, OUTCOMES);
    PUT_ALL(p, TABLE_EXEMPTION, holds, COURSES);
    PUT_ALL(p, TABLE_PASSED_COURSE, passed, COURSES);
    world_put(p->world, TABLE_ACCOUNT,
              &(struct account){.account_no = slice_text(ACCOUNT),
                                .state = p->is_active ? ACCOUNT_ACTIVE : ACCOUNT_SUSPENDED});
    world_put(p->world, TABLE_ENROLMENT,
              &(struct enrolment){.account_no = slice_text(ACCOUNT),
                                  .school_id = slice_text("school"),
                                  .student_no = slice_text("S1"),
                                  .programme_id = slice_text(p->is_enrolled ? "cs" : "art"),
                                  .state = ENROLMENT_ACTIVE});
}

/* The plain definition */

static const char *
text(struct plain *p, struct slice slice)
{
    return arena_text(p->arena, slice);
}

static const char *
day(struct plain *p, int32_t date)
{
    int year, month, of_month;

    if (date == DATE_OPEN)
        return "open";
    date_to_civil(date, &year, &month, &of_month);
    return arena_printf(p->arena, "%04d-%02d-%02d", year, month, of_month);
}

static void
say(struct plain *p, const char *name, const char *wanted, const char *found, bool holds)
{
    p->fails = p->fails || !holds;
    assert_true(buffer_printf(&p->trace, "check %s wanted=%s found=%s %s\n", name, wanted, found,
                              holds ? "holds" : "fails"));
}

static void
ask(struct plain *p, const char *name, bool holds)
{
    say(p, name, "yes", holds ? "yes" : "no", holds);
}

/* What another application holds is not free. */
static void
say_hold(struct plain *p, const char *name, int32_t state, struct slice holder)
{
    static const char *const names[] = {
        [HOLD_FREE] = "free", [HOLD_RESERVED] = "reserved", [HOLD_USED] = "used"};
    bool is_own =
        p->request.application_no.len > 0 && slice_equal(holder, p->request.application_no);
    const char *found = is_own ? "free" : names[state];

    say(p, name, "free", found, strcmp(found, "free") == 0);
}

static const struct rulebook *
plain_rulebook(struct plain *p)
{
    for (int i = 0; i < BOOKS; i++)
        if (slice_equal(p->rulebooks[i].rulebook_id, p->request.rulebook_id) &&
            p->rulebooks[i].version == p->request.version)
            return &p->rulebooks[i];
    return NULL;
}

static bool
is_of_request(struct plain *p, struct slice rulebook_id, int32_t version)
{
    return slice_equal(rulebook_id, p->request.rulebook_id) && version == p->request.version;
}

static const struct rule *
plain_rule(struct plain *p, uint32_t rule_no)
{
    for (size_t i = 0; i < p->rule_count; i++)
        if (is_of_request(p, p->rules[i].rulebook_id, p->rules[i].version) &&
            p->rules[i].rule_no == (int32_t)rule_no)
            return &p->rules[i];
    return NULL;
}

/* The clause of the rule of the request by its number; NULL: it has no such. */
static const struct rule_clause *
plain_clause(struct plain *p, const struct rule *rule, int32_t clause_no)
{
    for (size_t i = 0; i < p->clause_count; i++)
        if (is_of_request(p, p->clauses[i].rulebook_id, p->clauses[i].version) &&
            p->clauses[i].rule_no == rule->rule_no && p->clauses[i].clause_no == clause_no)
            return &p->clauses[i];
    return NULL;
}

/* What a clause says of an outcome. */
struct plain_verdict {
    const char *name, *wanted, *found;
    bool holds;
};

static struct plain_verdict judge(struct plain *p, const struct rule *rule,
                                  const struct rule_clause *clause, const struct outcome *outcome);

/* By recursion, as the tree is drawn. */
static struct plain_verdict
judge_group(struct plain *p, const struct rule *rule, const struct rule_clause *group,
            const struct outcome *outcome)
{
    bool is_at_least = group->test == CLAUSE_PARTS_AT_LEAST;
    int count = 0, holding = 0, least, most;
    static const char *const names[] = {"", "ALL_OF", "ANY_OF", "NONE_OF"};

    for (int32_t no = 1; no <= CLAUSES; no++) {
        const struct rule_clause *part = plain_clause(p, rule, no);

        if (part != NULL && part->part_of == group->clause_no) {
            count++;
            holding += judge(p, rule, part, outcome).holds;
        }
    }
    least = is_at_least                  ? (int)group->number
            : group->number == PARTS_ALL ? count
            : group->number == PARTS_ANY ? 1
                                         : 0;
    most = !is_at_least && group->number == PARTS_NONE ? 0 : count;
    return (struct plain_verdict){
        is_at_least ? "AT_LEAST_OF" : names[group->number], arena_printf(p->arena, "%d", least),
        arena_printf(p->arena, "%d", holding), holding >= least && holding <= most};
}

static struct plain_verdict
judge_certificate(struct plain *p, const struct rule_clause *clause, const struct outcome *outcome)
{
    const struct certificate *own = NULL;
    struct arena *arena = p->arena;
    int number = (int)clause->number;

    for (size_t i = 0; i < ARRAY_COUNT(p->certificates); i++)
        if (outcome->kind == OUTCOME_CERTIFICATE &&
            slice_equal(outcome->certificate_id, p->certificates[i].certificate_id))
            own = &p->certificates[i];
    if (clause->test == CLAUSE_FAMILY)
        return (struct plain_verdict){"FAMILY", text(p, clause->text),
                                      own ? text(p, own->family_id) : "none",
                                      own && slice_equal(own->family_id, clause->text)};
    if (clause->test == CLAUSE_CERTIFICATE)
        return (struct plain_verdict){"CERTIFICATE", text(p, clause->text),
                                      own ? text(p, own->certificate_id) : "none",
                                      own && slice_equal(own->certificate_id, clause->text)};
    return (struct plain_verdict){
        "GRADE_AT_LEAST", arena_printf(arena, "%s:%d", text(p, clause->text), number),
        own ? arena_printf(arena, "%s:%d", text(p, own->scheme_id), own->grade) : "none",
        own && slice_equal(own->scheme_id, clause->text) && own->grade >= number};
}

/* As texts: a 29th of February where there is none compares as the 28th does. */
static bool
is_recent(struct plain *p, const struct outcome *outcome, int years)
{
    int year, month, of_month;

    date_to_civil(outcome->outcome_date, &year, &month, &of_month);
    return strcmp(arena_printf(p->arena, "%04d-%02d-%02d", year + years, month, of_month),
                  day(p, TODAY)) >= 0;
}

static struct plain_verdict
judge(struct plain *p, const struct rule *rule, const struct rule_clause *clause,
      const struct outcome *outcome)
{
    struct arena *arena = p->arena;
    const char *number = arena_printf(arena, "%d", (int)clause->number);
    int credits = (int)outcome->centicredits, hours = (int)outcome->centihours;

    switch ((enum clause_test)clause->test) {
    case CLAUSE_FAMILY:
    case CLAUSE_GRADE_AT_LEAST:
    case CLAUSE_CERTIFICATE:
        return judge_certificate(p, clause, outcome);
    case CLAUSE_SCORE_AT_LEAST:
        return (struct plain_verdict){
            "SCORE_AT_LEAST", arena_printf(arena, "%d:%s", clause->scheme, number),
            arena_printf(arena, "%d:%d", outcome->scheme, (int)outcome->centiscore),
            outcome->scheme == clause->scheme && outcome->centiscore >= clause->number};
    case CLAUSE_MAX_AGE:
        return (struct plain_verdict){"MAX_AGE_YEARS", number, day(p, outcome->outcome_date),
                                      is_recent(p, outcome, (int)clause->number)};
    case CLAUSE_ISSUERS:
        return (struct plain_verdict){
            "ISSUER", text(p, clause->text), text(p, outcome->institution_id),
            strstr(arena_printf(arena, ",%s,", text(p, clause->text)),
                   arena_printf(arena, ",%s,", text(p, outcome->institution_id))) != NULL};
    case CLAUSE_KIND:
        return (struct plain_verdict){"OUTCOME_KIND", number,
                                      arena_printf(arena, "%d", outcome->kind),
                                      outcome->kind == clause->number};
    case CLAUSE_CREDITS_AT_LEAST:
        return (struct plain_verdict){"CREDITS_AT_LEAST", number,
                                      arena_printf(arena, "%d", credits),
                                      credits >= clause->number};
    case CLAUSE_HOURS_AT_LEAST:
        return (struct plain_verdict){"HOURS_AT_LEAST", number, arena_printf(arena, "%d", hours),
                                      hours >= clause->number};
    case CLAUSE_VALID_DAYS:
        return (struct plain_verdict){"VALID_DAYS", number, day(p, outcome->expiry_date),
                                      outcome->expiry_date - TODAY >= clause->number};
    case CLAUSE_PARTS:
    case CLAUSE_PARTS_AT_LEAST:
        break;
    }
    return judge_group(p, rule, clause, outcome);
}

/* All stand in the trace; the first decides. */
static void
say_clauses(struct plain *p, const struct rule *rule, const struct outcome *outcome)
{
    for (int32_t no = 1; no <= CLAUSES; no++) {
        const struct rule_clause *clause = plain_clause(p, rule, no);
        bool fails = p->fails;

        if (clause == NULL)
            return;

        struct plain_verdict verdict = judge(p, rule, clause, outcome);

        say(p, verdict.name, verdict.wanted, verdict.found, verdict.holds);
        p->fails = fails || (no == 1 && !verdict.holds);
    }
}

static void
say_course(struct plain *p, size_t line, const struct rule *rule, struct slice code)
{
    bool is_in_rule = false, stood_before = false;
    int at = COURSES;

    for (int i = 0; i < COURSES; i++)
        at = slice_is(code, codes[i]) ? i : at;
    for (size_t i = 0; i < p->rule_course_count; i++)
        if (is_of_request(p, p->rule_courses[i].rulebook_id, p->rule_courses[i].version) &&
            p->rule_courses[i].rule_no == rule->rule_no &&
            slice_equal(p->rule_courses[i].course_code, code))
            is_in_rule = true;
    for (size_t i = 0; i < line; i++)
        for (size_t j = 0; j < p->lines[i].course_codes.count; j++)
            stood_before = stood_before || slice_equal(p->lines[i].course_codes.texts[j], code);
    say(p, "COURSE_OF_RULE", text(p, code), is_in_rule ? text(p, code) : "none", is_in_rule);
    ask(p, "COURSE_ONCE", !stood_before);
    ask(p, "COURSE_NOT_DONE", at == COURSES || p->passed[at].count == 0);
    if (at == COURSES)
        say_hold(p, "COURSE_FREE", HOLD_FREE, (struct slice){0});
    else
        say_hold(p, "COURSE_FREE", p->holds[at].state, p->holds[at].application_no);
    if (is_in_rule)
        p->exemptions[p->exemption_count++] = (struct exemption_granted){
            code, p->courses[at].centicredits, rule->attendance_waived, rule->exam_waived};
}

static const struct outcome *
say_outcome(struct plain *p, size_t line)
{
    const struct outcome_ref *ref = &p->lines[line].outcome;
    bool stood_before = false;
    int at = 0;

    while (!slice_equal(p->outcomes[at].outer_id, ref->outer_id))
        at++;

    const struct outcome *outcome = &p->outcomes[at];
    bool is_own = slice_is(outcome->account_no, ACCOUNT);

    for (size_t i = 0; i < line; i++)
        stood_before = stood_before || slice_equal(p->lines[i].outcome.outer_id, ref->outer_id);
    assert_true(buffer_printf(&p->trace, "line %zu rule %u outcome %s %s\n", line + 1,
                              p->lines[line].rule_no, text(p, ref->institution_id),
                              text(p, ref->outer_id)));
    ask(p, "OUTCOME_OWN", is_own);
    ask(p, "OUTCOME_ONCE", !stood_before);
    if (!is_own)
        return NULL;
    ask(p, "OUTCOME_VALID", outcome->state == OUTCOME_VALID);
    say(p, "OUTCOME_UNEXPIRED", day(p, TODAY), day(p, outcome->expiry_date),
        outcome->expiry_date >= TODAY);
    say_hold(p, "OUTCOME_FREE", outcome->hold_state, outcome->held_by);
    return outcome;
}

static void
say_line(struct plain *p, size_t line)
{
    const struct outcome *outcome = say_outcome(p, line);
    const struct rule *rule = plain_rule(p, p->lines[line].rule_no);
    const char *rule_no = arena_printf(p->arena, "%u", p->lines[line].rule_no);

    say(p, "RULE", rule_no, rule != NULL ? rule_no : "none", rule != NULL);
    if (rule == NULL)
        return;
    if (outcome != NULL)
        say_clauses(p, rule, outcome);
    for (size_t i = 0; i < p->lines[line].course_codes.count; i++)
        say_course(p, line, rule, p->lines[line].course_codes.texts[i]);
}

static void
say_everything(struct plain *p)
{
    const struct rulebook *book = plain_rulebook(p);

    assert_true(buffer_printf(
        &p->trace, "creditbank trace 1\naccount " ACCOUNT "\nrulebook school %s %d\ndate %s\n",
        text(p, p->request.rulebook_id), p->request.version, day(p, TODAY)));
    ask(p, "ACCOUNT_ACTIVE", p->is_active);
    ask(p, "ENROLLED", book != NULL && p->is_enrolled);
    ask(p, "RULEBOOK_PUBLISHED", book != NULL && book->state == RULEBOOK_PUBLISHED);
    if (book != NULL) {
        say(p, "RULEBOOK_FROM", day(p, book->from_date), day(p, TODAY), book->from_date <= TODAY);
        say(p, "RULEBOOK_TO", day(p, book->to_date), day(p, TODAY), book->to_date >= TODAY);
    }
    for (size_t i = 0; i < p->request.line_count; i++)
        say_line(p, i);
}

static void
compare(struct plain *p)
{
    struct evaluation evaluation;
    struct hash expected = hash_sha256(buffer_slice(&p->trace)), trace;
    size_t count = 0;

    evaluate(p->world, &p->request, p->arena, &evaluation);
    trace = evaluation_trace(&evaluation);
    if (!hash_equal(&trace, &expected))
        print_message("the plain definition:\n%s\n", text(p, buffer_slice(&p->trace)));
    assert_memory_equal(trace.bytes, expected.bytes, HASH_SIZE);
    assert_int_equal(evaluation.satisfied, !p->fails);
    for (size_t i = 0; i < evaluation.finding_count; i++) {
        const struct finding *finding = &evaluation.findings[i];

        for (size_t j = 0; j < finding->exemption_count; j++, count++) {
            const struct exemption_granted *granted = &finding->exemptions[j];
            const struct exemption_granted *due = &p->exemptions[count];

            assert_true(count < p->exemption_count);
            assert_true(slice_equal(granted->course_code, due->course_code));
            assert_int_equal(granted->centicredits, due->centicredits);
            assert_int_equal(granted->attendance_waived, due->attendance_waived);
            assert_int_equal(granted->exam_waived, due->exam_waived);
        }
    }
    assert_int_equal(count, p->exemption_count);
}

static void
agrees_with_its_plain_definition_at_random(void **state)
{
    static struct plain p;
    size_t satisfied = 0;

    (void)state;
    for (uint64_t seed = 1; seed <= ROUNDS; seed++) {
        p = (struct plain){
            .random = seed, .spite = seed % 2 == 0 ? 4 : 40, .arena = arena_new(BUDGET)};
        p.world = world_new_in(p.arena);
        buffer_init(&p.trace, TEXT_MAX);
        draw_catalogue(&p);
        draw_learner(&p);
        draw_request(&p);
        fill_world(&p);
        say_everything(&p);
        compare(&p);
        satisfied += !p.fails;
        buffer_fini(&p.trace);
        arena_free(p.arena);
    }
    assert_true(satisfied > 0);
}

/* Largest numbers and no number at all stand in the trace as they are. */
static void
writes_numbers_of_any_size(void **state)
{
    static const char trace[] = "creditbank trace 1\n"
                                "account a\n"
                                "rulebook s r -2147483648\n"
                                "date 1900-01-01\n"
                                "check ACCOUNT_ACTIVE wanted=yes found=no fails\n"
                                "check ENROLLED wanted=yes found=no fails\n"
                                "check RULEBOOK_PUBLISHED wanted=yes found=no fails\n"
                                "line 1 rule 4294967295 outcome i n\n"
                                "check OUTCOME_OWN wanted=yes found=yes holds\n"
                                "check OUTCOME_ONCE wanted=yes found=yes holds\n"
                                "check OUTCOME_VALID wanted=yes found=yes holds\n"
                                "check OUTCOME_UNEXPIRED wanted=1900-01-01 found=2199-12-31 holds\n"
                                "check OUTCOME_FREE wanted=free found=free holds\n"
                                "check RULE wanted=4294967295 found=none fails\n";
    struct arena *arena = arena_new(BUDGET);
    struct world *world = world_new_in(arena);
    struct line_applied line = {UINT32_MAX, {slice_text("i"), slice_text("n")}, {0}};
    struct outcome outcome = {.institution_id = slice_text("i"),
                              .outer_id = slice_text("n"),
                              .account_no = slice_text("a"),
                              .state = OUTCOME_VALID,
                              .hold_state = HOLD_FREE,
                              .expiry_date = DATE_MAX};
    struct evaluation_request request = {.account_no = slice_text("a"),
                                         .school_id = slice_text("s"),
                                         .rulebook_id = slice_text("r"),
                                         .version = INT32_MIN,
                                         .date = DATE_MIN,
                                         .line_count = 1,
                                         .lines = &line};
    struct evaluation evaluation;
    struct hash expected = hash_sha256(slice_text(trace)), found;

    (void)state;
    world_load_everything(world);
    world_put(world, TABLE_OUTCOME, &outcome);
    evaluate(world, &request, arena, &evaluation);
    found = evaluation_trace(&evaluation);
    assert_memory_equal(found.bytes, expected.bytes, HASH_SIZE);
    arena_free(arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agrees_with_its_plain_definition_at_random),
        cmocka_unit_test(writes_numbers_of_any_size),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
