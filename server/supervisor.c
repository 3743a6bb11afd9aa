/*
 * The supervisor: one loop over signals, timers and the children's control channels.
 *
 *   STARTING --all are ready--> SERVING --SIGTERM--> DRAINING --no worker left--> ENDING --no child
 * left--> .
 *      \--SIGTERM, or a child that cannot work as configured--^
 *
 * In STARTING and SERVING a child that dies is replaced, in the others it is not.
 */
#include "supervisor.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/memory.h"

#include <assert.h>
#include <errno.h>
#include <event2/event.h>
#include <inttypes.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

enum phase { STARTING, SERVING, DRAINING, ENDING };

struct child {
    struct supervisor *supervisor;
    const struct child_kind *kind;
    unsigned index;
    pid_t pid; /* 0 while there is none */
    bool ready;
    struct channel *control;
    struct event *restart;
    int64_t started_us;
    unsigned wait_ms; /* before the next one is started */
};

struct supervisor {
    const struct supervisor_plan *plan;
    struct event_base *base;
    enum phase phase;
    pid_t pid;
    int status;
    int signal_fd;
    sigset_t old_mask;
    struct event *on_signal, *on_timeout, *on_watchdog;
    struct child *children;
    size_t child_count;
};

static const int signals[] = {SIGCHLD, SIGHUP, SIGINT, SIGTERM};

static void
set_timer(struct event *timer, unsigned ms)
{
    const struct timeval after = {.tv_sec = ms / 1000, .tv_usec = (suseconds_t)(ms % 1000) * 1000};

    event_add(timer, &after);
}

static bool
is_worker(const struct child *child)
{
    return child->kind->service == 0;
}

/* Closes every descriptor from 3 on but those two kinds. */
static void
close_others(int control_fd, const int sockets[CHILD_SOCKETS_MAX])
{
    unsigned first = 3;

    for (;;) {
        unsigned keep = (unsigned)control_fd >= first ? (unsigned)control_fd : UINT_MAX;

        for (size_t i = 0; i < CHILD_SOCKETS_MAX; i++)
            if (sockets[i] >= 0 && (unsigned)sockets[i] >= first && (unsigned)sockets[i] < keep)
                keep = (unsigned)sockets[i];
        if (keep > first)
            close_range(first, keep == UINT_MAX ? UINT_MAX : keep - 1, 0);
        if (keep == UINT_MAX)
            return;
        first = keep + 1;
    }
}

/* The life of a child, from its birth: nothing of the supervisor's is its own but the sockets. */
static void
live(const struct child *child, int control_fd)
{
    const struct supervisor *supervisor = child->supervisor;
    char name[32];

    /* The supervisor may have died before the kernel was told. */
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != supervisor->pid)
        _exit(EXIT_FAILURE);
    close_others(control_fd, child->kind->sockets);
    signal(SIGHUP, SIG_IGN);
    signal(SIGINT, SIG_IGN);
    signal(SIGTERM, SIG_IGN);
    sigprocmask(SIG_SETMASK, &supervisor->old_mask, NULL);
    snprintf(name, sizeof(name), child->kind->count > 1 ? "%s-%u" : "%s", child->kind->name,
             child->index + 1);
    log_set_process(name);
    exit(child->kind->run(supervisor->plan->arg, child->index, control_fd));
}

/* Whoever does not take its messages does not live. */
static void
tell(struct child *child, enum control_message type, uint64_t tag, struct slice body, int fd)
{
    if (child->pid != 0 && !control_send(child->control, type, tag, body, fd))
        kill(child->pid, SIGKILL);
}

static void
close_pair(const int ends[2])
{
    for (size_t i = 0; i < 2; i++)
        if (ends[i] >= 0)
            close(ends[i]);
}

static void
link_children(struct child *worker, struct child *service)
{
    int ends[2] = {-1, -1};
    uint32_t index = service->index;

    if (worker->pid == 0 || service->pid == 0)
        return;
    if (!channel_pair(ends)) {
        log_error("worker not linked index=%u reason=\"%s\"", worker->index + 1, strerror(errno));
        kill(worker->pid, SIGKILL);
        return;
    }
    tell(service, CONTROL_CLIENT, 0, slice_make(NULL, 0), ends[0]);
    tell(worker, CONTROL_LINK, service->kind->service, slice_make(&index, sizeof(index)), ends[1]);
    close_pair(ends);
}

static void
link_to_all(struct child *child)
{
    struct supervisor *supervisor = child->supervisor;

    for (size_t i = 0; i < supervisor->child_count; i++) {
        struct child *other = &supervisor->children[i];

        if (is_worker(child) && !is_worker(other))
            link_children(child, other);
        else if (!is_worker(child) && is_worker(other))
            link_children(other, child);
    }
}

/* Its pid tells its end; what it says before is only that it is ready. */
static void
went(void *arg)
{
    (void)arg;
}

static void
became_ready(struct supervisor *supervisor)
{
    for (size_t i = 0; i < supervisor->child_count; i++)
        if (!supervisor->children[i].ready)
            return;
    if (supervisor->phase != STARTING)
        return;
    supervisor->phase = SERVING;
    log_info("bank ready processes=%zu", supervisor->child_count);
    sd_notify(0, "READY=1");
}

static void
said(void *arg, const struct channel_message *message)
{
    struct child *child = arg;

    if (message->fd >= 0)
        close(message->fd);
    if (message->type != CONTROL_READY)
        return;
    child->ready = true;
    became_ready(child->supervisor);
}

/* Starts another after a while: a longer one each time that the last lived but shortly. */
static void
replace(struct child *child)
{
    int64_t lived_us = clock_monotonic_us() - child->started_us;

    if (lived_us >= (int64_t)RESTART_STEADY_MS * 1000 || child->wait_ms == 0)
        child->wait_ms = RESTART_MIN_MS;
    else
        child->wait_ms = child->wait_ms * 2 < RESTART_MAX_MS ? child->wait_ms * 2 : RESTART_MAX_MS;
    set_timer(child->restart, child->wait_ms);
}

static void
start(struct child *child)
{
    const struct channel_events events = {.message = said, .closed = went, .arg = child};
    int ends[2] = {-1, -1};

    fflush(NULL);
    child->started_us = clock_monotonic_us();
    child->pid = channel_pair(ends) ? fork() : -1;
    if (child->pid == 0)
        live(child, ends[1]);
    if (child->pid < 0) {
        log_error("child not started name=%s index=%u reason=\"%s\"", child->kind->name,
                  child->index + 1, strerror(errno));
        child->pid = 0;
        close_pair(ends);
        replace(child);
        return;
    }

    close(ends[1]);
    child->control = channel_new(child->supervisor->base, ends[0], &control_limits, &events);
    link_to_all(child);
}

static void
restart(int fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    start(arg);
}

/* Kills those of the phase that took too long. */
static void
timed_out(int fd, short what, void *arg)
{
    struct supervisor *supervisor = arg;

    (void)fd;
    (void)what;
    for (size_t i = 0; i < supervisor->child_count; i++) {
        struct child *child = &supervisor->children[i];

        if (child->pid != 0 && (supervisor->phase == ENDING || is_worker(child))) {
            log_warn("child killed name=%s index=%u reason=\"took too long to end\"",
                     child->kind->name, child->index + 1);
            kill(child->pid, SIGKILL);
        }
    }
}

static bool
any_left(const struct supervisor *supervisor, bool workers_only)
{
    for (size_t i = 0; i < supervisor->child_count; i++)
        if (supervisor->children[i].pid != 0 &&
            (!workers_only || is_worker(&supervisor->children[i])))
            return true;
    return false;
}

static void
tell_to_end(struct supervisor *supervisor, bool workers, unsigned timeout_ms)
{
    for (size_t i = 0; i < supervisor->child_count; i++)
        if (is_worker(&supervisor->children[i]) == workers)
            tell(&supervisor->children[i], CONTROL_DRAIN, 0, slice_make(NULL, 0), -1);
    set_timer(supervisor->on_timeout, timeout_ms);
}

/* Goes on once those that were told to end have ended. */
static void
advance(struct supervisor *supervisor)
{
    if (supervisor->phase == DRAINING && !any_left(supervisor, true)) {
        supervisor->phase = ENDING;
        tell_to_end(supervisor, false, SERVICES_END_MS);
    }
    if (supervisor->phase == ENDING && !any_left(supervisor, false))
        event_base_loopbreak(supervisor->base);
}

static void
drain(struct supervisor *supervisor)
{
    if (supervisor->phase >= DRAINING)
        return;
    supervisor->phase = DRAINING;
    log_info("bank stopping");
    sd_notify(0, "STOPPING=1");
    for (size_t i = 0; i < supervisor->child_count; i++)
        event_del(supervisor->children[i].restart);
    tell_to_end(supervisor, true, supervisor->plan->drain_timeout_ms);
    advance(supervisor);
}

static void
ended(struct child *child, int status)
{
    struct supervisor *supervisor = child->supervisor;
    bool gave_up = WIFEXITED(status) && WEXITSTATUS(status) == CONTROL_EXIT_CONFIG;

    if (supervisor->phase < DRAINING || status != 0)
        log_warn("child ended name=%s index=%u pid=%d %s=%d", child->kind->name, child->index + 1,
                 (int)child->pid, WIFEXITED(status) ? "status" : "signal",
                 WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status));
    child->pid = 0;
    child->ready = false;
    channel_free(child->control);
    child->control = NULL;

    if (supervisor->phase == STARTING && gave_up) {
        supervisor->status = CONTROL_EXIT_CONFIG;
        drain(supervisor);
    } else if (supervisor->phase < DRAINING) {
        replace(child);
    } else {
        advance(supervisor);
    }
}

static void
reap(struct supervisor *supervisor)
{
    int status;
    pid_t pid;

    while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
        for (size_t i = 0; i < supervisor->child_count; i++)
            if (supervisor->children[i].pid == pid)
                ended(&supervisor->children[i], status);
}

static void
reload(struct supervisor *supervisor)
{
    struct control_reload news = {0};
    char state[64];

    snprintf(state, sizeof(state), "RELOADING=1\nMONOTONIC_USEC=%" PRId64, clock_monotonic_us());
    sd_notify(0, state);
    if (supervisor->plan->reload(supervisor->plan->arg, &news)) {
        log_set((enum log_level)news.log_level, (enum log_format)news.log_format);
        for (size_t i = 0; i < supervisor->child_count; i++)
            tell(&supervisor->children[i], CONTROL_RELOAD, 0, slice_make(&news, sizeof(news)), -1);
    }
    sd_notify(0, "READY=1");
}

static void
got_signal(int fd, short what, void *arg)
{
    struct supervisor *supervisor = arg;
    struct signalfd_siginfo info;

    (void)what;
    if (read(fd, &info, sizeof(info)) != (ssize_t)sizeof(info))
        return;
    if (info.ssi_signo == SIGCHLD)
        reap(supervisor);
    else if (info.ssi_signo != SIGHUP)
        drain(supervisor);
    else if (supervisor->phase < DRAINING)
        reload(supervisor);
}

static void
tell_watchdog(int fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    (void)arg;
    sd_notify(0, "WATCHDOG=1");
}

/* Twice in the time that systemd gives us. */
static void
begin_watchdog(struct supervisor *supervisor)
{
    uint64_t period_us;

    supervisor->on_watchdog =
        event_new(supervisor->base, -1, EV_PERSIST, tell_watchdog, supervisor);
    if (sd_watchdog_enabled(0, &period_us) > 0)
        set_timer(supervisor->on_watchdog, (unsigned)(period_us / 2000));
}

static void
begin_signals(struct supervisor *supervisor)
{
    sigset_t mask;

    sigemptyset(&mask);
    for (size_t i = 0; i < ARRAY_COUNT(signals); i++)
        sigaddset(&mask, signals[i]);
    sigprocmask(SIG_BLOCK, &mask, &supervisor->old_mask);
    signal(SIGPIPE, SIG_IGN);
    supervisor->signal_fd = signalfd(-1, &mask, SFD_CLOEXEC | SFD_NONBLOCK);
    supervisor->on_signal = event_new(supervisor->base, supervisor->signal_fd, EV_READ | EV_PERSIST,
                                      got_signal, supervisor);
    assert(supervisor->on_signal != NULL);
    event_add(supervisor->on_signal, NULL);
}

static void
begin_children(struct supervisor *supervisor)
{
    const struct supervisor_plan *plan = supervisor->plan;
    size_t count = 0;

    for (size_t i = 0; i < plan->kind_count; i++)
        supervisor->child_count += plan->kinds[i].count;
    supervisor->children = xcalloc(supervisor->child_count, sizeof(*supervisor->children));
    for (size_t i = 0; i < plan->kind_count; i++)
        for (unsigned index = 0; index < plan->kinds[i].count; index++) {
            struct child *child = &supervisor->children[count++];

            child->supervisor = supervisor;
            child->kind = &plan->kinds[i];
            child->index = index;
            child->restart = evtimer_new(supervisor->base, restart, child);
            assert(child->restart != NULL);
        }
    for (size_t i = 0; i < supervisor->child_count; i++)
        start(&supervisor->children[i]);
}

static void
finish(struct supervisor *supervisor)
{
    for (size_t i = 0; i < supervisor->child_count; i++)
        event_free(supervisor->children[i].restart);
    xfree(supervisor->children);
    event_free(supervisor->on_watchdog);
    event_free(supervisor->on_timeout);
    event_free(supervisor->on_signal);
    close(supervisor->signal_fd);
    event_base_free(supervisor->base);
    sigprocmask(SIG_SETMASK, &supervisor->old_mask, NULL);
}

int
supervisor_run(const struct supervisor_plan *plan)
{
    struct supervisor supervisor = {.plan = plan, .base = event_base_new(), .pid = getpid()};

    assert(supervisor.base != NULL);
    supervisor.on_timeout = evtimer_new(supervisor.base, timed_out, &supervisor);
    begin_signals(&supervisor);
    begin_watchdog(&supervisor);
    begin_children(&supervisor);
    event_base_dispatch(supervisor.base);
    finish(&supervisor);
    log_info("bank stopped");
    return supervisor.status;
}
