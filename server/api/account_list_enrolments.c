/*
 * AccountService.ListEnrolments: the learners enrolled at the caller's school.
 *
 *   list_enrolments --list--> got_enrolments
 */
#include "api/methods.h"
#include "api/page.h"
#include "convert/reply_account.h"
#include "store/account.h"

struct list_enrolments {
    struct page page;
    struct rows rows;
};

static step_fn got_enrolments;

static struct step
list_enrolments(struct call *call)
{
    const Creditbank__V1__ListEnrolmentsRequest *req = call_request(call);
    struct list_enrolments *s = call_state(call);
    struct enrolment_page wanted = {
        .school_id = slice_text(call_caller(call)->institution_id),
        .programme_id = slice_text(req->programme_id),
    };
    const struct refusal_list *refusals =
        page_read(call, req->page_size, req->page_token, 1, &s->page);

    if (refusals != NULL)
        return call_refuse_all(call, refusals);
    wanted.after = s->page.keys[0];
    wanted.limit = s->page.size + 1;
    return store_list_enrolments(call, &wanted, &s->rows, got_enrolments);
}

static struct step
got_enrolments(struct call *call)
{
    struct list_enrolments *s = call_state(call);
    struct arena *arena = call_arena(call);
    const struct enrolment *rows = s->rows.at;
    size_t shown = page_shown(&s->page, s->rows.count);
    Creditbank__V1__ListEnrolmentsResponse *response = arena_alloc(arena, sizeof(*response));

    creditbank__v1__list_enrolments_response__init(response);
    response->n_enrolments = shown;
    response->enrolments = reply_enrolments(arena, rows, shown);
    if (shown < s->rows.count)
        response->next_page_token = page_token(call, &rows[shown - 1].student_no, 1);
    return call_reply(call, response);
}

const struct method account_list_enrolments_method = {
    .name = "creditbank.v1.AccountService/ListEnrolments",
    .start = list_enrolments,
    .state_size = sizeof(struct list_enrolments),
    .callers = MAY_SCHOOL,
};
