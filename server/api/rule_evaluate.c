/*
 * RuleService.Evaluate: what a learner would get at a school today, every rule
 * of the rulebook in force with every outcome that could meet it.
 *
 *   evaluate_learner --load--> loaded
 */
#include "api/learner_rules.h"
#include "api/methods.h"
#include "convert/reply_application.h"
#include "creditbank/v1/rule_service.pb-c.h"

#define ANSWER_BYTES_MAX ((size_t)8 << 20) /* that the call takes before the last finding */

static step_fn loaded;

static struct step
evaluate_learner(struct call *call)
{
    const Creditbank__V1__EvaluateRequest *req = call_request(call);

    return learner_rules_load(call, req->account_no, req->school_id, req->rulebook_id, loaded);
}

/* Of each rule the outcomes that satisfy it first. */
static void
order_findings(struct arena *arena, Creditbank__V1__Finding **findings, size_t count)
{
    Creditbank__V1__Finding **unordered = arena_array(arena, count, sizeof(*unordered));
    size_t placed = 0;

    memcpy(unordered, findings, count * sizeof(*unordered));
    for (size_t begin = 0, end; begin < count; begin = end) {
        for (end = begin; end < count && unordered[end]->rule_no == unordered[begin]->rule_no;)
            end++;
        for (int satisfied = 1; satisfied >= 0; satisfied--)
            for (size_t i = begin; i < end; i++)
                if (unordered[i]->satisfied == satisfied)
                    findings[placed++] = unordered[i];
    }
}

static struct step
loaded(struct call *call)
{
    const struct learner_rules *s = call_state(call);
    struct arena *arena = call_arena(call);
    Creditbank__V1__EvaluateResponse *response = arena_alloc(arena, sizeof(*response));

    creditbank__v1__evaluate_response__init(response);
    response->version = (uint32_t)s->version;
    response->findings = arena_array(arena, s->line_count, sizeof(*response->findings));
    for (size_t i = 0; i < s->line_count; i++) {
        struct evaluation evaluation;

        if (arena_used(arena) > ANSWER_BYTES_MAX)
            return call_refuse(call, REASON_RESPONSE_TOO_LARGE, "", "%s", "");
        learner_rules_evaluate(call, &s->lines[i], 1, arena, &evaluation);
        response->findings[response->n_findings++] =
            reply_finding(arena, &evaluation, 0, s->scope.kind == SCOPE_OWNER);
    }
    order_findings(arena, response->findings, response->n_findings);
    return call_reply(call, response);
}

const struct method rule_evaluate_method = {
    .name = "creditbank.v1.RuleService/Evaluate",
    .start = evaluate_learner,
    .state_size = sizeof(struct learner_rules),
    .callers = MAY_LEARNER | MAY_SCHOOL,
};
