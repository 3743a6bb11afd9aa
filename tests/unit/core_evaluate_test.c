/*
 * Evaluation against its plain definition (docs/formats.md, section 11): every
 * question a walk through all rows, the trace by printf.
 */
#include "evaluate_plain.h"

#include "base/attributes.h"
#include "core/clause.h"

#include "unit.h"

#define BUDGET ((size_t)32 << 20)
#define TEXT_MAX ((size_t)1 << 20)
#define ROUNDS 3000

static const char *
text(struct plain *p, struct slice slice)
{
    return arena_text(p->arena, slice);
}

static const char *
day(struct plain *p, int32_t date)
{
    int year, month, of_month;

    if (date == DATE_OPEN)
        return "open";
    date_to_civil(date, &year, &month, &of_month);
    return arena_printf(p->arena, "%04d-%02d-%02d", year, month, of_month);
}

static void
say(struct plain *p, const char *name, const char *wanted, const char *found, bool holds)
{
    p->fails = p->fails || !holds;
    assert_true(buffer_printf(&p->trace, "check %s wanted=%s found=%s %s\n", name, wanted, found,
                              holds ? "holds" : "fails"));
}

static void
ask(struct plain *p, const char *name, bool holds)
{
    say(p, name, "yes", holds ? "yes" : "no", holds);
}

/* What another application holds is not free. */
static void
say_hold(struct plain *p, const char *name, int32_t state, struct slice holder)
{
    static const char *const names[] = {
        [HOLD_FREE] = "free", [HOLD_RESERVED] = "reserved", [HOLD_USED] = "used"};
    bool is_own =
        p->request.application_no.len > 0 && slice_equal(holder, p->request.application_no);
    const char *found = is_own ? "free" : names[state];

    say(p, name, "free", found, strcmp(found, "free") == 0);
}

static const struct rulebook *
plain_rulebook(struct plain *p)
{
    for (int i = 0; i < BOOKS; i++)
        if (slice_equal(p->rulebooks[i].rulebook_id, p->request.rulebook_id) &&
            p->rulebooks[i].version == p->request.version)
            return &p->rulebooks[i];
    return NULL;
}

static bool
is_of_request(struct plain *p, struct slice rulebook_id, int32_t version)
{
    return slice_equal(rulebook_id, p->request.rulebook_id) && version == p->request.version;
}

static const struct rule *
plain_rule(struct plain *p, uint32_t rule_no)
{
    for (size_t i = 0; i < p->rule_count; i++)
        if (is_of_request(p, p->rules[i].rulebook_id, p->rules[i].version) &&
            p->rules[i].rule_no == (int32_t)rule_no)
            return &p->rules[i];
    return NULL;
}

/* The clause of the rule of the request by its number; NULL: it has no such. */
static const struct rule_clause *
plain_clause(struct plain *p, const struct rule *rule, int32_t clause_no)
{
    for (size_t i = 0; i < p->clause_count; i++)
        if (is_of_request(p, p->clauses[i].rulebook_id, p->clauses[i].version) &&
            p->clauses[i].rule_no == rule->rule_no && p->clauses[i].clause_no == clause_no)
            return &p->clauses[i];
    return NULL;
}

/* What a clause says of an outcome. */
struct plain_verdict {
    const char *name, *wanted, *found;
    bool holds;
};

static struct plain_verdict judge(struct plain *p, const struct rule *rule,
                                  const struct rule_clause *clause, const struct outcome *outcome);

/* By recursion, as the tree is drawn. */
static struct plain_verdict
judge_group(struct plain *p, const struct rule *rule, const struct rule_clause *group,
            const struct outcome *outcome)
{
    bool is_at_least = group->test == CLAUSE_PARTS_AT_LEAST;
    int count = 0, holding = 0, least, most;
    static const char *const names[] = {"", "ALL_OF", "ANY_OF", "NONE_OF"};

    for (int32_t no = 1; no <= CLAUSES; no++) {
        const struct rule_clause *part = plain_clause(p, rule, no);

        if (part != NULL && part->part_of == group->clause_no) {
            count++;
            holding += judge(p, rule, part, outcome).holds;
        }
    }
    least = is_at_least                  ? (int)group->number
            : group->number == PARTS_ALL ? count
            : group->number == PARTS_ANY ? 1
                                         : 0;
    most = !is_at_least && group->number == PARTS_NONE ? 0 : count;
    return (struct plain_verdict){
        is_at_least ? "AT_LEAST_OF" : names[group->number], arena_printf(p->arena, "%d", least),
        arena_printf(p->arena, "%d", holding), holding >= least && holding <= most};
}

static struct plain_verdict
judge_certificate(struct plain *p, const struct rule_clause *clause, const struct outcome *outcome)
{
    const struct certificate *own = NULL;
    struct arena *arena = p->arena;
    int number = (int)clause->number;

    for (size_t i = 0; i < ARRAY_COUNT(p->certificates); i++)
        if (outcome->kind == OUTCOME_CERTIFICATE &&
            slice_equal(outcome->certificate_id, p->certificates[i].certificate_id))
            own = &p->certificates[i];
    if (clause->test == CLAUSE_FAMILY)
        return (struct plain_verdict){"FAMILY", text(p, clause->text),
                                      own ? text(p, own->family_id) : "none",
                                      own && slice_equal(own->family_id, clause->text)};
    if (clause->test == CLAUSE_CERTIFICATE)
        return (struct plain_verdict){"CERTIFICATE", text(p, clause->text),
                                      own ? text(p, own->certificate_id) : "none",
                                      own && slice_equal(own->certificate_id, clause->text)};
    return (struct plain_verdict){
        "GRADE_AT_LEAST", arena_printf(arena, "%s:%d", text(p, clause->text), number),
        own ? arena_printf(arena, "%s:%d", text(p, own->scheme_id), own->grade) : "none",
        own && slice_equal(own->scheme_id, clause->text) && own->grade >= number};
}

/* As texts: a 29th of February where there is none compares as the 28th does. */
static bool
is_recent(struct plain *p, const struct outcome *outcome, int years)
{
    int year, month, of_month;

    date_to_civil(outcome->outcome_date, &year, &month, &of_month);
    return strcmp(arena_printf(p->arena, "%04d-%02d-%02d", year + years, month, of_month),
                  day(p, PLAIN_TODAY)) >= 0;
}

static struct plain_verdict
judge(struct plain *p, const struct rule *rule, const struct rule_clause *clause,
      const struct outcome *outcome)
{
    struct arena *arena = p->arena;
    const char *number = arena_printf(arena, "%d", (int)clause->number);
    int credits = (int)outcome->centicredits, hours = (int)outcome->centihours;

    switch ((enum clause_test)clause->test) {
    case CLAUSE_FAMILY:
    case CLAUSE_GRADE_AT_LEAST:
    case CLAUSE_CERTIFICATE:
        return judge_certificate(p, clause, outcome);
    case CLAUSE_SCORE_AT_LEAST:
        return (struct plain_verdict){
            "SCORE_AT_LEAST", arena_printf(arena, "%d:%s", clause->scheme, number),
            arena_printf(arena, "%d:%d", outcome->scheme, (int)outcome->centiscore),
            outcome->scheme == clause->scheme && outcome->centiscore >= clause->number};
    case CLAUSE_MAX_AGE:
        return (struct plain_verdict){"MAX_AGE_YEARS", number, day(p, outcome->outcome_date),
                                      is_recent(p, outcome, (int)clause->number)};
    case CLAUSE_ISSUERS:
        return (struct plain_verdict){
            "ISSUER", text(p, clause->text), text(p, outcome->institution_id),
            strstr(arena_printf(arena, ",%s,", text(p, clause->text)),
                   arena_printf(arena, ",%s,", text(p, outcome->institution_id))) != NULL};
    case CLAUSE_KIND:
        return (struct plain_verdict){"OUTCOME_KIND", number,
                                      arena_printf(arena, "%d", outcome->kind),
                                      outcome->kind == clause->number};
    case CLAUSE_CREDITS_AT_LEAST:
        return (struct plain_verdict){"CREDITS_AT_LEAST", number,
                                      arena_printf(arena, "%d", credits),
                                      credits >= clause->number};
    case CLAUSE_HOURS_AT_LEAST:
        return (struct plain_verdict){"HOURS_AT_LEAST", number, arena_printf(arena, "%d", hours),
                                      hours >= clause->number};
    case CLAUSE_VALID_DAYS:
        return (struct plain_verdict){"VALID_DAYS", number, day(p, outcome->expiry_date),
                                      outcome->expiry_date - PLAIN_TODAY >= clause->number};
    case CLAUSE_PARTS:
    case CLAUSE_PARTS_AT_LEAST:
        break;
    }
    return judge_group(p, rule, clause, outcome);
}

/* All stand in the trace; the first decides. */
static void
say_clauses(struct plain *p, const struct rule *rule, const struct outcome *outcome)
{
    for (int32_t no = 1; no <= CLAUSES; no++) {
        const struct rule_clause *clause = plain_clause(p, rule, no);
        bool fails = p->fails;

        if (clause == NULL)
            return;

        struct plain_verdict verdict = judge(p, rule, clause, outcome);

        say(p, verdict.name, verdict.wanted, verdict.found, verdict.holds);
        p->fails = fails || (no == 1 && !verdict.holds);
    }
}

/* The mark that a score gets; of a scheme that it is not in, none. */
static struct mark
say_mark(struct plain *p, const struct rule *rule, const struct outcome *outcome)
{
    struct mark mark = {0};
    bool said = false;

    for (size_t i = 0; i < p->band_count; i++) {
        const struct rule_band *band = &p->bands[i];

        if (!is_of_request(p, band->rulebook_id, band->version) || band->rule_no != rule->rule_no)
            continue;
        if (band->scheme != 0 && !said)
            say(p, "RESULT_SCHEME", arena_printf(p->arena, "%d", band->scheme),
                arena_printf(p->arena, "%d", outcome->scheme), outcome->scheme == band->scheme);
        said = true;
        if (band->scheme != 0 &&
            (outcome->scheme != band->scheme || outcome->centiscore < band->from_centiscore ||
             outcome->centiscore > band->to_centiscore))
            continue;
        mark = band->mark_scheme != 0
                   ? (struct mark){(enum grading_scheme)band->mark_scheme, band->mark_centiscore}
                   : (struct mark){(enum grading_scheme)outcome->scheme, outcome->centiscore};
    }
    return mark;
}

/* The outcome that a line names, if it is her own. */
static const struct outcome *
own_outcome(struct plain *p, size_t line)
{
    for (size_t i = 0; i < OUTCOMES; i++)
        if (slice_equal(p->outcomes[i].outer_id, p->lines[line].outcome.outer_id) &&
            slice_is(p->outcomes[i].account_no, PLAIN_ACCOUNT))
            return &p->outcomes[i];
    return NULL;
}

static bool
cap_counts(const struct rulebook_cap *cap, int32_t kind, struct slice bucket_id)
{
    if (cap->outcome_kind != 0)
        return kind == cap->outcome_kind;
    return cap->bucket_id.len == 0 || slice_equal(bucket_id, cap->bucket_id);
}

/* All that a limit counts: of other applications, and of the lines up to this one. */
static void
say_caps(struct plain *p, size_t line, const struct rule *rule)
{
    const struct outcome *outcome = own_outcome(p, line);

    for (size_t i = 0; i < p->cap_count; i++) {
        const struct rulebook_cap *cap = &p->caps[i];
        const char *name = cap->outcome_kind != 0    ? "CAP_SOURCE"
                           : cap->bucket_id.len != 0 ? "CAP_BUCKET"
                                                     : "CAP_TOTAL";
        int64_t sum = 0, limit = PLAIN_GRADUATION * INT64_C(1) * cap->basis_points / 10000;

        if (!is_of_request(p, cap->rulebook_id, cap->version) || outcome == NULL ||
            !cap_counts(cap, outcome->kind, rule->bucket_id))
            continue;
        for (size_t j = 0; j < COURSES; j++)
            if (p->holds[j].state != HOLD_FREE &&
                !slice_equal(p->holds[j].application_no, p->request.application_no) &&
                cap_counts(cap, p->holds[j].outcome_kind, p->holds[j].bucket_id))
                sum += p->holds[j].centicredits;
        for (size_t j = 0; j <= line; j++) {
            const struct rule *other = plain_rule(p, p->lines[j].rule_no);

            if (other != NULL && own_outcome(p, j) != NULL &&
                cap_counts(cap, own_outcome(p, j)->kind, other->bucket_id))
                sum += p->granted[j];
        }
        say(p, name, arena_printf(p->arena, "%d", (int)limit),
            arena_printf(p->arena, "%d", (int)sum), sum <= limit);
    }
}

/* What a course gets of the plan's credits, the rule's and the outcome's. */
static int64_t
say_credits(struct plain *p, size_t line, const struct rule *rule, int course)
{
    const struct outcome *outcome = own_outcome(p, line);
    int64_t credits = p->courses[course].centicredits;
    int64_t left = (outcome != NULL ? outcome->centicredits : 0) - p->granted[line];

    if (rule->centicredits != 0 && rule->centicredits < credits)
        credits = rule->centicredits;
    if (rule->credits_of_outcome) {
        say(p, "CREDITS_LEFT", "1", arena_printf(p->arena, "%d", (int)left), left > 0);
        credits = left < credits ? left : credits;
    }
    p->granted[line] += credits;
    return credits;
}

static void
say_course(struct plain *p, size_t line, const struct rule *rule, struct slice code,
           struct mark mark)
{
    bool is_in_rule = false, stood_before = false;
    int at = COURSES;

    for (int i = 0; i < COURSES; i++)
        at = slice_is(code, plain_codes[i]) ? i : at;
    for (size_t i = 0; i < p->rule_course_count; i++)
        if (is_of_request(p, p->rule_courses[i].rulebook_id, p->rule_courses[i].version) &&
            p->rule_courses[i].rule_no == rule->rule_no &&
            slice_equal(p->rule_courses[i].course_code, code))
            is_in_rule = true;
    for (size_t i = 0; i < line; i++)
        for (size_t j = 0; j < p->lines[i].course_codes.count; j++)
            stood_before = stood_before || slice_equal(p->lines[i].course_codes.texts[j], code);
    say(p, "COURSE_OF_RULE", text(p, code), is_in_rule ? text(p, code) : "none", is_in_rule);
    ask(p, "COURSE_ONCE", !stood_before);
    ask(p, "COURSE_NOT_DONE", at == COURSES || p->passed[at].count == 0);
    if (at == COURSES)
        say_hold(p, "COURSE_FREE", HOLD_FREE, (struct slice){0});
    else
        say_hold(p, "COURSE_FREE", p->holds[at].state, p->holds[at].application_no);
    if (is_in_rule)
        p->exemptions[p->exemption_count++] = (struct exemption_granted){
            code, say_credits(p, line, rule, at), rule->attendance_waived, rule->exam_waived, mark};
}

static const struct outcome *
say_outcome(struct plain *p, size_t line)
{
    const struct outcome_ref *ref = &p->lines[line].outcome;
    bool stood_before = false;
    int at = 0;

    while (!slice_equal(p->outcomes[at].outer_id, ref->outer_id))
        at++;

    const struct outcome *outcome = &p->outcomes[at];
    bool is_own = slice_is(outcome->account_no, PLAIN_ACCOUNT);

    for (size_t i = 0; i < line; i++)
        stood_before = stood_before || slice_equal(p->lines[i].outcome.outer_id, ref->outer_id);
    assert_true(buffer_printf(&p->trace, "line %zu rule %u outcome %s %s\n", line + 1,
                              p->lines[line].rule_no, text(p, ref->institution_id),
                              text(p, ref->outer_id)));
    ask(p, "OUTCOME_OWN", is_own);
    ask(p, "OUTCOME_ONCE", !stood_before);
    if (!is_own)
        return NULL;
    ask(p, "OUTCOME_VALID", outcome->state == OUTCOME_VALID);
    say(p, "OUTCOME_UNEXPIRED", day(p, PLAIN_TODAY), day(p, outcome->expiry_date),
        outcome->expiry_date >= PLAIN_TODAY);
    say_hold(p, "OUTCOME_FREE", outcome->hold_state, outcome->held_by);
    return outcome;
}

static void
say_line(struct plain *p, size_t line)
{
    const struct outcome *outcome = say_outcome(p, line);
    const struct rule *rule = plain_rule(p, p->lines[line].rule_no);
    const char *rule_no = arena_printf(p->arena, "%u", p->lines[line].rule_no);
    struct mark mark = {0};

    say(p, "RULE", rule_no, rule != NULL ? rule_no : "none", rule != NULL);
    if (rule == NULL)
        return;
    if (outcome != NULL) {
        say_clauses(p, rule, outcome);
        mark = say_mark(p, rule, outcome);
    }
    for (size_t i = 0; i < p->lines[line].course_codes.count; i++)
        say_course(p, line, rule, p->lines[line].course_codes.texts[i], mark);
    say_caps(p, line, rule);
}

static void
say_everything(struct plain *p)
{
    const struct rulebook *book = plain_rulebook(p);

    assert_true(buffer_printf(
        &p->trace,
        "creditbank trace 1\naccount " PLAIN_ACCOUNT "\nrulebook school %s %d\ndate %s\n",
        text(p, p->request.rulebook_id), p->request.version, day(p, PLAIN_TODAY)));
    ask(p, "ACCOUNT_ACTIVE", p->is_active);
    ask(p, "ENROLLED", book != NULL && p->is_enrolled);
    ask(p, "RULEBOOK_PUBLISHED", book != NULL && book->state == RULEBOOK_PUBLISHED);
    if (book != NULL) {
        say(p, "RULEBOOK_FROM", day(p, book->from_date), day(p, PLAIN_TODAY),
            book->from_date <= PLAIN_TODAY);
        say(p, "RULEBOOK_TO", day(p, book->to_date), day(p, PLAIN_TODAY),
            book->to_date >= PLAIN_TODAY);
    }
    for (size_t i = 0; i < p->request.line_count; i++)
        say_line(p, i);
}

/* What meets its rule is never passed over for what it is. */
static void
check_could_hold(struct plain *p, const struct finding *finding)
{
    const struct outcome *outcome = finding->outcome;
    struct row_list clauses;

    if (!finding->satisfied)
        return;
    clauses = world_range(p->world, TABLE_RULE_CLAUSE,
                          &(struct rule_clause){.school_id = finding->rule->school_id,
                                                .rulebook_id = finding->rule->rulebook_id,
                                                .version = finding->rule->version,
                                                .rule_no = finding->rule->rule_no},
                          schema_table(TABLE_RULE)->key_columns);
    assert_true(clauses_could_hold(&clauses, outcome, clause_certificate(p->world, outcome)));
}

static void
compare(struct plain *p)
{
    struct evaluation evaluation;
    struct hash expected = hash_sha256(buffer_slice(&p->trace)), trace;
    size_t count = 0;

    evaluate(p->world, &p->request, p->arena, &evaluation);
    trace = evaluation_trace(&evaluation);
    if (!hash_equal(&trace, &expected))
        print_message("the plain definition:\n%s\n", text(p, buffer_slice(&p->trace)));
    assert_memory_equal(trace.bytes, expected.bytes, HASH_SIZE);
    assert_int_equal(evaluation.satisfied, !p->fails);
    for (size_t i = 0; i < evaluation.finding_count; i++) {
        const struct finding *finding = &evaluation.findings[i];

        check_could_hold(p, finding);
        for (size_t j = 0; j < finding->exemption_count; j++, count++) {
            const struct exemption_granted *granted = &finding->exemptions[j];
            const struct exemption_granted *due = &p->exemptions[count];

            assert_true(count < p->exemption_count);
            assert_true(slice_equal(granted->course_code, due->course_code));
            assert_int_equal(granted->centicredits, due->centicredits);
            assert_int_equal(granted->attendance_waived, due->attendance_waived);
            assert_int_equal(granted->exam_waived, due->exam_waived);
            assert_int_equal(granted->mark.scheme, due->mark.scheme);
            assert_int_equal(granted->mark.centiscore, due->mark.centiscore);
        }
    }
    assert_int_equal(count, p->exemption_count);
}

static void
agrees_with_its_plain_definition_at_random(void **state)
{
    static struct plain p;
    size_t satisfied = 0;

    (void)state;
    for (uint64_t seed = 1; seed <= ROUNDS; seed++) {
        p = (struct plain){
            .random = seed, .spite = seed % 2 == 0 ? 4 : 40, .arena = arena_new(BUDGET)};
        p.world = world_new_in(p.arena);
        buffer_init(&p.trace, TEXT_MAX);
        plain_draw(&p);
        say_everything(&p);
        compare(&p);
        satisfied += !p.fails;
        buffer_fini(&p.trace);
        arena_free(p.arena);
    }
    assert_true(satisfied > 0);
}

/* By what it is, whatever its score and issuer; of what must not hold nothing is known. */
static void
an_outcome_is_passed_over_for_what_it_is(void **state)
{
    static const struct {
        struct rule_clause clauses[3];
        bool of_certificate, of_other, of_course;
    } cases[] = {
        {{{.test = CLAUSE_FAMILY, .clause_no = 1, .text = T("web")}}, true, false, false},
        {{{.test = CLAUSE_CERTIFICATE, .clause_no = 1, .text = T("web-2")}}, true, false, false},
        {{{.test = CLAUSE_KIND, .clause_no = 1, .number = OUTCOME_COURSE_RESULT}},
         false,
         false,
         true},
        {{{.test = CLAUSE_SCORE_AT_LEAST, .clause_no = 1, .number = 9000}}, true, true, true},
        {{{.test = CLAUSE_ISSUERS, .clause_no = 1, .text = T("nobody")}}, true, true, true},
        {{{.test = CLAUSE_HOURS_AT_LEAST, .clause_no = 1, .number = 1}}, false, false, true},
        {{{.test = CLAUSE_PARTS, .clause_no = 1, .number = PARTS_NONE},
          {.test = CLAUSE_FAMILY, .clause_no = 2, .part_of = 1, .text = T("web")}},
         true,
         true,
         true},
        {{{.test = CLAUSE_PARTS, .clause_no = 1, .number = PARTS_ANY},
          {.test = CLAUSE_FAMILY, .clause_no = 2, .part_of = 1, .text = T("web")},
          {.test = CLAUSE_KIND, .clause_no = 3, .part_of = 1, .number = OUTCOME_COURSE_RESULT}},
         true,
         false,
         true},
        {{{.test = CLAUSE_PARTS, .clause_no = 1, .number = PARTS_ALL},
          {.test = CLAUSE_FAMILY, .clause_no = 2, .part_of = 1, .text = T("web")},
          {.test = CLAUSE_KIND, .clause_no = 3, .part_of = 1, .number = OUTCOME_COURSE_RESULT}},
         false,
         false,
         false},
    };
    static const struct outcome certificate = {.kind = OUTCOME_CERTIFICATE},
                                course = {.kind = OUTCOME_COURSE_RESULT};
    static const struct certificate web = {.certificate_id = T("web-2"), .family_id = T("web")},
                                    other = {.certificate_id = T("en-2"), .family_id = T("en")};

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        const void *rows[ARRAY_COUNT(cases[i].clauses)];
        struct row_list clauses = {.rows = rows};

        while (clauses.count < ARRAY_COUNT(rows) && cases[i].clauses[clauses.count].test != 0) {
            rows[clauses.count] = &cases[i].clauses[clauses.count];
            clauses.count++;
        }
        assert_int_equal(clauses_could_hold(&clauses, &certificate, &web), cases[i].of_certificate);
        assert_int_equal(clauses_could_hold(&clauses, &certificate, &other), cases[i].of_other);
        assert_int_equal(clauses_could_hold(&clauses, &course, NULL), cases[i].of_course);
    }
}

/* Largest numbers and no number at all stand in the trace as they are. */
static void
writes_numbers_of_any_size(void **state)
{
    static const char trace[] = "creditbank trace 1\n"
                                "account a\n"
                                "rulebook s r -2147483648\n"
                                "date 1900-01-01\n"
                                "check ACCOUNT_ACTIVE wanted=yes found=no fails\n"
                                "check ENROLLED wanted=yes found=no fails\n"
                                "check RULEBOOK_PUBLISHED wanted=yes found=no fails\n"
                                "line 1 rule 4294967295 outcome i n\n"
                                "check OUTCOME_OWN wanted=yes found=yes holds\n"
                                "check OUTCOME_ONCE wanted=yes found=yes holds\n"
                                "check OUTCOME_VALID wanted=yes found=yes holds\n"
                                "check OUTCOME_UNEXPIRED wanted=1900-01-01 found=2199-12-31 holds\n"
                                "check OUTCOME_FREE wanted=free found=free holds\n"
                                "check RULE wanted=4294967295 found=none fails\n";
    struct arena *arena = arena_new(BUDGET);
    struct world *world = world_new_in(arena);
    struct line_applied line = {UINT32_MAX, {slice_text("i"), slice_text("n")}, {0}};
    struct outcome outcome = {.institution_id = slice_text("i"),
                              .outer_id = slice_text("n"),
                              .account_no = slice_text("a"),
                              .state = OUTCOME_VALID,
                              .hold_state = HOLD_FREE,
                              .expiry_date = DATE_MAX};
    struct evaluation_request request = {.account_no = slice_text("a"),
                                         .school_id = slice_text("s"),
                                         .rulebook_id = slice_text("r"),
                                         .version = INT32_MIN,
                                         .date = DATE_MIN,
                                         .line_count = 1,
                                         .lines = &line};
    struct evaluation evaluation;
    struct hash expected = hash_sha256(slice_text(trace)), found;

    (void)state;
    world_load_everything(world);
    world_put(world, TABLE_OUTCOME, &outcome);
    evaluate(world, &request, arena, &evaluation);
    found = evaluation_trace(&evaluation);
    assert_memory_equal(found.bytes, expected.bytes, HASH_SIZE);
    arena_free(arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agrees_with_its_plain_definition_at_random),
        cmocka_unit_test(an_outcome_is_passed_over_for_what_it_is),
        cmocka_unit_test(writes_numbers_of_any_size),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
