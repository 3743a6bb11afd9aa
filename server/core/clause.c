/*
 * Clauses, judged. A part has a larger number than its group, so one walk from
 * the last to the first finds what holds, and one from the first to the last
 * which failures count.
 */
#include "core/clause.h"

#include "core/trace_text.h"

#include <assert.h>

/* A clause at hand and what is known of it. */
struct judged {
    const struct rule_clause *clause;
    const char *wanted, *found;
    bool holds;
    int64_t part_count, parts_holding; /* of a group */
    int level;
    bool blames; /* a part of it that fails is a reason why the condition fails */
};

struct subject {
    struct world *world;
    struct arena *arena;
    const struct outcome *outcome;
    const struct certificate *certificate; /* NULL: it is none */
    int32_t date;
};

static const char *
text_of(const struct subject *s, struct slice text)
{
    return arena_text(s->arena, text);
}

static bool
is_of_family(const struct certificate *certificate, struct slice family_id)
{
    return certificate != NULL && slice_equal(certificate->family_id, family_id);
}

static bool
is_certificate(const struct certificate *certificate, struct slice certificate_id)
{
    return certificate != NULL && slice_equal(certificate->certificate_id, certificate_id);
}

static void
judge_family(const struct subject *s, struct judged *v)
{
    v->wanted = text_of(s, v->clause->text);
    v->found = s->certificate != NULL ? text_of(s, s->certificate->family_id) : "none";
    v->holds = is_of_family(s->certificate, v->clause->text);
}

/* Grades of two schemes are never compared. */
static void
judge_grade(const struct subject *s, struct judged *v)
{
    const struct certificate *own = s->certificate;

    v->wanted = trace_pair(s->arena, v->clause->text, v->clause->number);
    v->found = own != NULL ? trace_pair(s->arena, own->scheme_id, own->grade) : "none";
    v->holds = own != NULL && slice_equal(own->scheme_id, v->clause->text) &&
               own->grade >= v->clause->number;
}

static const char *
score_text(const struct subject *s, int32_t scheme, int64_t centiscore)
{
    return trace_pair(s->arena, slice_text(trace_number(s->arena, scheme)), centiscore);
}

/* Nor are scores. */
static void
judge_score(const struct subject *s, struct judged *v)
{
    v->wanted = score_text(s, v->clause->scheme, v->clause->number);
    v->found = score_text(s, s->outcome->scheme, s->outcome->centiscore);
    v->holds =
        s->outcome->scheme == v->clause->scheme && s->outcome->centiscore >= v->clause->number;
}

static void
judge_age(const struct subject *s, struct judged *v)
{
    v->wanted = trace_number(s->arena, v->clause->number);
    v->found = trace_date(s->arena, s->outcome->outcome_date);
    v->holds = date_add_years(s->outcome->outcome_date, (int)v->clause->number) >= s->date;
}

static void
judge_issuer(const struct subject *s, struct judged *v)
{
    struct slice rest = v->clause->text, issuer;

    v->wanted = text_of(s, v->clause->text);
    v->found = text_of(s, s->outcome->institution_id);
    while (!v->holds && slice_split(&rest, ',', &issuer))
        v->holds = slice_equal(issuer, s->outcome->institution_id);
}

static void
judge_certificate(const struct subject *s, struct judged *v)
{
    v->wanted = text_of(s, v->clause->text);
    v->found = s->certificate != NULL ? text_of(s, s->certificate->certificate_id) : "none";
    v->holds = is_certificate(s->certificate, v->clause->text);
}

static void
judge_kind(const struct subject *s, struct judged *v)
{
    v->wanted = trace_number(s->arena, v->clause->number);
    v->found = trace_number(s->arena, s->outcome->kind);
    v->holds = s->outcome->kind == v->clause->number;
}

static void
judge_amount(const struct subject *s, struct judged *v, int64_t amount)
{
    v->wanted = trace_number(s->arena, v->clause->number);
    v->found = trace_number(s->arena, amount);
    v->holds = amount >= v->clause->number;
}

static void
judge_credits(const struct subject *s, struct judged *v)
{
    judge_amount(s, v, s->outcome->centicredits);
}

static void
judge_hours(const struct subject *s, struct judged *v)
{
    judge_amount(s, v, s->outcome->centihours);
}

static void
judge_validity(const struct subject *s, struct judged *v)
{
    v->wanted = trace_number(s->arena, v->clause->number);
    v->found = trace_date(s->arena, s->outcome->expiry_date);
    v->holds = s->outcome->expiry_date >= s->date + v->clause->number;
}

#define KIND(kind) (1u << OUTCOME_##kind)
#define ANY_KIND (KIND(COURSE_RESULT) | KIND(TRAINING_HOURS) | KIND(CERTIFICATE))
#define SCORED (KIND(COURSE_RESULT) | KIND(CERTIFICATE))
#define COUNTED (KIND(COURSE_RESULT) | KIND(TRAINING_HOURS))

/* The tests of an outcome; a test that is not here is a group. */
static const struct test {
    const char *name;
    enum reason reason;
    uint32_t kinds; /* of outcomes that may meet it */
    void (*judge)(const struct subject *s, struct judged *v);
} tests[] = {
    [CLAUSE_FAMILY] = {"FAMILY", REASON_CERTIFICATE_NOT_ACCEPTED, KIND(CERTIFICATE), judge_family},
    [CLAUSE_GRADE_AT_LEAST] = {"GRADE_AT_LEAST", REASON_GRADE_TOO_LOW, KIND(CERTIFICATE),
                               judge_grade},
    [CLAUSE_SCORE_AT_LEAST] = {"SCORE_AT_LEAST", REASON_SCORE_TOO_LOW, SCORED, judge_score},
    [CLAUSE_MAX_AGE] = {"MAX_AGE_YEARS", REASON_OUTCOME_TOO_OLD, ANY_KIND, judge_age},
    [CLAUSE_ISSUERS] = {"ISSUER", REASON_ISSUER_NOT_ACCEPTED, ANY_KIND, judge_issuer},
    [CLAUSE_CERTIFICATE] = {"CERTIFICATE", REASON_CERTIFICATE_NOT_ACCEPTED, KIND(CERTIFICATE),
                            judge_certificate},
    [CLAUSE_KIND] = {"OUTCOME_KIND", REASON_OUTCOME_KIND_NOT_ACCEPTED, ANY_KIND, judge_kind},
    [CLAUSE_CREDITS_AT_LEAST] = {"CREDITS_AT_LEAST", REASON_CREDIT_TOO_SMALL, COUNTED,
                                 judge_credits},
    [CLAUSE_HOURS_AT_LEAST] = {"HOURS_AT_LEAST", REASON_HOURS_TOO_FEW, COUNTED, judge_hours},
    [CLAUSE_VALID_DAYS] = {"VALID_DAYS", REASON_VALIDITY_TOO_SHORT, ANY_KIND, judge_validity},
};

/* The groups; the last is that of PARTS_AT_LEAST. */
static const struct group {
    const char *name;
    enum reason reason;
} groups[] = {
    [PARTS_ALL] = {"ALL_OF", REASON_PARTS_NOT_ALL_MET},
    [PARTS_ANY] = {"ANY_OF", REASON_PARTS_TOO_FEW},
    [PARTS_NONE] = {"NONE_OF", REASON_PARTS_MUST_NOT_HOLD},
    {"AT_LEAST_OF", REASON_PARTS_TOO_FEW},
};

bool
clause_is_group(int32_t test)
{
    return test == CLAUSE_PARTS || test == CLAUSE_PARTS_AT_LEAST;
}

static bool
is_none(const struct rule_clause *clause)
{
    return clause->test == CLAUSE_PARTS && clause->number == PARTS_NONE;
}

static const struct group *
group_of(const struct rule_clause *clause)
{
    return clause->test == CLAUSE_PARTS ? &groups[clause->number] : &groups[PARTS_NONE + 1];
}

/* How many of so many parts have to hold. */
static int64_t
parts_wanted(const struct rule_clause *clause, int64_t part_count)
{
    if (clause->test == CLAUSE_PARTS_AT_LEAST)
        return clause->number;
    return clause->number == PARTS_ALL ? part_count : clause->number == PARTS_ANY;
}

static bool
group_holds(const struct rule_clause *group, int64_t part_count, int64_t parts_holding)
{
    if (is_none(group))
        return parts_holding == 0;
    return parts_holding >= parts_wanted(group, part_count);
}

static void
judge(const struct subject *s, struct judged *v)
{
    if (!clause_is_group(v->clause->test)) {
        tests[v->clause->test].judge(s, v);
        return;
    }
    v->wanted = trace_number(s->arena, parts_wanted(v->clause, v->part_count));
    v->found = trace_number(s->arena, v->parts_holding);
    v->holds = group_holds(v->clause, v->part_count, v->parts_holding);
}

/* All stand under their numbers; number 0 stands above the first clause. */
static void
count_part(struct judged *all, const struct judged *part)
{
    struct judged *group = &all[part->clause->part_of];

    group->part_count++;
    group->parts_holding += part->holds;
}

static void
add_check(struct check_list *checks, const struct judged *v, const struct judged *group)
{
    bool is_group = clause_is_group(v->clause->test);
    const char *name = is_group ? group_of(v->clause)->name : tests[v->clause->test].name;
    enum reason reason = is_group ? group_of(v->clause)->reason : tests[v->clause->test].reason;

    check_list_add(checks, name, v->wanted, v->found, v->holds ? REASON_NONE : reason);
    checks->last->level = v->level;
    if (is_group && !v->holds && !is_none(v->clause))
        check_list_detail(checks,
                          slice_text(arena_printf(checks->arena, "%s/%s", v->found, v->wanted)));
    if (!v->holds && !group->blames)
        check_list_excuse(checks);
}

const struct certificate *
clause_certificate(struct world *world, const struct outcome *outcome)
{
    if (outcome->kind != OUTCOME_CERTIFICATE)
        return NULL;
    return world_find(world, TABLE_CERTIFICATE,
                      &(struct certificate){.certificate_id = outcome->certificate_id});
}

void
clauses_check(struct check_list *checks, struct world *world, const struct row_list *clauses,
              const struct outcome *outcome, int32_t date)
{
    struct judged all[CLAUSES_MAX + 1] = {{.blames = true, .level = -1}};
    const struct subject subject = {
        .world = world,
        .arena = checks->arena,
        .outcome = outcome,
        .certificate = clause_certificate(world, outcome),
        .date = date,
    };

    assert(clauses->count <= CLAUSES_MAX);
    for (size_t no = clauses->count; no > 0; no--) {
        all[no].clause = clauses->rows[no - 1];
        judge(&subject, &all[no]);
        count_part(all, &all[no]);
    }
    for (size_t no = 1; no <= clauses->count; no++) {
        struct judged *v = &all[no];
        const struct judged *group = &all[v->clause->part_of];

        v->level = group->level + 1;
        v->blames = group->blames && !v->holds && !is_none(v->clause);
        add_check(checks, v, group);
    }
}

/* By what the outcome is, not by how good it is. */
static bool
could_pass(const struct rule_clause *clause, const struct outcome *outcome,
           const struct certificate *certificate)
{
    switch (clause->test) {
    case CLAUSE_KIND:
        return clause->number == outcome->kind;
    case CLAUSE_FAMILY:
        return is_of_family(certificate, clause->text);
    case CLAUSE_CERTIFICATE:
        return is_certificate(certificate, clause->text);
    default:
        return (tests[clause->test].kinds & (1u << outcome->kind)) != 0;
    }
}

/* Of a group of which nothing may hold, nothing is known by what the outcome is. */
bool
clauses_could_hold(const struct row_list *clauses, const struct outcome *outcome,
                   const struct certificate *certificate)
{
    int8_t part_count[CLAUSES_MAX + 1] = {0}, parts_holding[CLAUSES_MAX + 1] = {0};

    assert(clauses->count <= CLAUSES_MAX);
    for (size_t no = clauses->count; no > 0; no--) {
        const struct rule_clause *clause = clauses->rows[no - 1];
        bool could = clause_is_group(clause->test)
                         ? is_none(clause) || group_holds(clause, part_count[no], parts_holding[no])
                         : could_pass(clause, outcome, certificate);

        part_count[clause->part_of]++;
        parts_holding[clause->part_of] = (int8_t)(parts_holding[clause->part_of] + could);
    }
    return part_count[0] == parts_holding[0];
}
