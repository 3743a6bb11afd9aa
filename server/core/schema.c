#include "core/schema.h"

#include "base/attributes.h"

#define COLUMN(type, row, field)                           \
    {                                                      \
#        field, COLUMN_##type, offsetof(struct row, field) \
    }

/* The key has the first `key` columns; units agree in the first `unit`. */
#define TABLE(row, key, unit)                                                          \
    {                                                                                  \
#        row, sizeof(struct row), key, unit, ARRAY_COUNT(row##_columns), row##_columns \
    }

/* One line a column. */
/* clang-format off */
static const struct column bank_columns[] = {
    COLUMN(INT32, bank, one),
    COLUMN(TEXT, bank, log_origin),
    COLUMN(BOOL, bank, demo),
    COLUMN(TEXT, bank, operator_id),
    COLUMN(BYTES, bank, log_key),
};

static const struct column institution_columns[] = {
    COLUMN(TEXT, institution, institution_id),
    COLUMN(INT32, institution, kind),
    COLUMN(TEXT, institution, name),
    COLUMN(TEXT, institution, name_en),
    COLUMN(TEXT, institution, region_code),
    COLUMN(TEXT, institution, school_code),
    COLUMN(TEXT, institution, uscc),
    COLUMN(BOOL, institution, uscc_override),
    COLUMN(INT64, institution, registered_entry),
    COLUMN(INT32, institution, key_count),
    COLUMN(HASH, institution, key_chain),
};

static const struct column signing_key_columns[] = {
    COLUMN(HASH, signing_key, key_id),
    COLUMN(TEXT, signing_key, institution_id),
    COLUMN(BYTES, signing_key, spki),
    COLUMN(INT32, signing_key, duties),
    COLUMN(INT64, signing_key, registered_entry),
    COLUMN(INT64, signing_key, revoked_entry),
};

static const struct column certificate_columns[] = {
    COLUMN(TEXT, certificate, certificate_id),
    COLUMN(TEXT, certificate, name),
    COLUMN(TEXT, certificate, family_id),
    COLUMN(TEXT, certificate, scheme_id),
    COLUMN(INT32, certificate, grade),
    COLUMN(INT32, certificate, state_date),
    COLUMN(INT64, certificate, entry_index),
};

static const struct column accreditation_columns[] = {
    COLUMN(TEXT, accreditation, issuer_id),
    COLUMN(TEXT, accreditation, certificate_id),
    COLUMN(INT32, accreditation, from_date),
    COLUMN(INT32, accreditation, to_date),
    COLUMN(INT64, accreditation, entry_index),
};

static const struct column recording_rule_columns[] = {
    COLUMN(INT32, recording_rule, course_kind),
    COLUMN(INT32, recording_rule, from_date),
    COLUMN(INT64, recording_rule, centihours_per_credit),
    COLUMN(INT64, recording_rule, step_centicredits),
    COLUMN(INT64, recording_rule, entry_index),
};

static const struct column calendar_day_columns[] = {
    COLUMN(INT32, calendar_day, year),
    COLUMN(INT32, calendar_day, date),
    COLUMN(INT32, calendar_day, kind),
    COLUMN(INT64, calendar_day, entry_index),
};

static const struct column programme_columns[] = {
    COLUMN(TEXT, programme, school_id),
    COLUMN(TEXT, programme, programme_id),
    COLUMN(TEXT, programme, major_code),
    COLUMN(TEXT, programme, name),
    COLUMN(INT32, programme, cohort),
    COLUMN(INT64, programme, graduation_centicredits),
    COLUMN(INT64, programme, entry_index),
    COLUMN(INT32, programme, item_index),
};

static const struct column course_columns[] = {
    COLUMN(TEXT, course, school_id),
    COLUMN(TEXT, course, programme_id),
    COLUMN(TEXT, course, course_code),
    COLUMN(TEXT, course, name),
    COLUMN(INT32, course, kind),
    COLUMN(INT64, course, centihours),
    COLUMN(INT64, course, centicredits),
    COLUMN(BOOL, course, required),
    COLUMN(BOOL, course, excluded),
};

static const struct column rulebook_columns[] = {
    COLUMN(TEXT, rulebook, school_id),
    COLUMN(TEXT, rulebook, rulebook_id),
    COLUMN(INT32, rulebook, version),
    COLUMN(TEXT, rulebook, title),
    COLUMN(TEXT, rulebook, programme_id),
    COLUMN(INT32, rulebook, from_date),
    COLUMN(INT32, rulebook, to_date),
    COLUMN(TEXT, rulebook, exemption_word),
    COLUMN(INT32, rulebook, state),
    COLUMN(INT64, rulebook, filed_entry),
    COLUMN(INT32, rulebook, filed_item),
    COLUMN(INT64, rulebook, published_entry),
    COLUMN(INT32, rulebook, notice_days),
    COLUMN(INT32, rulebook, acceptance_days),
    COLUMN(INT32, rulebook, completion_days),
    COLUMN(INT32, rulebook, appeal_days),
};

static const struct column rulebook_head_columns[] = {
    COLUMN(TEXT, rulebook_head, school_id),
    COLUMN(TEXT, rulebook_head, rulebook_id),
    COLUMN(INT32, rulebook_head, filed_version),
    COLUMN(INT32, rulebook_head, published_version),
};

static const struct column rule_columns[] = {
    COLUMN(TEXT, rule, school_id),
    COLUMN(TEXT, rule, rulebook_id),
    COLUMN(INT32, rule, version),
    COLUMN(INT32, rule, rule_no),
    COLUMN(TEXT, rule, title),
    COLUMN(BOOL, rule, attendance_waived),
    COLUMN(BOOL, rule, exam_waived),
    COLUMN(INT64, rule, centicredits),
    COLUMN(BOOL, rule, credits_of_outcome),
    COLUMN(TEXT, rule, bucket_id),
};

static const struct column rule_clause_columns[] = {
    COLUMN(TEXT, rule_clause, school_id),
    COLUMN(TEXT, rule_clause, rulebook_id),
    COLUMN(INT32, rule_clause, version),
    COLUMN(INT32, rule_clause, rule_no),
    COLUMN(INT32, rule_clause, clause_no),
    COLUMN(INT32, rule_clause, part_of),
    COLUMN(INT32, rule_clause, test),
    COLUMN(TEXT, rule_clause, text),
    COLUMN(INT64, rule_clause, number),
    COLUMN(INT32, rule_clause, scheme),
};

static const struct column rule_course_columns[] = {
    COLUMN(TEXT, rule_course, school_id),
    COLUMN(TEXT, rule_course, rulebook_id),
    COLUMN(INT32, rule_course, version),
    COLUMN(INT32, rule_course, rule_no),
    COLUMN(TEXT, rule_course, course_code),
};

static const struct column rule_band_columns[] = {
    COLUMN(TEXT, rule_band, school_id),
    COLUMN(TEXT, rule_band, rulebook_id),
    COLUMN(INT32, rule_band, version),
    COLUMN(INT32, rule_band, rule_no),
    COLUMN(INT32, rule_band, band_no),
    COLUMN(INT32, rule_band, scheme),
    COLUMN(INT64, rule_band, from_centiscore),
    COLUMN(INT64, rule_band, to_centiscore),
    COLUMN(INT32, rule_band, mark_scheme),
    COLUMN(INT64, rule_band, mark_centiscore),
};

static const struct column rulebook_cap_columns[] = {
    COLUMN(TEXT, rulebook_cap, school_id),
    COLUMN(TEXT, rulebook_cap, rulebook_id),
    COLUMN(INT32, rulebook_cap, version),
    COLUMN(INT32, rulebook_cap, cap_no),
    COLUMN(INT32, rulebook_cap, basis_points),
    COLUMN(INT32, rulebook_cap, outcome_kind),
    COLUMN(TEXT, rulebook_cap, bucket_id),
};

static const struct column account_columns[] = {
    COLUMN(TEXT, account, account_no),
    COLUMN(INT32, account, state),
    COLUMN(TEXT, account, opened_by),
    COLUMN(INT64, account, open_time_us),
    COLUMN(INT64, account, opened_entry),
};

static const struct column account_commitment_columns[] = {
    COLUMN(TEXT, account_commitment, account_no),
    COLUMN(INT32, account_commitment, field),
    COLUMN(HASH, account_commitment, hash),
};

static const struct column enrolment_columns[] = {
    COLUMN(TEXT, enrolment, account_no),
    COLUMN(TEXT, enrolment, school_id),
    COLUMN(TEXT, enrolment, student_no),
    COLUMN(INT32, enrolment, enrolment_no),
    COLUMN(TEXT, enrolment, programme_id),
    COLUMN(INT32, enrolment, state),
    COLUMN(INT32, enrolment, end_reason),
    COLUMN(INT32, enrolment, begin_date),
    COLUMN(INT32, enrolment, end_date),
    COLUMN(INT64, enrolment, entry_index),
};

static const struct column student_number_columns[] = {
    COLUMN(TEXT, student_number, school_id),
    COLUMN(TEXT, student_number, student_no),
    COLUMN(TEXT, student_number, account_no),
    COLUMN(INT32, student_number, enrolment_no),
};

static const struct column outcome_columns[] = {
    COLUMN(TEXT, outcome, institution_id),
    COLUMN(TEXT, outcome, outer_id),
    COLUMN(TEXT, outcome, account_no),
    COLUMN(INT32, outcome, kind),
    COLUMN(INT32, outcome, state),
    COLUMN(INT32, outcome, course_kind),
    COLUMN(TEXT, outcome, title),
    COLUMN(TEXT, outcome, programme_id),
    COLUMN(TEXT, outcome, course_code),
    COLUMN(TEXT, outcome, certificate_id),
    COLUMN(INT32, outcome, grade),
    COLUMN(INT64, outcome, centihours),
    COLUMN(INT64, outcome, centicredits),
    COLUMN(INT64, outcome, credited_centihours),
    COLUMN(INT32, outcome, scheme),
    COLUMN(INT64, outcome, centiscore),
    COLUMN(INT32, outcome, outcome_date),
    COLUMN(INT32, outcome, expiry_date),
    COLUMN(INT32, outcome, version),
    COLUMN(INT32, outcome, change_reason),
    COLUMN(INT64, outcome, entry_index),
    COLUMN(INT32, outcome, item_index),
    COLUMN(INT64, outcome, recorded_entry),
    COLUMN(HASH, outcome, recorded_hash),
    COLUMN(TEXT, outcome, replaced_by),
    COLUMN(INT64, outcome, replaced_entry),
    COLUMN(INT32, outcome, hold_state),
    COLUMN(TEXT, outcome, held_by),
};

static const struct column outcome_shown_columns[] = {
    COLUMN(TEXT, outcome, institution_id),
    COLUMN(TEXT, outcome, outer_id),
    COLUMN(INT32, outcome, kind),
    COLUMN(INT32, outcome, state),
    COLUMN(TEXT, outcome, title),
    COLUMN(TEXT, outcome, programme_id),
    COLUMN(TEXT, outcome, course_code),
    COLUMN(TEXT, outcome, certificate_id),
    COLUMN(INT32, outcome, grade),
    COLUMN(INT64, outcome, centihours),
    COLUMN(INT64, outcome, centicredits),
    COLUMN(INT32, outcome, scheme),
    COLUMN(INT64, outcome, centiscore),
    COLUMN(INT32, outcome, outcome_date),
    COLUMN(INT32, outcome, expiry_date),
    COLUMN(INT32, outcome, version),
    COLUMN(INT32, outcome, change_reason),
    COLUMN(INT64, outcome, entry_index),
    COLUMN(INT32, outcome, item_index),
    COLUMN(INT32, outcome, hold_state),
    COLUMN(TEXT, outcome, held_by),
};

static const struct column outcome_version_columns[] = {
    COLUMN(TEXT, outcome_version, institution_id),
    COLUMN(TEXT, outcome_version, outer_id),
    COLUMN(INT32, outcome_version, version),
    COLUMN(TEXT, outcome_version, account_no),
    COLUMN(INT32, outcome_version, state),
    COLUMN(INT32, outcome_version, change_reason),
    COLUMN(INT64, outcome_version, centicredits),
    COLUMN(INT64, outcome_version, centiscore),
    COLUMN(INT64, outcome_version, entry_index),
    COLUMN(INT32, outcome_version, item_index),
};

static const struct column passed_course_columns[] = {
    COLUMN(TEXT, passed_course, account_no),
    COLUMN(TEXT, passed_course, school_id),
    COLUMN(TEXT, passed_course, programme_id),
    COLUMN(TEXT, passed_course, course_code),
    COLUMN(INT32, passed_course, count),
};

static const struct column hours_balance_columns[] = {
    COLUMN(TEXT, hours_balance, account_no),
    COLUMN(TEXT, hours_balance, institution_id),
    COLUMN(INT32, hours_balance, course_kind),
    COLUMN(INT64, hours_balance, remainder_centihours),
};

static const struct column application_columns[] = {
    COLUMN(TEXT, application, application_no),
    COLUMN(TEXT, application, account_no),
    COLUMN(TEXT, application, school_id),
    COLUMN(TEXT, application, programme_id),
    COLUMN(TEXT, application, rulebook_id),
    COLUMN(INT32, application, version),
    COLUMN(INT32, application, state),
    COLUMN(INT32, application, revision),
    COLUMN(INT32, application, submission_no),
    COLUMN(INT32, application, submit_date),
    COLUMN(HASH, application, review_key),
    COLUMN(HASH, application, reject_key),
    COLUMN(INT64, application, submit_entry),
    COLUMN(INT64, application, entry_index),
    COLUMN(BOOL, application, was_appealed),
    COLUMN(INT32, application, notice_no),
    COLUMN(INT32, application, due_date),
};

static const struct column application_line_columns[] = {
    COLUMN(TEXT, application_line, application_no),
    COLUMN(INT32, application_line, submission_no),
    COLUMN(INT32, application_line, line_no),
    COLUMN(INT32, application_line, rule_no),
    COLUMN(TEXT, application_line, institution_id),
    COLUMN(TEXT, application_line, outer_id),
};

static const struct column application_course_columns[] = {
    COLUMN(TEXT, application_course, application_no),
    COLUMN(INT32, application_course, submission_no),
    COLUMN(INT32, application_course, line_no),
    COLUMN(TEXT, application_course, course_code),
};

static const struct column application_move_columns[] = {
    COLUMN(TEXT, application_move, application_no),
    COLUMN(INT32, application_move, revision),
    COLUMN(INT32, application_move, state),
    COLUMN(TEXT, application_move, institution_id),
    COLUMN(HASH, application_move, key_id),
    COLUMN(INT32, application_move, verdict),
    COLUMN(INT32, application_move, reason),
    COLUMN(INT64, application_move, move_time_us),
    COLUMN(INT64, application_move, entry_index),
    COLUMN(INT32, application_move, item_index),
};

static const struct column exemption_columns[] = {
    COLUMN(TEXT, exemption, account_no),
    COLUMN(TEXT, exemption, school_id),
    COLUMN(TEXT, exemption, programme_id),
    COLUMN(TEXT, exemption, course_code),
    COLUMN(INT32, exemption, state),
    COLUMN(TEXT, exemption, application_no),
    COLUMN(INT64, exemption, centicredits),
    COLUMN(BOOL, exemption, attendance_waived),
    COLUMN(BOOL, exemption, exam_waived),
    COLUMN(INT32, exemption, mark_scheme),
    COLUMN(INT64, exemption, mark_centiscore),
    COLUMN(INT32, exemption, outcome_kind),
    COLUMN(TEXT, exemption, bucket_id),
    COLUMN(TEXT, exemption, exemption_word),
    COLUMN(INT64, exemption, entry_index),
    COLUMN(INT32, exemption, item_index),
};

static const struct table tables[TABLE_COUNT] = {
    [TABLE_BANK] = TABLE(bank, 1, 1),
    [TABLE_INSTITUTION] = TABLE(institution, 1, 1),
    [TABLE_SIGNING_KEY] = TABLE(signing_key, 1, 1),
    [TABLE_CERTIFICATE] = TABLE(certificate, 1, 1),
    [TABLE_ACCREDITATION] = TABLE(accreditation, 3, 2),
    [TABLE_RECORDING_RULE] = TABLE(recording_rule, 2, 1),
    [TABLE_CALENDAR_DAY] = TABLE(calendar_day, 2, 1),
    [TABLE_PROGRAMME] = TABLE(programme, 2, 2),
    [TABLE_COURSE] = TABLE(course, 3, 3),
    [TABLE_RULEBOOK] = TABLE(rulebook, 3, 3),
    [TABLE_RULEBOOK_HEAD] = TABLE(rulebook_head, 2, 2),
    [TABLE_RULE] = TABLE(rule, 4, 3),
    [TABLE_RULE_CLAUSE] = TABLE(rule_clause, 5, 3),
    [TABLE_RULE_COURSE] = TABLE(rule_course, 5, 3),
    [TABLE_RULE_BAND] = TABLE(rule_band, 5, 3),
    [TABLE_RULEBOOK_CAP] = TABLE(rulebook_cap, 4, 3),
    [TABLE_ACCOUNT] = TABLE(account, 1, 1),
    [TABLE_ACCOUNT_COMMITMENT] = TABLE(account_commitment, 2, 1),
    [TABLE_ENROLMENT] = TABLE(enrolment, 4, 2),
    [TABLE_STUDENT_NUMBER] = TABLE(student_number, 2, 2),
    [TABLE_OUTCOME] = TABLE(outcome, 2, 2),
    [TABLE_OUTCOME_VERSION] = TABLE(outcome_version, 3, 3),
    [TABLE_PASSED_COURSE] = TABLE(passed_course, 4, 4),
    [TABLE_HOURS_BALANCE] = TABLE(hours_balance, 3, 3),
    [TABLE_APPLICATION] = TABLE(application, 1, 1),
    [TABLE_APPLICATION_LINE] = TABLE(application_line, 3, 2),
    [TABLE_APPLICATION_COURSE] = TABLE(application_course, 4, 2),
    [TABLE_APPLICATION_MOVE] = TABLE(application_move, 2, 2),
    [TABLE_EXEMPTION] = TABLE(exemption, 4, 3),
};
/* clang-format on */

const struct table schema_outcome_shown = {
    .name = "outcome_shown",
    .row_size = sizeof(struct outcome),
    .key_columns = 2,
    .unit_columns = 2,
    .column_count = ARRAY_COUNT(outcome_shown_columns),
    .columns = outcome_shown_columns,
};

const struct table *
schema_table(enum table_id id)
{
    return &tables[id];
}

static int
compare_column(const struct column *column, const char *a, const char *b)
{
    const void *x = a + column->offset;
    const void *y = b + column->offset;

    switch (column->type) {
    case COLUMN_TEXT:
    case COLUMN_BYTES:
        return slice_compare(*(const struct slice *)x, *(const struct slice *)y);
    case COLUMN_HASH:
        return hash_compare(x, y);
    case COLUMN_INT32:
        return (*(const int32_t *)x > *(const int32_t *)y) -
               (*(const int32_t *)x < *(const int32_t *)y);
    case COLUMN_INT64:
        return (*(const int64_t *)x > *(const int64_t *)y) -
               (*(const int64_t *)x < *(const int64_t *)y);
    case COLUMN_BOOL:
        return *(const bool *)x - *(const bool *)y;
    }
    return 0;
}

int
schema_compare(const struct table *table, unsigned column_count, const void *a, const void *b)
{
    for (unsigned i = 0; i < column_count; i++) {
        int order = compare_column(&table->columns[i], a, b);

        if (order != 0)
            return order;
    }
    return 0;
}
