/* CatalogueService.GetProgramme: a programme with its courses. */
#include "api/methods.h"
#include "convert/reply_catalogue.h"
#include "store/catalogue.h"

struct get_programme {
    struct rows programme, courses;
};

static step_fn got_rows;

static struct step
get_programme(struct call *call)
{
    const Creditbank__V1__GetProgrammeRequest *req = call_request(call);
    struct get_programme *s = call_state(call);
    struct programme_key key = {slice_text(req->school_id), slice_text(req->programme_id)};

    return store_look_up_programme(call, &key, &s->programme, &s->courses, got_rows);
}

static struct step
got_rows(struct call *call)
{
    const Creditbank__V1__GetProgrammeRequest *req = call_request(call);
    struct get_programme *s = call_state(call);
    struct arena *arena = call_arena(call);
    const struct programme *programme = s->programme.at;
    Creditbank__V1__GetProgrammeResponse *response = arena_alloc(arena, sizeof(*response));

    if (s->programme.count == 0)
        return call_refuse(call, REASON_PROGRAMME_UNKNOWN, "programme_id", "%s", req->programme_id);
    creditbank__v1__get_programme_response__init(response);
    response->programme = reply_programme(arena, programme, s->courses.at, s->courses.count);
    response->entry_index = (uint64_t)programme->entry_index;
    return call_reply(call, response);
}

const struct method catalogue_get_programme_method = {
    .name = "creditbank.v1.CatalogueService/GetProgramme",
    .start = get_programme,
    .state_size = sizeof(struct get_programme),
    .callers = MAY_ANYBODY,
};
