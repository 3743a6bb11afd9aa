/*
 * AccountService.ListOutcomes: the outcomes of an account, newest first.
 *
 *   list_outcomes --list--> got_outcomes --what holds them--> got_holders
 */
#include "api/account_named.h"
#include "api/methods.h"
#include "api/page.h"
#include "base/date.h"
#include "convert/reply_account.h"
#include "store/outcome.h"

struct list_outcomes {
    struct page page;
    struct slice account_no;
    struct outcome_list list;
};

static step_fn got_outcomes, got_holders;

/* After which outcome to go on; false where the token has no date. */
static bool
read_after(const struct page *page, struct outcome_page *wanted)
{
    wanted->after_date = INT32_MAX;
    wanted->after_institution = page->keys[1];
    wanted->after_outer_id = page->keys[2];
    return page->is_first || date_parse(page->keys[0], &wanted->after_date);
}

static struct step
list_outcomes(struct call *call)
{
    const Creditbank__V1__ListOutcomesRequest *req = call_request(call);
    struct list_outcomes *s = call_state(call);
    struct scope scope = scope_of(call);
    struct outcome_page wanted = {
        .account_no = account_named(call, req->account_no),
        .kind = (int32_t)req->kind,
    };
    const struct refusal_list *refusals =
        page_read(call, req->page_size, req->page_token, 3, &s->page);

    if (refusals != NULL)
        return call_refuse_all(call, refusals);
    if (!read_after(&s->page, &wanted))
        return call_refuse(call, REASON_PAGE_TOKEN_WRONG, "page_token", "%s", "");
    wanted.limit = s->page.size + 1;
    s->account_no = wanted.account_no;
    return store_list_outcomes(call, &scope, &wanted, &s->list, got_outcomes);
}

static struct step
got_outcomes(struct call *call)
{
    struct list_outcomes *s = call_state(call);
    struct scope scope = scope_of(call);

    return store_find_holders(call, &scope, s->account_no, &s->list, got_holders);
}

static struct step
got_holders(struct call *call)
{
    struct list_outcomes *s = call_state(call);
    struct arena *arena = call_arena(call);
    Creditbank__V1__ListOutcomesResponse *response = arena_alloc(arena, sizeof(*response));
    size_t shown = page_shown(&s->page, s->list.count);

    creditbank__v1__list_outcomes_response__init(response);
    response->n_outcomes = shown;
    response->outcomes = reply_outcomes(arena, s->list.outcomes, shown);
    if (shown < s->list.count) {
        const struct outcome *last = &s->list.outcomes[shown - 1].row;
        char date[DATE_TEXT_SIZE];
        const struct slice key[] = {
            slice_text(date_format(last->outcome_date, date)),
            last->institution_id,
            last->outer_id,
        };

        response->next_page_token = page_token(call, key, ARRAY_COUNT(key));
    }
    return call_reply(call, response);
}

const struct method account_list_outcomes_method = {
    .name = "creditbank.v1.AccountService/ListOutcomes",
    .start = list_outcomes,
    .state_size = sizeof(struct list_outcomes),
    .callers = MAY_LEARNER | MAY_SCHOOL | MAY_ISSUER,
};
