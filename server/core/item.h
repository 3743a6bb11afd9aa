#pragma once

#include "base/date.h"
#include "core/terms.h"
#include "crypto/hash.h"

/*
 * What institutions sign, as values: the messages of
 * proto/creditbank/v1/transaction.proto after decoding, field by field under
 * the same names. Amounts are hundredths, dates are days (base/date.h).
 * Everything is borrowed from whoever decoded it.
 *
 * The decoder has checked form only (canonical bytes, UTF-8, presence of
 * message fields). All rules of the bank are execute()'s.
 */

/* Stands for an absent last day: without end. */
#define DATE_OPEN INT32_MAX

/* Stands for an absent position in the log. */
#define ENTRY_NONE INT64_MAX

struct outcome_ref {
    struct slice institution_id;
    struct slice outer_id;
};

struct text_list {
    size_t count;
    struct slice *texts;
};

/* Control records */

struct institution_registered {
    struct slice institution_id;
    enum institution_kind kind;
    struct slice name, name_en, region_code, school_code, uscc;
    bool uscc_override;
};

struct key_registered {
    struct slice institution_id;
    struct slice spki;
    uint32_t duties; /* bit set: DUTY_BIT(duty) */
    struct slice proof_of_possession;
    struct slice claim; /* canonical bytes of the KeyClaim that the proof has to sign */
};

struct founding {
    bool demo;
    struct institution_registered operator_institution;
    size_t operator_key_count;
    struct key_registered *operator_keys;
    struct key_registered service_key;
    struct slice log_key;
};

struct key_revoked {
    struct slice institution_id;
    struct slice key_id;
};

enum control_kind {
    CONTROL_FOUNDING = 1,
    CONTROL_INSTITUTION_REGISTERED = 2,
    CONTROL_KEY_REGISTERED = 3,
    CONTROL_KEY_REVOKED = 4,
};

struct control {
    enum control_kind kind;
    union {
        struct founding founding;
        struct institution_registered institution_registered;
        struct key_registered key_registered;
        struct key_revoked key_revoked;
    };
};

/* Public records */

struct certificate_listed {
    struct slice certificate_id, name, family_id, scheme_id;
    uint32_t grade;
    int32_t state_date;
};

struct accreditation_granted {
    struct slice issuer_id, certificate_id;
    int32_t from_date, to_date;
};

struct recording_rule_set {
    enum course_kind course_kind;
    int64_t centihours_per_credit;
    int64_t step_centicredits;
    int32_t from_date;
};

struct calendar_declared {
    int32_t first_date, last_date;
    enum day_kind kind;
};

struct programme_course {
    struct slice course_code, name;
    enum course_kind kind;
    int64_t centihours, centicredits;
    bool required, excluded;
};

struct programme_published {
    struct slice programme_id, major_code, name;
    uint32_t cohort;
    int64_t graduation_centicredits;
    size_t course_count;
    struct programme_course *courses;
};

enum clause_test {
    CLAUSE_FAMILY = 1,
    CLAUSE_GRADE_AT_LEAST = 2,
    CLAUSE_SCORE_AT_LEAST = 3,
    CLAUSE_MAX_AGE = 4,
    CLAUSE_ISSUERS = 5,
    CLAUSE_CERTIFICATE = 6,
    CLAUSE_KIND = 7,
    CLAUSE_CREDITS_AT_LEAST = 8,
    CLAUSE_HOURS_AT_LEAST = 9,
    CLAUSE_VALID_DAYS = 10,
    CLAUSE_PARTS = 11,
    CLAUSE_PARTS_AT_LEAST = 12,
};

/* One test; which fields it uses depends on it, the others are empty or 0. */
struct clause {
    enum clause_test test;
    uint32_t part_of;  /* number of the group that it is a part of; 0: the whole condition */
    struct slice text; /* family, grade's scheme, certificate */
    int64_t number;    /* grade, centiscore, years, kind, amount, days, parts */
    enum grading_scheme scheme;
    struct text_list issuers;
};

/* No mark: a scheme of 0. */
struct mark {
    enum grading_scheme scheme;
    int64_t centiscore;
};

struct result_band {
    enum grading_scheme scheme; /* 0: any score */
    int64_t from_centiscore, to_centiscore;
    struct mark mark; /* none: the outcome's own */
};

struct rule_filed {
    struct slice title;
    size_t clause_count;
    struct clause *clauses;
    struct text_list course_codes;
    bool attendance_waived, exam_waived;
    int64_t centicredits; /* 0: the course's */
    bool credits_of_outcome;
    size_t band_count;
    struct result_band *bands;
    struct slice bucket_id;
};

/* Counts all credits, or those of a kind of outcome, or of a bucket. */
struct cap {
    uint32_t basis_points;
    enum outcome_kind outcome_kind; /* 0: of any */
    bool is_of_bucket;
    struct slice bucket_id;
};

struct periods {
    uint32_t notice_days, acceptance_days, completion_days, appeal_days;
};

struct rulebook_filed {
    struct slice rulebook_id;
    uint32_t version;
    struct slice title, programme_id;
    int32_t from_date, to_date;
    struct slice exemption_word;
    size_t rule_count;
    struct rule_filed *rules;
    size_t cap_count;
    struct cap *caps;
    struct periods periods;
};

struct rulebook_published {
    struct slice school_id, rulebook_id;
    uint32_t version;
};

/* Records about an account: account_no is always the first field. */

struct identity_commitment {
    enum identity_field field;
    struct slice hash;
};

struct account_opened {
    struct slice account_no;
    size_t commitment_count;
    struct identity_commitment *commitments;
};

struct account_activated {
    struct slice account_no;
};

struct account_state_set {
    struct slice account_no;
    enum account_state state;
};

struct learner_enrolled {
    struct slice account_no, student_no, programme_id;
    int32_t begin_date;
};

struct enrolment_ended {
    struct slice account_no, student_no;
    int32_t end_date;
    enum enrolment_end_reason reason;
};

struct course_result_recorded {
    struct slice account_no, outer_id, programme_id, course_code;
    int64_t centihours;
    enum grading_scheme scheme;
    int64_t centiscore;
    int32_t completed_date;
    int64_t centicredits;
};

struct training_hours_recorded {
    struct slice account_no, outer_id, title;
    enum course_kind course_kind;
    int64_t centihours;
    int32_t completed_date;
    int64_t centicredits;
    int64_t remainder_centihours;
};

struct certificate_awarded {
    struct slice account_no, outer_id, certificate_id;
    int64_t centiscore;
    int32_t issue_date, expiry_date;
    struct slice replaces_outer_id;
    int64_t reposted_after;
};

struct outcome_corrected {
    struct slice account_no, outer_id;
    enum change_reason reason;
    int64_t centiscore, centicredits;
};

struct outcome_revoked {
    struct slice account_no, outer_id;
    enum change_reason reason;
};

struct line_applied {
    uint32_t rule_no;
    struct outcome_ref outcome;
    struct text_list course_codes;
};

struct application_submitted {
    struct slice account_no, application_no, school_id, rulebook_id;
    uint32_t version;
    size_t line_count;
    struct line_applied *lines;
    struct slice trace_hash;
};

/* Of accepted, not accepted, returned, reviewed, objected, appealed, appeal decided and withdrawn.
 */
struct application_moved {
    struct slice account_no, application_no;
    uint32_t revision;
    enum verdict verdict; /* of reviewed and appeal decided, else 0 */
    int32_t reason;       /* enum return_, not_accepted_ or objection_reason of these, else 0 */
};

struct application_period_ended {
    struct slice account_no, application_no;
    uint32_t revision;
    int32_t due_date;
    enum application_state state;
};

struct application_resubmitted {
    struct slice account_no, application_no;
    uint32_t revision;
    size_t line_count;
    struct line_applied *lines;
    struct slice trace_hash;
};

struct exemption_granted {
    struct slice course_code;
    int64_t centicredits;
    bool attendance_waived, exam_waived;
    struct mark mark;
};

struct application_decided {
    struct slice account_no, application_no;
    uint32_t revision;
    enum verdict verdict;
    struct slice rulebook_id;
    uint32_t version;
    size_t exemption_count;
    struct exemption_granted *exemptions;
    size_t outcome_count;
    struct outcome_ref *outcomes_used;
    struct slice trace_hash;
};

/* The field numbers of Item.body, which are for ever. */
enum item_kind {
    ITEM_CERTIFICATE_LISTED = 10,
    ITEM_ACCREDITATION_GRANTED = 11,
    ITEM_RECORDING_RULE_SET = 12,
    ITEM_PROGRAMME_PUBLISHED = 13,
    ITEM_RULEBOOK_FILED = 14,
    ITEM_RULEBOOK_PUBLISHED = 15,
    ITEM_CALENDAR_DECLARED = 20,
    ITEM_ACCOUNT_OPENED = 30,
    ITEM_ACCOUNT_ACTIVATED = 31,
    ITEM_ACCOUNT_STATE_SET = 32,
    ITEM_LEARNER_ENROLLED = 33,
    ITEM_ENROLMENT_ENDED = 34,
    ITEM_COURSE_RESULT_RECORDED = 40,
    ITEM_TRAINING_HOURS_RECORDED = 41,
    ITEM_CERTIFICATE_AWARDED = 42,
    ITEM_OUTCOME_CORRECTED = 43,
    ITEM_OUTCOME_REVOKED = 44,
    ITEM_APPLICATION_SUBMITTED = 50,
    ITEM_APPLICATION_ACCEPTED = 51,
    ITEM_APPLICATION_RETURNED = 52,
    ITEM_APPLICATION_REVIEWED = 53,
    ITEM_APPLICATION_DECIDED = 54,
    ITEM_APPLICATION_WITHDRAWN = 55,
    ITEM_APPLICATION_NOT_ACCEPTED = 56,
    ITEM_APPLICATION_RESUBMITTED = 57,
    ITEM_APPLICATION_PERIOD_ENDED = 60,
    ITEM_APPLICATION_OBJECTED = 61,
    ITEM_APPLICATION_APPEALED = 62,
    ITEM_APPLICATION_APPEAL_DECIDED = 63,
};

struct item {
    enum item_kind kind;
    struct slice salt;
    struct hash content_hash; /* SHA-256 of the body as it stands in the item: without the salt */
    union {
        struct certificate_listed certificate_listed;
        struct accreditation_granted accreditation_granted;
        struct recording_rule_set recording_rule_set;
        struct programme_published programme_published;
        struct rulebook_filed rulebook_filed;
        struct rulebook_published rulebook_published;
        struct calendar_declared calendar_declared;
        struct account_opened account_opened;
        struct account_activated account_activated;
        struct account_state_set account_state_set;
        struct learner_enrolled learner_enrolled;
        struct enrolment_ended enrolment_ended;
        struct course_result_recorded course_result_recorded;
        struct training_hours_recorded training_hours_recorded;
        struct certificate_awarded certificate_awarded;
        struct outcome_corrected outcome_corrected;
        struct outcome_revoked outcome_revoked;
        struct application_submitted application_submitted;
        struct application_moved application_moved;
        struct application_resubmitted application_resubmitted;
        struct application_decided application_decided;
        struct application_period_ended application_period_ended;
    };
};

#define SALT_SIZE 16
#define REQUEST_ID_SIZE 16
#define SIGNERS_MAX 4
#define ITEMS_MAX 1000

/* A transaction whose signatures were verified and whose items hash to its root. */
struct transaction {
    struct slice log_origin;
    struct slice institution_id;
    uint8_t request_id[REQUEST_ID_SIZE];
    int64_t create_time_us;
    size_t signer_count;
    struct hash signers[SIGNERS_MAX]; /* key ids */
    bool is_control;
    struct control control; /* if is_control, else: */
    size_t item_count;
    struct item *items;
};
