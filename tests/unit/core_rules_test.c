/* Public records: the catalogue, recording rules, programmes and rulebooks. */
#include "core/clause.h"

#include "core_fixture.h"

#define AT(member) offsetof(struct item, member)

static void
lists_a_certificate_once(void **state)
{
    static const struct core_case cases[] = {
        {"certificate_listed.certificate_id", REASON_FIELD_REQUIRED, CASE_TEXT,
         AT(certificate_listed.certificate_id), 0, ""},
        {"certificate_listed.certificate_id", REASON_FIELD_LENGTH, CASE_TEXT,
         AT(certificate_listed.certificate_id), 0, "12345678901234567890123456789012345678901"},
        {"certificate_listed.certificate_id", REASON_ALREADY_EXISTS, CASE_TEXT,
         AT(certificate_listed.certificate_id), 0, "web-1"},
        {"certificate_listed.family_id", REASON_FIELD_CHARACTERS, CASE_TEXT,
         AT(certificate_listed.family_id), 0, "web.x"},
        {"certificate_listed.scheme_id", REASON_FIELD_TOO_LONG, CASE_TEXT,
         AT(certificate_listed.scheme_id), 0, "12345678901234567"},
        {"certificate_listed.name", REASON_FIELD_REQUIRED, CASE_TEXT, AT(certificate_listed.name),
         0, ""},
        {"certificate_listed.grade", REASON_FIELD_RANGE, CASE_INT32, AT(certificate_listed.grade),
         10, NULL},
    };
    struct item good = {.kind = ITEM_CERTIFICATE_LISTED,
                        .certificate_listed = {slice_text("web-3"),
                                               slice_text("Web前端开发（高级）"), slice_text("web"),
                                               slice_text("1+x"), 3, DATE_2019}};

    core_refuses(*state, SCHOOL, &good, "institution_id", REASON_INSTITUTION_KIND_WRONG);
    core_refuses_each(*state, OPERATOR, &good, cases, ARRAY_COUNT(cases));
}

static void
accredits_issuers_only(void **state)
{
    static const struct core_case cases[] = {
        {"accreditation_granted.issuer_id", REASON_INSTITUTION_UNKNOWN, CASE_TEXT,
         AT(accreditation_granted.issuer_id), 0, "nobody"},
        {"accreditation_granted.issuer_id", REASON_INSTITUTION_KIND_WRONG, CASE_TEXT,
         AT(accreditation_granted.issuer_id), 0, "school"},
        {"accreditation_granted.certificate_id", REASON_CERTIFICATE_UNKNOWN, CASE_TEXT,
         AT(accreditation_granted.certificate_id), 0, "web-9"},
        {"accreditation_granted.to_date", REASON_DATE_ORDER, CASE_INT32,
         AT(accreditation_granted.to_date), TODAY - 11, NULL},
    };
    struct core_bank *bank = *state;
    struct item good = {.kind = ITEM_ACCREDITATION_GRANTED,
                        .accreditation_granted = {slice_text("issuer-2"), slice_text("web-2"),
                                                  TODAY - 10, TODAY - 5}};

    core_refuses_each(bank, OPERATOR, &good, cases, ARRAY_COUNT(cases));
    core_refuses(bank, OPERATOR, &good, "accreditation_granted.from_date", REASON_ALREADY_EXISTS);

    /* On its first and its last day, and not on the days about them. */
    for (int32_t day = TODAY - 11; day <= TODAY - 4; day++) {
        char number[] = {'w', (char)('0' + TODAY - day - 4), '\0'};
        struct item item = core_certificate(ACCOUNT_A, number);

        item.certificate_awarded.issue_date = day;
        if (day >= TODAY - 10 && day <= TODAY - 5)
            core_books(bank, ISSUER_2, &item);
        else
            core_refuses(bank, ISSUER_2, &item, "certificate_awarded.certificate_id",
                         REASON_NOT_ACCREDITED);
    }
}

static void
sets_recording_rules_whose_steps_are_whole(void **state)
{
    static const struct core_case cases[] = {
        {"recording_rule_set.course_kind", REASON_FIELD_RANGE, CASE_INT32,
         AT(recording_rule_set.course_kind), 0, NULL},
        {"recording_rule_set.centihours_per_credit", REASON_FIELD_RANGE, CASE_INT64,
         AT(recording_rule_set.centihours_per_credit), 99, NULL},
        {"recording_rule_set.step_centicredits", REASON_FIELD_RANGE, CASE_INT64,
         AT(recording_rule_set.step_centicredits), 101, NULL},
        {"recording_rule_set.step_centicredits", REASON_STEP_NOT_WHOLE, CASE_INT64,
         AT(recording_rule_set.centihours_per_credit), 1801, NULL},
        {"recording_rule_set.from_date", REASON_ALREADY_EXISTS, CASE_INT32,
         AT(recording_rule_set.from_date), DATE_2019, NULL},
    };
    struct item good = {.kind = ITEM_RECORDING_RULE_SET,
                        .recording_rule_set = {COURSE_THEORY, 1800, 50, TODAY}};

    core_refuses_each(*state, OPERATOR, &good, cases, ARRAY_COUNT(cases));
}

static void
publishes_a_programme_once(void **state)
{
    static const struct core_case cases[] = {
        {"programme_published.programme_id", REASON_ALREADY_EXISTS, CASE_TEXT,
         AT(programme_published.programme_id), 0, "cs"},
        {"programme_published.major_code", REASON_FIELD_LENGTH, CASE_TEXT,
         AT(programme_published.major_code), 0, "5102011"},
        {"programme_published.cohort", REASON_FIELD_RANGE, CASE_INT32,
         AT(programme_published.cohort), 2200, NULL},
        {"programme_published.graduation_centicredits", REASON_FIELD_RANGE, CASE_INT64,
         AT(programme_published.graduation_centicredits), 0, NULL},
        {"programme_published.courses", REASON_FIELD_RANGE, CASE_SIZE,
         AT(programme_published.course_count), 301, NULL},
    };
    struct programme_course courses[] = {
        {slice_text("a"), slice_text("甲"), COURSE_THEORY, 100, 100, true, false},
        {slice_text("b"), slice_text("乙"), COURSE_PRACTICE, 100, 100, true, false},
    };
    struct core_bank *bank = *state;
    struct item good = {.kind = ITEM_PROGRAMME_PUBLISHED,
                        .programme_published = {slice_text("cs-2"), slice_text("510201"),
                                                slice_text("计算机应用"), 2026, 14000, 2, courses}};

    courses[1].course_code = slice_text("a");
    core_refuses(bank, SCHOOL, &good, "programme_published.courses.course_code",
                 REASON_FIELD_ORDER);
    courses[1].course_code = slice_text("b");
    courses[1].centicredits = 10001;
    core_refuses(bank, SCHOOL, &good, "programme_published.courses.centicredits",
                 REASON_FIELD_RANGE);
    courses[1].centicredits = 100;
    core_refuses_each(bank, SCHOOL, &good, cases, ARRAY_COUNT(cases));
}

/* A second version of the fixture's rulebook, of one rule with one clause and one course. */
struct draft {
    struct clause clauses[CLAUSES_MAX + 1]; /* of which one is filed */
    struct slice course_code;
    struct rule_filed rule;
    struct item item;
};

static void
draft_init(struct draft *d)
{
    memset(d->clauses, 0, sizeof(d->clauses));
    d->clauses[0] = (struct clause){.test = CLAUSE_FAMILY, .text = slice_text("web")};
    d->course_code = slice_text("c1");
    d->rule = (struct rule_filed){.title = slice_text("条款"),
                                  .clause_count = 1,
                                  .clauses = d->clauses,
                                  .course_codes = {1, &d->course_code},
                                  .attendance_waived = true,
                                  .exam_waived = true};
    d->item = (struct item){.kind = ITEM_RULEBOOK_FILED,
                            .rulebook_filed = {.rulebook_id = slice_text("rb"),
                                               .version = 2,
                                               .title = slice_text("转换办法"),
                                               .programme_id = slice_text("cs"),
                                               .from_date = TODAY,
                                               .to_date = DATE_OPEN,
                                               .exemption_word = slice_text("免修"),
                                               .rule_count = 1,
                                               .rules = &d->rule}};
}

static void
files_versions_one_after_another(void **state)
{
    static const struct core_case cases[] = {
        {"rulebook_filed.version", REASON_RULEBOOK_VERSION, CASE_INT32, AT(rulebook_filed.version),
         1, NULL},
        {"rulebook_filed.version", REASON_RULEBOOK_VERSION, CASE_INT32, AT(rulebook_filed.version),
         3, NULL},
        {"rulebook_filed.rulebook_id", REASON_FIELD_CHARACTERS, CASE_TEXT,
         AT(rulebook_filed.rulebook_id), 0, "r b"},
        {"rulebook_filed.title", REASON_FIELD_REQUIRED, CASE_TEXT, AT(rulebook_filed.title), 0, ""},
        {"rulebook_filed.exemption_word", REASON_FIELD_REQUIRED, CASE_TEXT,
         AT(rulebook_filed.exemption_word), 0, ""},
        {"rulebook_filed.programme_id", REASON_PROGRAMME_UNKNOWN, CASE_TEXT,
         AT(rulebook_filed.programme_id), 0, "other"},
        {"rulebook_filed.to_date", REASON_DATE_ORDER, CASE_INT32, AT(rulebook_filed.to_date),
         TODAY - 1, NULL},
        {"rulebook_filed.rules", REASON_RULES_NONE, CASE_SIZE, AT(rulebook_filed.rule_count), 0,
         NULL},
        {"rulebook_filed.rules", REASON_FIELD_RANGE, CASE_SIZE, AT(rulebook_filed.rule_count), 201,
         NULL},
    };
    struct draft draft;

    draft_init(&draft);
    core_refuses_each(*state, SCHOOL, &draft.item, cases, ARRAY_COUNT(cases));
}

static void
refuses_a_rule_that_cannot_be_applied(void **state)
{
    struct slice issuers[17] = {slice_text("issuer-2"), slice_text("issuer")};
#define CLAUSE(field) "rulebook_filed.rules.clauses" field
    const struct {
        struct clause clause;
        const char *field;
        enum reason reason;
    } clauses[] = {
        {{0}, CLAUSE(""), REASON_FIELD_REQUIRED},
        {{.test = CLAUSE_FAMILY}, CLAUSE(".family_id"), REASON_FIELD_REQUIRED},
        {{.test = CLAUSE_GRADE_AT_LEAST, .number = 10},
         CLAUSE(".grade_at_least.grade"),
         REASON_FIELD_RANGE},
        {{.test = CLAUSE_SCORE_AT_LEAST, .number = 6000},
         CLAUSE(".score_at_least.scheme"),
         REASON_FIELD_RANGE},
        {{.test = CLAUSE_SCORE_AT_LEAST, .number = 10001, .scheme = GRADING_PERCENTAGE},
         "rulebook_filed.centiscore",
         REASON_SCORE_OUT_OF_RANGE},
        {{.test = CLAUSE_SCORE_AT_LEAST, .number = 6000, .scheme = GRADING_PASS_FAIL},
         "rulebook_filed.centiscore",
         REASON_SCORE_OUT_OF_RANGE},
        {{.test = CLAUSE_MAX_AGE, .number = 51}, CLAUSE(".max_age_years"), REASON_FIELD_RANGE},
        {{.test = CLAUSE_ISSUERS}, CLAUSE(".issuers.institution_ids"), REASON_FIELD_RANGE},
        {{.test = CLAUSE_ISSUERS, .issuers = {17, issuers}},
         CLAUSE(".issuers.institution_ids"),
         REASON_FIELD_RANGE},
        {{.test = CLAUSE_ISSUERS, .issuers = {2, issuers}},
         CLAUSE(".issuers.institution_ids"),
         REASON_FIELD_ORDER},
        {{.test = CLAUSE_CERTIFICATE, .text = slice_text("a b")},
         CLAUSE(".certificate_id"),
         REASON_FIELD_CHARACTERS},
        {{.test = CLAUSE_KIND, .number = 4}, CLAUSE(".outcome_kind"), REASON_FIELD_RANGE},
        {{.test = CLAUSE_CREDITS_AT_LEAST}, CLAUSE(".centicredits_at_least"), REASON_FIELD_RANGE},
        {{.test = CLAUSE_HOURS_AT_LEAST, .number = 100001},
         CLAUSE(".centihours_at_least"),
         REASON_FIELD_RANGE},
        {{.test = CLAUSE_VALID_DAYS, .number = 3661}, CLAUSE(".valid_days"), REASON_FIELD_RANGE},
        {{.test = CLAUSE_PARTS}, CLAUSE(".parts"), REASON_FIELD_RANGE},
    };
    struct core_bank *bank = *state;
    struct draft d;

    for (size_t i = 0; i < ARRAY_COUNT(clauses); i++) {
        draft_init(&d);
        d.clauses[0] = clauses[i].clause;
        core_refuses(bank, SCHOOL, &d.item, clauses[i].field, clauses[i].reason);
    }
    draft_init(&d);
    d.rule.attendance_waived = d.rule.exam_waived = false;
    core_refuses(bank, SCHOOL, &d.item, "rulebook_filed.rules.attendance_waived",
                 REASON_WAIVES_NOTHING);
    draft_init(&d);
    d.course_code = slice_text("c9");
    core_refuses(bank, SCHOOL, &d.item, "rulebook_filed.rules.course_codes",
                 REASON_COURSE_EXCLUDED);
    d.course_code = slice_text("c4");
    core_refuses(bank, SCHOOL, &d.item, "rulebook_filed.rules.course_codes", REASON_COURSE_UNKNOWN);
}

/* Clauses that hold in themselves and are no tree, or not one that may be. */
static void
refuses_clauses_that_are_no_tree(void **state)
{
#define ALL(group)                                                    \
    {                                                                 \
        .test = CLAUSE_PARTS, .part_of = (group), .number = PARTS_ALL \
    }
#define LEAST(k)                                     \
    {                                                \
        .test = CLAUSE_PARTS_AT_LEAST, .number = (k) \
    }
#define AGE(group)                                              \
    {                                                           \
        .test = CLAUSE_MAX_AGE, .part_of = (group), .number = 6 \
    }
    static const struct {
        size_t count;
        struct clause clauses[10];
        const char *field;
        enum reason reason; /* REASON_NONE: filed */
    } cases[] = {
        {2, {ALL(0), AGE(1)}, "", REASON_NONE},
        {3, {LEAST(2), AGE(1), AGE(1)}, "", REASON_NONE},
        {1, {AGE(1)}, CLAUSE(".part_of"), REASON_CLAUSE_NOT_PLACED},
        {2, {AGE(0), AGE(0)}, CLAUSE(".part_of"), REASON_CLAUSE_NOT_PLACED},         /* two trees */
        {2, {AGE(0), AGE(1)}, CLAUSE(".part_of"), REASON_CLAUSE_NOT_PLACED},         /* of a test */
        {3, {ALL(0), ALL(2), AGE(1)}, CLAUSE(".part_of"), REASON_CLAUSE_NOT_PLACED}, /* of itself */
        {4, {ALL(0), AGE(1), AGE(4), ALL(1)}, CLAUSE(".part_of"), REASON_CLAUSE_NOT_PLACED},
        {2, {ALL(0), AGE(9)}, CLAUSE(".part_of"), REASON_CLAUSE_NOT_PLACED},
        {2, {ALL(0), ALL(1)}, CLAUSE(""), REASON_CLAUSE_WITHOUT_PARTS},
        {3, {LEAST(3), AGE(1), AGE(1)}, CLAUSE(".parts_at_least"), REASON_FIELD_RANGE},
        {3, {LEAST(0), AGE(1), AGE(1)}, CLAUSE(".parts_at_least"), REASON_FIELD_RANGE},
        {8,
         {ALL(0), ALL(1), ALL(2), ALL(3), ALL(4), ALL(5), ALL(6), AGE(7)},
         "",
         REASON_NONE}, /* on the eighth level */
        {9,
         {ALL(0), ALL(1), ALL(2), ALL(3), ALL(4), ALL(5), ALL(6), ALL(7), AGE(8)},
         CLAUSE(".part_of"),
         REASON_CLAUSE_TOO_DEEP},
    };
    struct core_bank *bank = *state;
    uint32_t version = 2;
    struct draft d;

    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        draft_init(&d);
        memcpy(d.clauses, cases[i].clauses, sizeof(cases[i].clauses));
        d.rule.clause_count = cases[i].count;
        d.item.rulebook_filed.version = version;
        version += cases[i].reason == REASON_NONE;
        if (cases[i].reason == REASON_NONE)
            core_books(bank, SCHOOL, &d.item);
        else
            core_refuses(bank, SCHOOL, &d.item, cases[i].field, cases[i].reason);
    }
    draft_init(&d);
    d.item.rulebook_filed.version = version;
    d.clauses[0] = (struct clause)ALL(0);
    for (size_t i = 1; i <= CLAUSES_MAX; i++)
        d.clauses[i] = (struct clause)AGE(1);
    d.rule.clause_count = CLAUSES_MAX + 1;
    core_refuses(bank, SCHOOL, &d.item, CLAUSE(""), REASON_FIELD_RANGE);
    d.rule.clause_count = CLAUSES_MAX;
    core_books(bank, SCHOOL, &d.item);
}

static void
publishes_what_was_filed_and_nothing_older(void **state)
{
    struct core_bank *bank = *state;
    struct item published = {.kind = ITEM_RULEBOOK_PUBLISHED,
                             .rulebook_published = {slice_text("school"), slice_text("rb"), 3}};
    struct draft d;

    core_refuses(bank, OPERATOR, &published, "rulebook_published.version",
                 REASON_RULEBOOK_VERSION_UNKNOWN);
    published.rulebook_published.rulebook_id = slice_text("other");
    core_refuses(bank, OPERATOR, &published, "rulebook_published.rulebook_id",
                 REASON_RULEBOOK_UNKNOWN);
    published.rulebook_published.rulebook_id = slice_text("rb");
    draft_init(&d);
    core_books(bank, SCHOOL, &d.item);
    d.item.rulebook_filed.version = 3;
    core_books(bank, SCHOOL, &d.item);
    core_refuses(bank, SCHOOL, &published, "institution_id", REASON_INSTITUTION_KIND_WRONG);
    core_books(bank, OPERATOR, &published);
    core_refuses(bank, OPERATOR, &published, "rulebook_published.version",
                 REASON_RULEBOOK_NOT_FILED);
    published.rulebook_published.version = 2;
    core_refuses(bank, OPERATOR, &published, "rulebook_published.version",
                 REASON_RULEBOOK_NOT_FILED);
}

#define TEST(function) \
    cmocka_unit_test_setup_teardown(function, core_bank_setup, core_bank_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(lists_a_certificate_once),
        TEST(accredits_issuers_only),
        TEST(sets_recording_rules_whose_steps_are_whole),
        TEST(publishes_a_programme_once),
        TEST(files_versions_one_after_another),
        TEST(refuses_a_rule_that_cannot_be_applied),
        TEST(refuses_clauses_that_are_no_tree),
        TEST(publishes_what_was_filed_and_nothing_older),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
