/* CatalogueService.ListProgrammes: the programmes of a school, by id, page by page. */
#include "api/methods.h"
#include "api/page.h"
#include "convert/reply_catalogue.h"
#include "store/catalogue.h"

struct list_programmes {
    struct page page;
    struct rows rows;
};

static step_fn got_rows;

static struct step
list_programmes(struct call *call)
{
    const Creditbank__V1__ListProgrammesRequest *req = call_request(call);
    struct list_programmes *s = call_state(call);
    const struct refusal_list *refusals =
        page_read(call, req->page_size, req->page_token, 1, &s->page);

    if (refusals != NULL)
        return call_refuse_all(call, refusals);

    struct programme_key after = {slice_text(req->school_id), s->page.keys[0]};

    return store_list_programmes(call, &after, s->page.size + 1, &s->rows, got_rows);
}

static struct step
got_rows(struct call *call)
{
    struct list_programmes *s = call_state(call);
    struct arena *arena = call_arena(call);
    const struct programme *rows = s->rows.at;
    size_t shown = page_shown(&s->page, s->rows.count);
    Creditbank__V1__ListProgrammesResponse *response = arena_alloc(arena, sizeof(*response));

    creditbank__v1__list_programmes_response__init(response);
    response->n_programmes = shown;
    response->programmes = arena_array(arena, shown, sizeof(*response->programmes));
    for (size_t i = 0; i < shown; i++)
        response->programmes[i] = reply_programme(arena, &rows[i], NULL, 0);
    if (shown < s->rows.count)
        response->next_page_token = page_token(call, &rows[shown - 1].programme_id, 1);
    return call_reply(call, response);
}

const struct method catalogue_list_programmes_method = {
    .name = "creditbank.v1.CatalogueService/ListProgrammes",
    .start = list_programmes,
    .state_size = sizeof(struct list_programmes),
    .callers = MAY_ANYBODY,
};
