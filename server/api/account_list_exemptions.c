/*
 * AccountService.ListExemptions: the exemptions of an account.
 *
 *   list_exemptions --list--> got_exemptions
 */
#include "api/account_named.h"
#include "api/methods.h"
#include "convert/reply_account.h"
#include "store/account.h"

struct list_exemptions {
    struct exemption_list list;
};

static step_fn got_exemptions;

static struct step
list_exemptions(struct call *call)
{
    const Creditbank__V1__ListExemptionsRequest *req = call_request(call);
    struct list_exemptions *s = call_state(call);
    struct scope scope = scope_of(call);

    return store_list_exemptions(call, &scope, account_named(call, req->account_no), &s->list,
                                 got_exemptions);
}

static struct step
got_exemptions(struct call *call)
{
    struct list_exemptions *s = call_state(call);
    struct arena *arena = call_arena(call);
    Creditbank__V1__ListExemptionsResponse *response = arena_alloc(arena, sizeof(*response));

    creditbank__v1__list_exemptions_response__init(response);
    response->n_exemptions = s->list.count;
    response->exemptions = reply_exemptions(arena, s->list.exemptions, s->list.count);
    return call_reply(call, response);
}

const struct method account_list_exemptions_method = {
    .name = "creditbank.v1.AccountService/ListExemptions",
    .start = list_exemptions,
    .state_size = sizeof(struct list_exemptions),
    .callers = MAY_LEARNER | MAY_SCHOOL,
};
