#include "api/learner_move.h"

static step_fn found;

struct step
learner_move(struct call *call, const struct learner_move *move, const char *application_no)
{
    struct learner_move_call *s = call_state(call);
    struct scope scope = scope_of(call);

    s->move = move;
    s->shown.application_no = slice_text(application_no);
    s->shown.done = move->shown;
    return store_find_application(call, &scope, s->shown.application_no, &s->shown.application,
                                  found);
}

static struct hash
make_request_id(struct call *call, const struct learner_move *move,
                const struct application *application)
{
    const char *text = arena_printf(
        call_arena(call), "%s %.*s %d", move->name, (int)application->application_no.len,
        (const char *)application->application_no.at, application->revision);

    return hash_sha256(slice_text(text));
}

static struct step
found(struct call *call)
{
    struct learner_move_call *s = call_state(call);
    const struct application *application = &s->shown.application;
    Creditbank__V1__Item item;
    struct hash request_id;

    if (application->state == (int32_t)s->move->to)
        return application_show(call);
    creditbank__v1__item__init(&item);
    s->move->fill(call_arena(call), application, &item);
    request_id = make_request_id(call, s->move, application);
    return application_book(call, &item, request_id.bytes);
}
