/* CatalogueService.ListRecordingRules: how hours become credits, by kind and day. */
#include "api/methods.h"
#include "convert/reply_catalogue.h"
#include "store/catalogue.h"

struct list_recording_rules {
    struct rows rows;
};

static step_fn got_rows;

static struct step
list_recording_rules(struct call *call)
{
    struct list_recording_rules *s = call_state(call);

    return store_list_recording_rules(call, &s->rows, got_rows);
}

static struct step
got_rows(struct call *call)
{
    struct list_recording_rules *s = call_state(call);
    struct arena *arena = call_arena(call);
    const struct recording_rule *rows = s->rows.at;
    Creditbank__V1__ListRecordingRulesResponse *response = arena_alloc(arena, sizeof(*response));

    creditbank__v1__list_recording_rules_response__init(response);
    response->n_rules = s->rows.count;
    response->rules = arena_array(arena, s->rows.count, sizeof(*response->rules));
    for (size_t i = 0; i < s->rows.count; i++)
        response->rules[i] = reply_recording_rule(arena, &rows[i]);
    return call_reply(call, response);
}

const struct method catalogue_list_recording_rules_method = {
    .name = "creditbank.v1.CatalogueService/ListRecordingRules",
    .start = list_recording_rules,
    .state_size = sizeof(struct list_recording_rules),
    .callers = MAY_ANYBODY,
};
