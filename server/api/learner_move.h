#pragma once

#include "api/application_shown.h"

/*
 * What a learner does with her application and the bank signs for her: found, booked unless
 * it has led there already, and shown.
 *
 *   learner_move --find--> found --sign, book, show--> move->shown
 *     found --show--> move->shown, where it has led there already
 *
 * The request id is made of the move, the application and its revision, so that a
 * repetition is the same request.
 */
struct learner_move {
    const char *name; /* in the request id */
    enum application_state to;
    void (*fill)(struct arena *arena, const struct application *application,
                 Creditbank__V1__Item *item);
    step_fn *shown; /* has application_message() */
};

/* The state of such a call. */
struct learner_move_call {
    struct application_shown shown; /* first: application_show() finds it here */
    const struct learner_move *move;
};

struct step learner_move(struct call *call, const struct learner_move *move,
                         const char *application_no) MUST_USE;
