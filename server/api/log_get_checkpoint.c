/* LogService.GetCheckpoint: the newest signed checkpoint. */
#include "api/methods.h"
#include "convert/reply.h"
#include "creditbank/v1/log_service.pb-c.h"
#include "store/log_read.h"

struct get_checkpoint {
    struct stored_checkpoint checkpoint;
};

static step_fn got_checkpoint;

static struct step
get_checkpoint(struct call *call)
{
    struct get_checkpoint *s = call_state(call);

    return store_find_checkpoint(call, &s->checkpoint, got_checkpoint);
}

static struct step
got_checkpoint(struct call *call)
{
    struct get_checkpoint *s = call_state(call);
    Creditbank__V1__GetCheckpointResponse *response =
        arena_alloc(call_arena(call), sizeof(*response));

    creditbank__v1__get_checkpoint_response__init(response);
    response->checkpoint = reply_text(call_arena(call), s->checkpoint.note);
    return call_reply(call, response);
}

const struct method log_get_checkpoint_method = {
    .name = "creditbank.v1.LogService/GetCheckpoint",
    .start = get_checkpoint,
    .state_size = sizeof(struct get_checkpoint),
    .callers = MAY_ANYBODY,
};
