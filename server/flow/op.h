#pragma once

#include "flow/call.h"

/*
 * For those who write operations (db, ledger, notary, calculator), not for
 * handlers. call_wait() parks the call before `next`; call_wake() lets it go
 * on, call_wake_refused() ends it. The next step runs later, from call_run_ready(): never
 * inside call_wake(). An operation must wake its call exactly once, also when
 * the client has left: memory that the operation writes to lives until then.
 */
struct step call_wait(struct call *call, step_fn *next) MUST_USE;
void call_wake(struct call *call);
void call_wake_refused(struct call *call, const struct refusal_list *refusals);

/* Whether nobody waits for the answer any more: the operation may then end early. */
bool call_is_abandoned(const struct call *call);

/* When the client stops waiting, on the monotonic clock; INT64_MAX if it never does. */
int64_t call_deadline_us(const struct call *call);

/* How long a client should wait that is refused with RESOURCE_EXHAUSTED, where it is known. */
void call_set_retry(struct call *call, unsigned retry_ms);

/* What a credential proves, for who checks it (api); where the call comes from stays as it was. */
void call_set_caller(struct call *call, const struct caller *caller);
