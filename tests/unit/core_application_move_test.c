/* What becomes of an application: from which state which move leads where, and what is held then.
 */
#include "core_fixture.h"

#include "core/application.h"

#define AT(member) offsetof(struct item, member)

static int
hold_of_course_of(struct core_bank *bank, const char *course_code)
{
    const struct exemption *exemption =
        world_find(bank->world, TABLE_EXEMPTION,
                   &(struct exemption){.account_no = slice_text(ACCOUNT_A),
                                       .school_id = slice_text("school"),
                                       .programme_id = slice_text("cs"),
                                       .course_code = slice_text(course_code)});

    return exemption != NULL ? exemption->state : 0;
}

/* Moves of a school and a learner, and the way that leads an application to each state. */
static const struct {
    enum application_state state;
    struct {
        enum item_kind kind;
        enum core_key key;
    } way[4]; /* after the submission; a kind of 0 ends it */
} ways[] = {
    {APPLICATION_SUBMITTED, {{0}}},
    {APPLICATION_ACCEPTED, {{ITEM_APPLICATION_ACCEPTED, SCHOOL}}},
    {APPLICATION_RETURNED, {{ITEM_APPLICATION_RETURNED, SCHOOL}}},
    {APPLICATION_REVIEWED,
     {{ITEM_APPLICATION_ACCEPTED, SCHOOL}, {ITEM_APPLICATION_REVIEWED, REVIEWER}}},
    {APPLICATION_APPROVED,
     {{ITEM_APPLICATION_ACCEPTED, SCHOOL},
      {ITEM_APPLICATION_REVIEWED, REVIEWER},
      {ITEM_APPLICATION_DECIDED, DECIDER}}},
    {APPLICATION_REJECTED,
     {{ITEM_APPLICATION_ACCEPTED, SCHOOL},
      {ITEM_APPLICATION_REVIEWED, REVIEWER},
      {ITEM_APPLICATION_DECIDED, DECIDER}}},
    {APPLICATION_WITHDRAWN, {{ITEM_APPLICATION_WITHDRAWN, SERVICE}}},
    {APPLICATION_NOT_ACCEPTED, {{ITEM_APPLICATION_NOT_ACCEPTED, SCHOOL}}},
    {APPLICATION_ON_NOTICE,
     {{ITEM_APPLICATION_ACCEPTED, SCHOOL},
      {ITEM_APPLICATION_REVIEWED, REVIEWER},
      {ITEM_APPLICATION_DECIDED, DECIDER}}},
    {APPLICATION_EXPIRED, {{ITEM_APPLICATION_PERIOD_ENDED, SERVICE}}},
    {APPLICATION_APPEALED,
     {{ITEM_APPLICATION_ACCEPTED, SCHOOL},
      {ITEM_APPLICATION_REVIEWED, REVIEWER},
      {ITEM_APPLICATION_DECIDED, DECIDER},
      {ITEM_APPLICATION_APPEALED, SERVICE}}},
};

/* A line by rule 1 for a course, with a certificate of the issuer's. */
static struct line_applied
line_for(struct core_bank *bank, const char *outer_id, const char *course_code)
{
    struct slice *code = arena_alloc(bank->arena, sizeof(*code));

    *code = slice_text(course_code);
    return (struct line_applied){
        1, {slice_text("issuer"), slice_text(outer_id)}, {.count = 1, .texts = code}};
}

static struct item
resubmission(struct core_bank *bank, const char *outer_id, const char *course_code)
{
    struct line_applied line = line_for(bank, outer_id, course_code);

    return core_resubmission(bank, ACCOUNT_A, APP_1, &line, 1);
}

static struct item
item_to(struct core_bank *bank, enum item_kind kind, enum application_state to, uint32_t revision)
{
    bool is_rejection = to == APPLICATION_REJECTED || to == APPLICATION_APPEALED;
    enum verdict verdict = is_rejection ? VERDICT_REJECT : VERDICT_APPROVE;
    struct item moved = core_move(kind, ACCOUNT_A, APP_1, revision);

    if (kind == ITEM_APPLICATION_RESUBMITTED)
        return resubmission(bank, "w-1", "c1");
    if (kind == ITEM_APPLICATION_APPEAL_DECIDED)
        moved.application_moved.verdict = verdict;
    if (kind == ITEM_APPLICATION_PERIOD_ENDED)
        return core_period_end(bank, ACCOUNT_A, APP_1, to);
    return kind == ITEM_APPLICATION_DECIDED
               ? core_decision(bank, ACCOUNT_A, APP_1, revision, verdict)
               : moved;
}

/* Submits APP_1 with "w-1" and leads it there. */
static void
lead_to(struct core_bank *bank, size_t way)
{
    if (ways[way].state == APPLICATION_ON_NOTICE)
        core_publish_rules(bank, &(struct periods){.notice_days = 1});
    if (ways[way].state == APPLICATION_REJECTED || ways[way].state == APPLICATION_APPEALED)
        core_publish_rules(bank, &(struct periods){.appeal_days = 1});
    if (ways[way].state == APPLICATION_EXPIRED)
        core_publish_rules(bank, &(struct periods){.acceptance_days = 1});
    core_award(bank, ACCOUNT_A, "w-1");
    core_submit(bank, ACCOUNT_A, APP_1, "w-1");
    for (uint32_t i = 0; i < ARRAY_COUNT(ways[way].way) && ways[way].way[i].kind != 0; i++) {
        struct item item = item_to(bank, ways[way].way[i].kind, ways[way].state, i + 1);

        if (item.kind == ITEM_APPLICATION_PERIOD_ENDED)
            core_wait_until(bank, item.application_period_ended.due_date);
        core_books(bank, ways[way].way[i].key, &item);
    }
    assert_int_equal(core_find_application(bank, APP_1)->state, ways[way].state);
}

/* Which moves are legal from which state, where they lead, and what is held then. */
static void
moves_from_the_states_that_the_table_names_and_from_no_other(void **state)
{
    enum { S = 1 << APPLICATION_SUBMITTED, A = 1 << APPLICATION_ACCEPTED };
    enum { T = 1 << APPLICATION_RETURNED, R = 1 << APPLICATION_REVIEWED };
    enum { N = 1 << APPLICATION_ON_NOTICE, P = 1 << APPLICATION_APPEALED };
    enum { J = 1 << APPLICATION_REJECTED };
    static const struct {
        const char *body;
        enum item_kind kind;
        enum core_key key;
        int from;
        enum application_state to;
        enum hold_state holds;
    } events[] = {
        {"application_accepted.application_no", ITEM_APPLICATION_ACCEPTED, SCHOOL, S,
         APPLICATION_ACCEPTED, HOLD_RESERVED},
        {"application_not_accepted.application_no", ITEM_APPLICATION_NOT_ACCEPTED, REVIEWER, S,
         APPLICATION_NOT_ACCEPTED, HOLD_FREE},
        {"application_returned.application_no", ITEM_APPLICATION_RETURNED, REVIEWER, S | A,
         APPLICATION_RETURNED, HOLD_RESERVED},
        {"application_resubmitted.application_no", ITEM_APPLICATION_RESUBMITTED, SERVICE, T,
         APPLICATION_SUBMITTED, HOLD_RESERVED},
        {"application_reviewed.application_no", ITEM_APPLICATION_REVIEWED, REVIEWER, A,
         APPLICATION_REVIEWED, HOLD_RESERVED},
        {"application_decided.application_no", ITEM_APPLICATION_DECIDED, DECIDER, R,
         APPLICATION_APPROVED, HOLD_USED},
        {"application_decided.application_no", ITEM_APPLICATION_DECIDED, DECIDER, R,
         APPLICATION_REJECTED, HOLD_FREE},
        {"application_objected.application_no", ITEM_APPLICATION_OBJECTED, REVIEWER, N,
         APPLICATION_REVIEWED, HOLD_RESERVED},
        {"application_withdrawn.application_no", ITEM_APPLICATION_WITHDRAWN, SERVICE,
         S | A | T | R | N | P, APPLICATION_WITHDRAWN, HOLD_FREE},
        {"application_appealed.application_no", ITEM_APPLICATION_APPEALED, SERVICE, J,
         APPLICATION_APPEALED, HOLD_RESERVED},
        {"application_appeal_decided.application_no", ITEM_APPLICATION_APPEAL_DECIDED, REVIEWER, P,
         APPLICATION_REVIEWED, HOLD_RESERVED},
        {"application_appeal_decided.application_no", ITEM_APPLICATION_APPEAL_DECIDED, REVIEWER, P,
         APPLICATION_REJECTED, HOLD_FREE},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(events) * ARRAY_COUNT(ways); i++) {
        size_t event = i / ARRAY_COUNT(ways), way = i % ARRAY_COUNT(ways);
        void *fresh;

        assert_int_equal(core_bank_setup(&fresh), 0);
        lead_to(fresh, way);

        const struct application *application = core_find_application(fresh, APP_1);
        uint32_t revision = (uint32_t)application->revision;
        struct item item = item_to(fresh, events[event].kind, events[event].to, revision);

        if ((events[event].from & (1 << ways[way].state)) != 0) {
            core_books(fresh, events[event].key, &item);
            application = core_find_application(fresh, APP_1);
            assert_int_equal(application->state, events[event].to);
            assert_int_equal(application->revision, revision + 1);
            assert_int_equal(core_outcome(fresh, ISSUER, "w-1")->hold_state, events[event].holds);
            assert_int_equal(hold_of_course_of(fresh, "c1"), events[event].holds);
        } else {
            core_refuses(fresh, events[event].key, &item, events[event].body,
                         REASON_APPLICATION_STATE);
        }
        core_bank_teardown(&fresh);
    }
}

static const struct application_move *
move_of(struct core_bank *bank, int32_t revision)
{
    return world_find(
        bank->world, TABLE_APPLICATION_MOVE,
        &(struct application_move){.application_no = slice_text(APP_1), .revision = revision});
}

/* A school says why it returns an application or does not accept it, and nobody else says why. */
static void
keeps_the_reason_with_the_move(void **state)
{
    static const struct core_case returned[] = {
        {"application_returned.reason", REASON_FIELD_RANGE, CASE_INT32,
         AT(application_moved.reason), 0, NULL},
        {"application_returned.reason", REASON_FIELD_RANGE, CASE_INT32,
         AT(application_moved.reason), 5, NULL},
        {"application_returned.reason", REASON_FIELD_RANGE, CASE_INT32,
         AT(application_moved.reason), -1, NULL},
    };
    static const struct core_case not_accepted[] = {
        {"application_not_accepted.reason", REASON_FIELD_RANGE, CASE_INT32,
         AT(application_moved.reason), 0, NULL},
        {"application_not_accepted.reason", REASON_FIELD_RANGE, CASE_INT32,
         AT(application_moved.reason), 5, NULL},
    };
    struct core_bank *bank = *state;
    struct item item = core_move(ITEM_APPLICATION_RETURNED, ACCOUNT_A, APP_1, 1);

    core_award(bank, ACCOUNT_A, "w-1");
    core_submit(bank, ACCOUNT_A, APP_1, "w-1");
    item.application_moved.reason = RETURN_WRONG_OUTCOME;
    core_refuses_each(bank, SCHOOL, &item, returned, ARRAY_COUNT(returned));
    assert_int_equal(move_of(bank, 1)->reason, 0);
    assert_int_equal(move_of(bank, 2)->reason, RETURN_WRONG_OUTCOME);
    core_moves(bank, SERVICE, ITEM_APPLICATION_WITHDRAWN, 2);
    assert_int_equal(move_of(bank, 3)->reason, 0);

    core_submit(bank, ACCOUNT_A, APP_2, "w-1");
    item = core_move(ITEM_APPLICATION_NOT_ACCEPTED, ACCOUNT_A, APP_2, 1);
    item.application_moved.reason = NOT_ACCEPTED_DUPLICATE;
    core_refuses_each(bank, REVIEWER, &item, not_accepted, ARRAY_COUNT(not_accepted));
}

/* Who may not accept may not say that it is not accepted. */
static void
is_not_accepted_only_by_its_school_and_as_it_was_read(void **state)
{
    struct core_bank *bank = *state;
    struct item item = core_move(ITEM_APPLICATION_NOT_ACCEPTED, ACCOUNT_A, APP_1, 1);
    struct item stale = core_move(ITEM_APPLICATION_NOT_ACCEPTED, ACCOUNT_A, APP_1, 2);
    struct item foreign = core_move(ITEM_APPLICATION_NOT_ACCEPTED, ACCOUNT_B, APP_1, 1);

    core_award(bank, ACCOUNT_A, "w-1");
    core_submit(bank, ACCOUNT_A, APP_1, "w-1");
    core_refuses(bank, SCHOOL_2, &item, "application_not_accepted.application_no",
                 REASON_APPLICATION_UNKNOWN);
    core_refuses(bank, SCHOOL, &foreign, "application_not_accepted.application_no",
                 REASON_APPLICATION_UNKNOWN);
    core_refuses(bank, SCHOOL, &stale, "application_not_accepted.revision", REASON_REVISION_STALE);
    core_refuses(bank, DECIDER, &item, "signatures", REASON_DUTY_MISSING);
    core_refuses(bank, SERVICE, &item, "institution_id", REASON_INSTITUTION_KIND_WRONG);
    core_books(bank, SCHOOL, &item);
    core_submit(bank, ACCOUNT_A, APP_2, "w-1");
}

/* An application with "w-1" for c1 is returned, and sent again: what is held then, what is free. */
static void
holds_what_it_names_when_it_is_submitted_again_and_nothing_else(void **state)
{
    static const struct {
        const char *lines[2][2]; /* certificate and course; NULL: none */
        int holds[2];            /* of w-1 and w-2 */
        int courses[2];          /* of c1 and c2; 0: never held */
    } cases[] = {
        {{{"w-1", "c1"}}, {HOLD_RESERVED, HOLD_FREE}, {HOLD_RESERVED, 0}},
        {{{"w-1", "c2"}}, {HOLD_RESERVED, HOLD_FREE}, {HOLD_FREE, HOLD_RESERVED}},
        {{{"w-2", "c1"}}, {HOLD_FREE, HOLD_RESERVED}, {HOLD_RESERVED, 0}},
        {{{"w-2", "c2"}}, {HOLD_FREE, HOLD_RESERVED}, {HOLD_FREE, HOLD_RESERVED}},
        {{{"w-1", "c1"}, {"w-2", "c2"}},
         {HOLD_RESERVED, HOLD_RESERVED},
         {HOLD_RESERVED, HOLD_RESERVED}},
        {{{"w-2", "c1"}, {"w-1", "c2"}},
         {HOLD_RESERVED, HOLD_RESERVED},
         {HOLD_RESERVED, HOLD_RESERVED}},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        struct line_applied lines[2], *stored;
        size_t count = 0;
        void *fresh;

        assert_int_equal(core_bank_setup(&fresh), 0);

        struct core_bank *bank = fresh;

        core_award(bank, ACCOUNT_A, "w-1");
        core_award(bank, ACCOUNT_A, "w-2");
        core_submit(bank, ACCOUNT_A, APP_1, "w-1");
        core_moves(bank, SCHOOL, ITEM_APPLICATION_RETURNED, 1);
        for (; count < 2 && cases[i].lines[count][0] != NULL; count++)
            lines[count] = line_for(bank, cases[i].lines[count][0], cases[i].lines[count][1]);

        struct item item = core_resubmission(bank, ACCOUNT_A, APP_1, lines, count);

        core_books(bank, SERVICE, &item);
        assert_int_equal(core_outcome(bank, ISSUER, "w-1")->hold_state, cases[i].holds[0]);
        assert_int_equal(core_outcome(bank, ISSUER, "w-2")->hold_state, cases[i].holds[1]);
        assert_int_equal(hold_of_course_of(bank, "c1"), cases[i].courses[0]);
        assert_int_equal(hold_of_course_of(bank, "c2"), cases[i].courses[1]);
        assert_int_equal(core_find_application(bank, APP_1)->submission_no, 2);
        assert_int_equal(application_lines(bank->world, core_find_application(bank, APP_1),
                                           bank->arena, &stored),
                         count);
        assert_true(slice_is(stored[0].outcome.outer_id, cases[i].lines[0][0]));
        assert_true(slice_is(stored[0].course_codes.texts[0], cases[i].lines[0][1]));
        core_bank_teardown(&fresh);
    }
}

/* Two lines are returned and one is sent again: the other's certificate and course are free. */
static void
frees_a_line_that_is_left_out_and_keeps_it_on_record(void **state)
{
    struct core_bank *bank = *state;
    struct item item = core_application(bank, ACCOUNT_A, APP_1, "w-1");
    struct line_applied *lines;
    struct application first;

    core_award(bank, ACCOUNT_A, "w-1");
    core_award(bank, ACCOUNT_A, "w-2");
    core_submit(bank, ACCOUNT_A, APP_1, "w-1");
    core_moves(bank, SCHOOL, ITEM_APPLICATION_RETURNED, 1);

    struct line_applied two[] = {line_for(bank, "w-1", "c1"), line_for(bank, "w-2", "c2")};

    item = core_resubmission(bank, ACCOUNT_A, APP_1, two, 2);
    core_books(bank, SERVICE, &item);
    core_moves(bank, SCHOOL, ITEM_APPLICATION_RETURNED, 3);
    item = resubmission(bank, "w-2", "c2");
    core_books(bank, SERVICE, &item);
    assert_int_equal(core_outcome(bank, ISSUER, "w-1")->hold_state, HOLD_FREE);
    assert_int_equal(hold_of_course_of(bank, "c1"), HOLD_FREE);
    assert_int_equal(core_outcome(bank, ISSUER, "w-2")->hold_state, HOLD_RESERVED);

    first = *core_find_application(bank, APP_1);
    for (int32_t i = 1; i <= 3; i++) {
        first.submission_no = i;
        assert_int_equal(application_lines(bank->world, &first, bank->arena, &lines),
                         i == 2 ? 2 : 1);
        assert_true(slice_is(lines[0].outcome.outer_id, i == 3 ? "w-2" : "w-1"));
    }
    core_submit(bank, ACCOUNT_A, APP_2, "w-1"); /* which takes what is free */
}

/* Somebody else's, under another revision, with a trace or lines that will not do. */
static void
refuses_a_resubmission_field_by_field(void **state)
{
    static const struct core_case cases[] = {
        {"application_resubmitted.application_no", REASON_APPLICATION_UNKNOWN, CASE_TEXT,
         AT(application_resubmitted.account_no), 0, ACCOUNT_B},
        {"application_resubmitted.application_no", REASON_APPLICATION_UNKNOWN, CASE_TEXT,
         AT(application_resubmitted.application_no), 0, APP_2},
        {"application_resubmitted.revision", REASON_REVISION_STALE, CASE_INT32,
         AT(application_resubmitted.revision), 1, NULL},
        {"application_resubmitted.lines", REASON_FIELD_RANGE, CASE_SIZE,
         AT(application_resubmitted.line_count), 0, NULL},
        {"application_resubmitted.lines", REASON_FIELD_RANGE, CASE_SIZE,
         AT(application_resubmitted.line_count), APPLICATION_LINES_MAX + 1, NULL},
        {"application_resubmitted.trace_hash", REASON_TRACE_DIFFERS, CASE_TEXT,
         AT(application_resubmitted.trace_hash), 0, "short"},
    };
    struct core_bank *bank = *state;
    struct item poor = core_certificate(ACCOUNT_A, "w-0"), item;

    poor.certificate_awarded.centiscore = 5999;
    core_books(bank, ISSUER, &poor);
    core_award(bank, ACCOUNT_A, "w-1");
    core_award(bank, ACCOUNT_B, "w-2");
    core_submit(bank, ACCOUNT_A, APP_1, "w-1");
    core_moves(bank, SCHOOL, ITEM_APPLICATION_RETURNED, 1);
    item = resubmission(bank, "w-2", "c1");
    core_refuses(bank, SERVICE, &item, "application_resubmitted.lines[0]", REASON_OUTCOME_UNKNOWN);
    item = resubmission(bank, "w-0", "c3");
    core_refuses(bank, SERVICE, &item, "application_resubmitted.lines[0]", REASON_SCORE_TOO_LOW);
    assert_true(core_told(bank, 0, "application_resubmitted.lines[0]", REASON_COURSE_NOT_IN_RULE));
    assert_int_equal(core_outcome(bank, ISSUER, "w-1")->hold_state,
                     HOLD_RESERVED); /* a refused one frees nothing */
    item = resubmission(bank, "w-1", "c1");
    core_refuses(bank, SCHOOL, &item, "institution_id", REASON_INSTITUTION_KIND_WRONG);
    core_refuses(bank, OPERATOR, &item, "signatures", REASON_DUTY_MISSING);
    core_refuses_each(bank, SERVICE, &item, cases, ARRAY_COUNT(cases));
}

/* Another application's certificate and course are not to be had by submitting again. */
static void
takes_nothing_from_another_application_when_it_is_submitted_again(void **state)
{
    struct core_bank *bank = *state;
    struct line_applied line = line_for(bank, "w-2", "c2");
    struct item other = core_application(bank, ACCOUNT_A, APP_2, "w-2"), item;

    core_award(bank, ACCOUNT_A, "w-1");
    core_award(bank, ACCOUNT_A, "w-2");
    core_submit(bank, ACCOUNT_A, APP_1, "w-1");
    other = core_application(bank, ACCOUNT_A, APP_2, "w-2");
    other.application_submitted.lines[0].course_codes.texts[0] = slice_text("c2");
    other.application_submitted.trace_hash =
        core_resubmission(bank, ACCOUNT_A, APP_1, &line, 1).application_resubmitted.trace_hash;
    core_books(bank, SERVICE, &other);
    core_moves(bank, SCHOOL, ITEM_APPLICATION_RETURNED, 1);
    item = resubmission(bank, "w-2", "c2");
    core_refuses(bank, SERVICE, &item, "application_resubmitted.lines[0]", REASON_OUTCOME_RESERVED);
    assert_true(core_told(bank, 0, "application_resubmitted.lines[0]", REASON_COURSE_RESERVED));
}

/* The rulebook of "rb" ends on TODAY + 30, and its second version comes meanwhile. */
static void
stays_under_the_version_and_day_of_its_first_submission(void **state)
{
    struct core_bank *bank = *state;
    struct item item;

    core_award(bank, ACCOUNT_A, "w-1");
    core_submit(bank, ACCOUNT_A, APP_1, "w-1");
    core_moves(bank, SCHOOL, ITEM_APPLICATION_RETURNED, 1);
    bank->position.booked_at_us += INT64_C(31) * 86400 * 1000000;
    item = core_application(bank, ACCOUNT_A, APP_2, "w-1");
    core_refuses(bank, SERVICE, &item, "application_submitted.rulebook_id", REASON_WINDOW_CLOSED);
    item = resubmission(bank, "w-1", "c2");
    core_books(bank, SERVICE, &item);
    assert_int_equal(core_find_application(bank, APP_1)->submit_date, TODAY);
    assert_int_equal(core_find_application(bank, APP_1)->version, 1);
}

static void
is_submitted_ten_times_at_most(void **state)
{
    struct core_bank *bank = *state;
    struct item item;

    core_award(bank, ACCOUNT_A, "w-1");
    core_submit(bank, ACCOUNT_A, APP_1, "w-1");
    for (uint32_t submission = 2; submission <= 11; submission++) {
        core_moves(bank, SCHOOL, ITEM_APPLICATION_RETURNED, 2 * submission - 3);
        item = resubmission(bank, "w-1", "c1");
        if (submission <= 10)
            core_books(bank, SERVICE, &item);
    }
    core_refuses(bank, SERVICE, &item, "application_resubmitted.application_no",
                 REASON_SUBMISSIONS_TOO_MANY);
    assert_string_equal(bank->refusals.first->detail, "10");
    assert_int_equal(bank->refusals.count, 1);
    core_moves(bank, SERVICE, ITEM_APPLICATION_WITHDRAWN, 20);
    core_submit(bank, ACCOUNT_A, APP_2, "w-1");
}

#define TEST(function) \
    cmocka_unit_test_setup_teardown(function, core_bank_setup, core_bank_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(moves_from_the_states_that_the_table_names_and_from_no_other),
        TEST(keeps_the_reason_with_the_move),
        TEST(is_not_accepted_only_by_its_school_and_as_it_was_read),
        cmocka_unit_test(holds_what_it_names_when_it_is_submitted_again_and_nothing_else),
        TEST(frees_a_line_that_is_left_out_and_keeps_it_on_record),
        TEST(refuses_a_resubmission_field_by_field),
        TEST(takes_nothing_from_another_application_when_it_is_submitted_again),
        TEST(stays_under_the_version_and_day_of_its_first_submission),
        TEST(is_submitted_ten_times_at_most),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
