/*
 * SessionService.ListSessions: the learner's open sessions, newest first.
 *
 *   list_sessions --list--> got_sessions
 */
#include "api/methods.h"
#include "base/hex.h"
#include "convert/reply.h"
#include "convert/reply_entry.h"
#include "creditbank/v1/session_service.pb-c.h"
#include "store/session.h"

struct list_sessions {
    struct session_list list;
};

static step_fn got_sessions;

static struct step
list_sessions(struct call *call)
{
    struct list_sessions *s = call_state(call);

    return store_list_sessions(call, slice_text(call_caller(call)->account_no), &s->list,
                               got_sessions);
}

static void
fill(struct call *call, const struct session *session, Creditbank__V1__Session *message)
{
    struct arena *arena = call_arena(call);
    char id[2 * SESSION_ID_SIZE + 1];

    creditbank__v1__session__init(message);
    hex_format(slice_make(session->session_id, SESSION_ID_SIZE), id);
    message->session_id = reply_text(arena, slice_text(id));
    message->create_time = reply_time(arena, session->create_time_us);
    message->expire_time = reply_time(arena, session->expire_time_us);
    message->address = reply_text(arena, session->address);
    message->current =
        memcmp(session->session_id, call_caller(call)->session_id, SESSION_ID_SIZE) == 0;
}

static struct step
got_sessions(struct call *call)
{
    struct list_sessions *s = call_state(call);
    struct arena *arena = call_arena(call);
    Creditbank__V1__ListSessionsResponse *response = arena_alloc(arena, sizeof(*response));

    creditbank__v1__list_sessions_response__init(response);
    response->n_sessions = s->list.count;
    response->sessions = reply_list(arena, s->list.count, sizeof(**response->sessions));
    for (size_t i = 0; i < s->list.count; i++)
        fill(call, &s->list.sessions[i], response->sessions[i]);
    return call_reply(call, response);
}

const struct method session_list_sessions_method = {
    .name = "creditbank.v1.SessionService/ListSessions",
    .start = list_sessions,
    .state_size = sizeof(struct list_sessions),
    .callers = MAY_LEARNER,
};
