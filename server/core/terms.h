#pragma once

#include "base/attributes.h"
#include "base/slice.h"

/*
 * The field's terms as numbers: the enums of proto/creditbank/v1/types.proto
 * under the same numbers (a test compares them). 0 is never valid.
 */
enum institution_kind {
    INSTITUTION_OPERATOR = 1,
    INSTITUTION_REGULATOR = 2,
    INSTITUTION_SCHOOL = 3,
    INSTITUTION_ISSUER = 4,
};

enum duty {
    DUTY_POST = 1,
    DUTY_REVIEW = 2,
    DUTY_DECIDE = 3,
    DUTY_RULES = 4,
    DUTY_ADMIN = 5,
    DUTY_SERVICE = 6,
};

#define DUTY_BIT(duty) (1u << (duty))

enum course_kind { COURSE_THEORY = 1, COURSE_PRACTICE = 2 };

enum outcome_kind {
    OUTCOME_COURSE_RESULT = 1,
    OUTCOME_TRAINING_HOURS = 2,
    OUTCOME_CERTIFICATE = 3
};

enum outcome_state { OUTCOME_VALID = 1, OUTCOME_REVOKED = 2 };

enum change_reason {
    CHANGE_ENTRY_ERROR = 1,
    CHANGE_MARK_REVIEWED = 2,
    CHANGE_WRONG_PERSON = 3,
    CHANGE_IMPORT_UNDONE = 4,
    CHANGE_REPLACED = 5,
    CHANGE_MISCONDUCT = 6,
};

enum grading_scheme { GRADING_PERCENTAGE = 1, GRADING_PASS_FAIL = 2, GRADING_FIVE_GRADE = 3 };

enum account_state {
    ACCOUNT_PRELOADED = 1,
    ACCOUNT_ACTIVE = 2,
    ACCOUNT_SUSPENDED = 3,
    ACCOUNT_CLOSED = 4,
};

enum application_state {
    APPLICATION_SUBMITTED = 1,
    APPLICATION_ACCEPTED = 2,
    APPLICATION_RETURNED = 3,
    APPLICATION_REVIEWED = 4,
    APPLICATION_APPROVED = 5,
    APPLICATION_REJECTED = 6,
    APPLICATION_WITHDRAWN = 7,
    APPLICATION_NOT_ACCEPTED = 8,
    APPLICATION_ON_NOTICE = 9,
    APPLICATION_EXPIRED = 10,
    APPLICATION_APPEALED = 11,
};

#define APPLICATION_STATES APPLICATION_APPEALED /* the last of them */

enum return_reason {
    RETURN_EVIDENCE_MISSING = 1,
    RETURN_EVIDENCE_UNCLEAR = 2,
    RETURN_WRONG_COURSE = 3,
    RETURN_WRONG_OUTCOME = 4,
};

enum not_accepted_reason {
    NOT_ACCEPTED_WINDOW_CLOSED = 1,
    NOT_ACCEPTED_EVIDENCE_MISSING = 2,
    NOT_ACCEPTED_NOT_OF_THIS_SCHOOL = 3,
    NOT_ACCEPTED_DUPLICATE = 4,
};

enum objection_reason {
    OBJECTION_OUTCOME_DOUBTED = 1,
    OBJECTION_RULE_MISAPPLIED = 2,
    OBJECTION_PROCEDURE_FAULTY = 3,
};

enum day_kind { DAY_HOLIDAY = 1, DAY_WORKING = 2, DAY_ORDINARY = 3 };

enum verdict { VERDICT_APPROVE = 1, VERDICT_REJECT = 2 };

enum parts { PARTS_ALL = 1, PARTS_ANY = 2, PARTS_NONE = 3 };

enum rulebook_state { RULEBOOK_FILED = 1, RULEBOOK_PUBLISHED = 2 };

enum enrolment_state { ENROLMENT_ACTIVE = 1, ENROLMENT_ENDED = 2 };

enum enrolment_end_reason {
    ENROLMENT_GRADUATED = 1,
    ENROLMENT_TRANSFERRED = 2,
    ENROLMENT_WITHDRAWN = 3,
    ENROLMENT_ENTRY_ERROR = 4,
};

enum document_type {
    DOCUMENT_RESIDENT_ID = 1,
    DOCUMENT_HMT_RESIDENCE_PERMIT = 2,
    DOCUMENT_FOREIGN_PERMANENT_RESIDENT = 3,
    DOCUMENT_PASSPORT = 4,
    DOCUMENT_SCHOOL_NUMBER = 5,
};

enum identity_field {
    IDENTITY_DOCUMENT_TYPE = 1,
    IDENTITY_DOCUMENT_NUMBER = 2,
    IDENTITY_NAME = 3,
};

/* Whether an outcome or a course slot is held by an application; of the bank only, not in a
 * message. */
enum hold_state { HOLD_FREE = 1, HOLD_RESERVED = 2, HOLD_USED = 3 };
