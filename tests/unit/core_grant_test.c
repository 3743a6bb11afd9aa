/* What rules give for an outcome, credits and marks, and how much a rulebook lets through. */
#include "core/evaluate.h"

#include "core_fixture.h"

/* Version 2 of the fixture's rulebook: a rule for c1 (200) and c2 (300), one for c3 (400). */
struct draft {
    struct clause clause;
    struct slice first[2], second[1];
    struct rule_filed rules[2];
    struct cap caps[1];
    struct item item;
};

static void
draft_init(struct draft *d)
{
    *d = (struct draft){
        .clause = {.test = CLAUSE_MAX_AGE, .number = 50},
        .first = {slice_text("c1"), slice_text("c2")},
        .second = {slice_text("c3")},
    };
    for (size_t i = 0; i < 2; i++)
        d->rules[i] = (struct rule_filed){.title = slice_text("条款"),
                                          .clause_count = 1,
                                          .clauses = &d->clause,
                                          .exam_waived = true};
    d->rules[0].course_codes = (struct text_list){2, d->first};
    d->rules[1].course_codes = (struct text_list){1, d->second};
    d->item = (struct item){.kind = ITEM_RULEBOOK_FILED,
                            .rulebook_filed = {.rulebook_id = slice_text("rb"),
                                               .version = 2,
                                               .title = slice_text("转换办法"),
                                               .programme_id = slice_text("cs"),
                                               .from_date = TODAY,
                                               .to_date = DATE_OPEN,
                                               .exemption_word = slice_text("免修"),
                                               .rule_count = 2,
                                               .rules = d->rules}};
}

/* Of the 14,000 hundredths to graduate. */
static void
draft_cap(struct draft *d, struct cap cap)
{
    d->caps[0] = cap;
    d->item.rulebook_filed.cap_count = 1;
    d->item.rulebook_filed.caps = d->caps;
}

static void
publish(struct core_bank *bank, const struct draft *d)
{
    struct item published = {.kind = ITEM_RULEBOOK_PUBLISHED,
                             .rulebook_published = {slice_text("school"), slice_text("rb"), 2}};

    core_books(bank, SCHOOL, &d->item);
    core_books(bank, OPERATOR, &published);
}

static struct slice c1[] = {{(const uint8_t *)"c1", 2}}, c3[] = {{(const uint8_t *)"c3", 2}};
static struct slice c1_c2[] = {{(const uint8_t *)"c1", 2}, {(const uint8_t *)"c2", 2}};

static struct line_applied
line_for(const char *outer_id, uint32_t rule_no, size_t count, struct slice *codes)
{
    return (struct line_applied){
        rule_no, {slice_text("issuer"), slice_text(outer_id)}, {count, codes}};
}

static struct item
application(struct core_bank *bank, const char *application_no, struct line_applied *lines,
            size_t line_count, struct evaluation *evaluation)
{
    struct item item = core_application(bank, ACCOUNT_A, application_no, "w-1");
    struct application_submitted *submitted = &item.application_submitted;
    struct evaluation_request request = {
        .account_no = submitted->account_no,
        .school_id = submitted->school_id,
        .rulebook_id = submitted->rulebook_id,
        .version = 2,
        .date = TODAY,
        .line_count = line_count,
        .lines = lines,
    };
    struct hash trace;

    evaluate(bank->world, &request, bank->arena, evaluation);
    trace = evaluation_trace(evaluation);
    submitted->version = 2;
    submitted->lines = lines;
    submitted->line_count = line_count;
    submitted->trace_hash = arena_copy(bank->arena, hash_slice(&trace));
    return item;
}

/* 3 % are 420: the first line has room, the second not; in the other order too. */
static void
refuses_the_second_of_two_lines_that_reach_the_cap_of_all(void **state)
{
    struct core_bank *bank = *state;
    struct evaluation evaluation;
    struct draft d;
    struct item item;

    core_award(bank, ACCOUNT_A, "w-1");
    core_award(bank, ACCOUNT_A, "w-2");
    draft_init(&d);
    draft_cap(&d, (struct cap){.basis_points = 300});
    publish(bank, &d);

    struct line_applied lines[] = {line_for("w-1", 1, 1, c1), line_for("w-2", 2, 1, c3)};
    struct line_applied turned[] = {lines[1], lines[0]};

    item = application(bank, APP_1, lines, 2, &evaluation);
    core_refuses(bank, SERVICE, &item, "application_submitted.lines[1]", REASON_CAP_TOTAL);
    assert_int_equal(bank->refusals.count, 1);
    assert_string_equal(bank->refusals.first->detail, "600");
    item = application(bank, APP_1, turned, 2, &evaluation);
    core_refuses(bank, SERVICE, &item, "application_submitted.lines[1]", REASON_CAP_TOTAL);
    assert_int_equal(bank->refusals.count, 1);
    item = application(bank, APP_1, lines, 1, &evaluation);
    core_books(bank, SERVICE, &item);

    /* What is reserved counts in the next application, and no more once it is free. */
    item = application(bank, APP_2, &lines[1], 1, &evaluation);
    core_refuses(bank, SERVICE, &item, "application_submitted.lines[0]", REASON_CAP_TOTAL);
    core_moves(bank, SERVICE, ITEM_APPLICATION_WITHDRAWN, 1);
    item = application(bank, APP_2, &lines[1], 1, &evaluation);
    core_books(bank, SERVICE, &item);
}

/* To the hundredth: 420 of 14,000 are 3 %. */
static void
counts_for_a_cap_what_it_names(void **state)
{
    static const struct {
        struct cap cap;
        enum reason reason; /* for c3, which has 400 */
    } cases[] = {
        {{.basis_points = 286}, REASON_NONE},
        {{.basis_points = 285}, REASON_CAP_TOTAL},
        {{.basis_points = 285, .outcome_kind = OUTCOME_CERTIFICATE}, REASON_CAP_SOURCE},
        {{.basis_points = 1, .outcome_kind = OUTCOME_COURSE_RESULT}, REASON_NONE},
        {{.basis_points = 285, .is_of_bucket = true, .bucket_id = {(const uint8_t *)"b", 1}},
         REASON_CAP_BUCKET},
        {{.basis_points = 1, .is_of_bucket = true, .bucket_id = {(const uint8_t *)"a", 1}},
         REASON_NONE},
    };

    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        struct core_bank *bank;
        struct line_applied line = line_for("w-1", 2, 1, c3);
        struct evaluation evaluation;
        struct draft d;
        struct item item;

        core_bank_teardown(state);
        core_bank_setup(state);
        bank = *state;
        core_award(bank, ACCOUNT_A, "w-1");
        draft_init(&d);
        d.rules[0].bucket_id = slice_text("a");
        d.rules[1].bucket_id = slice_text("b");
        draft_cap(&d, cases[i].cap);
        publish(bank, &d);
        item = application(bank, APP_1, &line, 1, &evaluation);
        if (cases[i].reason == REASON_NONE)
            core_books(bank, SERVICE, &item);
        else
            core_refuses(bank, SERVICE, &item, "application_submitted.lines[0]", cases[i].reason);
    }
}

/* The certificate of the fixture has a score of 70 and no credits. */
static void
grants_the_credits_and_the_mark_of_the_rule(void **state)
{
    static struct result_band pass[] = {{0, 0, 0, {GRADING_PASS_FAIL, 10000}}};
    static struct result_band floor_75[] = {
        {GRADING_PERCENTAGE, 0, 7499, {GRADING_PERCENTAGE, 7500}},
        {GRADING_PERCENTAGE, 7500, 10000, {0, 0}},
    };
    static struct result_band at_70[] = {
        {GRADING_PERCENTAGE, 0, 6999, {GRADING_PERCENTAGE, 6000}},
        {GRADING_PERCENTAGE, 7000, 7000, {0, 0}},
        {GRADING_PERCENTAGE, 7001, 10000, {GRADING_PERCENTAGE, 9500}},
    };
    static const struct {
        int64_t centicredits;
        size_t band_count;
        struct result_band *bands;
        int64_t granted[2];
        struct mark mark;
    } cases[] = {
        {0, 0, NULL, {200, 300}, {0, 0}},
        {250, 1, pass, {200, 250}, {GRADING_PASS_FAIL, 10000}},
        {100, 2, floor_75, {100, 100}, {GRADING_PERCENTAGE, 7500}},
        {0, 3, at_70, {200, 300}, {GRADING_PERCENTAGE, 7000}},
    };

    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        struct core_bank *bank;
        struct line_applied line = line_for("w-1", 1, 2, c1_c2);
        struct evaluation evaluation;
        struct draft d;
        struct item item;

        core_bank_teardown(state);
        core_bank_setup(state);
        bank = *state;
        core_award(bank, ACCOUNT_A, "w-1");
        draft_init(&d);
        d.rules[0].centicredits = cases[i].centicredits;
        d.rules[0].band_count = cases[i].band_count;
        d.rules[0].bands = cases[i].bands;
        publish(bank, &d);
        item = application(bank, APP_1, &line, 1, &evaluation);
        core_books(bank, SERVICE, &item);
        assert_int_equal(evaluation.findings[0].exemption_count, 2);
        for (size_t j = 0; j < 2; j++) {
            const struct exemption_granted *granted = &evaluation.findings[0].exemptions[j];

            assert_int_equal(granted->centicredits, cases[i].granted[j]);
            assert_int_equal(granted->mark.scheme, cases[i].mark.scheme);
            assert_int_equal(granted->mark.centiscore, cases[i].mark.centiscore);
        }
    }
}

static void
refuses_what_the_outcome_has_no_credits_or_score_for(void **state)
{
    static struct result_band five[] = {{GRADING_FIVE_GRADE, 0, 10000, {0, 0}}};
    struct core_bank *bank = *state;
    struct line_applied line = line_for("w-1", 1, 1, c1);
    struct evaluation evaluation;
    struct draft d;
    struct item item;

    core_award(bank, ACCOUNT_A, "w-1");
    draft_init(&d);
    d.rules[0].credits_of_outcome = true;
    d.rules[0].band_count = 1;
    d.rules[0].bands = five;
    publish(bank, &d);
    item = application(bank, APP_1, &line, 1, &evaluation);
    core_refuses(bank, SERVICE, &item, "application_submitted.lines[0]",
                 REASON_SCORE_SCHEME_DIFFERS);
    assert_true(core_told(bank, 0, "application_submitted.lines[0]", REASON_CREDITS_USED_UP));
    assert_int_equal(bank->refusals.count, 2);
}

/* The fixture's rule gives c1 its 200 and no mark. */
static void
refuses_a_decision_that_states_other_credits_or_another_mark(void **state)
{
    struct core_bank *bank = *state;
    struct exemption_granted *granted;
    struct item item;

    core_award(bank, ACCOUNT_A, "w-1");
    core_submit(bank, ACCOUNT_A, APP_1, "w-1");
    core_moves(bank, SCHOOL, ITEM_APPLICATION_ACCEPTED, 1);
    core_moves(bank, REVIEWER, ITEM_APPLICATION_REVIEWED, 2);
    item = core_decision(bank, ACCOUNT_A, APP_1, 3, VERDICT_APPROVE);
    granted = &item.application_decided.exemptions[0];
    granted->mark = (struct mark){GRADING_PERCENTAGE, 7000};
    core_refuses(bank, DECIDER, &item, "application_decided.exemptions", REASON_DECISION_DIFFERS);
    granted->mark = (struct mark){0};
    granted->centicredits = 100;
    core_refuses(bank, DECIDER, &item, "application_decided.exemptions", REASON_DECISION_DIFFERS);
    granted->centicredits = 200;
    core_books(bank, DECIDER, &item);
}

#define PERCENT(from, to)                 \
    {                                     \
        GRADING_PERCENTAGE, (from), (to), \
        {                                 \
            0, 0                          \
        }                                 \
    }

static void
refuses_bands_that_leave_scores_without_a_mark_or_with_two(void **state)
{
    static const struct {
        size_t count;
        struct result_band bands[2];
        const char *field;
        enum reason reason;
    } cases[] = {
        {2, {PERCENT(0, 5999), PERCENT(6001, 10000)}, "from_centiscore", REASON_BANDS_GAP},
        {2, {PERCENT(0, 5999), PERCENT(5999, 10000)}, "from_centiscore", REASON_BANDS_OVERLAP},
        {2, {PERCENT(0, 5999), PERCENT(6000, 9999)}, "to_centiscore", REASON_BANDS_GAP},
        {1, {PERCENT(1, 10000)}, "from_centiscore", REASON_BANDS_GAP},
        {1, {PERCENT(0, 10001)}, "to_centiscore", REASON_FIELD_RANGE},
        {2,
         {PERCENT(0, 5999), {GRADING_FIVE_GRADE, 6000, 10000, {0, 0}}},
         "scheme",
         REASON_FIELD_RANGE},
        {1, {{0, 0, 0, {0, 0}}}, "mark.scheme", REASON_FIELD_RANGE},
        {1, {{0, 0, 10, {GRADING_PASS_FAIL, 10000}}}, "to_centiscore", REASON_FIELD_RANGE},
    };
    struct core_bank *bank = *state;
    struct draft d;

    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        struct result_band bands[2];

        memcpy(bands, cases[i].bands, sizeof(bands));
        draft_init(&d);
        d.rules[0].band_count = cases[i].count;
        d.rules[0].bands = bands;
        core_refuses(bank, SCHOOL, &d.item,
                     arena_printf(bank->arena, "rulebook_filed.rules.results.%s", cases[i].field),
                     cases[i].reason);
    }
    draft_init(&d);
    d.rules[0].centicredits = 10001;
    core_refuses(bank, SCHOOL, &d.item, "rulebook_filed.rules.centicredits", REASON_FIELD_RANGE);
    draft_init(&d);
    draft_cap(&d, (struct cap){.basis_points = 10001});
    core_refuses(bank, SCHOOL, &d.item, "rulebook_filed.caps.basis_points", REASON_FIELD_RANGE);
    draft_cap(&d, (struct cap){
                      .basis_points = 1, .is_of_bucket = true, .bucket_id = slice_text("online")});
    core_refuses(bank, SCHOOL, &d.item, "rulebook_filed.caps.bucket_id", REASON_BUCKET_UNKNOWN);
    d.rules[1].bucket_id = slice_text("online");
    core_books(bank, SCHOOL, &d.item);
}

#define TEST(function) \
    cmocka_unit_test_setup_teardown(function, core_bank_setup, core_bank_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(refuses_the_second_of_two_lines_that_reach_the_cap_of_all),
        TEST(counts_for_a_cap_what_it_names),
        TEST(grants_the_credits_and_the_mark_of_the_rule),
        TEST(refuses_a_decision_that_states_other_credits_or_another_mark),
        TEST(refuses_what_the_outcome_has_no_credits_or_score_for),
        TEST(refuses_bands_that_leave_scores_without_a_mark_or_with_two),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
