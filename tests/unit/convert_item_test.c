/* Items to values of core: every body, the numbers of the contract, and what is not canonical. */
#include "convert/transaction.h"
#include "creditbank/v1/transaction.pb-c.h"
#include "wire/unpack.h"

#include "unit.h"

#include <stdlib.h>
#include <string.h>

#define BUDGET ((size_t)64 << 20)

static uint8_t salt_bytes[SALT_SIZE] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};
static uint8_t hash_bytes[HASH_SIZE] = {7};

static ProtobufCBinaryData
bytes_of(uint8_t *data, size_t len)
{
    return (ProtobufCBinaryData){.len = len, .data = data};
}

static int
setup(void **state)
{
    *state = arena_new(BUDGET);
    return 0;
}

static int
teardown(void **state)
{
    arena_free(*state);
    return 0;
}

/* The terms of core and the enums of the contract */

static const struct {
    const ProtobufCEnumDescriptor *type;
    const char *name;
    int number;
} terms[] = {
#define TERM(type, name, number)                            \
    {                                                       \
        &creditbank__v1__##type##__descriptor, name, number \
    }
    TERM(institution_kind, "INSTITUTION_KIND_OPERATOR", INSTITUTION_OPERATOR),
    TERM(institution_kind, "INSTITUTION_KIND_REGULATOR", INSTITUTION_REGULATOR),
    TERM(institution_kind, "INSTITUTION_KIND_SCHOOL", INSTITUTION_SCHOOL),
    TERM(institution_kind, "INSTITUTION_KIND_ISSUER", INSTITUTION_ISSUER),
    TERM(duty, "DUTY_POST", DUTY_POST),
    TERM(duty, "DUTY_REVIEW", DUTY_REVIEW),
    TERM(duty, "DUTY_DECIDE", DUTY_DECIDE),
    TERM(duty, "DUTY_RULES", DUTY_RULES),
    TERM(duty, "DUTY_ADMIN", DUTY_ADMIN),
    TERM(duty, "DUTY_SERVICE", DUTY_SERVICE),
    TERM(course_kind, "COURSE_KIND_THEORY", COURSE_THEORY),
    TERM(course_kind, "COURSE_KIND_PRACTICE", COURSE_PRACTICE),
    TERM(outcome_kind, "OUTCOME_KIND_COURSE_RESULT", OUTCOME_COURSE_RESULT),
    TERM(outcome_kind, "OUTCOME_KIND_TRAINING_HOURS", OUTCOME_TRAINING_HOURS),
    TERM(outcome_kind, "OUTCOME_KIND_CERTIFICATE", OUTCOME_CERTIFICATE),
    TERM(outcome_state, "OUTCOME_STATE_VALID", OUTCOME_VALID),
    TERM(outcome_state, "OUTCOME_STATE_REVOKED", OUTCOME_REVOKED),
    TERM(change_reason, "CHANGE_REASON_ENTRY_ERROR", CHANGE_ENTRY_ERROR),
    TERM(change_reason, "CHANGE_REASON_MARK_REVIEWED", CHANGE_MARK_REVIEWED),
    TERM(change_reason, "CHANGE_REASON_WRONG_PERSON", CHANGE_WRONG_PERSON),
    TERM(change_reason, "CHANGE_REASON_IMPORT_UNDONE", CHANGE_IMPORT_UNDONE),
    TERM(change_reason, "CHANGE_REASON_REPLACED", CHANGE_REPLACED),
    TERM(change_reason, "CHANGE_REASON_MISCONDUCT", CHANGE_MISCONDUCT),
    TERM(grading_scheme, "GRADING_SCHEME_PERCENTAGE", GRADING_PERCENTAGE),
    TERM(grading_scheme, "GRADING_SCHEME_PASS_FAIL", GRADING_PASS_FAIL),
    TERM(grading_scheme, "GRADING_SCHEME_FIVE_GRADE", GRADING_FIVE_GRADE),
    TERM(account_state, "ACCOUNT_STATE_PRELOADED", ACCOUNT_PRELOADED),
    TERM(account_state, "ACCOUNT_STATE_ACTIVE", ACCOUNT_ACTIVE),
    TERM(account_state, "ACCOUNT_STATE_SUSPENDED", ACCOUNT_SUSPENDED),
    TERM(account_state, "ACCOUNT_STATE_CLOSED", ACCOUNT_CLOSED),
    TERM(application_state, "APPLICATION_STATE_SUBMITTED", APPLICATION_SUBMITTED),
    TERM(application_state, "APPLICATION_STATE_ACCEPTED", APPLICATION_ACCEPTED),
    TERM(application_state, "APPLICATION_STATE_RETURNED", APPLICATION_RETURNED),
    TERM(application_state, "APPLICATION_STATE_REVIEWED", APPLICATION_REVIEWED),
    TERM(application_state, "APPLICATION_STATE_APPROVED", APPLICATION_APPROVED),
    TERM(application_state, "APPLICATION_STATE_REJECTED", APPLICATION_REJECTED),
    TERM(application_state, "APPLICATION_STATE_WITHDRAWN", APPLICATION_WITHDRAWN),
    TERM(application_state, "APPLICATION_STATE_NOT_ACCEPTED", APPLICATION_NOT_ACCEPTED),
    TERM(application_state, "APPLICATION_STATE_ON_NOTICE", APPLICATION_ON_NOTICE),
    TERM(application_state, "APPLICATION_STATE_EXPIRED", APPLICATION_EXPIRED),
    TERM(application_state, "APPLICATION_STATE_APPEALED", APPLICATION_APPEALED),
    TERM(objection_reason, "OBJECTION_REASON_OUTCOME_DOUBTED", OBJECTION_OUTCOME_DOUBTED),
    TERM(objection_reason, "OBJECTION_REASON_RULE_MISAPPLIED", OBJECTION_RULE_MISAPPLIED),
    TERM(objection_reason, "OBJECTION_REASON_PROCEDURE_FAULTY", OBJECTION_PROCEDURE_FAULTY),
    TERM(return_reason, "RETURN_REASON_EVIDENCE_MISSING", RETURN_EVIDENCE_MISSING),
    TERM(return_reason, "RETURN_REASON_EVIDENCE_UNCLEAR", RETURN_EVIDENCE_UNCLEAR),
    TERM(return_reason, "RETURN_REASON_WRONG_COURSE", RETURN_WRONG_COURSE),
    TERM(return_reason, "RETURN_REASON_WRONG_OUTCOME", RETURN_WRONG_OUTCOME),
    TERM(not_accepted_reason, "NOT_ACCEPTED_REASON_WINDOW_CLOSED", NOT_ACCEPTED_WINDOW_CLOSED),
    TERM(not_accepted_reason, "NOT_ACCEPTED_REASON_EVIDENCE_MISSING",
         NOT_ACCEPTED_EVIDENCE_MISSING),
    TERM(not_accepted_reason, "NOT_ACCEPTED_REASON_NOT_OF_THIS_SCHOOL",
         NOT_ACCEPTED_NOT_OF_THIS_SCHOOL),
    TERM(not_accepted_reason, "NOT_ACCEPTED_REASON_DUPLICATE", NOT_ACCEPTED_DUPLICATE),
    TERM(day_kind, "DAY_KIND_HOLIDAY", DAY_HOLIDAY),
    TERM(day_kind, "DAY_KIND_WORKING", DAY_WORKING),
    TERM(day_kind, "DAY_KIND_ORDINARY", DAY_ORDINARY),
    TERM(verdict, "VERDICT_APPROVE", VERDICT_APPROVE),
    TERM(verdict, "VERDICT_REJECT", VERDICT_REJECT),
    TERM(parts, "PARTS_ALL", PARTS_ALL),
    TERM(parts, "PARTS_ANY", PARTS_ANY),
    TERM(parts, "PARTS_NONE", PARTS_NONE),
    TERM(rulebook_state, "RULEBOOK_STATE_FILED", RULEBOOK_FILED),
    TERM(rulebook_state, "RULEBOOK_STATE_PUBLISHED", RULEBOOK_PUBLISHED),
    TERM(enrolment_state, "ENROLMENT_STATE_ACTIVE", ENROLMENT_ACTIVE),
    TERM(enrolment_state, "ENROLMENT_STATE_ENDED", ENROLMENT_ENDED),
    TERM(enrolment_end_reason, "ENROLMENT_END_REASON_GRADUATED", ENROLMENT_GRADUATED),
    TERM(enrolment_end_reason, "ENROLMENT_END_REASON_TRANSFERRED", ENROLMENT_TRANSFERRED),
    TERM(enrolment_end_reason, "ENROLMENT_END_REASON_WITHDRAWN", ENROLMENT_WITHDRAWN),
    TERM(enrolment_end_reason, "ENROLMENT_END_REASON_ENTRY_ERROR", ENROLMENT_ENTRY_ERROR),
    TERM(document_type, "DOCUMENT_TYPE_RESIDENT_ID", DOCUMENT_RESIDENT_ID),
    TERM(document_type, "DOCUMENT_TYPE_HMT_RESIDENCE_PERMIT", DOCUMENT_HMT_RESIDENCE_PERMIT),
    TERM(document_type, "DOCUMENT_TYPE_FOREIGN_PERMANENT_RESIDENT",
         DOCUMENT_FOREIGN_PERMANENT_RESIDENT),
    TERM(document_type, "DOCUMENT_TYPE_PASSPORT", DOCUMENT_PASSPORT),
    TERM(document_type, "DOCUMENT_TYPE_SCHOOL_NUMBER", DOCUMENT_SCHOOL_NUMBER),
    TERM(identity_field, "IDENTITY_FIELD_DOCUMENT_TYPE", IDENTITY_DOCUMENT_TYPE),
    TERM(identity_field, "IDENTITY_FIELD_DOCUMENT_NUMBER", IDENTITY_DOCUMENT_NUMBER),
    TERM(identity_field, "IDENTITY_FIELD_NAME", IDENTITY_NAME),
#undef TERM
};

static void
numbers_its_terms_as_the_contract_does(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(terms); i++) {
        const ProtobufCEnumValue *value =
            protobuf_c_enum_descriptor_get_value_by_name(terms[i].type, terms[i].name);
        size_t known = 0;

        assert_non_null(value);
        assert_int_equal(value->value, terms[i].number);
        for (size_t j = 0; j < ARRAY_COUNT(terms); j++)
            known += terms[j].type == terms[i].type;
        assert_int_equal(known + 1, terms[i].type->n_values); /* and 0, which is never valid */
    }
}

static const struct {
    const char *body;
    int kind;
} bodies[] = {
    {"certificate_listed", ITEM_CERTIFICATE_LISTED},
    {"accreditation_granted", ITEM_ACCREDITATION_GRANTED},
    {"recording_rule_set", ITEM_RECORDING_RULE_SET},
    {"programme_published", ITEM_PROGRAMME_PUBLISHED},
    {"rulebook_filed", ITEM_RULEBOOK_FILED},
    {"rulebook_published", ITEM_RULEBOOK_PUBLISHED},
    {"calendar_declared", ITEM_CALENDAR_DECLARED},
    {"account_opened", ITEM_ACCOUNT_OPENED},
    {"account_activated", ITEM_ACCOUNT_ACTIVATED},
    {"account_state_set", ITEM_ACCOUNT_STATE_SET},
    {"learner_enrolled", ITEM_LEARNER_ENROLLED},
    {"enrolment_ended", ITEM_ENROLMENT_ENDED},
    {"course_result_recorded", ITEM_COURSE_RESULT_RECORDED},
    {"training_hours_recorded", ITEM_TRAINING_HOURS_RECORDED},
    {"certificate_awarded", ITEM_CERTIFICATE_AWARDED},
    {"outcome_corrected", ITEM_OUTCOME_CORRECTED},
    {"outcome_revoked", ITEM_OUTCOME_REVOKED},
    {"application_submitted", ITEM_APPLICATION_SUBMITTED},
    {"application_accepted", ITEM_APPLICATION_ACCEPTED},
    {"application_returned", ITEM_APPLICATION_RETURNED},
    {"application_reviewed", ITEM_APPLICATION_REVIEWED},
    {"application_decided", ITEM_APPLICATION_DECIDED},
    {"application_withdrawn", ITEM_APPLICATION_WITHDRAWN},
    {"application_not_accepted", ITEM_APPLICATION_NOT_ACCEPTED},
    {"application_resubmitted", ITEM_APPLICATION_RESUBMITTED},
    {"application_period_ended", ITEM_APPLICATION_PERIOD_ENDED},
    {"application_objected", ITEM_APPLICATION_OBJECTED},
    {"application_appealed", ITEM_APPLICATION_APPEALED},
    {"application_appeal_decided", ITEM_APPLICATION_APPEAL_DECIDED},
};

static void
names_every_body_by_its_field_number(void **state)
{
    const ProtobufCMessageDescriptor *item = &creditbank__v1__item__descriptor;

    (void)state;
    assert_int_equal(item->n_fields, ARRAY_COUNT(bodies) + 1);
    for (size_t i = 0; i < ARRAY_COUNT(bodies); i++) {
        const ProtobufCFieldDescriptor *field =
            protobuf_c_message_descriptor_get_field_by_name(item, bodies[i].body);

        assert_non_null(field);
        assert_int_equal(field->id, bodies[i].kind);
    }
}

/*
 * A message with every field set: texts are the field's name, numbers 100 and
 * the field's number, enums 1, dates of their own, lists of two. Of a oneof the
 * field number `choice`, modulo.
 */
static ProtobufCMessage *fill(struct arena *arena, const ProtobufCMessageDescriptor *type,
                              unsigned choice);

static void
fill_value(struct arena *arena, const ProtobufCFieldDescriptor *field, unsigned choice,
           unsigned index, void *at)
{
    switch ((int)field->type) {
    case PROTOBUF_C_TYPE_STRING:
        *(char **)at = arena_printf(arena, "%s-%u", field->name, index);
        return;
    case PROTOBUF_C_TYPE_BYTES:
        *(ProtobufCBinaryData *)at = strcmp(field->name, "salt") == 0
                                         ? bytes_of(salt_bytes, SALT_SIZE)
                                         : bytes_of(hash_bytes, HASH_SIZE);
        return;
    case PROTOBUF_C_TYPE_MESSAGE:
        *(ProtobufCMessage **)at = fill(arena, field->descriptor, choice);
        return;
    case PROTOBUF_C_TYPE_INT64:
    case PROTOBUF_C_TYPE_UINT64:
        *(uint64_t *)at = 100 + field->id;
        return;
    case PROTOBUF_C_TYPE_BOOL:
        *(protobuf_c_boolean *)at = 1;
        return;
    case PROTOBUF_C_TYPE_ENUM:
        *(int *)at = (int)index + 1;
        return;
    default:
        *(uint32_t *)at = 100 + field->id;
        return;
    }
}

static size_t
size_of(const ProtobufCFieldDescriptor *field)
{
    return field->type == PROTOBUF_C_TYPE_STRING || field->type == PROTOBUF_C_TYPE_MESSAGE
               ? sizeof(void *)
           : field->type == PROTOBUF_C_TYPE_BYTES ? sizeof(ProtobufCBinaryData)
           : field->type == PROTOBUF_C_TYPE_INT64 || field->type == PROTOBUF_C_TYPE_UINT64
               ? sizeof(int64_t)
               : sizeof(int32_t);
}

static bool
is_chosen(const ProtobufCMessageDescriptor *type, unsigned index, unsigned choice)
{
    unsigned first = index, count = 0;

    if ((type->fields[index].flags & PROTOBUF_C_FIELD_FLAG_ONEOF) == 0)
        return true;
    while (first > 0 && (type->fields[first - 1].flags & PROTOBUF_C_FIELD_FLAG_ONEOF) != 0)
        first--;
    for (unsigned i = first; i < type->n_fields; i++)
        count += (type->fields[i].flags & PROTOBUF_C_FIELD_FLAG_ONEOF) != 0;
    return index == first + choice % count;
}

static ProtobufCMessage *
fill(struct arena *arena, const ProtobufCMessageDescriptor *type, unsigned choice)
{
    ProtobufCMessage *message = arena_alloc(arena, type->sizeof_message);

    type->message_init(message);
    if (strcmp(type->short_name, "Date") == 0) {
        Creditbank__V1__Date *date = (Creditbank__V1__Date *)message;

        date->year = 2025;
        date->month = date->day = 9;
        return message;
    }
    for (unsigned i = 0; i < type->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &type->fields[i];
        char *base = (char *)message;

        if (!is_chosen(type, i, choice))
            continue;
        if (field->label != PROTOBUF_C_LABEL_REPEATED) {
            if ((field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) != 0)
                *(uint32_t *)(void *)(base + field->quantifier_offset) = field->id;
            fill_value(arena, field, choice, 0, base + field->offset);
            continue;
        }

        char *list = arena_array(arena, 2, size_of(field));

        *(size_t *)(void *)(base + field->quantifier_offset) = 2;
        *(void **)(void *)(base + field->offset) = list;
        for (unsigned j = 0; j < 2; j++)
            fill_value(arena, field, choice + j, j, list + j * size_of(field));
    }
    return message;
}

/* The bytes of an item of that body (an index of `bodies`). */
static struct slice
item_bytes(struct arena *arena, unsigned body)
{
    return wire_pack(fill(arena, &creditbank__v1__item__descriptor, body), arena);
}

static struct item
decode(struct arena *arena, unsigned body)
{
    struct refusal_list refusals = {0};
    struct item item = {0};

    assert_true(convert_item(item_bytes(arena, body), 0, arena, &item, &refusals));
    assert_int_equal(item.kind, bodies[body].kind);
    assert_memory_equal(item.salt.at, salt_bytes, SALT_SIZE);
    return item;
}

#define DAY 20340 /* 2025-09-09 */

static void
assert_text(struct slice text, const char *expected)
{
    assert_int_equal(text.len, strlen(expected));
    assert_memory_equal(text.at, expected, text.len);
}

static void
decodes_public_records(void **state)
{
    struct item item = decode(*state, 0);

    assert_text(item.certificate_listed.certificate_id, "certificate_id-0");
    assert_text(item.certificate_listed.name, "name-0");
    assert_text(item.certificate_listed.family_id, "family_id-0");
    assert_text(item.certificate_listed.scheme_id, "scheme_id-0");
    assert_int_equal(item.certificate_listed.grade, 105);
    assert_int_equal(item.certificate_listed.state_date, DAY);
    item = decode(*state, 1);
    assert_text(item.accreditation_granted.issuer_id, "issuer_id-0");
    assert_text(item.accreditation_granted.certificate_id, "certificate_id-0");
    assert_int_equal(item.accreditation_granted.from_date, DAY);
    assert_int_equal(item.accreditation_granted.to_date, DAY);
    item = decode(*state, 2);
    assert_int_equal(item.recording_rule_set.course_kind, COURSE_THEORY);
    assert_int_equal(item.recording_rule_set.centihours_per_credit, 102);
    assert_int_equal(item.recording_rule_set.step_centicredits, 103);
    assert_int_equal(item.recording_rule_set.from_date, DAY);
    item = decode(*state, 3);
    assert_text(item.programme_published.programme_id, "programme_id-0");
    assert_text(item.programme_published.major_code, "major_code-0");
    assert_text(item.programme_published.name, "name-0");
    assert_int_equal(item.programme_published.cohort, 104);
    assert_int_equal(item.programme_published.graduation_centicredits, 105);
    assert_int_equal(item.programme_published.course_count, 2);
    assert_text(item.programme_published.courses[1].course_code, "course_code-0");
    assert_text(item.programme_published.courses[1].name, "name-0");
    assert_int_equal(item.programme_published.courses[1].kind, COURSE_THEORY);
    assert_int_equal(item.programme_published.courses[1].centihours, 104);
    assert_int_equal(item.programme_published.courses[1].centicredits, 105);
    assert_true(item.programme_published.courses[1].required);
    assert_true(item.programme_published.courses[1].excluded);
    item = decode(*state, 5);
    assert_text(item.rulebook_published.school_id, "school_id-0");
    assert_text(item.rulebook_published.rulebook_id, "rulebook_id-0");
    assert_int_equal(item.rulebook_published.version, 103);
    item = decode(*state, 6);
    assert_int_equal(item.calendar_declared.first_date, DAY);
    assert_int_equal(item.calendar_declared.last_date, DAY);
    assert_int_equal(item.calendar_declared.kind, DAY_HOLIDAY);
}

static void
decodes_rulebooks(void **state)
{
    struct item item = decode(*state, 4);
    const struct rulebook_filed *filed = &item.rulebook_filed;

    assert_text(filed->rulebook_id, "rulebook_id-0");
    assert_int_equal(filed->version, 102);
    assert_int_equal(filed->periods.notice_days, 101);
    assert_int_equal(filed->periods.acceptance_days, 102);
    assert_int_equal(filed->periods.completion_days, 103);
    assert_int_equal(filed->periods.appeal_days, 104);
    assert_text(filed->title, "title-0");
    assert_text(filed->programme_id, "programme_id-0");
    assert_int_equal(filed->from_date, DAY);
    assert_int_equal(filed->to_date, DAY);
    assert_text(filed->exemption_word, "exemption_word-0");
    assert_int_equal(filed->rule_count, 2);
    assert_text(filed->rules[1].title, "title-0");
    assert_int_equal(filed->rules[1].course_codes.count, 2);
    assert_text(filed->rules[1].course_codes.texts[1], "course_codes-1");
    assert_true(filed->rules[1].attendance_waived);
    assert_true(filed->rules[1].exam_waived);
    assert_int_equal(filed->rules[1].centicredits, 106);
    assert_true(filed->rules[1].credits_of_outcome);
    assert_text(filed->rules[1].bucket_id, "bucket_id-0");
    assert_int_equal(filed->rules[1].band_count, 2);
    assert_int_equal(filed->rules[1].bands[1].scheme, GRADING_PERCENTAGE);
    assert_int_equal(filed->rules[1].bands[1].from_centiscore, 102);
    assert_int_equal(filed->rules[1].bands[1].to_centiscore, 103);
    assert_int_equal(filed->rules[1].bands[1].mark.scheme, GRADING_PERCENTAGE);
    assert_int_equal(filed->rules[1].bands[1].mark.centiscore, 102);
    assert_int_equal(filed->cap_count, 2);
    assert_int_equal(filed->caps[1].basis_points, 101);
}

static void
decodes_what_caps_count(void **state)
{
    struct arena *arena = *state;
    Creditbank__V1__Item *message =
        (Creditbank__V1__Item *)fill(arena, &creditbank__v1__item__descriptor, 4);
    struct item item;

    for (unsigned i = 0; i < 2; i++) {
        struct refusal_list refusals = {0};

        message->rulebook_filed->caps[0] =
            (Creditbank__V1__Cap *)fill(arena, &creditbank__v1__cap__descriptor, i);
        assert_true(convert_item(wire_pack(&message->base, arena), 0, arena, &item, &refusals));
        assert_int_equal(item.rulebook_filed.caps[0].outcome_kind,
                         i == 0 ? OUTCOME_COURSE_RESULT : 0);
        assert_int_equal(item.rulebook_filed.caps[0].is_of_bucket, i == 1);
        assert_text(item.rulebook_filed.caps[0].bucket_id, i == 1 ? "bucket_id-0" : "");
    }
}

static void
decodes_clauses_by_their_tests(void **state)
{
    static const struct {
        enum clause_test test;
        const char *text;
        int64_t number;
        size_t issuer_count;
    } tests[] = {
        {CLAUSE_FAMILY, "family_id-0", 0, 0},
        {CLAUSE_GRADE_AT_LEAST, "scheme_id-0", 102, 0},
        {CLAUSE_SCORE_AT_LEAST, "", 102, 0},
        {CLAUSE_MAX_AGE, "", 104, 0},
        {CLAUSE_ISSUERS, "", 0, 2},
        {CLAUSE_CERTIFICATE, "certificate_id-0", 0, 0},
        {CLAUSE_KIND, "", OUTCOME_COURSE_RESULT, 0},
        {CLAUSE_CREDITS_AT_LEAST, "", 108, 0},
        {CLAUSE_HOURS_AT_LEAST, "", 109, 0},
        {CLAUSE_VALID_DAYS, "", 110, 0},
        {CLAUSE_PARTS, "", PARTS_ALL, 0},
        {CLAUSE_PARTS_AT_LEAST, "", 112, 0},
    };
    struct arena *arena = *state;
    Creditbank__V1__Item *message =
        (Creditbank__V1__Item *)fill(arena, &creditbank__v1__item__descriptor, 4);
    struct item item;

    for (unsigned i = 0; i < ARRAY_COUNT(tests); i++) {
        struct refusal_list refusals = {0};
        const struct clause *clause;

        message->rulebook_filed->rules[0]->clauses[0] =
            (Creditbank__V1__Clause *)fill(arena, &creditbank__v1__clause__descriptor, i);
        assert_true(convert_item(wire_pack(&message->base, arena), 0, arena, &item, &refusals));
        clause = &item.rulebook_filed.rules[0].clauses[0];
        assert_int_equal(clause->test, tests[i].test);
        assert_int_equal(clause->part_of, 113);
        assert_text(clause->text, tests[i].text);
        assert_int_equal(clause->number, tests[i].number);
        assert_int_equal(clause->scheme,
                         tests[i].test == CLAUSE_SCORE_AT_LEAST ? GRADING_PERCENTAGE : 0);
        assert_int_equal(clause->issuers.count, tests[i].issuer_count);
        if (tests[i].issuer_count > 0)
            assert_text(clause->issuers.texts[1], "institution_ids-1");
    }
}

static void
decodes_records_about_accounts(void **state)
{
    struct item item = decode(*state, 7);

    for (unsigned body = 7; body < ARRAY_COUNT(bodies); body++)
        assert_text(decode(*state, body).account_activated.account_no, "account_no-0");
    assert_int_equal(item.account_opened.commitment_count, 2);
    assert_int_equal(item.account_opened.commitments[0].field, IDENTITY_DOCUMENT_TYPE);
    assert_memory_equal(item.account_opened.commitments[1].hash.at, hash_bytes, HASH_SIZE);
    assert_int_equal(decode(*state, 9).account_state_set.state, ACCOUNT_PRELOADED);
    item = decode(*state, 10);
    assert_text(item.learner_enrolled.student_no, "student_no-0");
    assert_text(item.learner_enrolled.programme_id, "programme_id-0");
    assert_int_equal(item.learner_enrolled.begin_date, DAY);
    item = decode(*state, 11);
    assert_text(item.enrolment_ended.student_no, "student_no-0");
    assert_int_equal(item.enrolment_ended.end_date, DAY);
    assert_int_equal(item.enrolment_ended.reason, ENROLMENT_GRADUATED);
    item = decode(*state, 12);
    assert_text(item.course_result_recorded.outer_id, "outer_id-0");
    assert_text(item.course_result_recorded.programme_id, "programme_id-0");
    assert_text(item.course_result_recorded.course_code, "course_code-0");
    assert_int_equal(item.course_result_recorded.centihours, 105);
    assert_int_equal(item.course_result_recorded.scheme, GRADING_PERCENTAGE);
    assert_int_equal(item.course_result_recorded.centiscore, 107);
    assert_int_equal(item.course_result_recorded.completed_date, DAY);
    assert_int_equal(item.course_result_recorded.centicredits, 109);
    item = decode(*state, 13);
    assert_text(item.training_hours_recorded.outer_id, "outer_id-0");
    assert_text(item.training_hours_recorded.title, "title-0");
    assert_int_equal(item.training_hours_recorded.course_kind, COURSE_THEORY);
    assert_int_equal(item.training_hours_recorded.centihours, 105);
    assert_int_equal(item.training_hours_recorded.completed_date, DAY);
    assert_int_equal(item.training_hours_recorded.centicredits, 107);
    assert_int_equal(item.training_hours_recorded.remainder_centihours, 108);
    item = decode(*state, 14);
    assert_text(item.certificate_awarded.outer_id, "outer_id-0");
    assert_text(item.certificate_awarded.certificate_id, "certificate_id-0");
    assert_int_equal(item.certificate_awarded.centiscore, 104);
    assert_int_equal(item.certificate_awarded.issue_date, DAY);
    assert_int_equal(item.certificate_awarded.expiry_date, DAY);
    assert_text(item.certificate_awarded.replaces_outer_id, "replaces_outer_id-0");
    assert_int_equal(item.certificate_awarded.reposted_after, 101);
    item = decode(*state, 15);
    assert_text(item.outcome_corrected.outer_id, "outer_id-0");
    assert_int_equal(item.outcome_corrected.reason, CHANGE_ENTRY_ERROR);
    assert_int_equal(item.outcome_corrected.centiscore, 104);
    assert_int_equal(item.outcome_corrected.centicredits, 105);
    item = decode(*state, 16);
    assert_text(item.outcome_revoked.outer_id, "outer_id-0");
    assert_int_equal(item.outcome_revoked.reason, CHANGE_ENTRY_ERROR);
}

static void
decodes_applications(void **state)
{
    struct item item = decode(*state, 17);
    const struct application_submitted *submitted = &item.application_submitted;

    assert_text(submitted->application_no, "application_no-0");
    assert_text(submitted->school_id, "school_id-0");
    assert_text(submitted->rulebook_id, "rulebook_id-0");
    assert_int_equal(submitted->version, 105);
    assert_int_equal(submitted->line_count, 2);
    assert_int_equal(submitted->lines[1].rule_no, 101);
    assert_text(submitted->lines[1].outcome.institution_id, "institution_id-0");
    assert_text(submitted->lines[1].outcome.outer_id, "outer_id-0");
    assert_text(submitted->lines[1].course_codes.texts[1], "course_codes-1");
    assert_memory_equal(submitted->trace_hash.at, hash_bytes, HASH_SIZE);
    for (unsigned body = 18; body <= 23; body++) {
        item = decode(*state, body);
        if (item.kind == ITEM_APPLICATION_DECIDED)
            continue;
        assert_text(item.application_moved.application_no, "application_no-0");
        assert_int_equal(item.application_moved.revision, 103);
        assert_int_equal(item.application_moved.verdict,
                         item.kind == ITEM_APPLICATION_REVIEWED ? VERDICT_APPROVE : 0);
        /* RETURN_EVIDENCE_MISSING, NOT_ACCEPTED_WINDOW_CLOSED: the first of theirs. */
        assert_int_equal(item.application_moved.reason,
                         item.kind == ITEM_APPLICATION_RETURNED ||
                             item.kind == ITEM_APPLICATION_NOT_ACCEPTED);
    }
    item = decode(*state, 21);
    assert_text(item.application_decided.application_no, "application_no-0");
    assert_int_equal(item.application_decided.revision, 103);
    assert_int_equal(item.application_decided.verdict, VERDICT_APPROVE);
    assert_text(item.application_decided.rulebook_id, "rulebook_id-0");
    assert_int_equal(item.application_decided.version, 106);
    assert_int_equal(item.application_decided.exemption_count, 2);
    assert_text(item.application_decided.exemptions[1].course_code, "course_code-0");
    assert_int_equal(item.application_decided.exemptions[1].centicredits, 102);
    assert_true(item.application_decided.exemptions[1].attendance_waived);
    assert_int_equal(item.application_decided.exemptions[1].mark.scheme, GRADING_PERCENTAGE);
    assert_int_equal(item.application_decided.exemptions[1].mark.centiscore, 102);
    assert_true(item.application_decided.exemptions[1].exam_waived);
    assert_int_equal(item.application_decided.outcome_count, 2);
    assert_text(item.application_decided.outcomes_used[1].outer_id, "outer_id-0");
    assert_memory_equal(item.application_decided.trace_hash.at, hash_bytes, HASH_SIZE);
}

static void
decodes_what_comes_of_a_notice(void **state)
{
    struct item item = decode(*state, 25);

    assert_text(item.application_period_ended.application_no, "application_no-0");
    assert_int_equal(item.application_period_ended.revision, 103);
    assert_int_equal(item.application_period_ended.due_date, DAY);
    assert_int_equal(item.application_period_ended.state, APPLICATION_SUBMITTED);
    item = decode(*state, 26);
    assert_text(item.application_moved.application_no, "application_no-0");
    assert_int_equal(item.application_moved.revision, 103);
    assert_int_equal(item.application_moved.reason, OBJECTION_OUTCOME_DOUBTED);
    assert_int_equal(decode(*state, 27).application_moved.revision, 103);
    item = decode(*state, 28);
    assert_int_equal(item.application_moved.revision, 103);
    assert_int_equal(item.application_moved.verdict, VERDICT_APPROVE);
}

static void
decodes_a_resubmission(void **state)
{
    struct item item = decode(*state, 24);
    const struct application_resubmitted *resubmitted = &item.application_resubmitted;

    assert_text(resubmitted->account_no, "account_no-0");
    assert_text(resubmitted->application_no, "application_no-0");
    assert_int_equal(resubmitted->revision, 103);
    assert_int_equal(resubmitted->line_count, 2);
    assert_int_equal(resubmitted->lines[1].rule_no, 101);
    assert_text(resubmitted->lines[1].outcome.institution_id, "institution_id-0");
    assert_text(resubmitted->lines[1].outcome.outer_id, "outer_id-0");
    assert_int_equal(resubmitted->lines[0].course_codes.count, 2);
    assert_text(resubmitted->lines[1].course_codes.texts[1], "course_codes-1");
    assert_memory_equal(resubmitted->trace_hash.at, hash_bytes, HASH_SIZE);
}

/* Changes to the bytes of an item (a revocation), none of which is canonical. */
static void
refuses_what_is_not_canonical(void **state)
{
    static const struct {
        const char *what;
        size_t at, drop;
        const char *put;
        size_t put_len;
        enum reason reason;
    } cases[] = {
        {"an unknown field behind", SIZE_MAX, 0, "\xf8\x07\x01", 3, REASON_FIELD_UNKNOWN},
        {"the salt twice", 0, 0, NULL, 18, REASON_FIELD_TWICE},
        {"a tag of two bytes", 0, 1, "\x8a\x00", 2, REASON_WIRE_NOT_MINIMAL},
        {"a length of two bytes", 1, 1, "\x90\x00", 2, REASON_WIRE_NOT_MINIMAL},
        {"cut off", SIZE_MAX - 1, 1, "", 0, REASON_WIRE_TRUNCATED},
    };
    struct arena *arena = *state;
    struct slice good = item_bytes(arena, 15);

    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        size_t at = cases[i].at == SIZE_MAX       ? good.len
                    : cases[i].at == SIZE_MAX - 1 ? good.len - 1
                                                  : cases[i].at;
        size_t len = good.len - cases[i].drop + cases[i].put_len;
        uint8_t *bytes = arena_alloc(arena, len);
        struct refusal_list refusals = {0};
        struct item item;

        memcpy(bytes, good.at, at);
        memcpy(bytes + at, cases[i].put != NULL ? cases[i].put : (const char *)good.at,
               cases[i].put_len);
        memcpy(bytes + at + cases[i].put_len, good.at + at + cases[i].drop,
               good.len - at - cases[i].drop);
        assert_false(convert_item(slice_make(bytes, len), 3, arena, &item, &refusals));
        assert_int_equal(refusals.count, 1);
        assert_int_equal(refusals.first->item_index, 3);
        if (refusals.first->reason != cases[i].reason)
            print_message("%s: %s\n", cases[i].what, reason_text(refusals.first->reason)->code);
        assert_int_equal(refusals.first->reason, cases[i].reason);
    }
}

/* What an item lacks is told under the name of the field. */
static void
names_what_is_missing(void **state)
{
    struct arena *arena = *state;
    Creditbank__V1__Item *message =
        (Creditbank__V1__Item *)fill(arena, &creditbank__v1__item__descriptor, 0);
    struct refusal_list refusals = {0};
    struct item item;

    message->certificate_listed->state_date = NULL;
    assert_false(convert_item(wire_pack(&message->base, arena), 0, arena, &item, &refusals));
    assert_string_equal(refusals.last->field, "certificate_listed.state_date");
    assert_int_equal(refusals.last->reason, REASON_FIELD_REQUIRED);
    message = (Creditbank__V1__Item *)fill(arena, &creditbank__v1__item__descriptor, 0);
    message->certificate_listed->state_date->month = 13;
    assert_false(convert_item(wire_pack(&message->base, arena), 0, arena, &item, &refusals));
    assert_int_equal(refusals.last->reason, REASON_DATE_INVALID);
    message = (Creditbank__V1__Item *)fill(arena, &creditbank__v1__item__descriptor, 0);
    message->salt.len = 15;
    assert_false(convert_item(wire_pack(&message->base, arena), 0, arena, &item, &refusals));
    assert_string_equal(refusals.last->field, "salt");
    assert_int_equal(refusals.last->reason, REASON_FIELD_LENGTH);
    message = (Creditbank__V1__Item *)fill(arena, &creditbank__v1__item__descriptor, 0);
    message->body_case = CREDITBANK__V1__ITEM__BODY__NOT_SET;
    assert_false(convert_item(wire_pack(&message->base, arena), 0, arena, &item, &refusals));
    assert_string_equal(refusals.last->field, "body");
    message = (Creditbank__V1__Item *)fill(arena, &creditbank__v1__item__descriptor, 14);
    message->certificate_awarded->expiry_date = NULL;
    message->certificate_awarded->reposted_after = NULL;
    assert_true(convert_item(wire_pack(&message->base, arena), 0, arena, &item, &refusals));
    assert_int_equal(item.certificate_awarded.expiry_date, DATE_OPEN);
    assert_int_equal(item.certificate_awarded.reposted_after, ENTRY_NONE);
}

/* The content's hash leaves out the salt, and nothing else. */
static void
hashes_the_content_without_the_salt(void **state)
{
    struct arena *arena = *state;
    struct slice bytes = item_bytes(arena, 11);
    struct hash expected = hash_sha256(slice_make(bytes.at + 18, bytes.len - 18));
    struct item item = decode(arena, 11);

    assert_memory_equal(item.content_hash.bytes, expected.bytes, HASH_SIZE);
}

static void
limits_the_bytes_of_an_item(void **state)
{
    static const struct {
        unsigned body;
        size_t len;
        bool fits;
    } cases[] = {
        {0, (size_t)256 * 1024 - 200, true},
        {0, (size_t)256 * 1024, false},
        {8, (size_t)16 * 1024 - 100, true},
        {8, (size_t)16 * 1024, false},
    };
    struct arena *arena = *state;

    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        Creditbank__V1__Item *message =
            (Creditbank__V1__Item *)fill(arena, &creditbank__v1__item__descriptor, cases[i].body);
        char *text = arena_alloc(arena, cases[i].len + 1);
        struct refusal_list refusals = {0};
        struct item item;

        memset(text, 'x', cases[i].len);
        if (cases[i].body == 0)
            message->certificate_listed->name = text;
        else
            message->account_activated->account_no = text;
        assert_int_equal(convert_item(wire_pack(&message->base, arena), 0, arena, &item, &refusals),
                         cases[i].fits);
        if (!cases[i].fits)
            assert_int_equal(refusals.first->reason, REASON_ITEM_TOO_LARGE);
    }
}

/* Whatever is accepted is canonical: packed again it is the same bytes. */
static void
accepts_only_what_it_would_write(void **state)
{
    uint32_t random = 1;
    size_t accepted = 0;

    (void)state;
    for (int i = 0; i < 20000; i++) {
        struct arena *arena = arena_new(BUDGET);
        struct slice good = item_bytes(arena, (unsigned)i % ARRAY_COUNT(bodies));
        struct slice copy = arena_copy(arena, good);
        struct refusal_list refusals = {0};
        struct item item;

        for (int change = 0; change < 1 + i % 3; change++) {
            random = random * 1103515245u + 12345u;
            ((uint8_t *)(uintptr_t)copy.at)[(random >> 8) % copy.len] ^=
                (uint8_t)(1u << (random >> 4 & 7));
        }
        if (i % 7 == 0)
            copy.len -= (random >> 16) % copy.len;
        if (convert_item(copy, 0, arena, &item, &refusals)) {
            ProtobufCMessage *message = protobuf_c_message_unpack(&creditbank__v1__item__descriptor,
                                                                  NULL, copy.len, copy.at);
            struct slice again = wire_pack(message, arena);

            assert_int_equal(again.len, copy.len);
            assert_memory_equal(again.at, copy.at, copy.len);
            protobuf_c_message_free_unpacked(message, NULL);
            accepted++;
        } else {
            assert_true(refusals.count > 0);
        }
        arena_free(arena);
    }
    assert_true(accepted > 1000);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(numbers_its_terms_as_the_contract_does),
        TEST(names_every_body_by_its_field_number),
        TEST(decodes_public_records),
        TEST(decodes_rulebooks),
        TEST(decodes_what_caps_count),
        TEST(decodes_clauses_by_their_tests),
        TEST(decodes_records_about_accounts),
        TEST(decodes_applications),
        TEST(decodes_a_resubmission),
        TEST(decodes_what_comes_of_a_notice),
        TEST(refuses_what_is_not_canonical),
        TEST(names_what_is_missing),
        TEST(hashes_the_content_without_the_salt),
        TEST(limits_the_bytes_of_an_item),
        TEST(accepts_only_what_it_would_write),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
