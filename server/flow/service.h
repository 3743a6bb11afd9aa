#pragma once

#include "base/buffer.h"
#include "flow/channel.h"

/*
 * The body of a child process that answers requests, one at a time, for any
 * number of clients: the other end of flow/asker.h. It lives as long as its
 * control channel (flow/control.h), by which the supervisor also hands it
 * clients. A request whose deadline has passed is dropped unanswered.
 */
struct service {
    struct channel_limits limits; /* of each client's channel */
    size_t clients_max;

    /* Answers in `answer`, which holds at most limits.body_max bytes, and returns the answer's
     * type. Returns 0 for a request that no honest client makes: its channel is closed. */
    uint32_t (*answer)(void *arg, const struct channel_message *request, struct buffer *answer);
    void *arg;
};

/* Serves until the supervisor says to end or is gone; takes `control_fd` over. The exit status. */
int service_run(const struct service *service, int control_fd) MUST_USE;
