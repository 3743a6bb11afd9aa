/*
 * AccountService.BatchGetEnrolments: the accounts behind the caller's own student numbers.
 *
 *   batch_get_enrolments --find--> got_enrolments
 */
#include "api/methods.h"
#include "convert/reply_account.h"
#include "store/account.h"

#define STUDENT_NOS_MAX 1000

struct batch_get_enrolments {
    struct rows rows;
};

static step_fn got_enrolments;

static struct step
batch_get_enrolments(struct call *call)
{
    const Creditbank__V1__BatchGetEnrolmentsRequest *req = call_request(call);
    struct batch_get_enrolments *s = call_state(call);
    struct text_list numbers = {.count = req->n_student_nos};

    if (numbers.count < 1 || numbers.count > STUDENT_NOS_MAX)
        return call_refuse(call, REASON_FIELD_RANGE, "student_nos", "1..%d", STUDENT_NOS_MAX);
    numbers.texts = arena_array(call_arena(call), numbers.count, sizeof(*numbers.texts));
    for (size_t i = 0; i < numbers.count; i++)
        numbers.texts[i] = slice_text(req->student_nos[i]);
    return store_find_enrolments(call, slice_text(call_caller(call)->institution_id), &numbers,
                                 &s->rows, got_enrolments);
}

static struct step
got_enrolments(struct call *call)
{
    struct batch_get_enrolments *s = call_state(call);
    struct arena *arena = call_arena(call);
    Creditbank__V1__BatchGetEnrolmentsResponse *response = arena_alloc(arena, sizeof(*response));

    creditbank__v1__batch_get_enrolments_response__init(response);
    response->n_enrolments = s->rows.count;
    response->enrolments = reply_enrolments(arena, s->rows.at, s->rows.count);
    return call_reply(call, response);
}

const struct method account_batch_get_enrolments_method = {
    .name = "creditbank.v1.AccountService/BatchGetEnrolments",
    .start = batch_get_enrolments,
    .state_size = sizeof(struct batch_get_enrolments),
    .callers = MAY_SCHOOL,
};
