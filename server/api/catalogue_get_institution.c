/* CatalogueService.GetInstitution: an institution with every key it ever had. */
#include "api/methods.h"
#include "convert/reply_catalogue.h"
#include "store/catalogue.h"

struct get_institution {
    struct rows institution, keys;
};

static step_fn got_rows;

static struct step
get_institution(struct call *call)
{
    const Creditbank__V1__GetInstitutionRequest *req = call_request(call);
    struct get_institution *s = call_state(call);

    return store_look_up_institution(call, slice_text(req->institution_id), &s->institution,
                                     &s->keys, got_rows);
}

static struct step
got_rows(struct call *call)
{
    const Creditbank__V1__GetInstitutionRequest *req = call_request(call);
    struct get_institution *s = call_state(call);
    struct arena *arena = call_arena(call);
    const struct signing_key *keys = s->keys.at;
    Creditbank__V1__GetInstitutionResponse *response = arena_alloc(arena, sizeof(*response));

    if (s->institution.count == 0)
        return call_refuse(call, REASON_INSTITUTION_UNKNOWN, "institution_id", "%s",
                           req->institution_id);
    creditbank__v1__get_institution_response__init(response);
    response->institution = reply_institution(arena, s->institution.at);
    response->n_keys = s->keys.count;
    response->keys = arena_array(arena, s->keys.count, sizeof(*response->keys));
    for (size_t i = 0; i < s->keys.count; i++)
        response->keys[i] = reply_key(arena, &keys[i]);
    return call_reply(call, response);
}

const struct method catalogue_get_institution_method = {
    .name = "creditbank.v1.CatalogueService/GetInstitution",
    .start = get_institution,
    .state_size = sizeof(struct get_institution),
    .callers = MAY_ANYBODY,
};
