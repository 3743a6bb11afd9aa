#include "recording_rule.h"

#include "import_context.h"

static int
compare_days(const Creditbank__V1__Date *a, const Creditbank__V1__Date *b)
{
    int64_t left = ((int64_t)a->year * 100 + a->month) * 100 + a->day;
    int64_t right = ((int64_t)b->year * 100 + b->month) * 100 + b->day;

    return (left > right) - (left < right);
}

const Creditbank__V1__RecordingRuleSet *
recording_rule_find(Creditbank__V1__RecordingRuleSet *const *rules, size_t count,
                    Creditbank__V1__CourseKind kind, const Creditbank__V1__Date *day)
{
    const Creditbank__V1__RecordingRuleSet *found = NULL;

    for (size_t i = 0; i < count; i++) {
        const Creditbank__V1__Date *from = rules[i]->from_date;

        if (rules[i]->course_kind != kind || from == NULL ||
            (day != NULL && compare_days(from, day) > 0))
            continue;
        if (found == NULL || compare_days(from, found->from_date) > 0)
            found = rules[i];
    }
    return found;
}

int64_t
recording_rule_step(const Creditbank__V1__RecordingRuleSet *rule)
{
    return rule->centihours_per_credit * rule->step_centicredits / 100;
}

void
recording_rule_apply(const Creditbank__V1__RecordingRuleSet *rule, int64_t centihours,
                     int64_t *centicredits, int64_t *remainder_centihours)
{
    int64_t step = recording_rule_step(rule);

    *centicredits = step > 0 ? centihours / step * rule->step_centicredits : 0;
    *remainder_centihours = step > 0 ? centihours % step : centihours;
}

static void
got_rules(struct batch *batch, const ProtobufCMessage *reply)
{
    const Creditbank__V1__ListRecordingRulesResponse *found = (const void *)reply;
    struct import_context *import = batch_context(batch);
    struct arena *arena = batch_cli(batch)->arena;

    import->rule_count = found->n_rules;
    import->rules = arena_array(arena, found->n_rules, sizeof(*import->rules));
    for (size_t i = 0; i < found->n_rules; i++) {
        Creditbank__V1__RecordingRuleSet *rule = arena_alloc(arena, sizeof(*rule));

        *rule = *found->rules[i];
        if (rule->from_date != NULL) {
            rule->from_date = arena_alloc(arena, sizeof(*rule->from_date));
            *rule->from_date = *found->rules[i]->from_date;
        }
        import->rules[i] = rule;
    }
}

void
recording_rules_look_up(struct batch *batch)
{
    const struct import_context *import = batch_context(batch);
    Creditbank__V1__ListRecordingRulesRequest message;
    struct creditbank_request request = {.service = &creditbank__v1__catalogue_service__descriptor,
                                         .method = "ListRecordingRules",
                                         .message = &message.base};

    creditbank__v1__list_recording_rules_request__init(&message);
    if (import->rules == NULL)
        batch_call(batch, &request, got_rules);
}

const Creditbank__V1__RecordingRuleSet *
recording_rules_on(const struct batch *batch, Creditbank__V1__CourseKind kind,
                   const Creditbank__V1__Date *day)
{
    const struct import_context *import = batch_context(batch);

    return recording_rule_find(import->rules, import->rule_count, kind, day);
}
