/*
 * ApplicationService.CreateApplication: a learner applies; the bank signs for her.
 *
 *   create_application --find request--> got_request
 *     --show it--> shown, where it is booked already
 *     --load--> loaded (again while rows are missing) --sign, book, show--> shown
 *   shown --load the lines of the first submission--> shown, where they are not the last ones
 *
 * Number and request id come from one hash over account and request, so that a
 * repetition finds what the first one booked, or, at the same moment, books.
 *
 * The rows come in several rounds, each a snapshot of its own: who loses a race may
 * be told of the reserved course and not yet of the certificate. Every reason is true,
 * and what is booked is judged once more, under the ledger's lock.
 */
#include "api/application_shown.h"
#include "api/asked_lines.h"
#include "api/credentials.h"
#include "api/methods.h"
#include "convert/reply.h"
#include "convert/reply_application.h"
#include "store/log_read.h"

#define APPLICATION_NO_LEN 16

struct create_application {
    struct application_shown shown; /* first: application_show() finds it here */
    struct hash drawn;              /* its first 16 bytes are the request id */
    bool is_booked;
    struct line_applied *lines;
    struct loading loading;
};

static step_fn got_request, loaded, shown;

static struct hash
draw(struct call *call)
{
    static const uint8_t zero;
    const Creditbank__V1__CreateApplicationRequest *req = call_request(call);
    const struct slice parts[] = {
        slice_text("apply"),
        slice_make(&zero, 1),
        slice_text(call_caller(call)->account_no),
        slice_make(&zero, 1),
        slice_make(req->request_id.data, req->request_id.len),
    };

    return hash_sha256_parts(parts, ARRAY_COUNT(parts));
}

/* 80 bits of the hash in Crockford's base 32, other than those of the request id. */
static struct slice
application_no(struct call *call, const struct hash *drawn)
{
    static const char digits[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    char *text = arena_alloc(call_arena(call), APPLICATION_NO_LEN + 1);

    for (size_t i = 0; i < APPLICATION_NO_LEN; i++)
        text[i] = digits[drawn->bytes[REQUEST_ID_SIZE + i] & 31];
    return slice_text(text);
}

static struct step
create_application(struct call *call)
{
    const Creditbank__V1__CreateApplicationRequest *req = call_request(call);
    struct create_application *s = call_state(call);
    struct refusal_list refusals = {0};

    if (req->request_id.len != REQUEST_ID_SIZE)
        return call_refuse(call, REASON_FIELD_LENGTH, "request_id", "%zu, %d", req->request_id.len,
                           REQUEST_ID_SIZE);
    s->lines = asked_lines_read(call, req->lines, req->n_lines, &refusals);
    if (refusals.count > 0)
        return call_refuse_all(call, &refusals);
    s->drawn = draw(call);
    s->shown.application_no = application_no(call, &s->drawn);
    return store_has_request(call, slice_text(credentials_config(call)->operator_id),
                             slice_make(s->drawn.bytes, REQUEST_ID_SIZE), &s->is_booked,
                             got_request);
}

static struct step
got_request(struct call *call)
{
    struct create_application *s = call_state(call);

    s->shown.done = shown;
    if (s->is_booked)
        return application_show(call);
    loading_begin(call, &s->loading);
    return loaded(call);
}

static bool
same_lines(const struct line_applied *a, const struct line_applied *b)
{
    if (a->rule_no != b->rule_no ||
        !slice_equal(a->outcome.institution_id, b->outcome.institution_id) ||
        !slice_equal(a->outcome.outer_id, b->outcome.outer_id) ||
        a->course_codes.count != b->course_codes.count)
        return false;
    for (size_t i = 0; i < a->course_codes.count; i++)
        if (!slice_equal(a->course_codes.texts[i], b->course_codes.texts[i]))
            return false;
    return true;
}

/* The first field in which what was booked differs from what is asked for; NULL if none does. */
static const char *
difference(struct call *call, const struct line_applied *first, size_t first_count)
{
    const Creditbank__V1__CreateApplicationRequest *req = call_request(call);
    const struct create_application *s = call_state(call);

    if (!slice_is(s->shown.application.school_id, req->school_id))
        return "school_id";
    if (!slice_is(s->shown.application.rulebook_id, req->rulebook_id))
        return "rulebook_id";
    if (first_count != req->n_lines)
        return "lines";
    for (size_t i = 0; i < req->n_lines; i++)
        if (!same_lines(&first[i], &s->lines[i]))
            return "lines";
    return NULL;
}

static struct step
sign(struct call *call, int32_t version, const struct evaluation *evaluation)
{
    const Creditbank__V1__CreateApplicationRequest *req = call_request(call);
    struct create_application *s = call_state(call);
    struct arena *arena = call_arena(call);
    Creditbank__V1__ApplicationSubmitted *body = arena_alloc(arena, sizeof(*body));
    struct hash trace_hash = evaluation_trace(evaluation);
    Creditbank__V1__Item item;

    creditbank__v1__item__init(&item);
    creditbank__v1__application_submitted__init(body);
    body->account_no = reply_text(arena, slice_text(call_caller(call)->account_no));
    body->application_no = reply_text(arena, s->shown.application_no);
    body->school_id = reply_text(arena, slice_text(req->school_id));
    body->rulebook_id = reply_text(arena, slice_text(req->rulebook_id));
    body->version = (uint32_t)version;
    body->n_lines = req->n_lines;
    body->lines = reply_lines(arena, s->lines, req->n_lines);
    body->trace_hash = reply_hash(arena, &trace_hash);
    item.body_case = CREDITBANK__V1__ITEM__BODY_APPLICATION_SUBMITTED;
    item.application_submitted = body;
    return application_book(call, &item, s->drawn.bytes);
}

static struct step
loaded(struct call *call)
{
    const Creditbank__V1__CreateApplicationRequest *req = call_request(call);
    struct create_application *s = call_state(call);
    struct evaluation_request request = {
        .account_no = slice_text(call_caller(call)->account_no),
        .school_id = slice_text(req->school_id),
        .rulebook_id = slice_text(req->rulebook_id),
        .version = loading_version_in_force(&s->loading, slice_text(req->school_id),
                                            slice_text(req->rulebook_id)),
        .date = date_in_shanghai(call_now_us(call)),
        /* The same request may have been booked a moment ago: what it holds is this one's. */
        .application_no = s->shown.application_no,
        .line_count = req->n_lines,
        .lines = s->lines,
    };
    struct evaluation evaluation;
    struct refusal_list refusals = {0};

    evaluate(s->loading.world, &request, call_arena(call), &evaluation);
    if (world_has_missed(s->loading.world))
        return loading_load(call, &s->loading, loaded);
    asked_lines_judge(call, &evaluation, &refusals);
    if (refusals.count > 0)
        return call_refuse_all(call, &refusals);
    return sign(call, request.version, &evaluation);
}

/* It may have been submitted again since, with other lines: the request made the first ones. */
static struct step
shown(struct call *call)
{
    struct create_application *s = call_state(call);
    struct application submitted = s->shown.application;
    struct line_applied *lines;
    Creditbank__V1__CreateApplicationResponse *response;

    submitted.submission_no = 1;

    size_t count = application_lines(s->shown.loading.world, &submitted, call_arena(call), &lines);

    if (world_has_missed(s->shown.loading.world))
        return loading_load(call, &s->shown.loading, shown);

    const char *field = difference(call, lines, count);

    if (field != NULL)
        return call_refuse(call, REASON_REQUEST_ID_REUSED, field, "%lld",
                           (long long)s->shown.application.submit_entry);
    response = arena_alloc(call_arena(call), sizeof(*response));
    creditbank__v1__create_application_response__init(response);
    response->application = application_message(call);
    return call_reply(call, response);
}

const struct method application_create_application_method = {
    .name = "creditbank.v1.ApplicationService/CreateApplication",
    .start = create_application,
    .state_size = sizeof(struct create_application),
    .callers = MAY_LEARNER,
};
