#pragma once

#include "core/execute.h"

/*
 * A second run, as simple as it can be: everything has a small number, every
 * question is a loop over a short array. It shares nothing with core but the
 * terms, and says of each deed whether the bank has to book it. It is plain
 * data, so that a copy of it is a point to go back to.
 */
#define NONE (-1)

enum {
    OPERATOR,
    REGULATOR,
    SCHOOL_A,
    SCHOOL_B,
    ISSUER_A,
    ISSUER_B,
    FIRST_INSTITUTIONS,
    INSTITUTIONS = FIRST_INSTITUTIONS + 3,
};

enum {
    POSTERS = 4,      /* SCHOOL_A to ISSUER_B; outcome n is recorded by poster n % 4 */
    SCHOOLS = 2,      /* SCHOOL_A and SCHOOL_B; what joins later has no programmes */
    KEYS = 48,        /* that sign */
    SPARE_KEYS = 256, /* of the regulator, who needs none of them */
    CERTIFICATES = 6, /* two families of three grades */
    ACCREDITATIONS = 12,
    RECORDING_RULES = 8,
    PROGRAMMES = 2,
    COURSES = 5, /* the last is excluded from exemption */
    BOOKS = 2,
    VERSIONS = 4,
    RULES = 3,
    CLAUSES = 9,
    CAPS = 2,
    LEARNERS = 6,
    ENROLMENTS = 96,
    PLACES = 32,  /* enrolments of a learner at a school */
    NUMBERS = 24, /* student numbers of a school */
    OUTCOMES = 128,
    APPLICATIONS = 48,
    LINES = 2,
    CALENDAR_FIRST = 19600, /* the days that may be declared: of the years of a run */
    CALENDAR_DAYS = 1200,
    SUBMISSIONS = 10, /* of an application */
};

/*
 * A clause of a rule: `about` is a family, grading scheme, certificate, kind,
 * enum parts, or the issuers as a bit set.
 */
struct model_clause {
    int test, about, number;
    int part_of; /* from 1; 0: the whole condition */
};

/* The bands of a rule: none, one mark, the outcome's own but no less than so much, and bad ones. */
enum model_result { RESULT_NONE, RESULT_PASS, RESULT_FLOOR, RESULT_GAP, RESULT_OVERLAP };

struct model_rule {
    int clause_count;
    struct model_clause clauses[CLAUSES];
    unsigned courses; /* bit set */
    bool attendance_waived, exam_waived;
    int credits;       /* 0: the course's */
    bool from_outcome; /* no more credits in all than the outcome has */
    int bucket;        /* 0: none */
    enum model_result result;
    int floor; /* of RESULT_FLOOR and what is like it */
};

struct model_cap {
    int basis_points, kind, bucket; /* kind and bucket 0: of all */
};

struct model_rulebook {
    int state; /* 0, or enum rulebook_state */
    int programme;
    int32_t from_date, to_date;
    int notice_days, acceptance_days, completion_days, appeal_days;
    int rule_count;
    struct model_rule rules[RULES];
    int cap_count;
    struct model_cap caps[CAPS];
};

struct model_key {
    int state; /* 0, 1 registered, 2 revoked */
    int institution;
    uint32_t duties;
};

struct model_line {
    int rule;    /* from 0 */
    int outcome; /* its slot */
    unsigned courses;
};

struct model_lines {
    int line_count;
    struct model_line lines[LINES];
};

struct model_application {
    int state; /* 0, or enum application_state */
    int learner, school, book, version, revision, review_key, reject_key;
    bool was_appealed;
    int reason;  /* of the latest move; 0: none */
    int notices; /* how often it was put on notice */
    int32_t due; /* DATE_OPEN: its state has no period */
    int32_t date;
    struct model_lines now; /* those of the latest submission */
    int submission_count;
    struct model_lines submissions[SUBMISSIONS];
};

struct model_outcome {
    int state; /* 0, or enum outcome_state */
    int institution, learner, kind, change_reason, version;
    int programme, course, certificate, course_kind, scheme;
    int64_t score, credits, hours, credited_hours;
    int32_t date, expiry;
    int64_t entry;    /* of the latest change */
    uint64_t content; /* of the first record */
    int replaces;     /* the slot of the certificate whose place it took, or NONE */
    int hold, holder; /* enum hold_state and the application's slot */
};

struct model_exemption {
    int hold, holder;
    int kind, bucket; /* of the outcome, of the rule */
    int64_t credits;
};

/* What somebody says: an item or control record before it is written out. */
struct deed {
    enum item_kind kind;                 /* or */
    enum control_kind control;           /* 0: an item */
    int institution, keys[2], key_count; /* who signs, NONE for a second key */
    int subject;                         /* institution, key, certificate, programme or book */
    int learner, outcome, application, programme, course, number, version;
    uint32_t duties;
    int64_t hours, credits, remainder, score, rate, step;
    int scheme, state, reason, verdict, revision, replaces;
    int64_t reposted_after;
    int32_t date, last_date;
    struct model_rulebook rulebook;
    struct model_application wish;
};

struct model_enrolment {
    int learner, school, programme, number;
    bool active;
    bool was_error; /* it should not have been entered: so it never was */
    int32_t begin;
};

struct model {
    int64_t now_us;
    int64_t entry_index; /* of the next transaction to be booked */
    int32_t today;
    int kinds[INSTITUTIONS]; /* 0: not registered */
    struct model_key keys[KEYS + SPARE_KEYS];
    bool certificates[CERTIFICATES];
    int accreditation_count;
    struct {
        int issuer, certificate;
        int32_t from, to;
    } accreditations[ACCREDITATIONS];
    int recording_rule_count;
    struct {
        int kind;
        int32_t from;
        int64_t rate, step;
    } recording_rules[RECORDING_RULES];
    uint8_t calendar[CALENDAR_DAYS]; /* 0, or enum day_kind */
    bool programmes[SCHOOLS][PROGRAMMES];
    struct model_rulebook books[SCHOOLS][BOOKS][VERSIONS + 1];
    int filed[SCHOOLS][BOOKS], published[SCHOOLS][BOOKS];
    int learners[LEARNERS]; /* 0, or enum account_state */
    bool has_many_keys;     /* the regulator registers all keys that there may be */
    bool is_crowded;        /* a school fills up the places of the last learner at it */
    bool is_patient;        /* a school returns an application as often as it can be submitted */
    bool is_contested;      /* somebody objects as often as it can be put on notice */
    int enrolment_count;
    struct model_enrolment enrolments[ENROLMENTS];
    struct model_outcome outcomes[OUTCOMES];
    int64_t remainders[LEARNERS][INSTITUTIONS][2];
    struct model_application applications[APPLICATIONS];
    struct model_exemption exemptions[LEARNERS][SCHOOLS][PROGRAMMES][COURSES];
};

/* What never changes: the state date of a certificate, the credits and exclusion of a course. */
int32_t model_state_date(int certificate);
int64_t model_course_credits(int course);
#define MODEL_EXCLUDED (COURSES - 1)
#define MODEL_GRADUATION_CREDITS INT64_C(14000)
#define MODEL_CONTENT_YEARS 6

/* 2015-01-01: ten years before the cohort of every programme, which is of 2025. */
#define MODEL_BEGIN_FIRST 16436

/* Whether the bank has to book the deed, as things stand; NULL, or why not. */
const char *model_refuses(const struct model *m, const struct deed *deed);

/* The deed is booked. */
void model_apply(struct model *m, const struct deed *deed);

/* Questions that whoever makes deeds has as well. */
int model_enrolment(const struct model *m, int learner, int school, int programme);
int32_t model_first_day(const struct model *m, int learner, int school);
int model_places_taken(const struct model *m, int learner, int school);
bool model_was_error(const struct model_outcome *outcome);
bool model_hours_are_used(const struct model *m, const struct model_outcome *outcome);
int model_passes(const struct model *m, int learner, int school, int programme, int course);
bool model_key_signs(const struct model *m, int key, int institution, uint32_t duties);
void model_training(const struct model *m, const struct deed *deed, int64_t *credits,
                    int64_t *remainder);
int64_t model_credits(const struct model *m, const struct model_application *a, int line,
                      int course);
bool model_is_tree(const struct model_rule *rule);
bool model_has_recording_rule(const struct model *m, int kind, int32_t date);
bool model_may_hold(const struct model *m, int application);
int model_period(const struct model *m, const struct model_application *a);
int model_state_when_due(const struct model *m, int application);
int32_t model_working_day(const struct model *m, int32_t date, int count);
int model_year_of(int32_t date);
int model_working_days(const struct model *m, int year);
bool model_grants(const struct model *m, const struct model_application *wish, int self);
uint32_t model_duties(enum item_kind kind);
uint64_t model_content(const struct deed *deed);
