#pragma once

#include "core/schema.h"
#include "flow/call.h"

/*
 * What the bank does of itself when the period of an application is over: two
 * calls that no client makes, and that no table of methods has.
 */

/* At most so many at a time. */
#define PERIODS_OVER_MAX 50

/* No request; answers with struct rows of struct application whose period is over by now. */
extern const struct method periods_over_method;

/* An application as it was found, and its state from now on; no answer. */
struct period_end_request {
    struct application application;
    enum application_state state;
};
extern const struct method period_end_method;
