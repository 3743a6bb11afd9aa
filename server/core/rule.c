/* A rule as it is filed: its condition, its courses, what it gives. */
#include "core/rule.h"

#include "core/check.h"
#include "core/clause.h"

#define RULE_COURSES_MAX 16
#define AGE_MAX_YEARS 50
#define VALID_DAYS_MAX 3660
#define COURSE_CENTICREDITS_MAX 10000
#define BANDS_MAX 20
#define CENTISCORE_MAX 10000
#define AMOUNT_MAX 100000 /* hundredths of credits or hours */

static void
check_issuers(struct context *context, const struct text_list *issuers)
{
    if (!check_range(context, "rules.clauses.issuers.institution_ids", (int64_t)issuers->count, 1,
                     CLAUSE_ISSUERS_MAX))
        return;
    for (size_t i = 0; i < issuers->count; i++)
        check_id(context, "rules.clauses.issuers.institution_ids", issuers->texts[i],
                 ID_INSTITUTION);
    check_ascending(context, "rules.clauses.issuers.institution_ids", issuers);
}

static void
check_clause(struct context *context, const struct clause *clause)
{
    switch (clause->test) {
    case CLAUSE_FAMILY:
        check_id(context, "rules.clauses.family_id", clause->text, ID_CATALOGUE);
        return;
    case CLAUSE_GRADE_AT_LEAST:
        check_text(context, "rules.clauses.grade_at_least.scheme_id", clause->text, 16);
        check_range(context, "rules.clauses.grade_at_least.grade", clause->number, 1, 9);
        return;
    case CLAUSE_SCORE_AT_LEAST:
        if (check_range(context, "rules.clauses.score_at_least.scheme", (int64_t)clause->scheme,
                        GRADING_PERCENTAGE, GRADING_FIVE_GRADE))
            check_score(context, clause->scheme, clause->number);
        return;
    case CLAUSE_MAX_AGE:
        check_range(context, "rules.clauses.max_age_years", clause->number, 1, AGE_MAX_YEARS);
        return;
    case CLAUSE_ISSUERS:
        check_issuers(context, &clause->issuers);
        return;
    case CLAUSE_CERTIFICATE:
        check_id(context, "rules.clauses.certificate_id", clause->text, ID_CATALOGUE);
        return;
    case CLAUSE_KIND:
        check_range(context, "rules.clauses.outcome_kind", clause->number, OUTCOME_COURSE_RESULT,
                    OUTCOME_CERTIFICATE);
        return;
    case CLAUSE_CREDITS_AT_LEAST:
        check_range(context, "rules.clauses.centicredits_at_least", clause->number, 1, AMOUNT_MAX);
        return;
    case CLAUSE_HOURS_AT_LEAST:
        check_range(context, "rules.clauses.centihours_at_least", clause->number, 1, AMOUNT_MAX);
        return;
    case CLAUSE_VALID_DAYS:
        check_range(context, "rules.clauses.valid_days", clause->number, 1, VALID_DAYS_MAX);
        return;
    case CLAUSE_PARTS:
        check_range(context, "rules.clauses.parts", clause->number, PARTS_ALL, PARTS_NONE);
        return;
    case CLAUSE_PARTS_AT_LEAST:
        return; /* check_group() knows how many there are */
    }
    refuse(context, "rules.clauses", REASON_FIELD_REQUIRED, "%s", "test");
}

/*
 * A part comes after its group, so there are no circles; and each but the first
 * is of one group, so there is one tree. Whether that is so.
 */
static bool
check_part(struct context *context, const struct rule_place *place, const struct clause *clauses,
           size_t index, int *levels)
{
    uint32_t part_of = clauses[index].part_of;

    if (index == 0 ? part_of != 0
                   : part_of == 0 || part_of > index ||
                         !clause_is_group((int32_t)clauses[part_of - 1].test)) {
        refuse(context, "rules.clauses.part_of", REASON_CLAUSE_NOT_PLACED, "%d.%zu", place->rule_no,
               index + 1);
        return false;
    }
    levels[index] = index == 0 ? 1 : levels[part_of - 1] + 1;
    if (levels[index] > CLAUSE_LEVELS_MAX)
        refuse(context, "rules.clauses.part_of", REASON_CLAUSE_TOO_DEEP, "%d.%zu", place->rule_no,
               index + 1);
    return true;
}

static void
check_group(struct context *context, const struct rule_place *place, const struct rule_filed *rule,
            size_t index)
{
    const struct clause *clause = &rule->clauses[index];
    int64_t part_count = 0;

    if (!clause_is_group((int32_t)clause->test))
        return;
    for (size_t i = index + 1; i < rule->clause_count; i++)
        part_count += rule->clauses[i].part_of == index + 1;
    if (part_count == 0)
        refuse(context, "rules.clauses", REASON_CLAUSE_WITHOUT_PARTS, "%d.%zu", place->rule_no,
               index + 1);
    else if (clause->test == CLAUSE_PARTS_AT_LEAST)
        check_range(context, "rules.clauses.parts_at_least", clause->number, 1, part_count);
}

static void
check_clauses(struct context *context, const struct rule_place *place,
              const struct rule_filed *rule)
{
    int levels[CLAUSES_MAX];
    bool placed = true;

    for (size_t i = 0; i < rule->clause_count; i++)
        check_clause(context, &rule->clauses[i]);
    for (size_t i = 0; i < rule->clause_count && placed; i++)
        placed = check_part(context, place, rule->clauses, i, levels);
    for (size_t i = 0; i < rule->clause_count; i++)
        check_group(context, place, rule, i);
}

/* What stands in the one text of a clause's row: of issuers all, with commas between. */
static struct slice
clause_text(struct context *context, const struct clause *clause)
{
    const struct text_list *issuers = &clause->issuers;
    size_t size = issuers->count, len = 0;
    char *text;

    if (clause->test != CLAUSE_ISSUERS)
        return clause->text;
    for (size_t i = 0; i < issuers->count; i++)
        size += issuers->texts[i].len;
    text = arena_alloc(context->arena, size);
    for (size_t i = 0; i < issuers->count; i++) {
        if (issuers->texts[i].len > 0)
            memcpy(text + len, issuers->texts[i].at, issuers->texts[i].len);
        len += issuers->texts[i].len;
        text[len++] = ',';
    }
    return slice_make(text, len > 0 ? len - 1 : 0);
}

static void
put_clauses(struct context *context, const struct rule_place *place, const struct rule_filed *rule)
{
    for (size_t i = 0; i < rule->clause_count; i++) {
        const struct clause *clause = &rule->clauses[i];

        world_put(context->world, TABLE_RULE_CLAUSE,
                  &(struct rule_clause){
                      .school_id = place->school_id,
                      .rulebook_id = place->rulebook_id,
                      .version = place->version,
                      .rule_no = place->rule_no,
                      .clause_no = (int32_t)i + 1,
                      .part_of = (int32_t)clause->part_of,
                      .test = (int32_t)clause->test,
                      .text = clause_text(context, clause),
                      .number = clause->number,
                      .scheme = (int32_t)clause->scheme,
                  });
    }
}

static void
check_mark(struct context *context, const struct mark *mark)
{
    if (check_range(context, "rules.results.mark.scheme", (int64_t)mark->scheme, GRADING_PERCENTAGE,
                    GRADING_FIVE_GRADE))
        check_score(context, mark->scheme, mark->centiscore);
}

/* One mark, whatever the score. */
static void
check_single_band(struct context *context, const struct rule_filed *rule)
{
    const struct result_band *band = &rule->bands[0];

    check_range(context, "rules.results", (int64_t)rule->band_count, 1, 1);
    check_range(context, "rules.results.from_centiscore", band->from_centiscore, 0, 0);
    check_range(context, "rules.results.to_centiscore", band->to_centiscore, 0, 0);
    check_mark(context, &band->mark);
}

/* From 0 to the highest score, each where the one before ends. */
static void
check_bands(struct context *context, const struct rule_place *place, const struct rule_filed *rule)
{
    int64_t next = 0, scheme = (int64_t)rule->bands[0].scheme;

    check_range(context, "rules.results.scheme", scheme, GRADING_PERCENTAGE, GRADING_FIVE_GRADE);
    for (size_t i = 0; i < rule->band_count; i++) {
        const struct result_band *band = &rule->bands[i];

        check_range(context, "rules.results.scheme", (int64_t)band->scheme, scheme, scheme);
        if (band->from_centiscore != next)
            refuse(context, "rules.results.from_centiscore",
                   band->from_centiscore > next ? REASON_BANDS_GAP : REASON_BANDS_OVERLAP, "%d.%zu",
                   place->rule_no, i + 1);
        if (!check_range(context, "rules.results.to_centiscore", band->to_centiscore,
                         band->from_centiscore, CENTISCORE_MAX))
            return;
        next = band->to_centiscore + 1;
        if (band->mark.scheme != 0)
            check_mark(context, &band->mark);
    }
    if (next != CENTISCORE_MAX + 1)
        refuse(context, "rules.results.to_centiscore", REASON_BANDS_GAP, "%d.%zu", place->rule_no,
               rule->band_count);
}

static void
put_bands(struct context *context, const struct rule_place *place, const struct rule_filed *rule)
{
    if (rule->band_count > 0 && rule->bands[0].scheme == 0)
        check_single_band(context, rule);
    else if (rule->band_count > 0)
        check_bands(context, place, rule);
    for (size_t i = 0; i < rule->band_count; i++) {
        const struct result_band *band = &rule->bands[i];

        world_put(context->world, TABLE_RULE_BAND,
                  &(struct rule_band){
                      .school_id = place->school_id,
                      .rulebook_id = place->rulebook_id,
                      .version = place->version,
                      .rule_no = place->rule_no,
                      .band_no = (int32_t)i + 1,
                      .scheme = (int32_t)band->scheme,
                      .from_centiscore = band->from_centiscore,
                      .to_centiscore = band->to_centiscore,
                      .mark_scheme = (int32_t)band->mark.scheme,
                      .mark_centiscore = band->mark.centiscore,
                  });
    }
}

/* A rule speaks of courses of the plan from which there can be an exemption. */
static void
put_courses(struct context *context, const struct rule_place *place, const struct rule_filed *rule)
{
    check_ascending(context, "rules.course_codes", &rule->course_codes);
    for (size_t i = 0; i < rule->course_codes.count; i++) {
        struct slice code = rule->course_codes.texts[i];
        const struct course *course =
            world_find(context->world, TABLE_COURSE,
                       &(struct course){.school_id = place->school_id,
                                        .programme_id = place->programme_id,
                                        .course_code = code});

        if (course == NULL)
            refuse(context, "rules.course_codes", REASON_COURSE_UNKNOWN, "%.*s", (int)code.len,
                   (const char *)code.at);
        else if (course->excluded)
            refuse(context, "rules.course_codes", REASON_COURSE_EXCLUDED, "%.*s", (int)code.len,
                   (const char *)code.at);
        world_put(context->world, TABLE_RULE_COURSE,
                  &(struct rule_course){
                      .school_id = place->school_id,
                      .rulebook_id = place->rulebook_id,
                      .version = place->version,
                      .rule_no = place->rule_no,
                      .course_code = code,
                  });
    }
}

void
rule_put(struct context *context, const struct rule_place *place, const struct rule_filed *rule)
{
    check_text(context, "rules.title", rule->title, 200);
    if (!rule->attendance_waived && !rule->exam_waived)
        refuse(context, "rules.attendance_waived", REASON_WAIVES_NOTHING, "%d", place->rule_no);
    if (!check_range(context, "rules.clauses", (int64_t)rule->clause_count, 1, CLAUSES_MAX) ||
        !check_range(context, "rules.course_codes", (int64_t)rule->course_codes.count, 1,
                     RULE_COURSES_MAX) ||
        !check_range(context, "rules.results", (int64_t)rule->band_count, 0, BANDS_MAX))
        return;
    check_range(context, "rules.centicredits", rule->centicredits, 0, COURSE_CENTICREDITS_MAX);
    if (rule->bucket_id.len > 0)
        check_id(context, "rules.bucket_id", rule->bucket_id, ID_LOCAL);
    world_put(context->world, TABLE_RULE,
              &(struct rule){
                  .school_id = place->school_id,
                  .rulebook_id = place->rulebook_id,
                  .version = place->version,
                  .rule_no = place->rule_no,
                  .title = rule->title,
                  .attendance_waived = rule->attendance_waived,
                  .exam_waived = rule->exam_waived,
                  .centicredits = rule->centicredits,
                  .credits_of_outcome = rule->credits_of_outcome,
                  .bucket_id = rule->bucket_id,
              });
    check_clauses(context, place, rule);
    put_clauses(context, place, rule);
    put_courses(context, place, rule);
    put_bands(context, place, rule);
}
