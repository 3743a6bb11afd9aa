/* LedgerService.BatchGetOutcomes: where the outcomes that the caller's institution posted stand. */
#include "api/methods.h"
#include "convert/reply.h"
#include "creditbank/v1/ledger_service.pb-c.h"
#include "store/posted_outcome.h"

#define OUTER_IDS_MAX 1000

struct batch_get_outcomes {
    struct text_list outer_ids;
    struct rows rows;
};

static step_fn got_rows;

static struct step
batch_get_outcomes(struct call *call)
{
    const Creditbank__V1__BatchGetOutcomesRequest *req = call_request(call);
    struct batch_get_outcomes *s = call_state(call);

    if (req->n_outer_ids < 1 || req->n_outer_ids > OUTER_IDS_MAX)
        return call_refuse(call, REASON_FIELD_RANGE, "outer_ids", "1-%d", OUTER_IDS_MAX);
    s->outer_ids.count = req->n_outer_ids;
    s->outer_ids.texts = arena_array(call_arena(call), req->n_outer_ids, sizeof(struct slice));
    for (size_t i = 0; i < req->n_outer_ids; i++)
        s->outer_ids.texts[i] = slice_text(req->outer_ids[i]);
    return store_list_posted_outcomes(call, slice_text(call_caller(call)->institution_id),
                                      &s->outer_ids, &s->rows, got_rows);
}

static void
init_outcome(struct arena *arena, const struct outcome *row, Creditbank__V1__BookedOutcome *m)
{
    creditbank__v1__booked_outcome__init(m);
    m->outer_id = reply_text(arena, row->outer_id);
    m->account_no = reply_text(arena, row->account_no);
    m->entry_index = (uint64_t)row->entry_index;
    m->item_index = (uint32_t)row->item_index;
    m->revoked = row->state == OUTCOME_REVOKED;
    m->content_hash = reply_hash(arena, &row->recorded_hash);
}

static struct step
got_rows(struct call *call)
{
    struct batch_get_outcomes *s = call_state(call);
    struct arena *arena = call_arena(call);
    const struct outcome *rows = s->rows.at;
    Creditbank__V1__BatchGetOutcomesResponse *response = arena_alloc(arena, sizeof(*response));

    creditbank__v1__batch_get_outcomes_response__init(response);
    response->n_outcomes = s->rows.count;
    response->outcomes = reply_list(arena, s->rows.count, sizeof(**response->outcomes));
    for (size_t i = 0; i < s->rows.count; i++)
        init_outcome(arena, &rows[i], response->outcomes[i]);
    return call_reply(call, response);
}

const struct method ledger_batch_get_outcomes_method = {
    .name = "creditbank.v1.LedgerService/BatchGetOutcomes",
    .start = batch_get_outcomes,
    .state_size = sizeof(struct batch_get_outcomes),
    .callers = MAY_INSTITUTION,
};
