/*
 * ApplicationService.ListApplications: a learner's own, or a school's queue; oldest first.
 *
 *   list_applications --list--> got_applications --their lines--> got_lines
 */
#include "api/methods.h"
#include "api/page.h"
#include "convert/reply_application.h"
#include "core/item.h"
#include "store/application.h"

struct list_applications {
    struct page page;
    struct rows applications;
    struct application_lines lines;
    size_t next_line, next_course; /* not shown yet */
};

static step_fn got_applications, got_lines;

static struct step
list_applications(struct call *call)
{
    const Creditbank__V1__ListApplicationsRequest *req = call_request(call);
    struct list_applications *s = call_state(call);
    struct application_page page = {
        .scope = scope_of(call), .state = (int32_t)req->state, .after_entry = -1};
    const struct refusal_list *refusals =
        page_read(call, req->page_size, req->page_token, 2, &s->page);

    if (refusals != NULL)
        return call_refuse_all(call, refusals);
    if (!s->page.is_first && !page_key_number(s->page.keys[0], &page.after_entry))
        return call_refuse(call, REASON_PAGE_TOKEN_WRONG, "page_token", "%s", "");
    page.after_no = s->page.keys[1];
    page.limit = s->page.size + 1;
    return store_list_applications(call, &page, &s->applications, got_applications);
}

static struct step
got_applications(struct call *call)
{
    struct list_applications *s = call_state(call);

    return store_list_application_lines(call, &s->applications, &s->lines, got_lines);
}

/* The courses of the next line, which stand next in their list. */
static struct text_list
take_courses(struct call *call, const struct application_line *line)
{
    struct list_applications *s = call_state(call);
    const struct application_course *courses =
        (const struct application_course *)s->lines.courses.at + s->next_course;
    size_t left = s->lines.courses.count - s->next_course;
    struct text_list codes = {0};

    while (codes.count < left && courses[codes.count].line_no == line->line_no &&
           slice_equal(courses[codes.count].application_no, line->application_no))
        codes.count++;
    codes.texts = arena_array(call_arena(call), codes.count, sizeof(struct slice));
    for (size_t i = 0; i < codes.count; i++)
        codes.texts[i] = courses[i].course_code;
    s->next_course += codes.count;
    return codes;
}

/* The lines of the next application, which stand next in their list. */
static size_t
take_lines(struct call *call, struct slice application_no, struct line_applied **lines)
{
    struct list_applications *s = call_state(call);
    const struct application_line *rows =
        (const struct application_line *)s->lines.lines.at + s->next_line;
    size_t left = s->lines.lines.count - s->next_line, count = 0;

    while (count < left && slice_equal(rows[count].application_no, application_no))
        count++;
    *lines = arena_array(call_arena(call), count, sizeof(**lines));
    for (size_t i = 0; i < count; i++)
        (*lines)[i] = (struct line_applied){
            .rule_no = (uint32_t)rows[i].rule_no,
            .outcome = {rows[i].institution_id, rows[i].outer_id},
            .course_codes = take_courses(call, &rows[i]),
        };
    s->next_line += count;
    return count;
}

static Creditbank__V1__Application *
make_application(struct call *call, const struct application *application)
{
    struct application_parts parts = {.application = application};
    struct line_applied *lines;

    parts.line_count = take_lines(call, application->application_no, &lines);
    parts.lines = lines;
    return reply_application(call_arena(call), &parts);
}

static struct step
got_lines(struct call *call)
{
    struct list_applications *s = call_state(call);
    struct arena *arena = call_arena(call);
    const struct application *rows = s->applications.at;
    size_t shown = page_shown(&s->page, s->applications.count);
    Creditbank__V1__ListApplicationsResponse *response = arena_alloc(arena, sizeof(*response));

    if (s->lines.lines.count > APPLICATION_ROWS_MAX ||
        s->lines.courses.count > APPLICATION_ROWS_MAX)
        return call_refuse(call, REASON_RESPONSE_TOO_LARGE, "page_size", "%s", "");
    creditbank__v1__list_applications_response__init(response);
    response->n_applications = shown;
    response->applications = arena_array(arena, shown, sizeof(*response->applications));
    for (size_t i = 0; i < shown; i++)
        response->applications[i] = make_application(call, &rows[i]);
    if (shown < s->applications.count) {
        const struct application *last = &rows[shown - 1];
        const struct slice keys[] = {page_number_key(call, last->submit_entry),
                                     last->application_no};

        response->next_page_token = page_token(call, keys, 2);
    }
    return call_reply(call, response);
}

const struct method application_list_applications_method = {
    .name = "creditbank.v1.ApplicationService/ListApplications",
    .start = list_applications,
    .state_size = sizeof(struct list_applications),
    .callers = MAY_LEARNER | MAY_SCHOOL,
};
