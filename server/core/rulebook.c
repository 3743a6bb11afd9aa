/* Rulebooks: filed by a school, version after version; published by the operator. */
#include "core/check.h"

#include <inttypes.h>

#define RULES_MAX 200
#define CLAUSES_MAX 16
#define RULE_COURSES_MAX 16
#define AGE_MAX_YEARS 50

/* Which rule of which rulebook is being filed. */
struct place {
    struct slice school_id, rulebook_id, programme_id;
    int32_t version, rule_no;
};

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
    case CLAUSE_ISSUER:
        check_id(context, "rules.clauses.issuer_id", clause->text, ID_INSTITUTION);
        return;
    }
    refuse(context, "rules.clauses", REASON_FIELD_REQUIRED, "%s", "test");
}

static void
put_clauses(struct context *context, const struct place *place, const struct rule_filed *rule)
{
    for (size_t i = 0; i < rule->clause_count; i++) {
        const struct clause *clause = &rule->clauses[i];

        check_clause(context, clause);
        world_put(context->world, TABLE_RULE_CLAUSE,
                  &(struct rule_clause){
                      .school_id = place->school_id,
                      .rulebook_id = place->rulebook_id,
                      .version = place->version,
                      .rule_no = place->rule_no,
                      .clause_no = (int32_t)i + 1,
                      .test = (int32_t)clause->test,
                      .text = clause->text,
                      .number = clause->number,
                      .scheme = (int32_t)clause->scheme,
                  });
    }
}

/* A rule speaks of courses of the plan from which there can be an exemption. */
static void
put_courses(struct context *context, const struct place *place, const struct rule_filed *rule)
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

static void
put_rule(struct context *context, const struct place *place, const struct rule_filed *rule)
{
    check_text(context, "rules.title", rule->title, 200);
    if (!rule->attendance_waived && !rule->exam_waived)
        refuse(context, "rules.attendance_waived", REASON_WAIVES_NOTHING, "%d", place->rule_no);
    if (!check_range(context, "rules.clauses", (int64_t)rule->clause_count, 1, CLAUSES_MAX) ||
        !check_range(context, "rules.course_codes", (int64_t)rule->course_codes.count, 1,
                     RULE_COURSES_MAX))
        return;
    world_put(context->world, TABLE_RULE,
              &(struct rule){
                  .school_id = place->school_id,
                  .rulebook_id = place->rulebook_id,
                  .version = place->version,
                  .rule_no = place->rule_no,
                  .title = rule->title,
                  .attendance_waived = rule->attendance_waived,
                  .exam_waived = rule->exam_waived,
              });
    put_clauses(context, place, rule);
    put_courses(context, place, rule);
}

/* Versions are filed in order, each once. */
static void
put_head(struct context *context, const struct place *place)
{
    struct rulebook_head head = {.school_id = place->school_id, .rulebook_id = place->rulebook_id};
    const struct rulebook_head *known = world_find(context->world, TABLE_RULEBOOK_HEAD, &head);

    if (known != NULL)
        head = *known;
    if (place->version != head.filed_version + 1)
        refuse(context, "version", REASON_RULEBOOK_VERSION, "%d", head.filed_version + 1);
    head.filed_version = place->version;
    world_put(context->world, TABLE_RULEBOOK_HEAD, &head);
}

void
file_rulebook(struct context *context, const struct item *item)
{
    const struct rulebook_filed *filed = &item->rulebook_filed;
    struct place place = {
        .school_id = context->transaction->institution_id,
        .rulebook_id = filed->rulebook_id,
        .programme_id = filed->programme_id,
        .version = (int32_t)filed->version,
    };

    if (!check_id(context, "rulebook_id", filed->rulebook_id, ID_LOCAL) ||
        !check_range(context, "version", filed->version, 1, 1000000) ||
        !check_range(context, "rules", (int64_t)filed->rule_count, 0, RULES_MAX))
        return;
    if (filed->rule_count == 0)
        refuse(context, "rules", REASON_RULES_NONE, "%s", "");
    check_text(context, "title", filed->title, 200);
    check_text(context, "exemption_word", filed->exemption_word, 30);
    check_period(context, "to_date", filed->from_date, filed->to_date);
    if (world_find(context->world, TABLE_PROGRAMME,
                   &(struct programme){.school_id = place.school_id,
                                       .programme_id = filed->programme_id}) == NULL)
        refuse(context, "programme_id", REASON_PROGRAMME_UNKNOWN, "%.*s",
               (int)filed->programme_id.len, (const char *)filed->programme_id.at);
    put_head(context, &place);
    world_put(context->world, TABLE_RULEBOOK,
              &(struct rulebook){
                  .school_id = place.school_id,
                  .rulebook_id = filed->rulebook_id,
                  .version = place.version,
                  .title = filed->title,
                  .programme_id = filed->programme_id,
                  .from_date = filed->from_date,
                  .to_date = filed->to_date,
                  .exemption_word = filed->exemption_word,
                  .state = RULEBOOK_FILED,
                  .filed_entry = context->position.entry_index,
                  .filed_item = (int32_t)context->item_index,
                  .published_entry = ENTRY_NONE,
              });
    for (size_t i = 0; i < filed->rule_count; i++) {
        place.rule_no = (int32_t)i + 1;
        put_rule(context, &place, &filed->rules[i]);
    }
}

void
publish_rulebook(struct context *context, const struct item *item)
{
    const struct rulebook_published *published = &item->rulebook_published;
    struct rulebook key = {
        .school_id = published->school_id,
        .rulebook_id = published->rulebook_id,
        .version = (int32_t)published->version,
    };
    const struct rulebook *rulebook = world_find(context->world, TABLE_RULEBOOK, &key);
    const struct rulebook_head *head =
        world_find(context->world, TABLE_RULEBOOK_HEAD,
                   &(struct rulebook_head){.school_id = published->school_id,
                                           .rulebook_id = published->rulebook_id});

    if (head == NULL) {
        refuse(context, "rulebook_id", REASON_RULEBOOK_UNKNOWN, "%.*s",
               (int)published->rulebook_id.len, (const char *)published->rulebook_id.at);
        return;
    }
    if (rulebook == NULL) {
        refuse(context, "version", REASON_RULEBOOK_VERSION_UNKNOWN, "%" PRIu32, published->version);
        return;
    }
    if (rulebook->state != RULEBOOK_FILED || key.version < head->published_version)
        refuse(context, "version", REASON_RULEBOOK_NOT_FILED, "%d", head->published_version);

    struct rulebook row = *rulebook;
    struct rulebook_head head_row = *head;

    row.state = RULEBOOK_PUBLISHED;
    row.published_entry = context->position.entry_index;
    head_row.published_version = key.version;
    world_put(context->world, TABLE_RULEBOOK, &row);
    world_put(context->world, TABLE_RULEBOOK_HEAD, &head_row);
}
