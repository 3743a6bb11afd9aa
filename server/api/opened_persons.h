#pragma once

#include "convert/transaction.h"
#include "creditbank/v1/ledger_service.pb-c.h"
#include "flow/call.h"
#include "store/person.h"

/*
 * Finds out whom the items of a transaction open accounts for, from what came sealed beside
 * them: a person is to be the one that the bank itself sealed for that account number, and the
 * item to commit to just her. What is wrong with one is kept with her, for the booking to refuse:
 * a request that stands in the log already is answered whatever came beside it.
 */
void opened_persons_take(struct call *call, const Creditbank__V1__SubmitRequest *req,
                         struct signed_transaction *transaction);

/*
 * Who of them has an account by now is to be told as ResolveIdentities tells it: as a look at her,
 * and under another name only so many times an hour. So they are looked up: `list` is what to ask
 * store_look_up_persons() for, and what it found is then compared; how many mismatches.
 */
void opened_persons_list(struct call *call, const struct opened_list *opened,
                         struct person_list *list);
int64_t opened_persons_compare(struct call *call, struct opened_list *opened,
                               const struct person_list *list) MUST_USE;
