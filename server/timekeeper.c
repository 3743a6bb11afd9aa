/*
 *   a second --> periods over --> for each: period end --> refused? once more, to be decided anew
 *
 * A turn begins only when all of the one before has ended. After one in which
 * something failed, the next comes later.
 */
#include "timekeeper.h"

#include "api/period_end.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/panic.h"
#include "core/application.h"
#include "flow/call_private.h"
#include "store/rows.h"

#include <assert.h>
#include <event2/event.h>

#define TURN_S 1
#define TURN_AFTER_FAILURE_S 30
#define CALL_BYTES_MAX ((size_t)4 << 20)

struct timekeeper {
    const struct runtime *runtime;
    struct event *turn;
    size_t running;          /* calls under way */
    size_t ended;            /* periods, in this turn */
    enum reason failed_with; /* the last that failed in this turn; REASON_NONE: none did */
    bool is_stopping;
    void (*stopped)(void *arg);
    void *stopped_arg;
};

static void
wait(struct timekeeper *keeper)
{
    bool failed = keeper->failed_with != REASON_NONE;
    const struct timeval pause = {failed ? TURN_AFTER_FAILURE_S : TURN_S, 0};

    if (evtimer_add(keeper->turn, &pause) != 0)
        panic("timekeeper: the loop takes no timer");
}

static void
end_turn(struct timekeeper *keeper)
{
    if (keeper->ended > 0)
        log_info("periods ended count=%zu", keeper->ended);
    if (keeper->failed_with != REASON_NONE)
        log_warn("a period could not be ended reason=%s", reason_text(keeper->failed_with)->code);
    if (!keeper->is_stopping)
        wait(keeper);
    else
        keeper->stopped(keeper->stopped_arg);
}

/* A call is over: the turn, with the last one. */
static void
leave(struct timekeeper *keeper)
{
    if (--keeper->running == 0)
        end_turn(keeper);
}

static void
start(struct timekeeper *keeper, const struct method *method, struct arena *arena,
      const void *request, void (*on_end)(void *arg, const struct call *call))
{
    struct call *call = call_new(method, keeper->runtime, arena);

    call->request = request;
    call->on_end = on_end;
    call->on_end_arg = keeper;
    keeper->running++;
    call_start(call, method->start);
}

static enum reason
failure_of(const struct call *call)
{
    if (call->status == STATUS_OK)
        return REASON_NONE;
    return call->refusals.first != NULL ? call->refusals.first->reason : REASON_INTERNAL_ERROR;
}

static void period_ended(void *arg, const struct call *call);

static void
end_period(struct timekeeper *keeper, const struct application *application,
           enum application_state state)
{
    struct arena *arena = arena_new(CALL_BYTES_MAX);
    struct period_end_request *request = arena_alloc(arena, sizeof(*request));

    request->application = *application;
    request->application.application_no = arena_copy(arena, application->application_no);
    request->application.account_no = arena_copy(arena, application->account_no);
    request->state = state;
    start(keeper, &period_end_method, arena, request, period_ended);
}

static void
period_ended(void *arg, const struct call *call)
{
    const struct period_end_request *request = call->request;
    struct timekeeper *keeper = arg;
    enum reason reason = failure_of(call);

    switch ((int)reason) {
    case REASON_NONE:
        keeper->ended++;
        break;
    case REASON_DUE_STATE_DIFFERS:
        /* The rules are no longer met: so it is to be decided anew. */
        if (request->state == APPLICATION_APPROVED)
            end_period(keeper, &request->application, APPLICATION_REVIEWED);
        break;
    case REASON_REVISION_STALE:
        break; /* it went on meanwhile */
    default:
        keeper->failed_with = reason;
    }
    leave(keeper);
}

static void
found(void *arg, const struct call *call)
{
    struct timekeeper *keeper = arg;
    const struct rows *rows = call->response;

    keeper->failed_with = failure_of(call);
    for (size_t i = 0; keeper->failed_with == REASON_NONE && i < rows->count; i++) {
        const struct application *row = (const struct application *)rows->at + i;

        end_period(keeper, row, application_period_end((enum application_state)row->state));
    }
    leave(keeper);
}

static void
begin_turn(evutil_socket_t fd, short what, void *arg)
{
    struct timekeeper *keeper = arg;

    (void)fd;
    (void)what;
    assert(keeper->running == 0);
    keeper->ended = 0;
    start(keeper, &periods_over_method, arena_new(CALL_BYTES_MAX), NULL, found);
}

struct timekeeper *
timekeeper_new(struct event_base *base, const struct runtime *runtime)
{
    struct timekeeper *keeper = xcalloc(1, sizeof(*keeper));

    keeper->runtime = runtime;
    keeper->turn = evtimer_new(base, begin_turn, keeper);
    if (keeper->turn == NULL)
        panic("timekeeper: the loop takes no timer");
    return keeper;
}

void
timekeeper_free(struct timekeeper *keeper)
{
    if (keeper == NULL)
        return;
    assert(keeper->running == 0);
    event_free(keeper->turn);
    xfree(keeper);
}

void
timekeeper_start(struct timekeeper *keeper)
{
    wait(keeper);
}

void
timekeeper_stop(struct timekeeper *keeper, void (*stopped)(void *arg), void *arg)
{
    keeper->is_stopping = true;
    keeper->stopped = stopped;
    keeper->stopped_arg = arg;
    evtimer_del(keeper->turn);
    if (keeper->running == 0)
        stopped(arg);
}
