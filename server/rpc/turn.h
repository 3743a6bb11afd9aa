#pragma once

#include "base/list.h"
#include "flow/call.h"
#include "rpc/limits.h"

/*
 * Calls that hold megabytes while they wait (struct method's is_large) run a few
 * at a time: the others wait for their turn before they begin, first come, first
 * served, and hold no more than their requests.
 */
struct turns {
    size_t under_way, waiting_count;
    struct list waiting;
};

enum turn_state { TURN_NONE, TURN_WAITING, TURN_TAKEN };

/* Of one call; zeroed before it asks. */
struct turn {
    enum turn_state state;
    struct call *call;
    struct list link; /* in turns->waiting */
};

void turns_init(struct turns *turns);

/*
 * TURN_TAKEN: the call may go on. TURN_WAITING: it has to wait (call_wait), and is
 * woken when it is its turn. TURN_NONE: too many wait already.
 */
enum turn_state turn_take(struct turns *turns, const struct rpc_limits *limits, struct turn *turn,
                          struct call *call) MUST_USE;

/* Nobody waits for the call's answer any more: it need not wait for its turn, and is woken. */
void turn_leave(struct turns *turns, struct turn *turn);

/* The call has ended; the next one has its turn. */
void turn_end(struct turns *turns, struct turn *turn);
