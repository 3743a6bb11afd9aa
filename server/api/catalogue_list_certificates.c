/* CatalogueService.ListCertificates: the certificates of the catalogue, by id, page by page. */
#include "api/methods.h"
#include "api/page.h"
#include "convert/reply_catalogue.h"
#include "store/catalogue.h"

struct list_certificates {
    struct page page;
    struct rows rows;
};

static step_fn got_rows;

static struct step
list_certificates(struct call *call)
{
    const Creditbank__V1__ListCertificatesRequest *req = call_request(call);
    struct list_certificates *s = call_state(call);
    const struct refusal_list *refusals =
        page_read(call, req->page_size, req->page_token, 1, &s->page);

    if (refusals != NULL)
        return call_refuse_all(call, refusals);
    return store_list_certificates(call, slice_text(req->family_id), s->page.keys[0],
                                   s->page.size + 1, &s->rows, got_rows);
}

static struct step
got_rows(struct call *call)
{
    struct list_certificates *s = call_state(call);
    struct arena *arena = call_arena(call);
    const struct certificate *rows = s->rows.at;
    size_t shown = page_shown(&s->page, s->rows.count);
    Creditbank__V1__ListCertificatesResponse *response = arena_alloc(arena, sizeof(*response));

    creditbank__v1__list_certificates_response__init(response);
    response->n_certificates = shown;
    response->certificates = arena_array(arena, shown, sizeof(*response->certificates));
    for (size_t i = 0; i < shown; i++)
        response->certificates[i] = reply_certificate(arena, &rows[i]);
    if (shown < s->rows.count)
        response->next_page_token = page_token(call, &rows[shown - 1].certificate_id, 1);
    return call_reply(call, response);
}

const struct method catalogue_list_certificates_method = {
    .name = "creditbank.v1.CatalogueService/ListCertificates",
    .start = list_certificates,
    .state_size = sizeof(struct list_certificates),
    .callers = MAY_ANYBODY,
};
