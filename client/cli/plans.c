#include "plans.h"

#include "import_context.h"

#include "creditbank/v1/catalogue_service.pb-c.h"

#include <inttypes.h>
#include <stdlib.h>

/* Plans are kept for the whole import: a school has few. */
#define COURSES_MAX 20000

static int
compare_courses(const void *a, const void *b)
{
    const struct plan_course *left = a, *right = b;
    int order = strcmp(left->programme_id, right->programme_id);

    return order != 0 ? order : strcmp(left->course_code, right->course_code);
}

static void
got_programme(struct batch *batch, const ProtobufCMessage *reply)
{
    const Creditbank__V1__ProgrammePublished *programme =
        ((const Creditbank__V1__GetProgrammeResponse *)reply)->programme;
    struct plans *plans = &((struct import_context *)batch_context(batch))->plans;

    if (programme == NULL)
        return;
    for (size_t i = 0; i < programme->n_courses && plans->course_count < COURSES_MAX; i++) {
        struct plan_course *course = &plans->courses[plans->course_count++];
        struct arena *arena = batch_cli(batch)->arena;

        course->programme_id = arena_text(arena, slice_text(programme->programme_id));
        course->course_code = arena_text(arena, slice_text(programme->courses[i]->course_code));
        course->centicredits = programme->courses[i]->centicredits;
    }
    if (plans->course_count > 0)
        qsort(plans->courses, plans->course_count, sizeof(*plans->courses), compare_courses);
}

/*
 * A batch that needs a plan which another one has just asked for would come too
 * early, so each plan is fetched by a call that the batch waits for.
 */
static void
fetch(struct batch *batch, const char *programme_id)
{
    Creditbank__V1__GetProgrammeRequest message;
    struct creditbank_request request = {.service = &creditbank__v1__catalogue_service__descriptor,
                                         .method = "GetProgramme",
                                         .message = &message.base};
    const char *school_id = cli_need(batch_cli(batch), PROFILE_INSTITUTION);

    creditbank__v1__get_programme_request__init(&message);
    if (school_id == NULL)
        return;
    message.school_id = (char *)(uintptr_t)school_id;
    message.programme_id = (char *)(uintptr_t)programme_id;
    batch_call(batch, &request, got_programme);
}

static bool
is_known(const struct plans *plans, const char *programme_id)
{
    for (size_t i = 0; i < plans->course_count; i++)
        if (strcmp(plans->courses[i].programme_id, programme_id) == 0)
            return true;
    return false;
}

void
plans_look_up(struct batch *batch)
{
    struct plans *plans = &((struct import_context *)batch_context(batch))->plans;
    const char *last = "";

    if (plans->courses == NULL)
        plans->courses = arena_array(batch_cli(batch)->arena, COURSES_MAX, sizeof(*plans->courses));
    for (size_t i = 0; i < batch->row_count; i++) {
        const char *programme_id = batch->rows[i].programme_id;

        if (programme_id == NULL || strcmp(programme_id, last) == 0 ||
            is_known(plans, programme_id))
            continue;
        last = programme_id;
        fetch(batch, programme_id);
    }
}

bool
plans_course(const struct batch *batch, const char *programme_id, const char *course_code,
             int64_t *centicredits)
{
    const struct plans *plans = &((struct import_context *)batch_context(batch))->plans;
    struct plan_course wanted = {.programme_id = programme_id, .course_code = course_code};
    const struct plan_course *found = plans->course_count == 0
                                          ? NULL
                                          : bsearch(&wanted, plans->courses, plans->course_count,
                                                    sizeof(wanted), compare_courses);

    if (found == NULL)
        return false;
    *centicredits = found->centicredits;
    return true;
}
