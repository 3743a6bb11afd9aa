/* The words that people are shown for names and numbers of the contract. */
#include "unit.h"

#include "base/reason.h"
#include "cli/field_name.h"
#include "cli/fields.h"
#include "cli/label.h"
#include "cli/words.h"

#include "creditbank/v1/account_service.pb-c.h"
#include "creditbank/v1/application_service.pb-c.h"
#include "creditbank/v1/ledger_service.pb-c.h"
#include "creditbank/v1/rule_service.pb-c.h"
#include "creditbank/v1/session_service.pb-c.h"
#include "creditbank/v1/statement_service.pb-c.h"
#include "creditbank/v1/transaction.pb-c.h"

#include <stdio.h>
#include <string.h>

static void
names_and_numbers_of_the_contract_are_said_in_words(void **state)
{
    static const struct {
        const char *check, *value, *zh, *en;
    } values[] = {
        {"SCORE_AT_LEAST", "1:6000", "60 分", "60 points"},
        {"SCORE_AT_LEAST", "1:8250", "82.5 分", "82.5 points"},
        {"SCORE_AT_LEAST", "3:8000", "良（五级制）", "good (five grades)"},
        {"SCORE_AT_LEAST", "2:0", "不合格（合格/不合格）", "fail (pass or fail)"},
        {"GRADE_AT_LEAST", "1+x:2", "1+X 中级", "1+X grade 2"},
        {"GRADE_AT_LEAST", "skill:5", "skill 5 级", "skill grade 5"},
        {"GRADE_AT_LEAST", "none", "无", "none"},
        {"MAX_AGE_YEARS", "6", "6 年以内", "6 years at most"},
        {"MAX_AGE_YEARS", "2026-03-05", "2026-03-05", "2026-03-05"},
        {"OUTCOME_UNEXPIRED", "open", "无期限", "without end"},
        {"OUTCOME_FREE", "reserved", "已占用", "reserved"},
        {"OUTCOME_FREE", "used", "已用过", "used"},
        {"COURSE_FREE", "used", "已免修", "exempted"},
        {"COURSE_FREE", "reserved", "已占用", "reserved"},
        {"FAMILY", "webfe", "webfe", "webfe"},
    };
    Creditbank__V1__ClauseVerdict verdict;
    struct arena *arena = arena_new(1 << 16);

    (void)state;
    creditbank__v1__clause_verdict__init(&verdict);
    for (size_t i = 0; i < ARRAY_COUNT(values); i++) {
        verdict.check = (char *)(uintptr_t)values[i].check;
        verdict.found = (char *)(uintptr_t)values[i].value;
        assert_string_equal(fields_text(&verdict.base, "found", true, arena), values[i].zh);
        assert_string_equal(fields_text(&verdict.base, "found", false, arena), values[i].en);
    }
    arena_free(arena);
}

static void
a_move_says_in_words_why_a_school_made_it(void **state)
{
    Creditbank__V1__ApplicationMove returned, not_accepted;
    struct arena *arena = arena_new(1 << 16);

    (void)state;
    creditbank__v1__application_move__init(&returned);
    creditbank__v1__application_move__init(&not_accepted);
    returned.return_reason = CREDITBANK__V1__RETURN_REASON__RETURN_REASON_WRONG_COURSE;
    not_accepted.not_accepted_reason =
        CREDITBANK__V1__NOT_ACCEPTED_REASON__NOT_ACCEPTED_REASON_NOT_OF_THIS_SCHOOL;
    assert_string_equal(fields_text(&returned.base, "return_reason", true, arena), "课程选择有误");
    assert_string_equal(fields_text(&returned.base, "return_reason", false, arena), "wrong course");
    assert_string_equal(fields_text(&returned.base, "not_accepted_reason", true, arena), "");
    assert_string_equal(fields_text(&not_accepted.base, "not_accepted_reason", true, arena),
                        "不属于本校受理范围");
    assert_string_equal(fields_text(&not_accepted.base, "not_accepted_reason", false, arena),
                        "not of this school");
    arena_free(arena);
}

static void
a_mark_is_shown_in_the_words_of_its_scheme(void **state)
{
    static const struct {
        Creditbank__V1__GradingScheme scheme;
        int64_t centiscore;
        const char *zh, *en;
    } marks[] = {
        {CREDITBANK__V1__GRADING_SCHEME__GRADING_SCHEME_PERCENTAGE, 9000, "90", "90"},
        {CREDITBANK__V1__GRADING_SCHEME__GRADING_SCHEME_PASS_FAIL, 10000, "合格", "pass"},
        {CREDITBANK__V1__GRADING_SCHEME__GRADING_SCHEME_PASS_FAIL, 0, "不合格", "fail"},
        {CREDITBANK__V1__GRADING_SCHEME__GRADING_SCHEME_FIVE_GRADE, 9000, "优", "excellent"},
        {CREDITBANK__V1__GRADING_SCHEME__GRADING_SCHEME_FIVE_GRADE, 8000, "良", "good"},
        {CREDITBANK__V1__GRADING_SCHEME__GRADING_SCHEME_FIVE_GRADE, 7000, "中", "fair"},
        {CREDITBANK__V1__GRADING_SCHEME__GRADING_SCHEME_FIVE_GRADE, 6000, "及格", "pass"},
        {CREDITBANK__V1__GRADING_SCHEME__GRADING_SCHEME_FIVE_GRADE, 0, "不及格", "fail"},
    };
    Creditbank__V1__Outcome outcome = CREDITBANK__V1__OUTCOME__INIT;
    Creditbank__V1__CourseResultRecorded signed_one = CREDITBANK__V1__COURSE_RESULT_RECORDED__INIT;
    struct arena *arena = arena_new(1 << 16);

    (void)state;
    outcome.kind = CREDITBANK__V1__OUTCOME_KIND__OUTCOME_KIND_COURSE_RESULT;
    for (size_t i = 0; i < ARRAY_COUNT(marks); i++) {
        outcome.scheme = signed_one.scheme = marks[i].scheme;
        outcome.centiscore = signed_one.centiscore = marks[i].centiscore;
        assert_string_equal(fields_text(&outcome.base, "centiscore", true, arena), marks[i].zh);
        assert_string_equal(fields_text(&outcome.base, "centiscore", false, arena), marks[i].en);
        assert_string_equal(fields_text(&signed_one.base, "centiscore", true, arena), marks[i].zh);
    }
    arena_free(arena);
}

static void
a_refusals_detail_is_said_in_words(void **state)
{
    static const struct {
        enum reason reason;
        const char *detail, *zh, *en;
    } refusals[] = {
        {REASON_NOTHING_CHANGED, "6500", "65 分", "65 points"},
        {REASON_FIELD_REQUIRED, "courses.course_code", "课程·课程代码", "course, course code"},
        {REASON_INSTITUTION_KIND_WRONG, "certificate_awarded", "证书", "certificate"},
        {REASON_INSTITUTION_KIND_WRONG, "operator", "运营机构", "operator"},
        {REASON_SCORE_TOO_LOW, "1:5800", "58 分", "58 points"},
        {REASON_GRADE_TOO_LOW, "1+x:1", "1+X 初级", "1+X grade 1"},
        {REASON_ACCOUNT_UNKNOWN, "7", "7", "7"},
        {REASON_FIELD_LENGTH, "4, 6–6", "现为 4，应为 6", "it is 4 and should be 6"},
        {REASON_FIELD_LENGTH, "5, 32", "现为 5，应为 32", "it is 5 and should be 32"},
        {REASON_FIELD_LENGTH, "65, 1–64", "现为 65，应为 1 至 64",
         "it is 65 and should be 1 to 64"},
        {REASON_FIELD_CHARACTERS, "abcdefghijklmnopqrstuvwxyz0123456789-", "a–z 0–9 -",
         "a–z 0–9 -"},
        {REASON_FIELD_CHARACTERS,
         "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
         "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~",
         "英文字母、数字和英文标点", "letters, digits and punctuation of ASCII"},
        {REASON_FIELD_RANGE, "0, 1–9", "0，应为 1 至 9", "0, should be 1 to 9"},
        {REASON_LEDGER_STOPPED, "docs/operating.md#a-clock-is-wrong", "", ""},
    };
    struct arena *arena = arena_new(1 << 16);
    char given[256], wanted[256];
    int64_t hundredths;

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(refusals); i++)
        for (int chinese = 0; chinese <= 1; chinese++) {
            enum reason reason = refusals[i].reason;
            const char *words = chinese ? refusals[i].zh : refusals[i].en;

            reason_sentence(reason, refusals[i].detail, chinese, given, sizeof(given));
            reason_sentence(reason, words, chinese, wanted, sizeof(wanted));
            assert_string_equal(words_of_refusal(reason_text(reason)->code, given, chinese, arena),
                                wanted);
        }
    assert_string_equal(words_of_refusal("SCORE_TOO_LOW", "another", true, arena), "another");
    reason_sentence(REASON_CREDITS_WRONG, "1.5", false, given, sizeof(given));
    assert_true(words_amount("CREDITS_WRONG", given, arena, &hundredths));
    assert_int_equal(hundredths, 150);
    assert_string_equal(words_of_refusal("OF_A_NEWER_BANK", "x", true, arena), "x");
    arena_free(arena);
}

/* docs/errors.md has words for the numbers that stand in sentences; tables of ours show the same.
 */
static void
a_state_is_called_in_a_refusal_what_it_is_called_in_a_table(void **state)
{
    static const struct {
        enum reason reason;
        const ProtobufCEnumDescriptor *type;
    } values[] = {
        {REASON_ACCOUNT_STATE, &creditbank__v1__account_state__descriptor},
        {REASON_APPLICATION_STATE, &creditbank__v1__application_state__descriptor},
        {REASON_CHANGE_REASON, &creditbank__v1__change_reason__descriptor},
        {REASON_RECORDING_RULE_MISSING, &creditbank__v1__course_kind__descriptor},
    };
    char number[16], given[256], wanted[256];

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(values); i++)
        for (unsigned j = 1; j < values[i].type->n_values; j++)
            for (int chinese = 0; chinese <= 1; chinese++) {
                int value = values[i].type->values[j].value;
                enum reason reason = values[i].reason;

                snprintf(number, sizeof(number), "%d", value);
                reason_sentence(reason, number, chinese, given, sizeof(given));
                reason_sentence(reason, label_text(values[i].type, value, chinese), chinese, wanted,
                                sizeof(wanted));
                assert_string_equal(given, wanted);
            }
}

/* 证书编号 is the column of an outcome's own number, 证书标识 that of the catalogue's. */
static void
an_advice_speaks_of_what_is_wrong(void **state)
{
    static const struct {
        enum reason reason;
        const char *says, *never;
    } advices[] = {{REASON_CERTIFICATE_UNKNOWN, "证书标识", "证书编号"},
                   {REASON_NOT_ACCREDITED, "证书标识", "证书编号"},
                   {REASON_OUTCOME_OF_ANOTHER, "编号", "证书"}};

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(advices); i++) {
        assert_non_null(strstr(reason_text(advices[i].reason)->advice_zh, advices[i].says));
        assert_null(strstr(reason_text(advices[i].reason)->advice_zh, advices[i].never));
    }
}

/* Who sits at a command line has no request_id to repeat. */
static void
no_advice_at_the_command_line_speaks_of_a_request_id(void **state)
{
    (void)state;
    for (int i = REASON_NONE + 1; i < REASON_COUNT; i++) {
        const struct reason_text *row = reason_text((enum reason)i);

        if (i == REASON_REQUEST_ID_REUSED)
            continue;
        assert_null(strstr(words_of_advice(row->code, row->advice_zh, true), "request_id"));
        assert_null(strstr(words_of_advice(row->code, row->advice_en, false), "request_id"));
    }
    assert_string_equal(words_of_advice("LEDGER_BUSY", "x", true), "请稍后重试");
    assert_string_equal(words_of_advice("RULES_NOT_MET", "x", true), "x");
}

static void
every_item_has_a_label(void **state)
{
    const ProtobufCMessageDescriptor *item = &creditbank__v1__item__descriptor;

    (void)state;
    for (unsigned i = 0; i < item->n_fields; i++)
        if (item->fields[i].type == PROTOBUF_C_TYPE_MESSAGE)
            assert_string_not_equal(label_name(item->fields[i].name, false), item->fields[i].name);
    assert_string_equal(label_name("certificate_awarded", true), "证书");
}

static void
a_range_of_a_field_in_hundredths_is_said_in_whole_units(void **state)
{
    struct arena *arena = arena_new(1 << 16);
    Creditbank__V1__Refusal refusal = CREDITBANK__V1__REFUSAL__INIT;

    (void)state;
    refusal.reason = (char[]){"FIELD_RANGE"};
    refusal.field = (char[]){"course_result_recorded.centihours"};
    refusal.message_zh = (char[]){"数值超出范围：0, 1–100000"};
    refusal.message_en = (char[]){"out of range: 0, 1–100000"};
    assert_string_equal(words_of_item_refusal(&refusal, true, arena),
                        "数值超出范围：0，应为 0.01 至 1000");
    assert_string_equal(words_of_item_refusal(&refusal, false, arena),
                        "out of range: 0, should be 0.01 to 1000");
    refusal.field = (char[]){"programme_published.cohort"};
    assert_string_equal(words_of_item_refusal(&refusal, true, arena),
                        "数值超出范围：0，应为 1 至 100000");
    arena_free(arena);
}

/* Every field of the message and of those within it has a name in words. */
static void
name_all(const ProtobufCMessageDescriptor *message, struct arena *arena)
{
    for (unsigned i = 0; i < message->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &message->fields[i];

        for (int chinese = 0; chinese <= 1; chinese++)
            if (field_name(field->name, chinese, arena) == field->name)
                fail_msg("%s.%s has no name in words", message->name, field->name);
        if (field->type == PROTOBUF_C_TYPE_MESSAGE &&
            field->descriptor != &google__protobuf__timestamp__descriptor)
            name_all(field->descriptor, arena);
    }
}

static void
every_field_that_a_refusal_may_name_has_a_name_in_words(void **state)
{
    struct arena *arena = arena_new(1 << 20);

    (void)state;
    name_all(&creditbank__v1__item__descriptor, arena);
    name_all(&creditbank__v1__transaction__descriptor, arena);
    name_all(&creditbank__v1__submit_request__descriptor, arena);
    name_all(&creditbank__v1__create_application_request__descriptor, arena);
    name_all(&creditbank__v1__resubmit_application_request__descriptor, arena);
    name_all(&creditbank__v1__activate_request__descriptor, arena);
    name_all(&creditbank__v1__get_account_request__descriptor, arena);
    name_all(&creditbank__v1__get_statement_request__descriptor, arena);
    assert_string_equal(field_name("course_result_recorded.centiscore", true, arena),
                        "课程成绩·成绩");
    assert_string_equal(field_name("course_result_recorded.centiscore", false, arena),
                        "course result, score");
    assert_string_equal(field_name("lines[1].rule_no", true, arena), "申请明细 2·条款编号");
    assert_string_equal(field_name("operator_keys[0]", false, arena), "operator's key 1");
    assert_string_equal(field_name("course_result_recorded.of_a_newer_bank", true, arena),
                        "course_result_recorded.of_a_newer_bank");
    assert_string_equal(field_name("", true, arena), "");
    arena_free(arena);
}

static void
a_document_is_known_by_what_people_call_it(void **state)
{
    static const struct {
        const char *text;
        int value;
    } types[] = {
        {"身份证", CREDITBANK__V1__DOCUMENT_TYPE__DOCUMENT_TYPE_RESIDENT_ID},
        {"居民身份证", CREDITBANK__V1__DOCUMENT_TYPE__DOCUMENT_TYPE_RESIDENT_ID},
        {"护照", CREDITBANK__V1__DOCUMENT_TYPE__DOCUMENT_TYPE_PASSPORT},
        {"港澳台居民居住证", CREDITBANK__V1__DOCUMENT_TYPE__DOCUMENT_TYPE_HMT_RESIDENCE_PERMIT},
        {"外国人永久居留身份证",
         CREDITBANK__V1__DOCUMENT_TYPE__DOCUMENT_TYPE_FOREIGN_PERMANENT_RESIDENT},
        {"外国人永久居留证",
         CREDITBANK__V1__DOCUMENT_TYPE__DOCUMENT_TYPE_FOREIGN_PERMANENT_RESIDENT},
    };
    int value;

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(types); i++) {
        assert_true(label_parse(&creditbank__v1__document_type__descriptor, types[i].text, &value));
        assert_int_equal(value, types[i].value);
    }
    assert_false(label_parse(&creditbank__v1__document_type__descriptor, "学生证", &value));
    assert_false(label_parse(&creditbank__v1__duty__descriptor, "身份证", &value));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_and_numbers_of_the_contract_are_said_in_words),
        cmocka_unit_test(a_move_says_in_words_why_a_school_made_it),
        cmocka_unit_test(a_mark_is_shown_in_the_words_of_its_scheme),
        cmocka_unit_test(a_refusals_detail_is_said_in_words),
        cmocka_unit_test(a_state_is_called_in_a_refusal_what_it_is_called_in_a_table),
        cmocka_unit_test(an_advice_speaks_of_what_is_wrong),
        cmocka_unit_test(no_advice_at_the_command_line_speaks_of_a_request_id),
        cmocka_unit_test(every_item_has_a_label),
        cmocka_unit_test(a_range_of_a_field_in_hundredths_is_said_in_whole_units),
        cmocka_unit_test(every_field_that_a_refusal_may_name_has_a_name_in_words),
        cmocka_unit_test(a_document_is_known_by_what_people_call_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
