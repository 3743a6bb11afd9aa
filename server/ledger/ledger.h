#pragma once

#include "convert/entry.h"
#include "db/conn.h"
#include "flow/call.h"
#include "notary/notary.h"

/*
 * The life of a write, for a worker: transactions queue, are booked in batches
 * over one connection, signed by the notary, and answered with their proof.
 *
 *   ledger_submit --queue--> batch (batch.c) --committed--> signer (signer.c) --checkpoint--> next
 */
struct ledger;

struct ledger_limits {
    /* That wait to be booked, half of them, rounded up, of one institution; and as many that wait
     * to be signed.
     */
    size_t queue_transactions;
    size_t batch_transactions, batch_items, batch_bytes;
};

struct ledger_config {
    const char *conninfo; /* of the daemon's role; borrowed */
    struct ledger_limits limits;
    struct notary *notary;
};

struct ledger *ledger_new(struct event_base *base, const struct ledger_config *config) MUST_USE;

/* NULL, or why nothing is booked any more: what the database says is not to be signed either. */
const char *ledger_stopped(const struct ledger *ledger) MUST_USE;

/* No call may be under way in it. */
void ledger_free(struct ledger *ledger);

/* Where a transaction stands. */
struct booked {
    int64_t entry_index; /* ENTRY_NONE: it was only checked */
    int64_t booked_at_us;
    struct slice entry;     /* bytes of the LogEntry */
    const char *tlog_proof; /* NULL where it stood already: ledger_prove() has it */
};

/*
 * Books a transaction whose signatures were verified and whose items decoded,
 * exactly once by institution and request id, and goes on with `next` when a
 * checkpoint covers it. Refusals of the rules fail the call with all of them; a
 * connection lost while committing fails it with RESULT_UNKNOWN. `transaction`
 * and `booked` live in the call. A client that leaves does not undo it.
 */
struct step ledger_submit(struct call *call, const struct signed_transaction *transaction,
                          bool validate_only, struct booked *booked, step_fn *next) MUST_USE;
