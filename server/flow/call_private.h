#pragma once

#include "base/list.h"
#include "flow/call.h"
#include "flow/op.h"

#define CALL_MESSAGE_MAX 512

/* For who starts calls (rpc) and for tests: what a call is made of. */
struct call {
    const struct method *method;
    const struct runtime *runtime;
    struct arena *arena; /* holds the request, the state and the response */
    const void *request;
    const void *response;
    void *state;
    step_fn *next; /* set while an operation is under way */
    struct caller caller;
    int64_t now_us;
    int64_t deadline_us;
    uint64_t id;
    enum status status;
    unsigned retry_ms; /* 0: nobody knows */
    struct refusal_list refusals;
    bool woken;
    bool cancelled;
    char message[CALL_MESSAGE_MAX];
    struct list ready; /* in the ready queue once woken */
    void (*on_end)(void *arg, const struct call *call);
    void *on_end_arg;
};

/*
 * A call over `arena`, which it frees at its end. The caller then sets
 * request, caller, deadline and on_end, and starts it. on_end runs exactly
 * once, also for a cancelled call, and must not keep the call.
 */
struct call *call_new(const struct method *method, const struct runtime *runtime,
                      struct arena *arena) MUST_USE;

/* Runs `first`: the method's own start, or what rpc does before it (authentication). */
void call_start(struct call *call, step_fn *first);

/* Nobody waits for the answer any more; the call ends when the operation under way does. */
void call_cancel(struct call *call);

/* Runs the next step of every call that was woken, once; true if any was. */
bool call_run_ready(void);

/*
 * From now on `fn` runs whenever a first call has been woken since the last
 * call_run_ready(): it makes the loop call that, later. NULL: nobody is told.
 */
void call_on_ready(void (*fn)(void *arg), void *arg);
