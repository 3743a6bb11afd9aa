/*
 * The order of the checks: account and enrolment, rulebook in force; then line
 * by line the outcome, the clauses of the rule, the courses, the limits that
 * count what is granted. The trace is text,
 * one line a check, so that anybody can hash it again (docs/formats.md).
 */
#include "core/evaluate.h"

#include "base/buffer.h"
#include "core/cap.h"
#include "core/clause.h"
#include "core/enrolment.h"
#include "core/hold.h"
#include "core/trace_text.h"

#include <assert.h>
#include <stdlib.h>

#define TRACE_MAX ((size_t)4 << 20) /* 40 lines of 64 clauses and 16 courses have 2 MiB */

struct evaluator {
    struct world *world;
    const struct evaluation_request *request;
    struct arena *arena;
    struct check_list *checks; /* of the part at hand */
    const struct evaluation *evaluation;
};

static const char *
slice_to_text(struct evaluator *e, struct slice text)
{
    return arena_text(e->arena, text);
}

/* A question with yes or no for an answer; a refusal then tells what it is about. */
static void
check_yes(struct evaluator *e, const char *name, bool yes, enum reason reason, struct slice about)
{
    check_list_add(e->checks, name, "yes", yes ? "yes" : "no", yes ? REASON_NONE : reason);
    check_list_detail(e->checks, about);
}

static void
check_rulebook(struct evaluator *e, const struct rulebook *rulebook)
{
    const struct evaluation_request *request = e->request;
    bool published = rulebook != NULL && rulebook->state == RULEBOOK_PUBLISHED;

    check_yes(e, "RULEBOOK_PUBLISHED", published, REASON_RULE_NOT_PUBLISHED, request->rulebook_id);
    if (rulebook == NULL)
        return;
    check_list_add(e->checks, "RULEBOOK_FROM", trace_date(e->arena, rulebook->from_date),
                   trace_date(e->arena, request->date),
                   request->date >= rulebook->from_date ? REASON_NONE : REASON_WINDOW_CLOSED);
    check_list_add(e->checks, "RULEBOOK_TO", trace_date(e->arena, rulebook->to_date),
                   trace_date(e->arena, request->date),
                   request->date <= rulebook->to_date ? REASON_NONE : REASON_WINDOW_CLOSED);
}

static void
check_learner(struct evaluator *e, const struct rulebook *rulebook)
{
    const struct evaluation_request *request = e->request;
    const struct account *account =
        world_find(e->world, TABLE_ACCOUNT, &(struct account){.account_no = request->account_no});
    bool active = account != NULL && account->state == ACCOUNT_ACTIVE;
    const struct enrolment *enrolment =
        rulebook == NULL ? NULL
                         : enrolment_find(e->world, request->account_no, request->school_id,
                                          rulebook->programme_id);
    bool enrolled = enrolment != NULL && enrolment->state == ENROLMENT_ACTIVE;

    check_yes(e, "ACCOUNT_ACTIVE", active, REASON_ACCOUNT_NOT_ACTIVE, request->account_no);
    check_yes(e, "ENROLLED", enrolled, REASON_NOT_ENROLLED, request->account_no);
}

/* The same outcome or course twice in one application would be used twice. */
static bool
stands_before(struct evaluator *e, const struct line_applied *line, const struct outcome_ref *ref)
{
    for (const struct line_applied *other = e->request->lines; other < line; other++)
        if (slice_equal(other->outcome.institution_id, ref->institution_id) &&
            slice_equal(other->outcome.outer_id, ref->outer_id))
            return true;
    return false;
}

static bool
course_stands_before(struct evaluator *e, const struct line_applied *line, struct slice course_code)
{
    for (const struct line_applied *other = e->request->lines; other < line; other++)
        for (size_t i = 0; i < other->course_codes.count; i++)
            if (slice_equal(other->course_codes.texts[i], course_code))
                return true;
    return false;
}

/* The outcome stands, is hers, is not expired, and is not held by another application. */
static void
check_outcome(struct evaluator *e, struct finding *finding)
{
    const struct outcome *outcome = finding->outcome;
    struct hold hold;

    check_yes(e, "OUTCOME_OWN", outcome != NULL, REASON_OUTCOME_UNKNOWN,
              finding->line->outcome.outer_id);
    check_yes(e, "OUTCOME_ONCE", !stands_before(e, finding->line, &finding->line->outcome),
              REASON_OUTCOME_TWICE, finding->line->outcome.outer_id);
    if (outcome == NULL)
        return;
    check_yes(e, "OUTCOME_VALID", outcome->state == OUTCOME_VALID, REASON_OUTCOME_REVOKED,
              slice_text(trace_number(e->arena, outcome->entry_index)));
    check_list_add(e->checks, "OUTCOME_UNEXPIRED", trace_date(e->arena, e->request->date),
                   trace_date(e->arena, outcome->expiry_date),
                   outcome->expiry_date >= e->request->date ? REASON_NONE : REASON_OUTCOME_EXPIRED);
    hold = hold_of_outcome(outcome, e->request->application_no);
    check_list_add(e->checks, "OUTCOME_FREE", "free", hold.found,
                   hold.state == HOLD_FREE       ? REASON_NONE
                   : hold.state == HOLD_RESERVED ? REASON_OUTCOME_RESERVED
                                                 : REASON_OUTCOME_USED);
    check_list_detail(e->checks, hold.application_no);
}

static bool
rule_has_course(struct evaluator *e, const struct rule *rule, struct slice course_code)
{
    return world_find(e->world, TABLE_RULE_COURSE,
                      &(struct rule_course){.school_id = rule->school_id,
                                            .rulebook_id = rule->rulebook_id,
                                            .version = rule->version,
                                            .rule_no = rule->rule_no,
                                            .course_code = course_code}) != NULL;
}

/* What is left to the courses of a line of credits, and the mark that they get. */
struct grant {
    int64_t centicredits_left;
    struct mark mark;
};

static int64_t
smaller(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* Grants a course what the rule gives for it. */
static void
grant_course(struct evaluator *e, struct finding *finding, const struct course *course,
             struct grant *grant)
{
    const struct rule *rule = finding->rule;
    int64_t centicredits = course->centicredits;

    if (rule->centicredits > 0)
        centicredits = smaller(centicredits, rule->centicredits);
    if (rule->credits_of_outcome) {
        check_list_add(e->checks, "CREDITS_LEFT", "1",
                       trace_number(e->arena, grant->centicredits_left),
                       grant->centicredits_left > 0 ? REASON_NONE : REASON_CREDITS_USED_UP);
        check_list_detail(e->checks, course->course_code);
        centicredits = smaller(centicredits, grant->centicredits_left);
        grant->centicredits_left -= centicredits;
    }
    finding->exemptions[finding->exemption_count++] = (struct exemption_granted){
        .course_code = course->course_code,
        .centicredits = centicredits,
        .attendance_waived = rule->attendance_waived,
        .exam_waived = rule->exam_waived,
        .mark = grant->mark,
    };
}

/* The course is of the rule, still to be taken, and not held by another application. */
static void
check_course(struct evaluator *e, const struct rulebook *rulebook, struct finding *finding,
             struct slice course_code, struct grant *grant)
{
    const char *code = slice_to_text(e, course_code);
    struct course key = {
        .school_id = e->request->school_id,
        .programme_id = rulebook->programme_id,
        .course_code = course_code,
    };
    const struct course *course = world_find(e->world, TABLE_COURSE, &key);
    bool in_rule = course != NULL && rule_has_course(e, finding->rule, course_code);
    bool done = hold_course_is_passed(e->world, e->request->account_no, &key);
    struct hold hold =
        hold_of_course(e->world, e->request->account_no, &key, e->request->application_no);

    check_list_add(e->checks, "COURSE_OF_RULE", code, in_rule ? code : "none",
                   in_rule ? REASON_NONE : REASON_COURSE_NOT_IN_RULE);
    check_list_detail(e->checks, course_code);
    check_yes(e, "COURSE_ONCE", !course_stands_before(e, finding->line, course_code),
              REASON_COURSE_TWICE, course_code);
    check_yes(e, "COURSE_NOT_DONE", !done, REASON_COURSE_DONE, course_code);
    check_list_add(e->checks, "COURSE_FREE", "free", hold.found,
                   hold.state == HOLD_FREE       ? REASON_NONE
                   : hold.state == HOLD_RESERVED ? REASON_COURSE_RESERVED
                                                 : REASON_COURSE_EXEMPTED);
    check_list_detail(e->checks, hold.application_no);
    if (in_rule)
        grant_course(e, finding, course, grant);
}

static const struct outcome *
find_own_outcome(struct evaluator *e, const struct outcome_ref *ref)
{
    const struct outcome *outcome = world_find(
        e->world, TABLE_OUTCOME,
        &(struct outcome){.institution_id = ref->institution_id, .outer_id = ref->outer_id});

    if (outcome == NULL || !slice_equal(outcome->account_no, e->request->account_no))
        return NULL;
    return outcome;
}

static const struct rule *
find_rule(struct evaluator *e, uint32_t rule_no)
{
    return world_find(e->world, TABLE_RULE,
                      &(struct rule){.school_id = e->request->school_id,
                                     .rulebook_id = e->request->rulebook_id,
                                     .version = e->request->version,
                                     .rule_no = (int32_t)rule_no});
}

static void
check_clauses(struct evaluator *e, const struct finding *finding)
{
    /* A rule's key is the beginning of its clauses'. */
    struct row_list rows =
        world_range(e->world, TABLE_RULE_CLAUSE,
                    &(struct rule_clause){.school_id = finding->rule->school_id,
                                          .rulebook_id = finding->rule->rulebook_id,
                                          .version = finding->rule->version,
                                          .rule_no = finding->rule->rule_no},
                    schema_table(TABLE_RULE)->key_columns);

    clauses_check(e->checks, e->world, &rows, finding->outcome, e->request->date);
}

/* The mark of the band in which the outcome's score lies; none where there are no bands. */
static struct mark
find_mark(struct evaluator *e, const struct finding *finding)
{
    const struct outcome *outcome = finding->outcome;
    struct mark own = {(enum grading_scheme)outcome->scheme, outcome->centiscore};
    struct row_list rows =
        world_range(e->world, TABLE_RULE_BAND,
                    &(struct rule_band){.school_id = finding->rule->school_id,
                                        .rulebook_id = finding->rule->rulebook_id,
                                        .version = finding->rule->version,
                                        .rule_no = finding->rule->rule_no},
                    schema_table(TABLE_RULE)->key_columns);

    if (rows.count == 0)
        return (struct mark){0};

    const struct rule_band *first = rows.rows[0];

    if (first->scheme != 0)
        check_list_add(e->checks, "RESULT_SCHEME", trace_number(e->arena, first->scheme),
                       trace_number(e->arena, outcome->scheme),
                       outcome->scheme == first->scheme ? REASON_NONE
                                                        : REASON_SCORE_SCHEME_DIFFERS);
    for (size_t i = 0; i < rows.count; i++) {
        const struct rule_band *band = rows.rows[i];

        if (band->scheme == 0 ||
            (band->scheme == outcome->scheme && outcome->centiscore <= band->to_centiscore))
            return band->mark_scheme == 0 ? own
                                          : (struct mark){(enum grading_scheme)band->mark_scheme,
                                                          band->mark_centiscore};
    }
    return (struct mark){0};
}

static void
evaluate_line(struct evaluator *e, const struct rulebook *rulebook, struct finding *finding)
{
    const struct line_applied *line = finding->line;
    const char *rule_no = trace_number(e->arena, line->rule_no);
    struct grant grant = {0};

    finding->outcome = find_own_outcome(e, &line->outcome);
    finding->rule = find_rule(e, line->rule_no);
    finding->exemptions =
        arena_array(e->arena, line->course_codes.count, sizeof(*finding->exemptions));
    check_outcome(e, finding);
    check_list_add(e->checks, "RULE", rule_no, finding->rule != NULL ? rule_no : "none",
                   finding->rule != NULL ? REASON_NONE : REASON_RULE_UNKNOWN);
    check_list_detail(e->checks, slice_text(rule_no));
    if (finding->rule == NULL || rulebook == NULL)
        return;
    if (finding->outcome != NULL) {
        check_clauses(e, finding);
        grant.mark = find_mark(e, finding);
        grant.centicredits_left = finding->outcome->centicredits;
    }
    for (size_t i = 0; i < line->course_codes.count; i++)
        check_course(e, rulebook, finding, line->course_codes.texts[i], &grant);
    caps_check(e->checks, e->world, e->evaluation, finding, rulebook);
}

static void
append(struct buffer *trace, const char *text)
{
    bool fits = buffer_append(trace, slice_text(text));

    assert(fits);
}

static void
trace_checks(struct buffer *trace, const struct check *check)
{
    for (; check != NULL; check = check->next) {
        append(trace, "check ");
        append(trace, check->name);
        append(trace, " wanted=");
        append(trace, check->wanted);
        append(trace, " found=");
        append(trace, check->found);
        append(trace, check->reason == REASON_NONE ? " holds\n" : " fails\n");
    }
}

struct hash
evaluation_trace(const struct evaluation *evaluation)
{
    const struct evaluation_request *request = &evaluation->request;
    struct buffer trace;
    char date[DATE_TEXT_SIZE];
    bool fits;

    buffer_init(&trace, TRACE_MAX);
    fits =
        buffer_printf(&trace, "creditbank trace 1\naccount %.*s\nrulebook %.*s %.*s %d\ndate %s\n",
                      (int)request->account_no.len, (const char *)request->account_no.at,
                      (int)request->school_id.len, (const char *)request->school_id.at,
                      (int)request->rulebook_id.len, (const char *)request->rulebook_id.at,
                      request->version, date_format(request->date, date));
    assert(fits);
    trace_checks(&trace, evaluation->general);
    for (size_t i = 0; i < evaluation->finding_count; i++) {
        const struct line_applied *line = evaluation->findings[i].line;

        fits = buffer_printf(
            &trace, "line %zu rule %u outcome %.*s %.*s\n", i + 1, line->rule_no,
            (int)line->outcome.institution_id.len, (const char *)line->outcome.institution_id.at,
            (int)line->outcome.outer_id.len, (const char *)line->outcome.outer_id.at);
        assert(fits);
        trace_checks(&trace, evaluation->findings[i].checks);
    }

    struct hash hash = hash_sha256(buffer_slice(&trace));

    buffer_fini(&trace);
    return hash;
}

void
evaluate(struct world *world, const struct evaluation_request *request, struct arena *arena,
         struct evaluation *evaluation)
{
    struct check_list checks = {.arena = arena};
    struct evaluator e = {
        .world = world,
        .request = request,
        .arena = arena,
        .checks = &checks,
        .evaluation = evaluation,
    };
    const struct rulebook *rulebook = world_find(world, TABLE_RULEBOOK,
                                                 &(struct rulebook){
                                                     .school_id = request->school_id,
                                                     .rulebook_id = request->rulebook_id,
                                                     .version = request->version,
                                                 });

    *evaluation = (struct evaluation){.request = *request, .finding_count = request->line_count};
    evaluation->findings = arena_array(arena, request->line_count, sizeof(struct finding));
    check_learner(&e, rulebook);
    check_rulebook(&e, rulebook);
    evaluation->general = checks.first;
    evaluation->general_count = checks.count;
    evaluation->satisfied = checks.failed == 0;
    for (size_t i = 0; i < request->line_count; i++) {
        struct finding *finding = &evaluation->findings[i];

        checks = (struct check_list){.arena = arena};
        finding->line = &request->lines[i];
        evaluate_line(&e, rulebook, finding);
        finding->checks = checks.first;
        finding->check_count = checks.count;
        finding->satisfied = checks.failed == 0;
        evaluation->satisfied = evaluation->satisfied && finding->satisfied;
    }
}

static int
compare_exemptions(const void *a, const void *b)
{
    const struct exemption_granted *x = a, *y = b;

    return slice_compare(x->course_code, y->course_code);
}

size_t
evaluation_exemptions(const struct evaluation *evaluation, struct arena *arena,
                      struct exemption_granted **exemptions)
{
    size_t count = 0;

    for (size_t i = 0; i < evaluation->finding_count; i++)
        count += evaluation->findings[i].exemption_count;
    *exemptions = arena_array(arena, count, sizeof(**exemptions));
    count = 0;
    for (size_t i = 0; i < evaluation->finding_count; i++)
        for (size_t j = 0; j < evaluation->findings[i].exemption_count; j++)
            (*exemptions)[count++] = evaluation->findings[i].exemptions[j];
    qsort(*exemptions, count, sizeof(**exemptions), compare_exemptions);
    return count;
}
