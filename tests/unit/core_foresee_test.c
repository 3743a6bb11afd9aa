/*
 * What is loaded before an item is executed. A table says which units each kind
 * of item foresees; and, kind by kind, everything that execute() then touches was
 * foreseen, or is noted missing and loaded: it never takes for absent what was
 * only not loaded.
 */
#include "core_fixture.h"

#include "core/application.h"
#include "core/foresee.h"

#define BUDGET ((size_t)32 << 20)
#define APP "APP0000000000001"
#define ROUNDS_MAX 8
#define TABLES_MAX 8

/* A kind of item, whom it is signed by, and what it foresees beside bank, institution and key. */
struct kind {
    enum item_kind kind;
    enum core_key key;
    enum table_id tables[TABLES_MAX];
    size_t table_count;
};

#define FORESEES(...) {__VA_ARGS__}, sizeof((enum table_id[]){__VA_ARGS__}) / sizeof(enum table_id)

static const struct kind kinds[] = {
    {ITEM_CERTIFICATE_LISTED, OPERATOR, {0}, 0},
    {ITEM_ACCREDITATION_GRANTED, OPERATOR, {0}, 0},
    {ITEM_RECORDING_RULE_SET, OPERATOR, {0}, 0},
    {ITEM_PROGRAMME_PUBLISHED, SCHOOL, {0}, 0},
    {ITEM_RULEBOOK_FILED, SCHOOL, {0}, 0},
    {ITEM_RULEBOOK_PUBLISHED, OPERATOR, {0}, 0},
    {ITEM_CALENDAR_DECLARED, OPERATOR, {0}, 0},
    {ITEM_ACCOUNT_OPENED, SCHOOL, FORESEES(TABLE_ACCOUNT)},
    {ITEM_ACCOUNT_ACTIVATED, SERVICE, {0}, 0},
    {ITEM_ACCOUNT_STATE_SET, OPERATOR, {0}, 0},
    {ITEM_LEARNER_ENROLLED, SCHOOL,
     FORESEES(TABLE_ACCOUNT, TABLE_ENROLMENT, TABLE_PROGRAMME, TABLE_STUDENT_NUMBER)},
    {ITEM_ENROLMENT_ENDED, SCHOOL, FORESEES(TABLE_ENROLMENT, TABLE_STUDENT_NUMBER)},
    {ITEM_COURSE_RESULT_RECORDED, SCHOOL,
     FORESEES(TABLE_ACCOUNT, TABLE_OUTCOME, TABLE_ENROLMENT, TABLE_COURSE, TABLE_PASSED_COURSE)},
    {ITEM_TRAINING_HOURS_RECORDED, SCHOOL,
     FORESEES(TABLE_ACCOUNT, TABLE_OUTCOME, TABLE_RECORDING_RULE, TABLE_HOURS_BALANCE)},
    {ITEM_CERTIFICATE_AWARDED, ISSUER,
     FORESEES(TABLE_ACCOUNT, TABLE_OUTCOME, TABLE_CERTIFICATE, TABLE_ACCREDITATION)},
    {ITEM_OUTCOME_CORRECTED, SCHOOL, FORESEES(TABLE_ACCOUNT, TABLE_OUTCOME)},
    {ITEM_OUTCOME_REVOKED, ISSUER, FORESEES(TABLE_ACCOUNT, TABLE_OUTCOME)},
    {ITEM_APPLICATION_SUBMITTED, SERVICE, {0}, 0},
    {ITEM_APPLICATION_ACCEPTED, SCHOOL, {0}, 0},
    {ITEM_APPLICATION_RETURNED, SCHOOL, {0}, 0},
    {ITEM_APPLICATION_REVIEWED, REVIEWER, {0}, 0},
    {ITEM_APPLICATION_DECIDED, DECIDER, {0}, 0},
    {ITEM_APPLICATION_WITHDRAWN, SERVICE, {0}, 0},
    {ITEM_APPLICATION_NOT_ACCEPTED, SCHOOL, {0}, 0},
    {ITEM_APPLICATION_RESUBMITTED, SERVICE, {0}, 0},
    {ITEM_APPLICATION_PERIOD_ENDED, SERVICE, {0}, 0},
    {ITEM_APPLICATION_OBJECTED, REVIEWER, {0}, 0},
    {ITEM_APPLICATION_APPEALED, SERVICE, {0}, 0},
    {ITEM_APPLICATION_APPEAL_DECIDED, REVIEWER, {0}, 0},
};

/* What some kinds speak of: a certificate "w-1" with an application, a result "r-1". */
static void
prepare(struct core_bank *bank, enum item_kind kind)
{
    struct item certificate = core_certificate(ACCOUNT_A, "w-1");
    struct item result = core_result(ACCOUNT_A, "r-1");
    struct item application;

    core_books(bank, ISSUER, &certificate);
    core_books(bank, SCHOOL, &result);
    if (kind <= ITEM_APPLICATION_SUBMITTED)
        return;
    core_publish_rules(bank,
                       &(struct periods){.notice_days = 3, .acceptance_days = 3, .appeal_days = 3});
    application = core_application(bank, ACCOUNT_A, APP, "w-1");
    core_books(bank, SERVICE, &application);
    if (kind == ITEM_APPLICATION_RESUBMITTED) {
        struct item returned = core_move(ITEM_APPLICATION_RETURNED, ACCOUNT_A, APP, 1);

        core_books(bank, SCHOOL, &returned);
    }
    if (kind == ITEM_APPLICATION_PERIOD_ENDED)
        core_wait_until(bank, core_find_application(bank, APP)->due_date);
    if (kind != ITEM_APPLICATION_REVIEWED && kind != ITEM_APPLICATION_DECIDED &&
        kind < ITEM_APPLICATION_OBJECTED)
        return;

    struct item accepted = core_move(ITEM_APPLICATION_ACCEPTED, ACCOUNT_A, APP, 1);
    struct item reviewed = core_move(ITEM_APPLICATION_REVIEWED, ACCOUNT_A, APP, 2);

    core_books(bank, SCHOOL, &accepted);
    if (kind != ITEM_APPLICATION_REVIEWED)
        core_books(bank, REVIEWER, &reviewed);
    if (kind < ITEM_APPLICATION_OBJECTED)
        return;

    bool is_on_notice = kind == ITEM_APPLICATION_OBJECTED;
    struct item decided =
        core_decision(bank, ACCOUNT_A, APP, 3, is_on_notice ? VERDICT_APPROVE : VERDICT_REJECT);
    struct item appealed = core_move(ITEM_APPLICATION_APPEALED, ACCOUNT_A, APP, 4);

    core_books(bank, DECIDER, &decided);
    if (kind == ITEM_APPLICATION_APPEAL_DECIDED)
        core_books(bank, SERVICE, &appealed);
}

static struct item
public_record(struct core_bank *bank, enum item_kind kind)
{
    static struct programme_course course = {
        .kind = COURSE_THEORY, .centihours = 100, .centicredits = 100};
    static struct clause clause = {.test = CLAUSE_FAMILY};
    static struct slice code;
    static struct rule_filed rule = {.clause_count = 1,
                                     .clauses = &clause,
                                     .course_codes = {1, &code},
                                     .attendance_waived = true};
    struct item item = {.kind = kind}, filed;

    course.course_code = course.name = slice_text("x1");
    clause.text = slice_text("web");
    code = slice_text("c1");
    rule.title = slice_text("条款");
    filed = (struct item){
        .kind = ITEM_RULEBOOK_FILED,
        .rulebook_filed = {.rulebook_id = slice_text("rb"),
                           .version = 2,
                           .title = slice_text("办法"),
                           .programme_id = slice_text("cs"),
                           .from_date = TODAY,
                           .to_date = DATE_OPEN,
                           .exemption_word = slice_text("免修"),
                           .rule_count = 1,
                           .rules = &rule},
    };
    if (kind == ITEM_CERTIFICATE_LISTED)
        item.certificate_listed = (struct certificate_listed){slice_text("web-3"),
                                                              slice_text("Web"),
                                                              slice_text("web"),
                                                              slice_text("1+x"),
                                                              3,
                                                              DATE_2019};
    if (kind == ITEM_ACCREDITATION_GRANTED)
        item.accreditation_granted = (struct accreditation_granted){
            slice_text("issuer-2"), slice_text("web-2"), DATE_2019, DATE_OPEN};
    if (kind == ITEM_RECORDING_RULE_SET)
        item.recording_rule_set = (struct recording_rule_set){COURSE_THEORY, 1800, 50, TODAY};
    if (kind == ITEM_CALENDAR_DECLARED)
        item.calendar_declared = (struct calendar_declared){TODAY, DATE_OPEN, DAY_HOLIDAY};
    if (kind == ITEM_PROGRAMME_PUBLISHED)
        item.programme_published = (struct programme_published){slice_text("cs-2"),
                                                                slice_text("510201"),
                                                                slice_text("计算机"),
                                                                2026,
                                                                14000,
                                                                1,
                                                                &course};
    if (kind == ITEM_RULEBOOK_FILED)
        return filed;
    if (kind == ITEM_RULEBOOK_PUBLISHED) {
        core_books(bank, SCHOOL, &filed);
        item.rulebook_published =
            (struct rulebook_published){slice_text("school"), slice_text("rb"), 2};
    }
    return item;
}

/* A good item of the kind. */
static struct item
make(struct core_bank *bank, enum item_kind kind)
{
    struct item item = {.kind = kind};

    if (kind < ITEM_ACCOUNT_OPENED)
        return public_record(bank, kind);
    prepare(bank, kind);
    switch ((int)kind) {
    case ITEM_ACCOUNT_OPENED:
        return core_opened("10000000000040");
    case ITEM_ACCOUNT_ACTIVATED:
        item.account_activated.account_no = slice_text(ACCOUNT_C);
        return item;
    case ITEM_ACCOUNT_STATE_SET:
        item.account_state_set =
            (struct account_state_set){slice_text(ACCOUNT_A), ACCOUNT_SUSPENDED};
        return item;
    case ITEM_LEARNER_ENROLLED:
        return core_enrolled(ACCOUNT_C, "S3");
    case ITEM_ENROLMENT_ENDED:
        item.enrolment_ended = (struct enrolment_ended){slice_text(ACCOUNT_A), slice_text("S1"),
                                                        TODAY, ENROLMENT_GRADUATED};
        return item;
    case ITEM_COURSE_RESULT_RECORDED:
        return core_result(ACCOUNT_B, "r-2");
    case ITEM_TRAINING_HOURS_RECORDED:
        return core_training(ACCOUNT_A, "t-1", 1600, 100, 0);
    case ITEM_CERTIFICATE_AWARDED:
        return core_certificate(ACCOUNT_B, "w-2");
    case ITEM_OUTCOME_CORRECTED:
        item.outcome_corrected = (struct outcome_corrected){
            slice_text(ACCOUNT_A), slice_text("r-1"), CHANGE_ENTRY_ERROR, 9000, 400};
        return item;
    case ITEM_OUTCOME_REVOKED:
        return core_revoked(ACCOUNT_A, "w-1", CHANGE_ENTRY_ERROR);
    case ITEM_APPLICATION_SUBMITTED:
        return core_application(bank, ACCOUNT_A, APP, "w-1");
    case ITEM_APPLICATION_REVIEWED:
        return core_move(kind, ACCOUNT_A, APP, 2);
    case ITEM_APPLICATION_RESUBMITTED:
        item = core_application(bank, ACCOUNT_A, APP, "w-1");
        return core_resubmission(bank, ACCOUNT_A, APP, item.application_submitted.lines, 1);
    case ITEM_APPLICATION_APPEAL_DECIDED:
        return core_move(kind, ACCOUNT_A, APP, 5);
    case ITEM_APPLICATION_APPEALED:
    case ITEM_APPLICATION_OBJECTED:
        return core_move(kind, ACCOUNT_A, APP, 4);
    case ITEM_APPLICATION_PERIOD_ENDED:
        return core_period_end(bank, ACCOUNT_A, APP, APPLICATION_EXPIRED);
    case ITEM_APPLICATION_DECIDED:
        return core_decision(bank, ACCOUNT_A, APP, 3, VERDICT_APPROVE);
    default:
        return core_move(kind, ACCOUNT_A, APP, 1);
    }
}

static bool
is_missing(const struct world *world, enum table_id table)
{
    for (size_t i = 0; i < world_missing_count(world); i++)
        if (world_missing(world, i).table == table)
            return true;
    return false;
}

static void
foresees_the_rows_that_items_name(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(kinds); i++) {
        const struct kind *kind = &kinds[i];
        void *bank;

        assert_int_equal(core_bank_setup(&bank), 0);

        struct item item = make(bank, kind->kind);
        struct transaction transaction = core_items(bank, kind->key, &item, 1);
        struct world *world = world_new(BUDGET);

        foresee_transaction(world, &transaction);
        assert_true(is_missing(world, TABLE_BANK));
        assert_true(is_missing(world, TABLE_INSTITUTION));
        assert_true(is_missing(world, TABLE_SIGNING_KEY));
        for (size_t j = 0; j < kind->table_count; j++)
            assert_true(is_missing(world, kind->tables[j]));
        assert_int_equal(world_missing_count(world), 3 + kind->table_count);
        world_free(world);
        core_bank_teardown(&bank);
    }
}

/* The bank's own world stands for the database. */
static void
load_missing(struct world *world, struct world *database)
{
    for (size_t i = 0; i < world_missing_count(world); i++) {
        struct missing_unit unit = world_missing(world, i);
        struct row_list rows = world_list(database, unit.table, unit.key);

        world_load_unit(world, unit.table, unit.key);
        for (size_t j = 0; j < rows.count; j++)
            world_load_row(world, unit.table, rows.rows[j]);
    }
    world_forget_missing(world);
}

/* From so little of the bank, by as many rounds of loading as it asks for. */
static enum execute_result
run_from(struct core_bank *bank, struct world *world, const struct transaction *transaction,
         size_t *rounds)
{
    enum execute_result result = EXECUTE_NOT_LOADED;

    for (*rounds = 0; result == EXECUTE_NOT_LOADED; ++*rounds) {
        size_t mark = world_mark(world);

        assert_true(*rounds < ROUNDS_MAX);
        load_missing(world, bank->world);
        bank->refusals = (struct refusal_list){0};
        result = execute(world, transaction, &bank->position, bank->arena, &bank->refusals);
        if (result != EXECUTE_NOT_LOADED)
            continue;
        assert_true(world_missing_count(world) > 0);
        assert_int_equal(world_mark(world), mark);
        assert_int_equal(bank->refusals.count, 0);
    }
    return result;
}

/* What two worlds changed is the same, row by row. */
static void
assert_same_changes(struct world *a, size_t mark, struct world *b)
{
    struct arena *arena = arena_new(BUDGET);
    size_t written = 0;

    for (int id = 0; id < TABLE_COUNT; id++) {
        const struct table *table = schema_table((enum table_id)id);
        struct row_change *changes = NULL;
        size_t count = world_changes(b, (enum table_id)id, arena, &changes);

        written += count;
        for (size_t i = 0; i < count; i++) {
            const void *row = world_find(a, (enum table_id)id, changes[i].row);

            assert_non_null(row);
            assert_int_equal(schema_compare(table, table->column_count, row, changes[i].row), 0);
        }
    }
    assert_true(written > 0);
    assert_true(world_mark(a) - mark >= written);
    arena_free(arena);
}

static void
loads_whatever_execute_touches_besides(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(kinds); i++) {
        size_t foreseen_rounds, blind_rounds, mark;
        void *bank;

        assert_int_equal(core_bank_setup(&bank), 0);

        struct core_bank *b = bank;
        struct item item = make(b, kinds[i].kind);
        struct transaction transaction = core_items(b, kinds[i].key, &item, 1);
        struct world *foreseen = world_new(BUDGET), *blind = world_new(BUDGET);

        foresee_transaction(foreseen, &transaction);
        assert_int_equal(run_from(b, foreseen, &transaction, &foreseen_rounds), EXECUTE_BOOKED);
        assert_int_equal(run_from(b, blind, &transaction, &blind_rounds), EXECUTE_BOOKED);
        /* What was foreseen costs no round more, and of bank, institution and key one less. */
        assert_true(foreseen_rounds < blind_rounds);
        mark = world_mark(b->world);
        assert_int_equal(core_execute(b, &transaction), EXECUTE_BOOKED);
        assert_same_changes(b->world, mark, foreseen);
        assert_same_changes(b->world, mark, blind);
        world_free(foreseen);
        world_free(blind);
        core_bank_teardown(&bank);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(foresees_the_rows_that_items_name),
        cmocka_unit_test(loads_whatever_execute_touches_besides),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
