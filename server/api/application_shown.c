/*
 *   application_show --find--> found --load--> loaded (again while rows are missing)
 *     --list moves--> done
 *
 *   application_book --sign--> got_signature --book--> application_show …
 */
#include "api/application_shown.h"

#include "convert/reply_application.h"

static step_fn found, loaded, got_signature;

struct step
application_book(struct call *call, Creditbank__V1__Item *item,
                 const uint8_t request_id[REQUEST_ID_SIZE])
{
    struct application_shown *s = call_state(call);

    return service_transaction_sign(call, &s->transaction, item, request_id, got_signature);
}

static struct step
got_signature(struct call *call)
{
    struct application_shown *s = call_state(call);

    return service_transaction_book(call, &s->transaction, application_show);
}

struct step
application_show(struct call *call)
{
    struct application_shown *s = call_state(call);

    s->scope = scope_of(call);
    return store_find_application(call, &s->scope, s->application_no, &s->application, found);
}

static struct step
found(struct call *call)
{
    struct application_shown *s = call_state(call);

    loading_begin(call, &s->loading);
    return loaded(call);
}

static struct step
loaded(struct call *call)
{
    struct application_shown *s = call_state(call);

    application_evaluate(s->loading.world, &s->application, call_arena(call), &s->evaluation);
    if (world_has_missed(s->loading.world))
        return loading_load(call, &s->loading, loaded);
    return store_list_application_moves(call, &s->scope, &s->application, &s->moves, s->done);
}

Creditbank__V1__Application *
application_message(struct call *call)
{
    const struct application_shown *s = call_state(call);
    struct arena *arena = call_arena(call);
    struct line_applied *lines = arena_array(arena, s->evaluation.finding_count, sizeof(*lines));
    struct exemption_granted *exemptions;
    size_t exemption_count = evaluation_exemptions(&s->evaluation, arena, &exemptions);

    for (size_t i = 0; i < s->evaluation.finding_count; i++)
        lines[i] = *s->evaluation.findings[i].line;
    return reply_application(arena, &(struct application_parts){
                                        .application = &s->application,
                                        .line_count = s->evaluation.finding_count,
                                        .move_count = s->moves.count,
                                        .exemption_count = exemption_count,
                                        .lines = lines,
                                        .moves = s->moves.at,
                                        .exemptions = exemptions,
                                    });
}
