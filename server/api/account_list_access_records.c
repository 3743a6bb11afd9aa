/*
 * AccountService.ListAccessRecords: who looked at the caller's account, newest first.
 *
 *   list_access_records --list--> got_looks
 */
#include "api/methods.h"
#include "api/page.h"
#include "convert/reply_account.h"
#include "store/account.h"

struct list_access_records {
    struct page page;
    struct look_list list;
};

static step_fn got_looks;

static struct step
list_access_records(struct call *call)
{
    const Creditbank__V1__ListAccessRecordsRequest *req = call_request(call);
    struct list_access_records *s = call_state(call);
    const struct refusal_list *refusals =
        page_read(call, req->page_size, req->page_token, 1, &s->page);
    int64_t before = INT64_MAX;

    if (refusals != NULL)
        return call_refuse_all(call, refusals);
    if (!s->page.is_first && !page_key_number(s->page.keys[0], &before))
        return call_refuse(call, REASON_PAGE_TOKEN_WRONG, "page_token", "%s", "");
    return store_list_looks(call, slice_text(call_caller(call)->account_no), before,
                            s->page.size + 1, &s->list, got_looks);
}

static struct step
got_looks(struct call *call)
{
    struct list_access_records *s = call_state(call);
    struct arena *arena = call_arena(call);
    Creditbank__V1__ListAccessRecordsResponse *response = arena_alloc(arena, sizeof(*response));
    size_t shown = page_shown(&s->page, s->list.count);

    creditbank__v1__list_access_records_response__init(response);
    response->n_records = shown;
    response->records = reply_looks(arena, s->list.looks, shown);
    if (shown < s->list.count) {
        struct slice key = page_number_key(call, s->list.looks[shown - 1].look_no);

        response->next_page_token = page_token(call, &key, 1);
    }
    return call_reply(call, response);
}

const struct method account_list_access_records_method = {
    .name = "creditbank.v1.AccountService/ListAccessRecords",
    .start = list_access_records,
    .state_size = sizeof(struct list_access_records),
    .callers = MAY_LEARNER,
};
