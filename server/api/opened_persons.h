#pragma once

#include "convert/transaction.h"
#include "creditbank/v1/ledger_service.pb-c.h"
#include "flow/call.h"

/*
 * Finds out whom the items of a transaction open accounts for, from what came sealed beside
 * them: a person is to be the one that the bank itself sealed for that account number, and the
 * item to commit to just her. What is wrong with one is kept with her, for the booking to refuse:
 * a request that stands in the log already is answered whatever came beside it.
 */
void opened_persons_take(struct call *call, const Creditbank__V1__SubmitRequest *req,
                         struct signed_transaction *transaction);
