/*
 * RuleService.FindBestCombination: which outcomes a learner would best use for which
 * courses of the rulebook in force.
 *
 *   find_best_combination --load--> loaded --solve--> solved
 *
 * It is advice: what she applies for is judged as any other application is.
 */
#include "api/combination_options.h"
#include "api/methods.h"
#include "base/log.h"
#include "calculator/calculator.h"
#include "convert/reply_application.h"
#include "creditbank/v1/rule_service.pb-c.h"

struct find_best_combination {
    struct learner_rules rules; /* first: learner_rules_load() finds it here */
    struct combination_options *options;
    struct combination combination;
};

static step_fn loaded, solved;

static struct step
find_best_combination(struct call *call)
{
    const Creditbank__V1__FindBestCombinationRequest *req = call_request(call);

    return learner_rules_load(call, req->account_no, req->school_id, req->rulebook_id, loaded);
}

static struct step
loaded(struct call *call)
{
    struct find_best_combination *s = call_state(call);
    struct combination_fault fault;

    s->options = arena_alloc(call_arena(call), sizeof(*s->options));
    if (!combination_options_find(call, s->options))
        return call_refuse(call, REASON_COMBINATION_TOO_LARGE, "", "%s", "");
    if (s->options->problem.option_count == 0)
        return solved(call);
    if (!combination_is_valid(&s->options->problem, &fault)) {
        log_error("combination invalid field=%s index=%u rule=\"%s\"", fault.field, fault.index,
                  fault.rule);
        return call_refuse(call, REASON_INTERNAL_ERROR, "", "%s", "");
    }
    return calculator_combine(call, &s->options->problem, &s->combination, solved);
}

/* Evaluates what was chosen as one application, as its learner would apply for it. */
static void
evaluate_chosen(struct call *call, struct evaluation *evaluation)
{
    struct find_best_combination *s = call_state(call);
    struct line_applied *lines =
        arena_array(call_arena(call), s->combination.option_count, sizeof(*lines));

    for (unsigned i = 0; i < s->combination.option_count; i++)
        lines[i] = s->options->lines[s->combination.options[i]];
    learner_rules_evaluate(call, lines, s->combination.option_count, call_arena(call), evaluation);
}

static struct step
solved(struct call *call)
{
    const struct find_best_combination *s = call_state(call);
    struct arena *arena = call_arena(call);
    Creditbank__V1__FindBestCombinationResponse *response = arena_alloc(arena, sizeof(*response));
    struct evaluation evaluation;

    evaluate_chosen(call, &evaluation);
    if (s->combination.option_count > 0 && !evaluation.satisfied) {
        log_error("combination refused by the rules lines=%zu", evaluation.finding_count);
        return call_refuse(call, REASON_INTERNAL_ERROR, "", "%s", "");
    }
    creditbank__v1__find_best_combination_response__init(response);
    response->version = (uint32_t)s->rules.version;
    response->centicredits = s->combination.centicredits;
    response->bound_centicredits = s->combination.bound_centicredits;
    response->findings = arena_array(arena, evaluation.finding_count, sizeof(*response->findings));
    for (size_t i = 0; i < evaluation.finding_count; i++)
        response->findings[response->n_findings++] =
            reply_finding(arena, &evaluation, i, s->rules.scope.kind == SCOPE_OWNER);
    return call_reply(call, response);
}

const struct method rule_find_best_combination_method = {
    .name = "creditbank.v1.RuleService/FindBestCombination",
    .start = find_best_combination,
    .state_size = sizeof(struct find_best_combination),
    .callers = MAY_LEARNER | MAY_SCHOOL,
};
