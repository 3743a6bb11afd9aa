#pragma once

#include "base/slice.h"
#include "core/terms.h"
#include "crypto/hash.h"

/*
 * The bank's state: tables of rows. Each row is a plain struct, and each
 * table's description below says which columns it has: from it the world finds
 * and compares rows, the store makes its SQL, and the audit compares what was
 * replayed with what stands. Texts are slices; an absent entry is ENTRY_NONE,
 * an absent last day DATE_OPEN (core/item.h).
 */

struct bank { /* one row */
    int32_t one;
    struct slice log_origin;
    bool demo;
    struct slice operator_id;
    struct slice log_key;
};

struct institution {
    struct slice institution_id;
    int32_t kind;
    struct slice name, name_en, region_code, school_code, uscc;
    bool uscc_override;
    int64_t registered_entry;
    int32_t key_count;     /* of those registered, revoked or not */
    struct hash key_chain; /* over the control records that touched its keys */
};

struct signing_key {
    struct hash key_id;
    struct slice institution_id;
    struct slice spki;
    int32_t duties; /* bit set of DUTY_BIT */
    int64_t registered_entry;
    int64_t revoked_entry;
};

struct certificate {
    struct slice certificate_id, name, family_id, scheme_id;
    int32_t grade;
    int32_t state_date;
    int64_t entry_index;
};

struct accreditation {
    struct slice issuer_id, certificate_id;
    int32_t from_date, to_date;
    int64_t entry_index;
};

struct recording_rule {
    int32_t course_kind;
    int32_t from_date;
    int64_t centihours_per_credit, step_centicredits;
    int64_t entry_index;
};

/* A day that was declared; the newest declaration counts. */
struct calendar_day {
    int32_t year; /* of `date`: its days are loaded at once */
    int32_t date;
    int32_t kind; /* enum day_kind */
    int64_t entry_index;
};

struct programme {
    struct slice school_id, programme_id, major_code, name;
    int32_t cohort;
    int64_t graduation_centicredits;
    int64_t entry_index;
    int32_t item_index;
};

struct course {
    struct slice school_id, programme_id, course_code, name;
    int32_t kind;
    int64_t centihours, centicredits;
    bool required, excluded;
};

struct rulebook {
    struct slice school_id, rulebook_id;
    int32_t version;
    struct slice title, programme_id;
    int32_t from_date, to_date;
    struct slice exemption_word;
    int32_t state;
    int64_t filed_entry;
    int32_t filed_item;
    int64_t published_entry;
    /* Working days; 0: no such period. */
    int32_t notice_days, acceptance_days, completion_days, appeal_days;
};

/* The newest versions of a rulebook; 0: none. */
struct rulebook_head {
    struct slice school_id, rulebook_id;
    int32_t filed_version, published_version;
};

struct rule {
    struct slice school_id, rulebook_id;
    int32_t version, rule_no;
    struct slice title;
    bool attendance_waived, exam_waived;
    int64_t centicredits; /* 0: the course's */
    bool credits_of_outcome;
    struct slice bucket_id;
};

/* The mark for scores of an outcome; bands of a rule are without a gap. */
struct rule_band {
    struct slice school_id, rulebook_id;
    int32_t version, rule_no, band_no;
    int32_t scheme; /* 0: any score */
    int64_t from_centiscore, to_centiscore;
    int32_t mark_scheme; /* 0: the outcome's own score */
    int64_t mark_centiscore;
};

/* A limit: of all credits, or those of a kind of outcome, or of a bucket. */
struct rulebook_cap {
    struct slice school_id, rulebook_id;
    int32_t version, cap_no;
    int32_t basis_points;
    int32_t outcome_kind; /* 0: of any */
    struct slice bucket_id;
};

struct rule_clause {
    struct slice school_id, rulebook_id;
    int32_t version, rule_no, clause_no;
    int32_t part_of;   /* a smaller clause_no; 0: the whole condition */
    int32_t test;      /* enum clause_test */
    struct slice text; /* of issuers: all of them, with commas between */
    int64_t number;
    int32_t scheme;
};

struct rule_course {
    struct slice school_id, rulebook_id;
    int32_t version, rule_no;
    struct slice course_code;
};

struct account {
    struct slice account_no;
    int32_t state;
    struct slice opened_by;
    int64_t open_time_us;
    int64_t opened_entry;
};

struct account_commitment {
    struct slice account_no;
    int32_t field;
    struct hash hash;
};

struct enrolment {
    struct slice account_no, school_id, student_no;
    int32_t enrolment_no; /* from 1: of those under the number, all but the last were errors */
    struct slice programme_id;
    int32_t state;
    int32_t end_reason; /* 0: it has not ended */
    int32_t begin_date, end_date;
    int64_t entry_index;
};

/* Whose a student number is, and by which enrolment; nobody's, and 0, where that was an error. */
struct student_number {
    struct slice school_id, student_no, account_no;
    int32_t enrolment_no;
};

struct outcome {
    struct slice institution_id, outer_id, account_no;
    int32_t kind, state;
    int32_t course_kind; /* of training hours, else 0 */
    struct slice title, programme_id, course_code, certificate_id;
    int32_t grade; /* of a certificate, as the catalogue has it; else 0 */
    int64_t centihours, centicredits;
    int64_t credited_centihours; /* of training: the hours that its credits took */
    int32_t scheme;
    int64_t centiscore;
    int32_t outcome_date, expiry_date;
    int32_t version;
    int32_t change_reason; /* 0: as first recorded */
    int64_t entry_index;   /* of the latest change */
    int32_t item_index;
    int64_t recorded_entry;    /* of the first record */
    struct hash recorded_hash; /* content of the first record: an equal one is a repetition */
    struct slice replaced_by;  /* number of the certificate that took its place; empty: none */
    int64_t replaced_entry;    /* which recorded that one; 0: none */
    int32_t hold_state;        /* enum hold_state */
    struct slice held_by;      /* application that holds or has used it; empty while free */
};

/* What an outcome was after each change. */
struct outcome_version {
    struct slice institution_id, outer_id;
    int32_t version;
    struct slice account_no;
    int32_t state, change_reason;
    int64_t centicredits, centiscore;
    int64_t entry_index;
    int32_t item_index;
};

/* How many valid results passed a course; while above 0 it needs no exemption. */
struct passed_course {
    struct slice account_no, school_id, programme_id, course_code;
    int32_t count;
};

/* Hours of training that did not make a whole step of credits yet. */
struct hours_balance {
    struct slice account_no, institution_id;
    int32_t course_kind;
    int64_t remainder_centihours;
};

struct application {
    struct slice application_no, account_no, school_id, programme_id, rulebook_id;
    int32_t version;
    int32_t state;
    int32_t revision;
    int32_t submission_no;  /* of the latest submission, whose lines count; from 1 */
    int32_t submit_date;    /* of the first submission, as the entry */
    struct hash review_key; /* zero before a review */
    struct hash reject_key; /* zero before a rejection */
    int64_t submit_entry;
    int64_t entry_index; /* of the latest move */
    bool was_appealed;
    int32_t notice_no; /* how often it was put on notice */
    int32_t due_date;  /* the first day after the period of its state; DATE_OPEN: none */
};

/* Of every submission; so are the courses. */
struct application_line {
    struct slice application_no;
    int32_t submission_no, line_no, rule_no;
    struct slice institution_id, outer_id;
};

struct application_course {
    struct slice application_no;
    int32_t submission_no, line_no;
    struct slice course_code;
};

struct application_move {
    struct slice application_no;
    int32_t revision;
    int32_t state;
    struct slice institution_id;
    struct hash key_id;
    int32_t verdict; /* 0: none was given */
    int32_t reason;  /* enum return_, not_accepted_ or objection_reason, by the state; 0: none */
    int64_t move_time_us;
    int64_t entry_index;
    int32_t item_index;
};

/* An application's hold on a course, and what it became. */
struct exemption {
    struct slice account_no, school_id, programme_id, course_code;
    int32_t state; /* enum hold_state */
    struct slice application_no;
    int64_t centicredits;
    bool attendance_waived, exam_waived;
    int32_t mark_scheme; /* 0: no mark is recorded */
    int64_t mark_centiscore;
    int32_t outcome_kind; /* for which caps it counts */
    struct slice bucket_id;
    struct slice exemption_word;
    int64_t entry_index;
    int32_t item_index;
};

enum table_id {
    TABLE_BANK,
    TABLE_INSTITUTION,
    TABLE_SIGNING_KEY,
    TABLE_CERTIFICATE,
    TABLE_ACCREDITATION,
    TABLE_RECORDING_RULE,
    TABLE_CALENDAR_DAY,
    TABLE_PROGRAMME,
    TABLE_COURSE,
    TABLE_RULEBOOK,
    TABLE_RULEBOOK_HEAD,
    TABLE_RULE,
    TABLE_RULE_CLAUSE,
    TABLE_RULE_COURSE,
    TABLE_RULE_BAND,
    TABLE_RULEBOOK_CAP,
    TABLE_ACCOUNT,
    TABLE_ACCOUNT_COMMITMENT,
    TABLE_ENROLMENT,
    TABLE_STUDENT_NUMBER,
    TABLE_OUTCOME,
    TABLE_OUTCOME_VERSION,
    TABLE_PASSED_COURSE,
    TABLE_HOURS_BALANCE,
    TABLE_APPLICATION,
    TABLE_APPLICATION_LINE,
    TABLE_APPLICATION_COURSE,
    TABLE_APPLICATION_MOVE,
    TABLE_EXEMPTION,
    TABLE_COUNT,
};

enum column_type {
    COLUMN_TEXT,  /* struct slice, UTF-8 */
    COLUMN_BYTES, /* struct slice */
    COLUMN_HASH,  /* struct hash */
    COLUMN_INT32,
    COLUMN_INT64,
    COLUMN_BOOL,
};

struct column {
    const char *name;
    enum column_type type;
    size_t offset;
};

/*
 * A table: its first `key_columns` columns are its key, by which rows are
 * ordered. Rows are loaded by units: all rows that agree in the first
 * `unit_columns` columns.
 */
struct table {
    const char *name;
    size_t row_size;
    unsigned key_columns, unit_columns, column_count;
    const struct column *columns;
};

const struct table *schema_table(enum table_id id);

/* Of outcomes, those columns that readers are shown; the others are for the rules. */
extern const struct table schema_outcome_shown;

/* Order of two rows of a table by their first `column_count` columns; < 0, 0, > 0. */
int schema_compare(const struct table *table, unsigned column_count, const void *a, const void *b);
