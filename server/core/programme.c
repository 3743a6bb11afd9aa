/* A school's programme of a major and cohort, with its courses. */
#include "core/check.h"

#define COURSES_MAX 300

static void
put_course(struct context *context, const struct programme_published *published,
           const struct programme_course *course)
{
    struct course row = {
        .school_id = context->transaction->institution_id,
        .programme_id = published->programme_id,
        .course_code = course->course_code,
        .name = course->name,
        .kind = (int32_t)course->kind,
        .centihours = course->centihours,
        .centicredits = course->centicredits,
        .required = course->required,
        .excluded = course->excluded,
    };

    check_id(context, "courses.course_code", course->course_code, ID_LOCAL);
    check_text(context, "courses.name", course->name, 120);
    check_range(context, "courses.kind", (int64_t)course->kind, COURSE_THEORY, COURSE_PRACTICE);
    check_range(context, "courses.centihours", course->centihours, 1, 100000);
    check_range(context, "courses.centicredits", course->centicredits, 1, 10000);
    world_put(context->world, TABLE_COURSE, &row);
}

static void
check_courses(struct context *context, const struct programme_published *published)
{
    struct text_list codes = {
        .count = published->course_count,
        .texts = arena_array(context->arena, published->course_count, sizeof(struct slice)),
    };

    for (size_t i = 0; i < published->course_count; i++)
        codes.texts[i] = published->courses[i].course_code;
    check_ascending(context, "courses.course_code", &codes);
}

void
publish_programme(struct context *context, const struct item *item)
{
    const struct programme_published *published = &item->programme_published;
    struct programme row = {
        .school_id = context->transaction->institution_id,
        .programme_id = published->programme_id,
        .major_code = published->major_code,
        .name = published->name,
        .cohort = (int32_t)published->cohort,
        .graduation_centicredits = published->graduation_centicredits,
        .entry_index = context->position.entry_index,
        .item_index = (int32_t)context->item_index,
    };

    if (!check_id(context, "programme_id", published->programme_id, ID_LOCAL) ||
        !check_range(context, "courses", (int64_t)published->course_count, 1, COURSES_MAX))
        return;
    check_id(context, "major_code", published->major_code, ID_DIGITS_6);
    check_text(context, "name", published->name, 120);
    check_range(context, "cohort", published->cohort, 2000, 2199);
    check_range(context, "graduation_centicredits", published->graduation_centicredits, 1, 100000);
    if (world_find(context->world, TABLE_PROGRAMME, &row) != NULL)
        refuse(context, "programme_id", REASON_ALREADY_EXISTS, "%.*s",
               (int)published->programme_id.len, (const char *)published->programme_id.at);
    world_put(context->world, TABLE_PROGRAMME, &row);
    check_courses(context, published);
    for (size_t i = 0; i < published->course_count && context->refusals->count < REFUSALS_MAX; i++)
        put_course(context, published, &published->courses[i]);
}
