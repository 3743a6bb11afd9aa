#pragma once

#include "flow/control.h"

/*
 * Keeps the daemon's processes alive. It knows nothing of their work: a kind of
 * child is a row of a table.
 */

#define CHILD_SOCKETS_MAX 2

struct child_kind {
    const char *name; /* in the log, with the child's index */
    unsigned count;
    enum control_service service;   /* 0: workers, each of which is linked to every service */
    int sockets[CHILD_SOCKETS_MAX]; /* what a child of this kind inherits, -1 for none */
    int (*run)(void *arg, unsigned index, int control_fd); /* the child's life; its exit status */
};

struct supervisor_plan {
    const struct child_kind *kinds;
    size_t kind_count;
    void *arg; /* of every `run`, and of `reload` */
    unsigned drain_timeout_ms;

    /* SIGHUP: what children are told; false if nothing may change. */
    bool (*reload)(void *arg, struct control_reload *reload);
};

/* A child that dies is replaced: at once, then after twice as long each time, at most so long. */
#define RESTART_MIN_MS 50
#define RESTART_MAX_MS 10000

/* A child that lived so long begins anew with RESTART_MIN_MS. */
#define RESTART_STEADY_MS 30000

/* How long services may take to end; they have nothing left to finish. */
#define SERVICES_END_MS 5000

/*
 * Starts the children and runs until SIGTERM or SIGINT, then ends them: workers
 * first, for they need the services to finish what they have. SIGHUP reloads.
 * Tells systemd what happens (sd_notify(3)). Children die with the caller,
 * however it dies. Returns the exit status: not 0 if a child could not work as
 * configured before all were ready.
 */
int supervisor_run(const struct supervisor_plan *plan) MUST_USE;
