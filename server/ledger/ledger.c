#include "ledger/ledger.h"

#include "base/log.h"
#include "base/memory.h"
#include "flow/op.h"
#include "ledger/private.h"
#include "ledger/signer.h"

#include <assert.h>

struct ledger *
ledger_new(struct event_base *base, const struct ledger_config *config)
{
    struct ledger *ledger = xcalloc(1, sizeof(*ledger));
    struct conn_config conn = conn_config_default(config->conninfo, "creditbank ledger");

    conn.finds_by_key = true;
    conn.is_urgent = true; /* while it waits, the whole bank waits for its lock */
    ledger->base = base;
    ledger->limits = config->limits;
    ledger->notary = config->notary;
    ledger->state = BATCH_DOWN;
    list_init(&ledger->queue);
    ledger->conn =
        conn_new(base, &conn,
                 &(struct conn_events){
                     .ready = batch_ready, .unreachable = batch_unreachable, .arg = ledger});
    ledger->signer = signer_new(ledger, config->conninfo);
    return ledger;
}

void
ledger_free(struct ledger *ledger)
{
    if (ledger == NULL)
        return;
    assert(list_is_empty(&ledger->queue));
    signer_free(ledger->signer);
    conn_free(ledger->conn);
    world_free(ledger->booking.world);
    arena_free(ledger->booking.arena);
    xfree(ledger);
}

void
ledger_stop(struct ledger *ledger, const char *why)
{
    if (ledger->stopped == NULL)
        log_error("writes stopped runbook=%s", why);
    ledger->stopped = why;
}

const char *
ledger_stopped(const struct ledger *ledger)
{
    return ledger->stopped;
}

void
ledger_answer(struct waiting *waiting)
{
    const struct submission *submission = &waiting->submission;

    if (submission->verdict == BOOKING_REFUSED) {
        call_wake_refused(waiting->call, &submission->refusals);
        return;
    }
    waiting->booked->entry_index =
        submission->verdict == BOOKING_CHECKED ? ENTRY_NONE : submission->entry_index;
    waiting->booked->booked_at_us = submission->booked_at_us;
    waiting->booked->entry = submission->entry;
    call_wake(waiting->call);
}

void
ledger_fail(struct waiting *waiting, enum reason reason, const char *detail)
{
    struct refusal_list refusals = {0};

    refusal_add(&refusals, waiting->submission.arena, REFUSAL_NO_ITEM, "", reason, "%s", detail);
    call_wake_refused(waiting->call, &refusals);
}

/* Whether who signed it has so many waiting already that the rest of the room is for others. */
static bool
has_its_share(struct ledger *ledger, const struct signed_transaction *transaction)
{
    size_t share = (ledger->limits.queue_transactions + 1) / 2, waiting = 0;

    if (ledger->queue_count < share)
        return false;
    list_each (link, &ledger->queue)
        waiting += slice_equal(
            CONTAINER_OF(link, struct submission, link)->transaction->value.institution_id,
            transaction->value.institution_id);
    return waiting >= share;
}

struct step
ledger_submit(struct call *call, const struct signed_transaction *transaction, bool validate_only,
              struct booked *booked, step_fn *next)
{
    struct ledger *ledger = call_runtime(call)->ledger;
    struct waiting *waiting = arena_alloc(call_arena(call), sizeof(*waiting));

    if (ledger->stopped != NULL)
        return call_refuse(call, REASON_LEDGER_STOPPED, "", "%s", ledger->stopped);
    if (!notary_is_reachable(ledger->notary))
        return call_refuse(call, REASON_NOTARY_UNAVAILABLE, "", "%s", "");
    if (ledger->queue_count >= ledger->limits.queue_transactions ||
        signer_waiting(ledger->signer) >= ledger->limits.queue_transactions ||
        has_its_share(ledger, transaction))
        return call_refuse(call, REASON_LEDGER_BUSY, "", "%s", "");

    *booked = (struct booked){.entry_index = ENTRY_NONE};
    waiting->submission.transaction = transaction;
    waiting->submission.arena = call_arena(call);
    waiting->submission.validate_only = validate_only;
    waiting->call = call;
    waiting->booked = booked;
    list_append(&ledger->queue, &waiting->submission.link);
    ledger->queue_count++;

    struct step step = call_wait(call, next);

    batch_tick(ledger);
    return step;
}
