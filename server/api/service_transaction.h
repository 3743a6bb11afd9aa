#pragma once

#include "creditbank/v1/transaction.pb-c.h"
#include "ledger/ledger.h"
#include "notary/notary.h"

/*
 * A transaction of the bank itself, over one item: what a learner does in a
 * session, signed by the service key. Two operations, one after the other; the
 * transaction lives in the call's state.
 *
 *   service_transaction_sign --> service_transaction_book --> booked
 */
struct service_transaction {
    struct signed_transaction transaction;
    struct slice item;
    struct notary_signature signature;
    struct booked booked;
};

/*
 * Makes and signs it. The item's salt is drawn here; the request id is the
 * caller's, and made of what is asked for: asked for twice at once, it is booked
 * once, and both go on.
 */
struct step service_transaction_sign(struct call *call, struct service_transaction *t,
                                     Creditbank__V1__Item *item,
                                     const uint8_t request_id[REQUEST_ID_SIZE],
                                     step_fn *next) MUST_USE;

/* Books what was signed, as ledger_submit() does; t->booked says where. */
struct step service_transaction_book(struct call *call, struct service_transaction *t,
                                     step_fn *next) MUST_USE;
