#pragma once

#include "base/attributes.h"
#include "config.h"

/* What a worker is born with. It closes them at its end. */
struct worker_sockets {
    int tls_fd;       /* listening, shared with the other workers */
    int cleartext_fd; /* the same on loopback; -1 where there is none */
    int control_fd;   /* the supervisor's (flow/control.h) */
};

/* The life of a worker, until the supervisor has it drained. The exit status. */
int worker_run(const struct config *config, const struct worker_sockets *sockets) MUST_USE;
