/* Whether a deed has to be booked: the law of the run, told a second time. */
#include "model.h"

static const char *
judge_signers(const struct model *m, const struct deed *d, uint32_t duties)
{
    bool has_duty = false;

    if (m->kinds[d->institution] == 0)
        return "institution";
    for (int i = 0; i < d->key_count; i++) {
        const struct model_key *key = &m->keys[d->keys[i]];

        if (key->state != 1 || key->institution != d->institution)
            return "key";
        has_duty = has_duty || (key->duties & duties) != 0;
    }
    return has_duty ? NULL : "duty";
}

static const char *
judge_kind(const struct model *m, const struct deed *d)
{
    int kind = m->kinds[d->institution];
    bool of_bank = d->kind == ITEM_CERTIFICATE_LISTED || d->kind == ITEM_ACCREDITATION_GRANTED ||
                   d->kind == ITEM_RECORDING_RULE_SET || d->kind == ITEM_RULEBOOK_PUBLISHED ||
                   d->kind == ITEM_CALENDAR_DECLARED || d->kind == ITEM_ACCOUNT_ACTIVATED ||
                   d->kind == ITEM_ACCOUNT_STATE_SET || d->kind == ITEM_APPLICATION_SUBMITTED ||
                   d->kind == ITEM_APPLICATION_WITHDRAWN ||
                   d->kind == ITEM_APPLICATION_RESUBMITTED ||
                   d->kind == ITEM_APPLICATION_PERIOD_ENDED || d->kind == ITEM_APPLICATION_APPEALED;
    bool of_posters = d->kind == ITEM_TRAINING_HOURS_RECORDED ||
                      d->kind == ITEM_OUTCOME_CORRECTED || d->kind == ITEM_OUTCOME_REVOKED;

    if (of_bank)
        return kind == INSTITUTION_OPERATOR ? NULL : "kind";
    if (d->kind == ITEM_ACCOUNT_OPENED)
        return kind != INSTITUTION_REGULATOR ? NULL : "kind";
    if (d->kind == ITEM_CERTIFICATE_AWARDED)
        return kind == INSTITUTION_ISSUER ? NULL : "kind";
    if (of_posters)
        return kind == INSTITUTION_SCHOOL || kind == INSTITUTION_ISSUER ? NULL : "kind";
    return kind == INSTITUTION_SCHOOL ? NULL : "kind";
}

/* Of the institution in all its life. */
static int
count_keys(const struct model *m, int institution)
{
    int count = 0;

    for (int i = 0; i < KEYS + SPARE_KEYS; i++)
        count += m->keys[i].state != 0 && m->keys[i].institution == institution;
    return count;
}

static const char *
judge_control(const struct model *m, const struct deed *d)
{
    const char *signers = judge_signers(m, d, DUTY_BIT(DUTY_ADMIN));
    bool is_operator = d->institution == OPERATOR;

    if (signers != NULL)
        return signers;
    if (d->control == CONTROL_INSTITUTION_REGISTERED)
        return !is_operator ? "operator" : m->kinds[d->subject] != 0 ? "exists" : NULL;
    if (d->control == CONTROL_FOUNDING)
        return "founded";

    const struct model_key *key = &m->keys[d->subject];

    if (!is_operator && key->institution != d->institution)
        return "foreign";
    if (m->kinds[key->institution] == 0)
        return "unknown";
    if (d->control == CONTROL_KEY_REGISTERED)
        return key->state != 0 || count_keys(m, key->institution) >= 256 ? "registered" : NULL;
    for (int i = 0; i < d->key_count; i++)
        if (d->keys[i] == d->subject)
            return "signs";
    return key->state != 1 || key->duties == DUTY_BIT(DUTY_SERVICE) ? "revoke" : NULL;
}

static const char *
judge_catalogue(const struct model *m, const struct deed *d)
{
    if (d->kind == ITEM_CERTIFICATE_LISTED)
        return m->certificates[d->subject] ? "listed" : NULL;
    if (d->kind == ITEM_RECORDING_RULE_SET) {
        for (int i = 0; i < m->recording_rule_count; i++)
            if (m->recording_rules[i].kind == d->scheme && m->recording_rules[i].from == d->date)
                return "exists";
        return d->rate * d->step % 100 != 0 ? "step" : NULL;
    }
    if (m->kinds[d->number] != INSTITUTION_ISSUER || !m->certificates[d->subject] ||
        d->last_date < d->date)
        return "accreditation";
    for (int i = 0; i < m->accreditation_count; i++)
        if (m->accreditations[i].issuer == d->number &&
            m->accreditations[i].certificate == d->subject && m->accreditations[i].from == d->date)
            return "exists";
    return NULL;
}

static const char *
judge_calendar(const struct model *m, const struct deed *d)
{
    struct model next = *m;

    if (d->last_date < d->date)
        return "days";
    model_apply(&next, d);
    for (int year = model_year_of(d->date); year <= model_year_of(d->last_date); year++)
        if (model_working_days(&next, year) < 200)
            return "working days";
    return NULL;
}

static const char *
judge_school_rules(const struct model *m, const struct deed *d)
{
    int school = d->institution - SCHOOL_A;

    if (d->kind == ITEM_RULEBOOK_PUBLISHED) {
        school = d->number;
        return d->version > VERSIONS || d->version < 1 ||
                       m->books[school][d->subject][d->version].state != RULEBOOK_FILED ||
                       d->version < m->published[school][d->subject]
                   ? "publish"
                   : NULL;
    }
    if (d->kind == ITEM_PROGRAMME_PUBLISHED)
        return m->programmes[school][d->programme] ? "published" : NULL;
    if (d->version != m->filed[school][d->subject] + 1 || d->version > VERSIONS)
        return "version";
    if (!m->programmes[school][d->rulebook.programme])
        return "programme";
    for (int i = 0; i < d->rulebook.rule_count; i++) {
        const struct model_rule *rule = &d->rulebook.rules[i];

        if ((rule->courses & (1u << MODEL_EXCLUDED)) != 0)
            return "excluded";
        if (!rule->attendance_waived && !rule->exam_waived)
            return "waives nothing";
        if (!model_is_tree(rule))
            return "clauses";
        if (rule->result == RESULT_GAP || rule->result == RESULT_OVERLAP)
            return "bands";
    }
    for (int i = 0; i < d->rulebook.cap_count; i++) {
        bool known = d->rulebook.caps[i].bucket == 0;

        for (int j = 0; j < d->rulebook.rule_count; j++)
            known = known || d->rulebook.rules[j].bucket == d->rulebook.caps[i].bucket;
        if (!known)
            return "bucket";
    }
    return d->rulebook.to_date < d->rulebook.from_date ? "dates" : NULL;
}

static const char *
judge_account(const struct model *m, const struct deed *d)
{
    int state = m->learners[d->learner];

    if (d->kind == ITEM_ACCOUNT_OPENED)
        return state != 0 ? "open" : NULL;
    if (d->kind == ITEM_ACCOUNT_ACTIVATED)
        return state != ACCOUNT_PRELOADED ? "state" : NULL;
    if (state == 0 || state == ACCOUNT_CLOSED || state == d->state)
        return "state";
    return state == ACCOUNT_PRELOADED && d->state != ACCOUNT_CLOSED ? "preloaded" : NULL;
}

static bool
takes_records(const struct model *m, int learner)
{
    return m->learners[learner] == ACCOUNT_PRELOADED || m->learners[learner] == ACCOUNT_ACTIVE;
}

static const char *
judge_enrolment(const struct model *m, const struct deed *d)
{
    int school = d->institution - SCHOOL_A;
    int known = model_enrolment(m, d->learner, school, d->programme);

    if (d->kind == ITEM_LEARNER_ENROLLED) {
        for (int i = 0; i < m->enrolment_count; i++)
            if (m->enrolments[i].school == school && m->enrolments[i].number == d->number &&
                !m->enrolments[i].was_error)
                return "number";
        if (model_places_taken(m, d->learner, school) >= PLACES)
            return "places";
        if (d->date < MODEL_BEGIN_FIRST || d->date > date_add_years(m->today, 1))
            return "begin";
        return !takes_records(m, d->learner) || !m->programmes[school][d->programme] ||
                       (known != NONE && m->enrolments[known].active)
                   ? "enrol"
                   : NULL;
    }
    for (int i = 0; i < m->enrolment_count; i++)
        if (m->enrolments[i].school == school && m->enrolments[i].number == d->number &&
            m->enrolments[i].learner == d->learner && m->enrolments[i].active)
            return d->date < m->enrolments[i].begin || d->date > date_add_years(m->today, 1) ? "end"
                                                                                             : NULL;
    return "not enrolled";
}

/* A number that stands may follow itself only after it was taken back in error. */
static bool
number_may_stand(const struct model *m, const struct deed *d)
{
    const struct model_outcome *o = &m->outcomes[d->outcome];
    bool undone =
        o->change_reason == CHANGE_IMPORT_UNDONE || o->change_reason == CHANGE_ENTRY_ERROR;
    bool reposted = d->kind == ITEM_CERTIFICATE_AWARDED &&
                    o->change_reason == CHANGE_WRONG_PERSON && d->reposted_after == o->entry;

    if (o->state == 0)
        return true;
    return o->state == OUTCOME_REVOKED && (undone || reposted) && o->hold == HOLD_FREE;
}

static const char *
judge_result(const struct model *m, const struct deed *d)
{
    int school = d->institution - SCHOOL_A;
    int64_t credits = d->score >= 6000 ? model_course_credits(d->course) : 0;

    if (!m->programmes[school][d->programme] ||
        model_enrolment(m, d->learner, school, d->programme) == NONE ||
        d->date < model_first_day(m, d->learner, school))
        return "programme";
    return d->date > m->today || d->credits != credits ? "result" : NULL;
}

static const char *
judge_training(const struct model *m, const struct deed *d)
{
    int64_t credits, remainder;

    if (d->date > m->today || !model_has_recording_rule(m, d->scheme, d->date))
        return "date";
    model_training(m, d, &credits, &remainder);
    return d->credits != credits || d->remainder != remainder ? "credits" : NULL;
}

/* Whether a certificate that stands, or stood and was no error, took its place. */
static bool
is_replaced(const struct model *m, int outcome)
{
    for (int i = 0; i < OUTCOMES; i++)
        if (m->outcomes[i].state != 0 && m->outcomes[i].kind == OUTCOME_CERTIFICATE &&
            m->outcomes[i].replaces == outcome && !model_was_error(&m->outcomes[i]))
            return true;
    return false;
}

static const char *
judge_certificate(const struct model *m, const struct deed *d)
{
    const struct model_outcome *number = &m->outcomes[d->outcome];
    bool accredited = false;

    for (int i = 0; i < m->accreditation_count; i++)
        accredited = accredited ||
                     (m->accreditations[i].issuer == d->institution &&
                      m->accreditations[i].certificate == d->subject &&
                      m->accreditations[i].from <= d->date && m->accreditations[i].to >= d->date);
    if (!m->certificates[d->subject] || !accredited || d->date > m->today ||
        d->date < model_state_date(d->subject) || d->last_date < d->date)
        return "certificate";
    if (d->replaces != NONE) {
        const struct model_outcome *old = &m->outcomes[d->replaces];

        if (old->state != OUTCOME_REVOKED || old->institution != d->institution ||
            old->learner != d->learner || old->change_reason != CHANGE_REPLACED ||
            is_replaced(m, d->replaces))
            return "replaces";
    }
    if (d->reposted_after != ENTRY_NONE &&
        (number->state == 0 || number->change_reason != CHANGE_WRONG_PERSON ||
         number->entry != d->reposted_after))
        return "reposted";
    return NULL;
}

static const char *
judge_record(const struct model *m, const struct deed *d)
{
    if (!takes_records(m, d->learner) || !number_may_stand(m, d))
        return "number";
    if (d->kind == ITEM_COURSE_RESULT_RECORDED)
        return judge_result(m, d);
    return d->kind == ITEM_TRAINING_HOURS_RECORDED ? judge_training(m, d) : judge_certificate(m, d);
}

static const char *
judge_change(const struct model *m, const struct deed *d)
{
    const struct model_outcome *o = &m->outcomes[d->outcome];
    bool is_result = o->kind == OUTCOME_COURSE_RESULT;

    if (o->state != OUTCOME_VALID || o->institution != d->institution || o->learner != d->learner)
        return "outcome";
    if (d->kind == ITEM_OUTCOME_REVOKED)
        return model_hours_are_used(m, o)          ? "hours used"
               : d->reason == CHANGE_MARK_REVIEWED ? "reason"
                                                   : NULL;
    if (!takes_records(m, d->learner) || o->kind == OUTCOME_TRAINING_HOURS ||
        (d->reason != CHANGE_ENTRY_ERROR && d->reason != CHANGE_MARK_REVIEWED))
        return "correction";
    return d->score == o->score ||
                   d->credits !=
                       (is_result && d->score >= 6000 ? model_course_credits(o->course) : 0)
               ? "score"
               : NULL;
}

static bool
asks_for_something(const struct model_lines *lines)
{
    for (int i = 0; i < lines->line_count; i++)
        if (lines->lines[i].courses == 0)
            return false;
    return lines->line_count > 0;
}

static const char *
judge_submission(const struct model *m, const struct deed *d)
{
    const struct model_application *wish = &d->wish;

    if (m->applications[d->application].state != 0 ||
        wish->version != m->published[wish->school][wish->book] || !asks_for_something(&wish->now))
        return "submission";
    return model_grants(m, wish, NONE) ? NULL : "not granted";
}

/* As on the first day; what it holds itself it may ask for again. */
static const char *
judge_resubmission(const struct model *m, const struct deed *d)
{
    struct model_application again = m->applications[d->application];

    if (again.state != APPLICATION_RETURNED || again.submission_count >= SUBMISSIONS)
        return "resubmission";
    again.now = d->wish.now;
    if (!asks_for_something(&again.now))
        return "no course";
    return model_grants(m, &again, d->application) ? NULL : "not granted again";
}

static int
acting_key(const struct model *m, const struct deed *d)
{
    for (int i = 0; i < d->key_count; i++)
        if ((m->keys[d->keys[i]].duties & model_duties(d->kind)) != 0)
            return d->keys[i];
    return NONE;
}

static const char *
judge_period(const struct model *m, const struct deed *d)
{
    const struct model_application *a = &m->applications[d->application];

    if (a->state == APPLICATION_REJECTED || a->due == DATE_OPEN || d->date != a->due ||
        a->due > m->today)
        return "period";
    return d->state != model_state_when_due(m, d->application) ? "state when due" : NULL;
}

static const char *
judge_decision(const struct model *m, const struct deed *d)
{
    const struct model_application *a = &m->applications[d->application];

    if (a->state != APPLICATION_REVIEWED || a->review_key == acting_key(m, d))
        return "decision";
    if (d->verdict != VERDICT_APPROVE)
        return NULL;
    if (!model_grants(m, a, d->application))
        return "rules";
    return m->books[a->school][a->book][a->version].notice_days > 0 && a->notices >= 10 ? "notices"
                                                                                        : NULL;
}

static const char *
judge_appeal(const struct model *m, const struct deed *d)
{
    const struct model_application *a = &m->applications[d->application];

    if (d->kind == ITEM_APPLICATION_APPEAL_DECIDED)
        return a->state != APPLICATION_APPEALED || a->reject_key == acting_key(m, d) ? "answer"
                                                                                     : NULL;
    if (a->state != APPLICATION_REJECTED || a->due == DATE_OPEN)
        return "appeal";
    return model_may_hold(m, d->application) ? NULL : "held by now";
}

static const char *
judge_move(const struct model *m, const struct deed *d)
{
    const struct model_application *a = &m->applications[d->application];
    bool is_open = a->state == APPLICATION_SUBMITTED || a->state == APPLICATION_ACCEPTED ||
                   a->state == APPLICATION_RETURNED || a->state == APPLICATION_REVIEWED ||
                   a->state == APPLICATION_ON_NOTICE || a->state == APPLICATION_APPEALED;

    if (a->state == 0 || a->learner != d->learner || a->revision != d->revision)
        return "application";
    if (d->kind == ITEM_APPLICATION_PERIOD_ENDED)
        return judge_period(m, d);
    if (a->due <= m->today)
        return "due";
    if (d->kind == ITEM_APPLICATION_WITHDRAWN)
        return is_open ? NULL : "ended";
    if (d->kind == ITEM_APPLICATION_RESUBMITTED)
        return judge_resubmission(m, d);
    if (d->kind == ITEM_APPLICATION_APPEALED)
        return judge_appeal(m, d);
    if (a->school != d->institution - SCHOOL_A)
        return "school";
    if (d->kind == ITEM_APPLICATION_APPEAL_DECIDED)
        return judge_appeal(m, d);
    if (d->kind == ITEM_APPLICATION_ACCEPTED || d->kind == ITEM_APPLICATION_NOT_ACCEPTED)
        return a->state != APPLICATION_SUBMITTED ? "state" : NULL;
    if (d->kind == ITEM_APPLICATION_RETURNED)
        return a->state != APPLICATION_SUBMITTED && a->state != APPLICATION_ACCEPTED ? "state"
                                                                                     : NULL;
    if (d->kind == ITEM_APPLICATION_REVIEWED)
        return a->state != APPLICATION_ACCEPTED ? "state" : NULL;
    if (d->kind == ITEM_APPLICATION_OBJECTED)
        return a->state != APPLICATION_ON_NOTICE ? "state" : NULL;
    return judge_decision(m, d);
}

const char *
model_refuses(const struct model *m, const struct deed *d)
{
    const char *signers;

    if (d->control != 0)
        return judge_control(m, d);
    signers = judge_signers(m, d, model_duties(d->kind));
    if (signers == NULL)
        signers = judge_kind(m, d);
    if (signers != NULL)
        return signers;
    if (d->kind <= ITEM_RECORDING_RULE_SET)
        return judge_catalogue(m, d);
    if (d->kind <= ITEM_RULEBOOK_PUBLISHED)
        return judge_school_rules(m, d);
    if (d->kind == ITEM_CALENDAR_DECLARED)
        return judge_calendar(m, d);
    if (d->kind <= ITEM_ACCOUNT_STATE_SET)
        return judge_account(m, d);
    if (d->kind <= ITEM_ENROLMENT_ENDED)
        return judge_enrolment(m, d);
    if (d->kind <= ITEM_CERTIFICATE_AWARDED)
        return judge_record(m, d);
    if (d->kind <= ITEM_OUTCOME_REVOKED)
        return judge_change(m, d);
    return d->kind == ITEM_APPLICATION_SUBMITTED ? judge_submission(m, d) : judge_move(m, d);
}
