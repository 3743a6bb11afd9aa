#pragma once

#include "base/list.h"
#include "ledger/booking.h"
#include "ledger/ledger.h"

struct signer;

/* A call's submission while it waits; it lives in the call's arena. */
struct waiting {
    struct submission submission;
    struct call *call;
    struct booked *booked;
};

/*
 * The batch: one ledger connection, one batch at a time.
 *
 *              +----------------------------------------- rolled back ----+
 *              v                                                          |
 *   DOWN --> IDLE --> LOCKING --> ORDERING --> LOADING --> PERSISTING --> ROLLING_BACK
 *    ^                              |    \______/  ^ \________^
 *    |                              +--- nothing to load, at most LOADS_MAX rounds
 *    +--- from every state but IDLE when the connection goes
 *   LOCKING and ORDERING end in ROLLING_BACK too: writes were stopped, nothing is to be booked.
 *   STOPPED: from IDLE, for good
 */
enum batch_state {
    BATCH_DOWN,
    BATCH_IDLE,
    BATCH_LOCKING,
    BATCH_ORDERING,
    BATCH_LOADING,
    BATCH_PERSISTING,
    BATCH_ROLLING_BACK,
    BATCH_STOPPED,
};

struct ledger {
    struct event_base *base;
    struct ledger_limits limits;
    struct notary *notary;
    struct conn *conn;
    struct signer *signer;

    struct list queue; /* of waiting.submission.link, oldest first */
    size_t queue_count;
    const char *stopped;

    enum batch_state state;
    size_t alone; /* so many of the queue's first are booked one by one: one made a batch fail */
    struct booking booking;
    struct projection_load *load;
    int64_t ordered_at_us;          /* when the head was asked for */
    struct merkle_head signed_head; /* and what was known to be signed then */
};

/* batch.c */
void batch_ready(void *ledger);
void batch_unreachable(void *ledger);
void batch_tick(struct ledger *ledger);

/* ledger.c: ends the wait of a submission. */
void ledger_answer(struct waiting *waiting);
void ledger_fail(struct waiting *waiting, enum reason reason, const char *detail);

/* Why writes stop: the runbooks. */
#define RUNBOOK_REWOUND "docs/operating.md#the-database-is-behind-the-log"
#define RUNBOOK_FORKED "docs/operating.md#the-notary-refuses-to-sign"
#define RUNBOOK_CLOCK "docs/operating.md#a-clock-is-wrong"

/* Stops writes for good; `why` is a constant that names the runbook. */
void ledger_stop(struct ledger *ledger, const char *why);

static inline struct waiting *
waiting_of(struct submission *submission)
{
    return CONTAINER_OF(submission, struct waiting, submission);
}
