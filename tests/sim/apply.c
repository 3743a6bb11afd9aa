/* What a booked deed changes in the model. */
#include "model.h"

static void
apply_control(struct model *m, const struct deed *d)
{
    if (d->control == CONTROL_INSTITUTION_REGISTERED)
        m->kinds[d->subject] = d->state;
    if (d->control == CONTROL_KEY_REGISTERED)
        m->keys[d->subject].state = 1;
    if (d->control == CONTROL_KEY_REVOKED)
        m->keys[d->subject].state = 2;
}

static void
apply_public(struct model *m, const struct deed *d)
{
    int school = d->institution - SCHOOL_A;
    int next;

    if (d->kind == ITEM_CERTIFICATE_LISTED)
        m->certificates[d->subject] = true;
    if (d->kind == ITEM_ACCREDITATION_GRANTED) {
        next = m->accreditation_count++;
        m->accreditations[next].issuer = d->number;
        m->accreditations[next].certificate = d->subject;
        m->accreditations[next].from = d->date;
        m->accreditations[next].to = d->last_date;
    }
    if (d->kind == ITEM_RECORDING_RULE_SET) {
        next = m->recording_rule_count++;
        m->recording_rules[next].kind = d->scheme;
        m->recording_rules[next].from = d->date;
        m->recording_rules[next].rate = d->rate;
        m->recording_rules[next].step = d->step;
    }
    if (d->kind == ITEM_CALENDAR_DECLARED)
        for (int32_t date = d->date; date <= d->last_date; date++)
            m->calendar[date - CALENDAR_FIRST] = (uint8_t)d->state;
    if (d->kind == ITEM_PROGRAMME_PUBLISHED)
        m->programmes[school][d->programme] = true;
    if (d->kind == ITEM_RULEBOOK_FILED) {
        m->books[school][d->subject][d->version] = d->rulebook;
        m->books[school][d->subject][d->version].state = RULEBOOK_FILED;
        m->filed[school][d->subject] = d->version;
    }
    if (d->kind == ITEM_RULEBOOK_PUBLISHED) {
        m->books[d->number][d->subject][d->version].state = RULEBOOK_PUBLISHED;
        m->published[d->number][d->subject] = d->version;
    }
}

static void
apply_account(struct model *m, const struct deed *d)
{
    if (d->kind == ITEM_ACCOUNT_OPENED)
        m->learners[d->learner] = ACCOUNT_PRELOADED;
    if (d->kind == ITEM_ACCOUNT_ACTIVATED)
        m->learners[d->learner] = ACCOUNT_ACTIVE;
    if (d->kind == ITEM_ACCOUNT_STATE_SET)
        m->learners[d->learner] = d->state;
    if (d->kind == ITEM_LEARNER_ENROLLED) {
        int next = m->enrolment_count++;

        m->enrolments[next].learner = d->learner;
        m->enrolments[next].school = d->institution - SCHOOL_A;
        m->enrolments[next].programme = d->programme;
        m->enrolments[next].number = d->number;
        m->enrolments[next].active = true;
        m->enrolments[next].begin = d->date;
    }
    if (d->kind != ITEM_ENROLMENT_ENDED)
        return;
    for (int i = 0; i < m->enrolment_count; i++)
        if (m->enrolments[i].school == d->institution - SCHOOL_A &&
            m->enrolments[i].number == d->number && m->enrolments[i].active) {
            m->enrolments[i].active = false;
            m->enrolments[i].was_error = d->reason == ENROLMENT_ENTRY_ERROR;
        }
}

static void
inherit_use(struct model_outcome *o, const struct model_outcome *from)
{
    if (from->hold != HOLD_USED)
        return;
    o->hold = HOLD_USED;
    o->holder = from->holder;
}

/* Of the certificate whose place it takes, and of those that had it in error before. */
static void
inherit_uses(struct model *m, struct model_outcome *o)
{
    inherit_use(o, &m->outcomes[o->replaces]);
    for (int i = 0; i < OUTCOMES; i++)
        if (m->outcomes[i].state != 0 && m->outcomes[i].kind == OUTCOME_CERTIFICATE &&
            m->outcomes[i].replaces == o->replaces && model_was_error(&m->outcomes[i]))
            inherit_use(o, &m->outcomes[i]);
}

static void
apply_record(struct model *m, const struct deed *d)
{
    struct model_outcome *o = &m->outcomes[d->outcome];
    struct model_outcome old = *o;

    *o = (struct model_outcome){
        .state = OUTCOME_VALID,
        .institution = d->institution,
        .learner = d->learner,
        .version = old.version + 1,
        .programme = d->programme,
        .course = d->course,
        .certificate = d->subject,
        .scheme = d->scheme,
        .score = d->score,
        .credits = d->credits,
        .hours = d->hours,
        .date = d->date,
        .expiry = d->last_date,
        .entry = m->entry_index,
        .content = model_content(d),
        .replaces = d->replaces,
        .hold = HOLD_FREE,
    };
    o->kind = d->kind == ITEM_COURSE_RESULT_RECORDED    ? OUTCOME_COURSE_RESULT
              : d->kind == ITEM_TRAINING_HOURS_RECORDED ? OUTCOME_TRAINING_HOURS
                                                        : OUTCOME_CERTIFICATE;
    if (o->kind == OUTCOME_TRAINING_HOURS) {
        int64_t *left = &m->remainders[d->learner][d->institution][d->scheme - 1];

        o->course_kind = d->scheme;
        o->scheme = 0;
        o->credited_hours = *left + d->hours - d->remainder;
        *left = d->remainder;
    }
    if (d->replaces != NONE)
        inherit_uses(m, o);
}

static void
apply_change(struct model *m, const struct deed *d)
{
    struct model_outcome *o = &m->outcomes[d->outcome];

    o->version++;
    o->change_reason = d->reason;
    o->entry = m->entry_index;
    if (d->kind == ITEM_OUTCOME_CORRECTED) {
        o->score = d->score;
        o->credits = d->credits;
        return;
    }
    o->state = OUTCOME_REVOKED;
    if (o->kind == OUTCOME_TRAINING_HOURS)
        m->remainders[o->learner][o->institution][o->course_kind - 1] +=
            o->credited_hours - o->hours;
}

static void
hold(struct model *m, int application, int state)
{
    const struct model_application *a = &m->applications[application];
    int programme = m->books[a->school][a->book][a->version].programme;

    for (int i = 0; i < a->now.line_count; i++) {
        struct model_outcome *o = &m->outcomes[a->now.lines[i].outcome];

        /* Once it was free it may have become another learner's. */
        if (o->learner == a->learner) {
            o->hold = state;
            o->holder = application;
        }
        for (int j = 0; j < COURSES; j++) {
            struct model_exemption *e = &m->exemptions[a->learner][a->school][programme][j];

            if ((a->now.lines[i].courses & (1u << j)) == 0)
                continue;
            e->hold = state;
            e->holder = application;
            e->kind = m->outcomes[a->now.lines[i].outcome].kind;
            e->bucket = m->books[a->school][a->book][a->version].rules[a->now.lines[i].rule].bucket;
            e->credits = model_credits(m, a, i, j);
        }
    }
}

/* What it asks for from now on, and holds. */
static void
take_lines(struct model *m, int application)
{
    struct model_application *a = &m->applications[application];

    a->state = APPLICATION_SUBMITTED;
    a->submissions[a->submission_count++] = a->now;
    hold(m, application, HOLD_RESERVED);
}

/* It comes to that state, by which what it holds is used or free, unless it goes on. */
static void
end(struct model *m, int application, int state)
{
    m->applications[application].state = state;
    if (state != APPLICATION_REVIEWED)
        hold(m, application, state == APPLICATION_APPROVED ? HOLD_USED : HOLD_FREE);
}

static int
first_key(const struct model *m, const struct deed *d, uint32_t duty)
{
    return (m->keys[d->keys[0]].duties & duty) != 0 ? d->keys[0] : d->keys[1];
}

static void
apply_appeal(struct model *m, const struct deed *d)
{
    struct model_application *a = &m->applications[d->application];

    if (d->kind == ITEM_APPLICATION_APPEALED) {
        a->state = APPLICATION_APPEALED;
        a->was_appealed = true;
        hold(m, d->application, HOLD_RESERVED);
    } else {
        end(m, d->application,
            d->verdict == VERDICT_APPROVE ? APPLICATION_REVIEWED : APPLICATION_REJECTED);
    }
}

static void
apply_application(struct model *m, const struct deed *d)
{
    struct model_application *a = &m->applications[d->application];

    if (d->kind == ITEM_APPLICATION_SUBMITTED) {
        *a = d->wish;
        a->review_key = a->reject_key = NONE;
        take_lines(m, d->application);
    }
    if (d->kind == ITEM_APPLICATION_RESUBMITTED) {
        hold(m, d->application, HOLD_FREE);
        a->now = d->wish.now;
        take_lines(m, d->application);
    }
    if (d->kind == ITEM_APPLICATION_ACCEPTED)
        a->state = APPLICATION_ACCEPTED;
    if (d->kind == ITEM_APPLICATION_RETURNED)
        a->state = APPLICATION_RETURNED;
    if (d->kind == ITEM_APPLICATION_REVIEWED) {
        a->state = APPLICATION_REVIEWED;
        a->review_key = first_key(m, d, DUTY_BIT(DUTY_REVIEW));
    }
    if (d->kind == ITEM_APPLICATION_WITHDRAWN || d->kind == ITEM_APPLICATION_NOT_ACCEPTED) {
        a->state = d->kind == ITEM_APPLICATION_WITHDRAWN ? APPLICATION_WITHDRAWN
                                                         : APPLICATION_NOT_ACCEPTED;
        hold(m, d->application, HOLD_FREE);
    }
    if (d->kind == ITEM_APPLICATION_OBJECTED)
        a->state = APPLICATION_REVIEWED;
    if (d->kind == ITEM_APPLICATION_DECIDED && d->verdict == VERDICT_REJECT) {
        end(m, d->application, APPLICATION_REJECTED);
        a->reject_key = first_key(m, d, DUTY_BIT(DUTY_DECIDE));
    }
    if (d->kind == ITEM_APPLICATION_DECIDED && d->verdict == VERDICT_APPROVE) {
        a->state = APPLICATION_ON_NOTICE;
        if (model_period(m, a) == 0)
            end(m, d->application, APPLICATION_APPROVED);
        else
            a->notices++;
    }
    if (d->kind == ITEM_APPLICATION_PERIOD_ENDED)
        end(m, d->application, d->state);
    if (d->kind == ITEM_APPLICATION_APPEALED || d->kind == ITEM_APPLICATION_APPEAL_DECIDED)
        apply_appeal(m, d);
    a->reason = d->reason;
    a->revision++;
    a->due = DATE_OPEN;
    if (model_period(m, a) > 0)
        a->due = model_working_day(m, m->today, model_period(m, a)) + 1;
}

void
model_apply(struct model *m, const struct deed *d)
{
    if (d->control != 0)
        apply_control(m, d);
    else if (d->kind < ITEM_ACCOUNT_OPENED)
        apply_public(m, d);
    else if (d->kind <= ITEM_ENROLMENT_ENDED)
        apply_account(m, d);
    else if (d->kind <= ITEM_CERTIFICATE_AWARDED)
        apply_record(m, d);
    else if (d->kind <= ITEM_OUTCOME_REVOKED)
        apply_change(m, d);
    else
        apply_application(m, d);
}
