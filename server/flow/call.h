#pragma once

#include "base/arena.h"
#include "base/refusal.h"
#include "flow/caller.h"

/*
 * A call is one RPC in flight. It runs as a chain of steps: a step is a plain
 * function that runs to completion and returns what happens next. Only
 * call_reply(), the call_fail()s and the operations that wait can make that
 * return value, so the compiler refuses a step that ends without an outcome
 * (-Wreturn-type) or goes on after one (-Wunused-result).
 */
struct call;

struct step {
    enum { STEP_DONE, STEP_WAITING } outcome;
};

typedef struct step step_fn(struct call *call);

/* One RPC method; api/methods.c has the table of them, checked against the proto. */
struct method {
    const char *name; /* "creditbank.v1.LedgerService/Submit" */
    step_fn *start;
    size_t state_size;
    unsigned callers; /* bit set of MAY_…: whom rpc lets in */
    uint32_t duties;  /* an institution's key needs one of these; 0: none */
    bool is_large;    /* holds megabytes while it waits: few of them run at once */
};

/* What operations work with, one set a worker; each is known to its own folder only. */
struct runtime {
    struct pool *pool;               /* db: connections for reading, and for identity and access */
    struct ledger *ledger;           /* ledger: the queue and the one connection that books */
    struct notary *notary;           /* notary: the client end */
    struct calculator *calculator;   /* calculator: the client end */
    struct key_ring *key_ring;       /* store: the institutions' keys */
    struct credentials *credentials; /* api: what it checks and seals with */
    struct founding_terms *founding; /* api: what the founding entry has to agree with */
};

const void *call_request(const struct call *call);
void *call_state(struct call *call);
struct arena *call_arena(struct call *call);
const struct caller *call_caller(const struct call *call);
const struct runtime *call_runtime(const struct call *call);
const struct method *call_method(const struct call *call);

/* When the call began: microseconds since 1970-01-01T00:00:00Z. */
int64_t call_now_us(const struct call *call);

/* Most bytes of an answer in its encoding: what gRPC clients take by default. */
#define CALL_RESPONSE_MAX ((size_t)4 * 1024 * 1024)

/* Ends the call well; `response` lives in the call's arena. */
struct step call_reply(struct call *call, const void *response) MUST_USE;

/* Ends the call with a status and a sentence for the client. */
struct step call_fail(struct call *call, enum status status, const char *fmt, ...) MUST_USE
    PRINTF(3, 4);

/* Ends the call with one reason; its row in docs/errors.md gives status and sentence. */
struct step call_refuse(struct call *call, enum reason reason, const char *field,
                        const char *detail, ...) MUST_USE PRINTF(4, 5);

/* Ends the call with all of `refusals` (at least one); the first one's reason gives the status. */
struct step call_refuse_all(struct call *call, const struct refusal_list *refusals) MUST_USE;
