#pragma once

/*
 * Runs a handler against operations that the test defines itself under the names
 * that the handler calls (store_…, ledger_…). Each is written as
 *
 *   struct step
 *   store_find_x(struct call *call, …, struct x *out, step_fn *next)
 *   {
 *       *out = scripted_x;
 *       return handler_operation(call, "find x", next);
 *   }
 *
 * and ends when the harness says so: well, or with the mishap of the run.
 */
#include "flow/call_private.h"

#include "unit.h"

#define HANDLER_OPERATIONS_MAX 16

/* A call to make, and whom it is told how it ended. */
struct handler_run {
    const struct method *method;
    const void *request;
    struct caller caller;
    const struct runtime *runtime;
    enum reason refuse_with; /* the operation `refused` ends with this reason, if any */
    unsigned refused;
    void (*check)(const struct call *call); /* before the answer goes; NULL: nobody looks */
};

/* What the handler did. */
struct handler_seen {
    enum status status;
    enum reason reason; /* of the first refusal */
    unsigned operation_count;
    const char *operations[HANDLER_OPERATIONS_MAX];
};

/* Gives the runtime the credentials of a bank whose log is bank.test/log, or frees them. */
void handler_open_runtime(struct runtime *runtime);
void handler_close_runtime(struct runtime *runtime);

/* An entry of school-a over one item, booked and made at this time. */
struct slice handler_entry(struct arena *arena, int64_t time_us);

/* For a scripted operation: it waits until the harness lets it end. */
struct step handler_operation(struct call *call, const char *name, step_fn *next);

/* Runs the call; fails the test where it does not end exactly once. */
struct handler_seen handler_play(const struct handler_run *run);

/*
 * The mechanical part: for each operation that a good run waits for, lets it
 * fail, and then lets the client leave. Each time the call ends once, with that,
 * and no later operation is begun.
 */
void handler_play_mishaps(const struct handler_run *run);

/* Fails the test unless these were the operations, as "find x, insert y". */
void handler_expect(const struct handler_seen *seen_then, const char *operations);
