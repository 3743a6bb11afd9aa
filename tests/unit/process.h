#pragma once

/* A service process (flow/service.h) under test, as the supervisor would run it. */
#include "base/log.h"
#include "flow/call_private.h"
#include "flow/control.h"

#include <assert.h>
#include <event2/event.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

struct process {
    struct event_base *base;
    struct channel *control;
    pid_t pid;
    bool ready, gone;
};

static void
process_said(void *arg, const struct channel_message *message)
{
    struct process *process = arg;

    assert(message->type == CONTROL_READY);
    process->ready = true;
}

static void
process_went(void *arg)
{
    struct process *process = arg;

    process->gone = true;
}

/* Runs the body in a child of its own, and returns when it is ready or has ended. */
static void
process_start(struct process *process, struct event_base *base,
              int (*run)(void *arg, int control_fd), void *arg)
{
    const struct channel_events events = {
        .message = process_said, .closed = process_went, .arg = process};
    int ends[2];
    bool paired = channel_pair(ends);

    assert(paired);
    fflush(NULL);
    *process = (struct process){.base = base, .pid = fork()};
    assert(process->pid >= 0);
    if (process->pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        close(ends[0]);
        exit(run(arg, ends[1]));
    }
    close(ends[1]);
    process->control = channel_new(base, ends[0], &control_limits, &events);
    while (!process->ready && !process->gone)
        event_base_loop(base, EVLOOP_ONCE);
}

/* A new client of the process; the caller's end. */
static int
process_link(struct process *process)
{
    int ends[2];
    bool linked = channel_pair(ends) &&
                  control_send(process->control, CONTROL_CLIENT, 0, slice_make(NULL, 0), ends[1]);

    assert(linked);
    close(ends[1]);
    return ends[0];
}

/* Waits for its end; the status as waitpid() has it. */
static int
process_reap(struct process *process)
{
    int status;
    pid_t pid = waitpid(process->pid, &status, 0);

    assert(pid == process->pid);
    channel_free(process->control);
    return status;
}

/* Ends it as the supervisor does; its exit status. */
static int
process_stop(struct process *process)
{
    bool sent = control_send(process->control, CONTROL_DRAIN, 0, slice_make(NULL, 0), -1);

    assert(sent);
    while (!process->gone)
        event_base_loop(process->base, EVLOOP_ONCE);

    int status = process_reap(process);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void
process_kill(struct process *process)
{
    kill(process->pid, SIGKILL);
    process_reap(process);
}

/* How a call ended. */
struct outcome {
    bool ended;
    enum status status;
    enum reason reason;
};

static void
call_ended(void *arg, const struct call *call)
{
    struct outcome *outcome = arg;

    outcome->ended = true;
    outcome->status = call->status;
    outcome->reason = call->refusals.first != NULL ? call->refusals.first->reason : REASON_NONE;
}

/* Runs one call to its end. `request` reaches its first step. */
static struct outcome
run_call(struct event_base *base, const struct runtime *runtime, step_fn *first, void *request)
{
    static const struct method method = {.name = "test"};
    struct outcome outcome = {0};
    struct call *call = call_new(&method, runtime, arena_new((size_t)1 << 20));

    call->request = request;
    call->on_end = call_ended;
    call->on_end_arg = &outcome;
    call_start(call, first);
    while (!outcome.ended)
        if (!call_run_ready())
            event_base_loop(base, EVLOOP_ONCE);
    return outcome;
}
