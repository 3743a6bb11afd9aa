#pragma once

#include "api/loading.h"
#include "core/application.h"
#include "creditbank/v1/application_service.pb-c.h"
#include "store/application.h"

/*
 * The end of every method about one application: finds it within the caller's
 * scope, evaluates it as of its day of submission, reads its moves, and runs
 * `done` with all that filled. The state of such a method begins with this.
 */
struct application_shown {
    struct slice application_no; /* input */
    step_fn *done;               /* input */

    struct scope scope;
    struct application application;
    struct loading loading;
    struct evaluation evaluation; /* its findings have the lines */
    struct rows moves;
};

struct step application_show(struct call *call) MUST_USE;

/* What was found as a message, in the call's arena. */
Creditbank__V1__Application *application_message(struct call *call);
