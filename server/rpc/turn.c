#include "rpc/turn.h"

#include "flow/op.h"

#include <assert.h>

void
turns_init(struct turns *turns)
{
    *turns = (struct turns){0};
    list_init(&turns->waiting);
}

enum turn_state
turn_take(struct turns *turns, const struct rpc_limits *limits, struct turn *turn,
          struct call *call)
{
    assert(turn->state == TURN_NONE);
    if (turns->under_way < limits->large_calls_max) {
        turns->under_way++;
        turn->state = TURN_TAKEN;
    } else if (turns->waiting_count < limits->large_calls_waiting_max) {
        turns->waiting_count++;
        turn->call = call;
        list_append(&turns->waiting, &turn->link);
        turn->state = TURN_WAITING;
    }
    return turn->state;
}

void
turn_leave(struct turns *turns, struct turn *turn)
{
    if (turn->state != TURN_WAITING)
        return;
    list_remove(&turn->link);
    turns->waiting_count--;
    turn->state = TURN_NONE;
    call_wake(turn->call);
}

void
turn_end(struct turns *turns, struct turn *turn)
{
    struct turn *next;

    assert(turn->state != TURN_WAITING);
    if (turn->state == TURN_NONE)
        return;
    turn->state = TURN_NONE;
    if (list_is_empty(&turns->waiting)) {
        turns->under_way--;
        return;
    }
    next = LIST_FIRST(&turns->waiting, struct turn, link);
    list_remove(&next->link);
    turns->waiting_count--;
    next->state = TURN_TAKEN;
    call_wake(next->call);
}
