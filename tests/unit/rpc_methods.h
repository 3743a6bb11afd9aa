#pragma once

#include "rpc/rpc.h"

/*
 * Scripted methods under names of the contract, for the tests of rpc: what
 * stands in the name is not what they do.
 *
 *   LogService/GetConsistencyProof   echoes: new_size is the sum, checkpoint a text
 *   LogService/GetCheckpoint         waits until scripted_wake()
 *   LogService/GetInclusionProof     waits, and is woken at once, again and again
 *   LogService/ListEntries           replies with more than an answer may hold
 *   LedgerService/Submit             schools with duty 2: refuses 100 items
 *   SessionService/ListSessions      learners: replies with nothing
 *   StatementService/GetStatement    waits as GetCheckpoint, and is large
 *   SessionService/SignOut           fails with a sentence that is no UTF-8
 */
const struct method *const *scripted_methods(void);

/* The tokens "school", "school-without-duty", "issuer" and "learner"; "slow" is "school" later. */
rpc_authenticate_fn scripted_authenticate;

struct scripted_state {
    step_fn *next;
};

/* Calls that wait, and letting all of them go on. */
size_t scripted_waiting(void);
void scripted_wake(void);

/* Lets them all fail instead, for the database is busy. */
void scripted_fail(void);

/* The same, and they know for how long. */
void scripted_fail_until(unsigned retry_ms);
