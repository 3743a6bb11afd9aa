/* RuleService.ListRulebooks: the rulebooks of a school, every version, page by page. */
#include "api/methods.h"
#include "api/page.h"
#include "convert/reply_rulebook.h"
#include "store/rulebook.h"

struct list_rulebooks {
    struct page page;
    struct rows rows;
};

static step_fn got_rows;

static struct step
list_rulebooks(struct call *call)
{
    const Creditbank__V1__ListRulebooksRequest *req = call_request(call);
    struct list_rulebooks *s = call_state(call);
    struct rulebook_key after = {.school_id = slice_text(req->school_id)};
    int64_t version = 0;
    const struct refusal_list *refusals =
        page_read(call, req->page_size, req->page_token, 2, &s->page);

    if (refusals != NULL)
        return call_refuse_all(call, refusals);
    if (!s->page.is_first && (!page_key_number(s->page.keys[1], &version) || version > INT32_MAX))
        return call_refuse(call, REASON_PAGE_TOKEN_WRONG, "page_token", "%s", "");
    after.rulebook_id = s->page.keys[0];
    after.version = (int32_t)version;
    return store_list_rulebooks(call, &after, s->page.size + 1, &s->rows, got_rows);
}

static struct step
got_rows(struct call *call)
{
    struct list_rulebooks *s = call_state(call);
    struct arena *arena = call_arena(call);
    const struct rulebook *rows = s->rows.at;
    size_t shown = page_shown(&s->page, s->rows.count);
    Creditbank__V1__ListRulebooksResponse *response = arena_alloc(arena, sizeof(*response));

    creditbank__v1__list_rulebooks_response__init(response);
    response->n_rulebooks = shown;
    response->rulebooks = arena_array(arena, shown, sizeof(*response->rulebooks));
    for (size_t i = 0; i < shown; i++)
        response->rulebooks[i] =
            reply_rulebook(arena, &(struct rulebook_parts){.rulebook = &rows[i]});
    if (shown < s->rows.count) {
        const struct rulebook *last = &rows[shown - 1];
        const struct slice keys[] = {last->rulebook_id, page_number_key(call, last->version)};

        response->next_page_token = page_token(call, keys, 2);
    }
    return call_reply(call, response);
}

const struct method rule_list_rulebooks_method = {
    .name = "creditbank.v1.RuleService/ListRulebooks",
    .start = list_rulebooks,
    .state_size = sizeof(struct list_rulebooks),
    .callers = MAY_ANYBODY,
};
