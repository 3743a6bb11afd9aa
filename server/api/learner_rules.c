/*
 *   learner_rules_load --list outcomes--> got_outcomes
 *     --load--> loaded (again while rows are missing) --> done
 */
#include "api/learner_rules.h"

#include "core/clause.h"

#define OUTCOMES_MAX 200                /* the newest ones */
#define LINES_MAX 500                   /* pairs of rule and outcome */
#define SCRATCH_BYTES ((size_t)1 << 20) /* for evaluating one pair */

static step_fn got_outcomes, loaded;

struct step
learner_rules_load(struct call *call, const char *account_no, const char *school_id,
                   const char *rulebook_id, step_fn *next)
{
    struct learner_rules *s = call_state(call);

    s->school_id = slice_text(school_id);
    s->rulebook_id = slice_text(rulebook_id);
    s->done = next;
    s->scope = scope_of(call);
    s->outcomes.account_no = slice_text(account_no);
    if (s->scope.kind == SCOPE_OWNER && s->outcomes.account_no.len == 0)
        s->outcomes.account_no = s->scope.id;
    if (s->scope.kind == SCOPE_INSTITUTION && !slice_equal(s->scope.id, s->school_id))
        return call_refuse(call, REASON_CALLER_NOT_ALLOWED, "school_id", "%s", "");
    s->outcomes.limit = OUTCOMES_MAX;
    return store_list_valid_outcomes(call, &s->scope, &s->outcomes, got_outcomes);
}

static struct step
got_outcomes(struct call *call)
{
    struct learner_rules *s = call_state(call);
    const struct outcome *outcomes = s->outcomes.rows.at;

    loading_begin(call, &s->loading);
    for (size_t i = 0; i < s->outcomes.rows.count; i++)
        world_load_row(s->loading.world, TABLE_OUTCOME, &outcomes[i]);
    return loaded(call);
}

static int32_t
version_in_force(const struct learner_rules *s)
{
    const struct rulebook_head *head = world_find(
        s->loading.world, TABLE_RULEBOOK_HEAD,
        &(struct rulebook_head){.school_id = s->school_id, .rulebook_id = s->rulebook_id});

    return head != NULL ? head->published_version : 0;
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
    struct learner_rules *s = call_state(call);
    const struct outcome *outcomes = s->outcomes.rows.at;

    for (size_t i = 0; i < s->outcomes.rows.count && s->line_count < LINES_MAX; i++) {
        if (!clauses_could_hold(clauses, outcomes[i].kind))
            continue;
        s->lines[s->line_count++] = (struct line_applied){
            .rule_no = (uint32_t)rule->rule_no,
            .outcome = {outcomes[i].institution_id, outcomes[i].outer_id},
            .course_codes = *codes,
        };
    }
}

/* Every rule with every outcome that could meet it. */
static void
make_lines(struct call *call)
{
    struct learner_rules *s = call_state(call);
    struct arena *arena = call_arena(call);
    struct world *world = s->loading.world;
    struct slice school = s->school_id, rulebook = s->rulebook_id;
    struct row_list rules =
        world_list(world, TABLE_RULE, &(struct rule){school, rulebook, .version = s->version});
    struct row_list clauses = world_list(
        world, TABLE_RULE_CLAUSE, &(struct rule_clause){school, rulebook, .version = s->version});
    struct row_list courses = world_list(
        world, TABLE_RULE_COURSE, &(struct rule_course){school, rulebook, .version = s->version});

    s->line_count = 0;
    s->lines = arena_array(arena, LINES_MAX, sizeof(*s->lines));
    for (size_t i = 0; i < rules.count; i++) {
        const struct rule *rule = rules.rows[i];
        struct text_list codes = courses_of(arena, &courses, rule);
        struct row_list own = clauses_of(&clauses, rule);

        add_lines(call, rule, &own, &codes);
    }
}

void
learner_rules_evaluate(struct call *call, const struct line_applied *lines, size_t count,
                       struct arena *arena, struct evaluation *evaluation)
{
    struct learner_rules *s = call_state(call);

    evaluate(s->loading.world,
             &(struct evaluation_request){
                 .account_no = s->outcomes.account_no,
                 .school_id = s->school_id,
                 .rulebook_id = s->rulebook_id,
                 .version = s->version,
                 .date = date_in_shanghai(call_now_us(call)),
                 .line_count = count,
                 .lines = lines,
             },
             arena, evaluation);
}

static void
ask_for_rows(struct call *call)
{
    struct learner_rules *s = call_state(call);
    struct arena *scratch = arena_new(SCRATCH_BYTES);
    struct evaluation evaluation;

    for (size_t i = 0; i < s->line_count; i++) {
        learner_rules_evaluate(call, &s->lines[i], 1, scratch, &evaluation);
        arena_reset(scratch);
    }
    arena_free(scratch);
}

static struct step
loaded(struct call *call)
{
    struct learner_rules *s = call_state(call);

    s->version = version_in_force(s);
    make_lines(call);
    ask_for_rows(call);
    if (world_has_missed(s->loading.world))
        return loading_load(call, &s->loading, loaded);
    if (s->version == 0)
        return call_refuse(call, REASON_RULEBOOK_UNKNOWN, "rulebook_id", "%.*s",
                           (int)s->rulebook_id.len, (const char *)s->rulebook_id.at);
    return s->done(call);
}
