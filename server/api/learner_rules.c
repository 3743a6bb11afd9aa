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

static struct text_list
courses_of(struct arena *arena, const struct row_list *courses)
{
    struct text_list codes = {.count = courses->count};

    codes.texts = arena_array(arena, courses->count, sizeof(struct slice));
    for (size_t i = 0; i < courses->count; i++)
        codes.texts[i] = ((const struct rule_course *)courses->rows[i])->course_code;
    return codes;
}

static void
add_lines(struct call *call, const struct rule *rule, const struct row_list *clauses,
          const struct text_list *codes, const struct certificate *const *certificates)
{
    struct learner_rules *s = call_state(call);
    const struct outcome *outcomes = s->outcomes.rows.at;

    for (size_t i = 0; i < s->outcomes.rows.count && s->line_count < LINES_MAX; i++) {
        if (!clauses_could_hold(clauses, &outcomes[i], certificates[i]))
            continue;
        s->lines[s->line_count++] = (struct line_applied){
            .rule_no = (uint32_t)rule->rule_no,
            .outcome = {outcomes[i].institution_id, outcomes[i].outer_id},
            .course_codes = *codes,
        };
    }
}

/* One rule with every outcome that could meet it. */
static void
add_rule(struct call *call, const struct rule *rule, const struct certificate *const *certificates)
{
    struct learner_rules *s = call_state(call);
    unsigned key_columns = schema_table(TABLE_RULE)->key_columns;
    struct row_list clauses =
        world_range(s->loading.world, TABLE_RULE_CLAUSE,
                    &(struct rule_clause){s->school_id, s->rulebook_id, .version = s->version,
                                          .rule_no = rule->rule_no},
                    key_columns);
    struct row_list courses =
        world_range(s->loading.world, TABLE_RULE_COURSE,
                    &(struct rule_course){s->school_id, s->rulebook_id, .version = s->version,
                                          .rule_no = rule->rule_no},
                    key_columns);
    struct text_list codes = courses_of(call_arena(call), &courses);

    add_lines(call, rule, &clauses, &codes, certificates);
}

/* Every rule. The clauses and courses of all of them are asked for at once. */
static void
make_lines(struct call *call)
{
    struct learner_rules *s = call_state(call);
    struct arena *arena = call_arena(call);
    struct slice school = s->school_id, rulebook = s->rulebook_id;
    struct row_list rules = world_list(s->loading.world, TABLE_RULE,
                                       &(struct rule){school, rulebook, .version = s->version});
    struct row_list clauses =
        world_list(s->loading.world, TABLE_RULE_CLAUSE,
                   &(struct rule_clause){school, rulebook, .version = s->version});
    struct row_list courses =
        world_list(s->loading.world, TABLE_RULE_COURSE,
                   &(struct rule_course){school, rulebook, .version = s->version});
    const struct outcome *outcomes = s->outcomes.rows.at;
    const struct certificate **certificates =
        arena_array(arena, s->outcomes.rows.count, sizeof(*certificates));

    for (size_t i = 0; i < s->outcomes.rows.count; i++)
        certificates[i] = clause_certificate(s->loading.world, &outcomes[i]);
    s->line_count = 0;
    s->lines = arena_array(arena, LINES_MAX, sizeof(*s->lines));
    for (size_t i = 0; i < rules.count && clauses.count > 0 && courses.count > 0; i++)
        add_rule(call, rules.rows[i], certificates);
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

    s->version = loading_version_in_force(&s->loading, s->school_id, s->rulebook_id);
    make_lines(call);
    ask_for_rows(call);
    if (world_has_missed(s->loading.world))
        return loading_load(call, &s->loading, loaded);
    if (s->version == 0)
        return call_refuse(call, REASON_RULEBOOK_UNKNOWN, "rulebook_id", "%.*s",
                           (int)s->rulebook_id.len, (const char *)s->rulebook_id.at);
    return s->done(call);
}
