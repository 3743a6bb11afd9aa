/*
 * AccountService.GetAccount: an account with its totals.
 *
 *   get_account --find account--> got_account
 */
#include "store/account.h"
#include "api/account_named.h"
#include "api/credentials.h"
#include "api/methods.h"
#include "convert/reply_account.h"
#include "core/document.h"

struct get_account {
    struct account_found found;
};

static step_fn got_account;

static struct step
get_account(struct call *call)
{
    const Creditbank__V1__GetAccountRequest *req = call_request(call);
    struct get_account *s = call_state(call);
    struct scope scope = scope_of(call);

    return store_find_account(call, &scope, account_named(call, req->account_no), &s->found,
                              got_account);
}

/* Her name and number: whole for herself, masked for others. False if they do not open. */
static bool
show_person(struct call *call, const struct account_found *found, struct person_view *view)
{
    struct arena *arena = call_arena(call);
    char name[PERSON_NAME_MAX + 1], number[DOCUMENT_NUMBER_SIZE];
    struct identity identity;

    if (!identity_open(&found->person, found->row.account_no,
                       credentials_config(call)->identity_keys, arena, &identity))
        return false;
    view->document_type = (int32_t)identity.document_type;
    view->name = identity.name;
    view->number = identity.number;
    if (call_caller(call)->kind == CALLER_LEARNER)
        return true;
    document_mask_name(identity.name, name);
    document_mask_number(identity.number, number);
    view->name = arena_copy(arena, slice_text(name));
    view->number = arena_copy(arena, slice_text(number));
    return true;
}

static struct step
got_account(struct call *call)
{
    struct get_account *s = call_state(call);
    struct arena *arena = call_arena(call);
    bool is_owner = call_caller(call)->kind == CALLER_LEARNER;
    Creditbank__V1__GetAccountResponse *response = arena_alloc(arena, sizeof(*response));
    struct person_view person = {0};

    if (s->found.has_person && !show_person(call, &s->found, &person))
        return call_refuse(call, REASON_INTERNAL_ERROR, "", "%s", "");
    creditbank__v1__get_account_response__init(response);
    response->account = reply_account(arena, &s->found.row, &person,
                                      is_owner ? s->found.row.opened_by : slice_text(""));
    response->account->n_enrolments = s->found.enrolments.count;
    response->account->enrolments =
        reply_enrolments(arena, s->found.enrolments.at, s->found.enrolments.count);
    response->account->more_enrolments = s->found.more_enrolments;
    response->account->n_totals = s->found.total_count;
    response->account->totals = reply_totals(arena, s->found.totals, s->found.total_count);
    return call_reply(call, response);
}

const struct method account_get_account_method = {
    .name = "creditbank.v1.AccountService/GetAccount",
    .start = get_account,
    .state_size = sizeof(struct get_account),
    .callers = MAY_LEARNER | MAY_SCHOOL | MAY_ISSUER,
};
