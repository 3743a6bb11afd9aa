/*
 * AccountService.ListOutcomeVersions: every version of one outcome, oldest first.
 *
 *   list_outcome_versions --list--> got_versions --what holds it--> got_holders
 */
#include "api/account_named.h"
#include "api/methods.h"
#include "convert/reply_account.h"
#include "store/outcome.h"

struct list_outcome_versions {
    struct slice account_no;
    struct outcome_list list;
};

static step_fn got_versions, got_holders;

static struct step
list_outcome_versions(struct call *call)
{
    const Creditbank__V1__ListOutcomeVersionsRequest *req = call_request(call);
    struct list_outcome_versions *s = call_state(call);
    struct scope scope = scope_of(call);
    struct outcome_key key = {
        .account_no = account_named(call, req->account_no),
        .institution_id = slice_text(req->institution_id),
        .outer_id = slice_text(req->outer_id),
    };

    s->account_no = key.account_no;
    return store_list_outcome_versions(call, &scope, &key, &s->list, got_versions);
}

static struct step
got_versions(struct call *call)
{
    struct list_outcome_versions *s = call_state(call);
    struct scope scope = scope_of(call);

    return store_find_holders(call, &scope, s->account_no, &s->list, got_holders);
}

static struct step
got_holders(struct call *call)
{
    struct list_outcome_versions *s = call_state(call);
    struct arena *arena = call_arena(call);
    Creditbank__V1__ListOutcomeVersionsResponse *response = arena_alloc(arena, sizeof(*response));

    creditbank__v1__list_outcome_versions_response__init(response);
    response->n_versions = s->list.count;
    response->versions = reply_outcomes(arena, s->list.outcomes, s->list.count);
    return call_reply(call, response);
}

const struct method account_list_outcome_versions_method = {
    .name = "creditbank.v1.AccountService/ListOutcomeVersions",
    .start = list_outcome_versions,
    .state_size = sizeof(struct list_outcome_versions),
    .callers = MAY_LEARNER | MAY_SCHOOL | MAY_ISSUER,
};
