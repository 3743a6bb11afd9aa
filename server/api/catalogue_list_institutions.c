/* CatalogueService.ListInstitutions: the institutions, by id, page by page. */
#include "api/methods.h"
#include "api/page.h"
#include "convert/reply_catalogue.h"
#include "store/catalogue.h"

struct list_institutions {
    struct page page;
    struct rows rows;
};

static step_fn got_rows;

static struct step
list_institutions(struct call *call)
{
    const Creditbank__V1__ListInstitutionsRequest *req = call_request(call);
    struct list_institutions *s = call_state(call);
    const struct refusal_list *refusals =
        page_read(call, req->page_size, req->page_token, 1, &s->page);

    if (refusals != NULL)
        return call_refuse_all(call, refusals);
    return store_list_institutions(call, (int32_t)req->kind, s->page.keys[0], s->page.size + 1,
                                   &s->rows, got_rows);
}

static struct step
got_rows(struct call *call)
{
    struct list_institutions *s = call_state(call);
    struct arena *arena = call_arena(call);
    const struct institution *rows = s->rows.at;
    size_t shown = page_shown(&s->page, s->rows.count);
    Creditbank__V1__ListInstitutionsResponse *response = arena_alloc(arena, sizeof(*response));

    creditbank__v1__list_institutions_response__init(response);
    response->n_institutions = shown;
    response->institutions = arena_array(arena, shown, sizeof(*response->institutions));
    for (size_t i = 0; i < shown; i++)
        response->institutions[i] = reply_institution(arena, &rows[i]);
    if (shown < s->rows.count)
        response->next_page_token = page_token(call, &rows[shown - 1].institution_id, 1);
    return call_reply(call, response);
}

const struct method catalogue_list_institutions_method = {
    .name = "creditbank.v1.CatalogueService/ListInstitutions",
    .start = list_institutions,
    .state_size = sizeof(struct list_institutions),
    .callers = MAY_ANYBODY,
};
