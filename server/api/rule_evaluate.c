/*
 * RuleService.Evaluate: what a learner would get at a school today, every rule
 * of the rulebook in force with every outcome that could meet it.
 *
 *   evaluate_learner --list outcomes--> got_outcomes --load--> loaded (again while rows are
 * missing)
 */
#include "api/loading.h"
#include "api/methods.h"
#include "convert/reply_application.h"
#include "core/clause.h"
#include "creditbank/v1/rule_service.pb-c.h"
#include "store/application.h"

#define OUTCOMES_MAX 200                   /* the newest ones */
#define FINDINGS_MAX 500                   /* pairs of rule and outcome that are evaluated */
#define ANSWER_BYTES_MAX ((size_t)8 << 20) /* that the call takes before the last finding */
#define SCRATCH_BYTES ((size_t)1 << 20)    /* for evaluating one pair */

struct evaluate_learner {
    struct scope scope;
    struct valid_outcomes outcomes;
    struct loading loading;
    size_t line_count;
    struct line_applied *lines;
};

static step_fn got_outcomes, loaded;

static struct step
evaluate_learner(struct call *call)
{
    const Creditbank__V1__EvaluateRequest *req = call_request(call);
    struct evaluate_learner *s = call_state(call);

    s->scope = scope_of(call);
    s->outcomes.account_no = slice_text(req->account_no);
    if (s->scope.kind == SCOPE_OWNER && s->outcomes.account_no.len == 0)
        s->outcomes.account_no = s->scope.id;
    if (s->scope.kind == SCOPE_INSTITUTION && !slice_is(s->scope.id, req->school_id))
        return call_refuse(call, REASON_CALLER_NOT_ALLOWED, "school_id", "%s", "");
    s->outcomes.limit = OUTCOMES_MAX;
    return store_list_valid_outcomes(call, &s->scope, &s->outcomes, got_outcomes);
}

static struct step
got_outcomes(struct call *call)
{
    struct evaluate_learner *s = call_state(call);
    const struct outcome *outcomes = s->outcomes.rows.at;

    loading_begin(call, &s->loading);
    for (size_t i = 0; i < s->outcomes.rows.count; i++)
        world_load_row(s->loading.world, TABLE_OUTCOME, &outcomes[i]);
    return loaded(call);
}

static struct rulebook_head
find_head(struct call *call)
{
    const Creditbank__V1__EvaluateRequest *req = call_request(call);
    struct evaluate_learner *s = call_state(call);
    struct rulebook_head key = {.school_id = slice_text(req->school_id),
                                .rulebook_id = slice_text(req->rulebook_id)};
    const struct rulebook_head *head = world_find(s->loading.world, TABLE_RULEBOOK_HEAD, &key);

    return head != NULL ? *head : key;
}

/* The clauses of one rule, which stand together among those of its rulebook. */
static struct row_list
clauses_of(const struct row_list *clauses, const struct rule *rule)
{
    struct row_list own = {0};

    for (size_t i = 0; i < clauses->count; i++) {
        const struct rule_clause *clause = clauses->rows[i];

        if (clause->rule_no == rule->rule_no && own.count++ == 0)
            own.rows = clauses->rows + i;
    }
    return own;
}

static struct text_list
courses_of(struct arena *arena, const struct row_list *courses, const struct rule *rule)
{
    struct text_list codes = {0};
    size_t count = 0;

    for (size_t i = 0; i < courses->count; i++)
        count += ((const struct rule_course *)courses->rows[i])->rule_no == rule->rule_no;
    codes.texts = arena_array(arena, count, sizeof(struct slice));
    for (size_t i = 0; i < courses->count; i++) {
        const struct rule_course *course = courses->rows[i];

        if (course->rule_no == rule->rule_no)
            codes.texts[codes.count++] = course->course_code;
    }
    return codes;
}

static void
add_lines(struct call *call, const struct rule *rule, const struct row_list *clauses,
          const struct text_list *codes)
{
    struct evaluate_learner *s = call_state(call);
    const struct outcome *outcomes = s->outcomes.rows.at;

    for (size_t i = 0; i < s->outcomes.rows.count && s->line_count < FINDINGS_MAX; i++) {
        if (!clauses_could_hold(clauses, outcomes[i].kind))
            continue;
        s->lines[s->line_count++] = (struct line_applied){
            .rule_no = (uint32_t)rule->rule_no,
            .outcome = {outcomes[i].institution_id, outcomes[i].outer_id},
            .course_codes = *codes,
        };
    }
}

/* Every rule with every outcome that could meet it, as lines of applications of their own. */
static void
make_lines(struct call *call, const struct rulebook_head *head)
{
    struct evaluate_learner *s = call_state(call);
    struct arena *arena = call_arena(call);
    struct world *world = s->loading.world;
    struct slice school = head->school_id, rulebook = head->rulebook_id;
    int32_t version = head->published_version;
    struct row_list rules =
        world_list(world, TABLE_RULE, &(struct rule){school, rulebook, .version = version});
    struct row_list clauses = world_list(
        world, TABLE_RULE_CLAUSE, &(struct rule_clause){school, rulebook, .version = version});
    struct row_list courses = world_list(
        world, TABLE_RULE_COURSE, &(struct rule_course){school, rulebook, .version = version});

    s->line_count = 0;
    s->lines = arena_array(arena, FINDINGS_MAX, sizeof(*s->lines));
    for (size_t i = 0; i < rules.count; i++) {
        const struct rule *rule = rules.rows[i];
        struct text_list codes = courses_of(arena, &courses, rule);
        struct row_list own = clauses_of(&clauses, rule);

        add_lines(call, rule, &own, &codes);
    }
}

static void
evaluate_line(struct call *call, const struct rulebook_head *head, const struct line_applied *line,
              struct arena *arena, struct evaluation *evaluation)
{
    struct evaluate_learner *s = call_state(call);

    evaluate(s->loading.world,
             &(struct evaluation_request){
                 .account_no = s->outcomes.account_no,
                 .school_id = head->school_id,
                 .rulebook_id = head->rulebook_id,
                 .version = head->published_version,
                 .date = date_in_shanghai(call_now_us(call)),
                 .line_count = 1,
                 .lines = line,
             },
             arena, evaluation);
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

static void
ask_for_rows(struct call *call, const struct rulebook_head *head)
{
    struct evaluate_learner *s = call_state(call);
    struct arena *scratch = arena_new(SCRATCH_BYTES);
    struct evaluation evaluation;

    for (size_t i = 0; i < s->line_count; i++) {
        evaluate_line(call, head, &s->lines[i], scratch, &evaluation);
        arena_reset(scratch);
    }
    arena_free(scratch);
}

static struct step
reply(struct call *call, const struct rulebook_head *head)
{
    struct evaluate_learner *s = call_state(call);
    struct arena *arena = call_arena(call);
    Creditbank__V1__EvaluateResponse *response = arena_alloc(arena, sizeof(*response));

    creditbank__v1__evaluate_response__init(response);
    response->version = (uint32_t)head->published_version;
    response->findings = arena_array(arena, s->line_count, sizeof(*response->findings));
    for (size_t i = 0; i < s->line_count; i++) {
        struct evaluation evaluation;

        if (arena_used(arena) > ANSWER_BYTES_MAX)
            return call_refuse(call, REASON_RESPONSE_TOO_LARGE, "", "%s", "");
        evaluate_line(call, head, &s->lines[i], arena, &evaluation);
        response->findings[response->n_findings++] =
            reply_finding(arena, &evaluation, 0, s->scope.kind == SCOPE_OWNER);
    }
    order_findings(arena, response->findings, response->n_findings);
    return call_reply(call, response);
}

static struct step
loaded(struct call *call)
{
    const Creditbank__V1__EvaluateRequest *req = call_request(call);
    struct evaluate_learner *s = call_state(call);
    struct rulebook_head head = find_head(call);

    make_lines(call, &head);
    ask_for_rows(call, &head);
    if (world_has_missed(s->loading.world))
        return loading_load(call, &s->loading, loaded);
    if (head.published_version == 0)
        return call_refuse(call, REASON_RULEBOOK_UNKNOWN, "rulebook_id", "%s", req->rulebook_id);
    return reply(call, &head);
}

const struct method rule_evaluate_method = {
    .name = "creditbank.v1.RuleService/Evaluate",
    .start = evaluate_learner,
    .state_size = sizeof(struct evaluate_learner),
    .callers = MAY_LEARNER | MAY_SCHOOL,
};
