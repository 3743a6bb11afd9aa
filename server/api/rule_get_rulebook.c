/* RuleService.GetRulebook: a version of a rulebook with its rules; of version 0 the newest
 * published. */
#include "api/methods.h"
#include "convert/reply_rulebook.h"
#include "store/rulebook.h"

struct get_rulebook {
    struct rulebook_rows rows;
};

static step_fn got_rows;

static struct step
get_rulebook(struct call *call)
{
    const Creditbank__V1__GetRulebookRequest *req = call_request(call);
    struct get_rulebook *s = call_state(call);
    struct rulebook_key key = {slice_text(req->school_id), slice_text(req->rulebook_id), 0};

    if (req->version > INT32_MAX)
        return call_refuse(call, REASON_RULEBOOK_UNKNOWN, "version", "%s", req->rulebook_id);
    key.version = (int32_t)req->version;
    return store_look_up_rulebook(call, &key, &s->rows, got_rows);
}

static struct step
got_rows(struct call *call)
{
    const Creditbank__V1__GetRulebookRequest *req = call_request(call);
    struct get_rulebook *s = call_state(call);
    struct arena *arena = call_arena(call);
    Creditbank__V1__GetRulebookResponse *response = arena_alloc(arena, sizeof(*response));

    if (s->rows.rulebook.count == 0)
        return call_refuse(call, REASON_RULEBOOK_UNKNOWN, "rulebook_id", "%s", req->rulebook_id);
    creditbank__v1__get_rulebook_response__init(response);
    response->rulebook = reply_rulebook(arena, &(struct rulebook_parts){
                                                   .rulebook = s->rows.rulebook.at,
                                                   .rule_count = s->rows.rules.count,
                                                   .clause_count = s->rows.clauses.count,
                                                   .course_count = s->rows.courses.count,
                                                   .rules = s->rows.rules.at,
                                                   .clauses = s->rows.clauses.at,
                                                   .courses = s->rows.courses.at,
                                                   .band_count = s->rows.bands.count,
                                                   .bands = s->rows.bands.at,
                                                   .cap_count = s->rows.caps.count,
                                                   .caps = s->rows.caps.at,
                                               });
    return call_reply(call, response);
}

const struct method rule_get_rulebook_method = {
    .name = "creditbank.v1.RuleService/GetRulebook",
    .start = get_rulebook,
    .state_size = sizeof(struct get_rulebook),
    .callers = MAY_ANYBODY,
};
