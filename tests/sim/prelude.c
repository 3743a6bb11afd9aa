/* What every run begins with: a bank in which something can happen. */
#include "generate.h"

static bool
prelude_control(int step, struct deed *d)
{
    enum { LAST_KEY = 3 + 3 * FIRST_INSTITUTIONS };

    if (step < FIRST_INSTITUTIONS - 1) {
        static const int kinds[] = {INSTITUTION_REGULATOR, INSTITUTION_SCHOOL, INSTITUTION_SCHOOL,
                                    INSTITUTION_ISSUER, INSTITUTION_ISSUER};

        d->control = CONTROL_INSTITUTION_REGISTERED;
        d->subject = step + 1;
        d->state = kinds[step];
        return true;
    }
    step -= FIRST_INSTITUTIONS - 1;
    if (step + 3 >= LAST_KEY)
        return false;
    d->control = CONTROL_KEY_REGISTERED;
    d->subject = step + 3;
    return true;
}

/* In some runs the regulator registers keys until there may be no more, and one. */
static bool
prelude_keys(const struct model *m, int step, struct deed *d)
{
    if (!m->has_many_keys || step >= SPARE_KEYS)
        return false;
    d->control = CONTROL_KEY_REGISTERED;
    d->keys[0] = 0;
    d->subject = KEYS + step;
    return true;
}

/*
 * In some runs a school enrols a learner and takes it back, again and again, until
 * there is no place left, and once more.
 */
static bool
prelude_crowd(const struct model *m, int step, struct deed *d)
{
    if (!m->is_crowded || step > 2 * PLACES)
        return false;
    d->kind = step % 2 == 0 ? ITEM_LEARNER_ENROLLED : ITEM_ENROLMENT_ENDED;
    d->institution = SCHOOL_A;
    d->keys[0] = 3 + SCHOOL_A + FIRST_INSTITUTIONS;
    d->learner = 4; /* who has an account and nothing else */
    d->number = NUMBERS - 1;
    d->reason = ENROLMENT_ENTRY_ERROR;
    d->date = m->today;
    return true;
}

/*
 * In some runs a school returns an application that is sent again each time, until it
 * may not be, and once more.
 */
static bool
prelude_patience(const struct model *m, int step, struct deed *d)
{
    enum { CERTIFICATE = ISSUER_A - SCHOOL_A }; /* the first number of the issuer's */

    if (!m->is_patient || step > 2 * SUBMISSIONS + 1)
        return false;
    d->institution = OPERATOR;
    d->keys[0] = 2;
    d->date = m->today;
    d->revision = step - 1;
    d->wish = (struct model_application){
        .version = 1,
        .date = m->today,
        .now = {.line_count = 1, .lines = {{.outcome = CERTIFICATE, .courses = 1}}}};
    d->kind = step == 1 ? ITEM_APPLICATION_SUBMITTED : ITEM_APPLICATION_RESUBMITTED;
    if (step == 0) {
        d->kind = ITEM_CERTIFICATE_AWARDED;
        d->institution = ISSUER_A;
        d->outcome = CERTIFICATE;
        d->scheme = GRADING_PERCENTAGE;
        d->last_date = DATE_OPEN;
        d->replaces = NONE;
        d->reposted_after = ENTRY_NONE;
    } else if (step % 2 == 0) {
        d->kind = ITEM_APPLICATION_RETURNED;
        d->institution = SCHOOL_A;
        d->reason = RETURN_EVIDENCE_UNCLEAR;
    }
    if (d->institution != OPERATOR)
        d->keys[0] = 3 + d->institution + FIRST_INSTITUTIONS;
    return true;
}

/*
 * In some runs an application to the other school is put on notice and objected to,
 * until it may not be, and once more.
 */
static bool
prelude_contest(const struct model *m, int step, struct deed *d)
{
    enum { CERTIFICATE = ISSUER_B - SCHOOL_A }; /* the first number of the issuer's */
    enum { NOTICES = 10, FIRST_DECISION = 4 };
    static const enum item_kind kinds[] = {ITEM_CERTIFICATE_AWARDED, ITEM_APPLICATION_SUBMITTED,
                                           ITEM_APPLICATION_ACCEPTED, ITEM_APPLICATION_REVIEWED};

    if (!m->is_contested || step > FIRST_DECISION + 2 * NOTICES)
        return false;
    d->kind = step < FIRST_DECISION ? kinds[step]
              : step % 2 == 0       ? ITEM_APPLICATION_DECIDED
                                    : ITEM_APPLICATION_OBJECTED;
    d->institution = step == 0 ? ISSUER_B : step == 1 ? OPERATOR : SCHOOL_B;
    d->keys[0] = step == 1 ? 2
                           : 3 + d->institution +
                                 (d->kind == ITEM_APPLICATION_DECIDED ? 2 : 1) * FIRST_INSTITUTIONS;
    d->learner = 1;
    d->date = m->today;
    d->revision = step - 1;
    d->verdict = VERDICT_APPROVE;
    d->reason = d->kind == ITEM_APPLICATION_OBJECTED ? OBJECTION_RULE_MISAPPLIED : 0;
    d->wish = (struct model_application){
        .learner = 1,
        .school = SCHOOL_B - SCHOOL_A,
        .version = 1,
        .date = m->today,
        .now = {.line_count = 1, .lines = {{.outcome = CERTIFICATE, .courses = 1}}}};
    if (step > 0)
        return true;
    d->outcome = CERTIFICATE;
    d->subject = 3; /* of the family that the school's rulebook takes */
    d->scheme = GRADING_PERCENTAGE;
    d->last_date = DATE_OPEN;
    d->replaces = NONE;
    d->reposted_after = ENTRY_NONE;
    return true;
}

/* In some runs something is used up that there is not without end. */
static bool
prelude_limits(const struct model *m, int step, struct deed *d)
{
    return prelude_keys(m, step, d) || prelude_crowd(m, step, d) || prelude_patience(m, step, d) ||
           prelude_contest(m, step, d);
}

/* Five accounts, four of them active and enrolled; a rulebook a school. */
static bool
prelude_people(const struct model *m, int step, struct deed *d)
{
    static const struct {
        enum item_kind kind;
        int count;
    } plan[] = {{ITEM_ACCOUNT_OPENED, 5},
                {ITEM_ACCOUNT_ACTIVATED, 4},
                {ITEM_LEARNER_ENROLLED, 4},
                {ITEM_RULEBOOK_FILED, 2},
                {ITEM_RULEBOOK_PUBLISHED, 2}};
    size_t i = 0;

    for (; i < ARRAY_COUNT(plan) && step >= plan[i].count; i++)
        step -= plan[i].count;
    if (i == ARRAY_COUNT(plan))
        return prelude_limits(m, step, d);
    d->kind = plan[i].kind;
    d->learner = d->number = step;
    d->date = m->today;
    d->version = 1;
    if (d->kind == ITEM_ACCOUNT_ACTIVATED)
        d->keys[0] = 2;
    if (d->kind == ITEM_LEARNER_ENROLLED || d->kind == ITEM_RULEBOOK_FILED) {
        d->institution = SCHOOL_A + step % SCHOOLS;
        d->date = m->today - 1500; /* as far back as results are dated */
        d->keys[0] =
            3 + d->institution + (d->kind == ITEM_RULEBOOK_FILED ? 2 : 1) * FIRST_INSTITUTIONS;
    }
    d->rulebook = (struct model_rulebook){
        .from_date = m->today - 100,
        .to_date = DATE_OPEN,
        .notice_days = step == SCHOOL_B - SCHOOL_A ? 3 : 0,
        .acceptance_days = step == SCHOOL_B - SCHOOL_A ? 5 : 0,
        .completion_days = step == SCHOOL_B - SCHOOL_A ? 5 : 0,
        .appeal_days = 4,
        .rule_count = 2,
        .rules = {{.clause_count = 1,
                   .clauses = {{CLAUSE_FAMILY, step, 0, 0}},
                   .courses = 7,
                   .attendance_waived = true,
                   .exam_waived = true},
                  {.clause_count = 1,
                   .clauses = {{CLAUSE_SCORE_AT_LEAST, GRADING_PERCENTAGE, 6000, 0}},
                   .courses = 14,
                   .exam_waived = true}},
    };
    return true;
}

bool
generate_prelude(const struct model *m, int step, struct deed *d)
{
    enum { CONTROLS = FIRST_INSTITUTIONS - 1 + 3 * FIRST_INSTITUTIONS };

    *d = (struct deed){.institution = OPERATOR, .key_count = 1};
    if (prelude_control(step, d))
        return true;
    step -= CONTROLS;
    d->keys[0] = 1;
    if (step < 4) {
        d->kind = ITEM_CERTIFICATE_LISTED;
        d->subject = step;
    } else if (step < 8) {
        d->kind = ITEM_ACCREDITATION_GRANTED;
        d->number = ISSUER_A + step % 2;
        d->subject = step - 4;
        d->date = 17000;
        d->last_date = DATE_OPEN;
    } else if (step < 10) {
        d->kind = ITEM_RECORDING_RULE_SET;
        d->scheme = COURSE_THEORY + step % 2;
        d->rate = 1600;
        d->step = 50;
        d->date = 17000;
    } else if (step < 12) {
        d->kind = ITEM_PROGRAMME_PUBLISHED;
        d->institution = SCHOOL_A + step % 2;
        d->keys[0] = 3 + 2 * FIRST_INSTITUTIONS + d->institution;
    } else {
        return prelude_people(m, step - 12, d);
    }
    return true;
}
