/*
 * LogService.GetConsistencyProof: that a newer log continues an older one.
 *
 *   get_consistency_proof --newest checkpoint--> got_checkpoint --prove--> proved
 */
#include "api/methods.h"
#include "convert/reply.h"
#include "creditbank/v1/log_service.pb-c.h"
#include "ledger/prove.h"

#include <inttypes.h>

struct get_consistency_proof {
    struct stored_checkpoint checkpoint;
    uint64_t new_size;
    struct merkle_proof proof;
};

static step_fn got_checkpoint, proved;

static struct step
get_consistency_proof(struct call *call)
{
    struct get_consistency_proof *s = call_state(call);

    return store_find_checkpoint(call, &s->checkpoint, got_checkpoint);
}

static struct step
got_checkpoint(struct call *call)
{
    const Creditbank__V1__GetConsistencyProofRequest *req = call_request(call);
    struct get_consistency_proof *s = call_state(call);

    s->new_size = req->new_size == 0 ? s->checkpoint.size : req->new_size;
    if (req->old_size == 0 || req->old_size > s->new_size || s->new_size > s->checkpoint.size)
        return call_refuse(call, REASON_LOG_SIZE, req->old_size == 0 ? "old_size" : "new_size",
                           "%" PRIu64, s->checkpoint.size);
    return ledger_prove_consistency(call, req->old_size, s->new_size, &s->proof, proved);
}

static struct step
proved(struct call *call)
{
    struct get_consistency_proof *s = call_state(call);
    struct arena *arena = call_arena(call);
    Creditbank__V1__GetConsistencyProofResponse *response = arena_alloc(arena, sizeof(*response));

    creditbank__v1__get_consistency_proof_response__init(response);
    response->new_size = s->new_size;
    response->n_hashes = s->proof.count;
    response->hashes = arena_array(arena, s->proof.count, sizeof(*response->hashes));
    for (size_t i = 0; i < s->proof.count; i++)
        response->hashes[i] = reply_hash(arena, &s->proof.hashes[i]);
    response->checkpoint = reply_text(arena, s->checkpoint.note);
    return call_reply(call, response);
}

const struct method log_get_consistency_proof_method = {
    .name = "creditbank.v1.LogService/GetConsistencyProof",
    .start = get_consistency_proof,
    .state_size = sizeof(struct get_consistency_proof),
    .callers = MAY_ANYBODY,
};
