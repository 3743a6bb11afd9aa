#include "flow/call_private.h"

#include "base/clock.h"
#include "base/memory.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>

/* Calls that were woken and have not run since, oldest first. */
static struct list ready_calls = {&ready_calls, &ready_calls};

/* Who is told when the first of them is woken. */
static struct {
    void (*fn)(void *arg);
    void *arg;
} on_ready;

/* A call is freed in one place, when it has an outcome and nothing is under way. */
static void
finish(struct call *call)
{
    struct arena *arena = call->arena;

    assert(call->next == NULL);
    if (call->cancelled && call->status == STATUS_OK)
        call->status = STATUS_CANCELLED;
    call->on_end(call->on_end_arg, call);
    xfree(call);
    arena_free(arena);
}

static void
run(struct call *call, step_fn *step)
{
    assert(call->next == NULL);
    struct step taken = step(call);

    if (taken.outcome == STEP_DONE)
        finish(call);
    else
        assert(call->next != NULL);
}

struct call *
call_new(const struct method *method, const struct runtime *runtime, struct arena *arena)
{
    struct call *call = xcalloc(1, sizeof(*call));

    call->method = method;
    call->runtime = runtime;
    call->arena = arena;
    call->state = arena_alloc(arena, method->state_size);
    call->now_us = clock_now_us();
    call->deadline_us = INT64_MAX;
    list_init(&call->ready);
    return call;
}

void
call_on_ready(void (*fn)(void *arg), void *arg)
{
    on_ready.fn = fn;
    on_ready.arg = arg;
}

void
call_start(struct call *call, step_fn *first)
{
    run(call, first);
}

void
call_cancel(struct call *call)
{
    call->cancelled = true;
}

static void
resume(struct call *call)
{
    step_fn *next = call->next;

    assert(call->woken);
    call->next = NULL;
    call->woken = false;
    if (call->status != STATUS_OK || call->cancelled)
        finish(call);
    else
        run(call, next);
}

bool
call_run_ready(void)
{
    struct list batch;

    if (list_is_empty(&ready_calls))
        return false;

    /* Calls woken by these steps wait for the next turn, so that the loop is not starved. */
    batch = ready_calls;
    batch.next->prev = batch.prev->next = &batch;
    list_init(&ready_calls);
    while (!list_is_empty(&batch)) {
        struct call *call = LIST_FIRST(&batch, struct call, ready);

        list_remove(&call->ready);
        resume(call);
    }
    return true;
}

const void *
call_request(const struct call *call)
{
    return call->request;
}

void *
call_state(struct call *call)
{
    return call->state;
}

struct arena *
call_arena(struct call *call)
{
    return call->arena;
}

const struct caller *
call_caller(const struct call *call)
{
    return &call->caller;
}

void
call_set_caller(struct call *call, const struct caller *caller)
{
    struct caller proved = *caller;

    memcpy(proved.address, call->caller.address, sizeof(proved.address));
    call->caller = proved;
}

void
call_set_retry(struct call *call, unsigned retry_ms)
{
    call->retry_ms = retry_ms;
}

const struct runtime *
call_runtime(const struct call *call)
{
    return call->runtime;
}

const struct method *
call_method(const struct call *call)
{
    return call->method;
}

int64_t
call_now_us(const struct call *call)
{
    return call->now_us;
}

bool
call_is_abandoned(const struct call *call)
{
    return call->cancelled;
}

int64_t
call_deadline_us(const struct call *call)
{
    return call->deadline_us;
}

struct step
call_reply(struct call *call, const void *response)
{
    call->response = response;
    return (struct step){STEP_DONE};
}

static void
set_refusals(struct call *call, const struct refusal_list *refusals)
{
    const struct refusal *first = refusals->first;

    assert(first != NULL);
    call->refusals = *refusals;
    call->status = reason_text(first->reason)->status;
    reason_sentence(first->reason, first->detail, false, call->message, sizeof(call->message));
}

struct step
call_fail(struct call *call, enum status status, const char *fmt, ...)
{
    va_list args;

    assert(status != STATUS_OK);
    call->status = status;
    va_start(args, fmt);
    vsnprintf(call->message, sizeof(call->message), fmt, args);
    va_end(args);
    return (struct step){STEP_DONE};
}

struct step
call_refuse(struct call *call, enum reason reason, const char *field, const char *detail, ...)
{
    struct refusal_list refusals = {0};
    char text[CALL_MESSAGE_MAX];
    va_list args;

    va_start(args, detail);
    vsnprintf(text, sizeof(text), detail, args);
    va_end(args);
    refusal_add(&refusals, call->arena, REFUSAL_NO_ITEM, field, reason, "%s", text);
    return call_refuse_all(call, &refusals);
}

struct step
call_refuse_all(struct call *call, const struct refusal_list *refusals)
{
    set_refusals(call, refusals);
    return (struct step){STEP_DONE};
}

struct step
call_wait(struct call *call, step_fn *next)
{
    assert(call->next == NULL);
    assert(next != NULL);
    call->next = next;
    return (struct step){STEP_WAITING};
}

void
call_wake(struct call *call)
{
    assert(call->next != NULL);
    assert(!call->woken);
    call->woken = true;
    if (list_is_empty(&ready_calls) && on_ready.fn != NULL)
        on_ready.fn(on_ready.arg);
    list_append(&ready_calls, &call->ready);
}

void
call_wake_refused(struct call *call, const struct refusal_list *refusals)
{
    set_refusals(call, refusals);
    call_wake(call);
}
