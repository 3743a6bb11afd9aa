/*
 * LogService.GetInclusionProof: an entry with its proof under the newest checkpoint.
 *
 *   get_inclusion_proof --newest checkpoint--> got_checkpoint --prove--> proved
 */
#include "api/methods.h"
#include "convert/reply_entry.h"
#include "creditbank/v1/log_service.pb-c.h"
#include "ledger/prove.h"

struct get_inclusion_proof {
    struct stored_checkpoint checkpoint;
    uint64_t entry_index;
    struct booked booked;
};

static step_fn got_checkpoint, proved;

static struct step
get_inclusion_proof(struct call *call)
{
    struct get_inclusion_proof *s = call_state(call);

    return store_find_checkpoint(call, &s->checkpoint, got_checkpoint);
}

static struct step
got_checkpoint(struct call *call)
{
    const Creditbank__V1__GetInclusionProofRequest *req = call_request(call);
    struct get_inclusion_proof *s = call_state(call);

    s->entry_index = req->entry_index;
    return ledger_prove(call, &s->checkpoint, &s->entry_index, 1, &s->booked, proved);
}

static struct step
proved(struct call *call)
{
    struct get_inclusion_proof *s = call_state(call);
    struct arena *arena = call_arena(call);
    Creditbank__V1__GetInclusionProofResponse *response = arena_alloc(arena, sizeof(*response));

    creditbank__v1__get_inclusion_proof_response__init(response);
    response->entry = reply_entry(arena, &(struct proved_entry){
                                             .entry_index = s->entry_index,
                                             .booked_at_us = s->booked.booked_at_us,
                                             .entry = s->booked.entry,
                                             .tlog_proof = s->booked.tlog_proof,
                                         });
    return call_reply(call, response);
}

const struct method log_get_inclusion_proof_method = {
    .name = "creditbank.v1.LogService/GetInclusionProof",
    .start = get_inclusion_proof,
    .state_size = sizeof(struct get_inclusion_proof),
    .callers = MAY_ANYBODY,
};
