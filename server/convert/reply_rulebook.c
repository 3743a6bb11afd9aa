#include "convert/reply_rulebook.h"

#include "convert/reply.h"
#include "core/clause.h"

static Creditbank__V1__Issuers *
reply_issuers(struct arena *arena, struct slice rest)
{
    Creditbank__V1__Issuers *m = arena_alloc(arena, sizeof(*m));
    struct slice issuer;

    creditbank__v1__issuers__init(m);
    m->institution_ids = arena_array(arena, CLAUSE_ISSUERS_MAX, sizeof(*m->institution_ids));
    while (m->n_institution_ids < CLAUSE_ISSUERS_MAX && slice_split(&rest, ',', &issuer))
        m->institution_ids[m->n_institution_ids++] = reply_text(arena, issuer);
    return m;
}

static void
init_clause(struct arena *arena, const struct rule_clause *row, Creditbank__V1__Clause *m)
{
    creditbank__v1__clause__init(m);
    m->part_of = (uint32_t)row->part_of;
    switch ((enum clause_test)row->test) {
    case CLAUSE_FAMILY:
        m->test_case = CREDITBANK__V1__CLAUSE__TEST_FAMILY_ID;
        m->family_id = reply_text(arena, row->text);
        return;
    case CLAUSE_GRADE_AT_LEAST:
        m->test_case = CREDITBANK__V1__CLAUSE__TEST_GRADE_AT_LEAST;
        m->grade_at_least = arena_alloc(arena, sizeof(*m->grade_at_least));
        creditbank__v1__grade_at_least__init(m->grade_at_least);
        m->grade_at_least->scheme_id = reply_text(arena, row->text);
        m->grade_at_least->grade = (uint32_t)row->number;
        return;
    case CLAUSE_SCORE_AT_LEAST:
        m->test_case = CREDITBANK__V1__CLAUSE__TEST_SCORE_AT_LEAST;
        m->score_at_least = arena_alloc(arena, sizeof(*m->score_at_least));
        creditbank__v1__score_at_least__init(m->score_at_least);
        m->score_at_least->scheme = (Creditbank__V1__GradingScheme)row->scheme;
        m->score_at_least->centiscore = row->number;
        return;
    case CLAUSE_MAX_AGE:
        m->test_case = CREDITBANK__V1__CLAUSE__TEST_MAX_AGE_YEARS;
        m->max_age_years = (uint32_t)row->number;
        return;
    case CLAUSE_ISSUERS:
        m->test_case = CREDITBANK__V1__CLAUSE__TEST_ISSUERS;
        m->issuers = reply_issuers(arena, row->text);
        return;
    case CLAUSE_CERTIFICATE:
        m->test_case = CREDITBANK__V1__CLAUSE__TEST_CERTIFICATE_ID;
        m->certificate_id = reply_text(arena, row->text);
        return;
    case CLAUSE_KIND:
        m->test_case = CREDITBANK__V1__CLAUSE__TEST_OUTCOME_KIND;
        m->outcome_kind = (Creditbank__V1__OutcomeKind)row->number;
        return;
    case CLAUSE_CREDITS_AT_LEAST:
        m->test_case = CREDITBANK__V1__CLAUSE__TEST_CENTICREDITS_AT_LEAST;
        m->centicredits_at_least = row->number;
        return;
    case CLAUSE_HOURS_AT_LEAST:
        m->test_case = CREDITBANK__V1__CLAUSE__TEST_CENTIHOURS_AT_LEAST;
        m->centihours_at_least = row->number;
        return;
    case CLAUSE_VALID_DAYS:
        m->test_case = CREDITBANK__V1__CLAUSE__TEST_VALID_DAYS;
        m->valid_days = (uint32_t)row->number;
        return;
    case CLAUSE_PARTS:
        m->test_case = CREDITBANK__V1__CLAUSE__TEST_PARTS;
        m->parts = (Creditbank__V1__Parts)row->number;
        return;
    case CLAUSE_PARTS_AT_LEAST:
        m->test_case = CREDITBANK__V1__CLAUSE__TEST_PARTS_AT_LEAST;
        m->parts_at_least = (uint32_t)row->number;
        return;
    }
}

/* A rule may have few of many clauses: their number is counted before there is room for them. */
static void
add_clauses(struct arena *arena, const struct rulebook_parts *parts, int32_t rule_no,
            Creditbank__V1__Rule *m)
{
    size_t count = 0;

    for (size_t i = 0; i < parts->clause_count; i++)
        count += parts->clauses[i].rule_no == rule_no;
    m->clauses = reply_list(arena, count, sizeof(**m->clauses));
    for (size_t i = 0; i < parts->clause_count; i++)
        if (parts->clauses[i].rule_no == rule_no)
            init_clause(arena, &parts->clauses[i], m->clauses[m->n_clauses++]);
}

static void
add_courses(struct arena *arena, const struct rulebook_parts *parts, int32_t rule_no,
            Creditbank__V1__Rule *m)
{
    size_t count = 0;

    for (size_t i = 0; i < parts->course_count; i++)
        count += parts->courses[i].rule_no == rule_no;
    m->course_codes = arena_array(arena, count, sizeof(*m->course_codes));
    for (size_t i = 0; i < parts->course_count; i++)
        if (parts->courses[i].rule_no == rule_no)
            m->course_codes[m->n_course_codes++] = reply_text(arena, parts->courses[i].course_code);
}

static void
add_bands(struct arena *arena, const struct rulebook_parts *parts, int32_t rule_no,
          Creditbank__V1__Rule *m)
{
    size_t count = 0;

    for (size_t i = 0; i < parts->band_count; i++)
        count += parts->bands[i].rule_no == rule_no;
    m->results = reply_list(arena, count, sizeof(**m->results));
    for (size_t i = 0; i < parts->band_count; i++) {
        const struct rule_band *row = &parts->bands[i];
        Creditbank__V1__ResultBand *band;

        if (row->rule_no != rule_no)
            continue;
        band = m->results[m->n_results++];
        creditbank__v1__result_band__init(band);
        band->scheme = (Creditbank__V1__GradingScheme)row->scheme;
        band->from_centiscore = row->from_centiscore;
        band->to_centiscore = row->to_centiscore;
        band->mark = reply_mark(arena, row->mark_scheme, row->mark_centiscore);
    }
}

static void
init_cap(struct arena *arena, const struct rulebook_cap *row, Creditbank__V1__Cap *m)
{
    creditbank__v1__cap__init(m);
    m->basis_points = (uint32_t)row->basis_points;
    if (row->outcome_kind != 0) {
        m->counts_case = CREDITBANK__V1__CAP__COUNTS_OUTCOME_KIND;
        m->outcome_kind = (Creditbank__V1__OutcomeKind)row->outcome_kind;
    }
    if (row->bucket_id.len > 0) {
        m->counts_case = CREDITBANK__V1__CAP__COUNTS_BUCKET_ID;
        m->bucket_id = reply_text(arena, row->bucket_id);
    }
}

static void
init_rule(struct arena *arena, const struct rulebook_parts *parts, const struct rule *row,
          Creditbank__V1__Rule *m)
{
    creditbank__v1__rule__init(m);
    m->title = reply_text(arena, row->title);
    m->attendance_waived = row->attendance_waived;
    m->exam_waived = row->exam_waived;
    add_clauses(arena, parts, row->rule_no, m);
    add_courses(arena, parts, row->rule_no, m);
    m->centicredits = row->centicredits;
    m->credits_of_outcome = row->credits_of_outcome;
    add_bands(arena, parts, row->rule_no, m);
    m->bucket_id = reply_text(arena, row->bucket_id);
}

/* None, where it was filed without. */
static Creditbank__V1__Periods *
reply_periods(struct arena *arena, const struct rulebook *row)
{
    Creditbank__V1__Periods *m;

    if (row->notice_days == 0 && row->acceptance_days == 0 && row->completion_days == 0 &&
        row->appeal_days == 0)
        return NULL;
    m = arena_alloc(arena, sizeof(*m));
    creditbank__v1__periods__init(m);
    m->notice_days = (uint32_t)row->notice_days;
    m->acceptance_days = (uint32_t)row->acceptance_days;
    m->completion_days = (uint32_t)row->completion_days;
    m->appeal_days = (uint32_t)row->appeal_days;
    return m;
}

static Creditbank__V1__RulebookFiled *
reply_filed(struct arena *arena, const struct rulebook_parts *parts)
{
    const struct rulebook *row = parts->rulebook;
    Creditbank__V1__RulebookFiled *m = arena_alloc(arena, sizeof(*m));

    creditbank__v1__rulebook_filed__init(m);
    m->rulebook_id = reply_text(arena, row->rulebook_id);
    m->version = (uint32_t)row->version;
    m->title = reply_text(arena, row->title);
    m->programme_id = reply_text(arena, row->programme_id);
    m->from_date = reply_date(arena, row->from_date);
    m->to_date = reply_date(arena, row->to_date);
    m->exemption_word = reply_text(arena, row->exemption_word);
    m->periods = reply_periods(arena, row);
    m->n_rules = parts->rule_count;
    m->rules = reply_list(arena, parts->rule_count, sizeof(**m->rules));
    for (size_t i = 0; i < parts->rule_count; i++)
        init_rule(arena, parts, &parts->rules[i], m->rules[i]);
    m->n_caps = parts->cap_count;
    m->caps = reply_list(arena, parts->cap_count, sizeof(**m->caps));
    for (size_t i = 0; i < parts->cap_count; i++)
        init_cap(arena, &parts->caps[i], m->caps[i]);
    return m;
}

Creditbank__V1__Rulebook *
reply_rulebook(struct arena *arena, const struct rulebook_parts *parts)
{
    const struct rulebook *row = parts->rulebook;
    Creditbank__V1__Rulebook *m = arena_alloc(arena, sizeof(*m));

    creditbank__v1__rulebook__init(m);
    m->school_id = reply_text(arena, row->school_id);
    m->filed = reply_filed(arena, parts);
    m->state = (Creditbank__V1__RulebookState)row->state;
    m->filed_entry = (uint64_t)row->filed_entry;
    m->published_entry = reply_entry_index(arena, row->published_entry);
    return m;
}
