#pragma once

#include "api/loading.h"
#include "api/service_transaction.h"
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
    struct service_transaction transaction; /* of one that is changed before */
};

struct step application_show(struct call *call) MUST_USE;

/* Signs and books the item, whose request id is given (service_transaction.h), and shows it then.
 */
struct step application_book(struct call *call, Creditbank__V1__Item *item,
                             const uint8_t request_id[REQUEST_ID_SIZE]) MUST_USE;

/* What was found as a message, in the call's arena. */
Creditbank__V1__Application *application_message(struct call *call);
