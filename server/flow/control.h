#pragma once

#include "flow/channel.h"

/*
 * What the supervisor and its children say to each other, over a channel that
 * each child is born with. Children ignore SIGTERM, SIGINT and SIGHUP, which
 * terminals and service managers send to whole groups: the supervisor alone
 * decides in which order they end. A child whose control channel closes ends.
 */
enum control_message {
    CONTROL_READY = 1, /* child: I can do my work */
    CONTROL_LINK,   /* to a worker, fd: talk to the service of kind `tag` there; body: its index */
    CONTROL_CLIENT, /* to a service, fd: a worker is at the other end */
    CONTROL_RELOAD, /* to all: what can change while running has; body: struct control_reload */
    CONTROL_DRAIN,  /* to all: finish what you have, then end */
};

/* The kinds of services that a worker is linked to. */
enum control_service { CONTROL_NOTARY = 1, CONTROL_CALCULATOR };

struct control_reload {
    int32_t log_level;  /* enum log_level */
    int32_t log_format; /* enum log_format */
};

/* Exit status of a child that cannot work as configured: trying again would not help. */
#define CONTROL_EXIT_CONFIG 78

extern const struct channel_limits control_limits;

/* Sends one; false as channel_send(). */
bool control_send(struct channel *channel, enum control_message type, uint64_t tag,
                  struct slice body, int fd) MUST_USE;

/* Logs from now on as the body of a CONTROL_RELOAD says; false if it is none. */
bool control_apply_reload(struct slice body) MUST_USE;
