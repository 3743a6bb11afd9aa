/* What the model knows by looking: the questions that several of its rules ask. */
#include "model.h"

#include <string.h>

int32_t
model_state_date(int certificate)
{
    return 17000 + certificate * 100;
}

int64_t
model_course_credits(int course)
{
    return INT64_C(100) * (course + 1);
}

bool
model_key_signs(const struct model *m, int key, int institution, uint32_t duties)
{
    return m->keys[key].state == 1 && m->keys[key].institution == institution &&
           (m->keys[key].duties & duties) != 0;
}

/* Whether it is the learner's at that school, and no error. */
static bool
is_at(const struct model_enrolment *enrolment, int learner, int school)
{
    return enrolment->learner == learner && enrolment->school == school && !enrolment->was_error;
}

/* An active one if there is any, else any that was no error; NONE. */
int
model_enrolment(const struct model *m, int learner, int school, int programme)
{
    int found = NONE;

    for (int i = 0; i < m->enrolment_count; i++)
        if (is_at(&m->enrolments[i], learner, school) && m->enrolments[i].programme == programme &&
            (found == NONE || m->enrolments[i].active))
            found = i;
    return found;
}

/* When the earliest began that was no error; DATE_OPEN if there is none. */
int32_t
model_first_day(const struct model *m, int learner, int school)
{
    int32_t first = DATE_OPEN;

    for (int i = 0; i < m->enrolment_count; i++)
        if (is_at(&m->enrolments[i], learner, school) && m->enrolments[i].begin < first)
            first = m->enrolments[i].begin;
    return first;
}

int
model_places_taken(const struct model *m, int learner, int school)
{
    int count = 0;

    for (int i = 0; i < m->enrolment_count; i++)
        count += m->enrolments[i].learner == learner && m->enrolments[i].school == school;
    return count;
}

bool
model_was_error(const struct model_outcome *outcome)
{
    return outcome->state == OUTCOME_REVOKED && (outcome->change_reason == CHANGE_ENTRY_ERROR ||
                                                 outcome->change_reason == CHANGE_WRONG_PERSON ||
                                                 outcome->change_reason == CHANGE_IMPORT_UNDONE);
}

/* Whether later credits took some of its hours: of training, which cannot be taken back then. */
bool
model_hours_are_used(const struct model *m, const struct model_outcome *outcome)
{
    return outcome->kind == OUTCOME_TRAINING_HOURS &&
           m->remainders[outcome->learner][outcome->institution][outcome->course_kind - 1] +
                   outcome->credited_hours <
               outcome->hours;
}

/* Counted anew each time: core keeps a count. */
int
model_passes(const struct model *m, int learner, int school, int programme, int course)
{
    int count = 0;

    for (int i = 0; i < OUTCOMES; i++) {
        const struct model_outcome *o = &m->outcomes[i];

        count += o->state == OUTCOME_VALID && o->kind == OUTCOME_COURSE_RESULT &&
                 o->learner == learner && o->institution == SCHOOL_A + school &&
                 o->programme == programme && o->course == course && o->score >= 6000;
    }
    return count;
}

static int
rule_on(const struct model *m, int kind, int32_t date)
{
    int found = NONE;

    for (int i = 0; i < m->recording_rule_count; i++)
        if (m->recording_rules[i].kind == kind && m->recording_rules[i].from <= date &&
            (found == NONE || m->recording_rules[i].from > m->recording_rules[found].from))
            found = i;
    return found;
}

bool
model_has_recording_rule(const struct model *m, int kind, int32_t date)
{
    return rule_on(m, kind, date) != NONE;
}

/* Step by step, as one would on paper. */
void
model_training(const struct model *m, const struct deed *deed, int64_t *credits, int64_t *remainder)
{
    int rule = rule_on(m, deed->scheme, deed->date);
    int64_t left = m->remainders[deed->learner][deed->institution][deed->scheme - 1] + deed->hours;
    int64_t step = m->recording_rules[rule].rate * m->recording_rules[rule].step / 100;

    *credits = 0;
    while (left >= step) {
        left -= step;
        *credits += m->recording_rules[rule].step;
    }
    *remainder = left;
}

/* 1970-01-01 was a Thursday. */
static bool
is_worked(const struct model *m, int32_t date)
{
    int kind = date >= CALENDAR_FIRST && date < CALENDAR_FIRST + CALENDAR_DAYS
                   ? m->calendar[date - CALENDAR_FIRST]
                   : 0;
    int weekday = (date + 4) % 7; /* Sunday is 0 */

    return kind == DAY_WORKING || (kind != DAY_HOLIDAY && weekday >= 1 && weekday <= 5);
}

/* The count-th after that day; the day itself for none. */
int32_t
model_working_day(const struct model *m, int32_t date, int count)
{
    for (int i = 0; i < count; i++)
        do
            date++;
        while (!is_worked(m, date));
    return date;
}

int
model_year_of(int32_t date)
{
    int year, month, day;

    date_to_civil(date, &year, &month, &day);
    return year;
}

int
model_working_days(const struct model *m, int year)
{
    int count = 0;

    for (int32_t date = CALENDAR_FIRST - 366; date < CALENDAR_FIRST + CALENDAR_DAYS + 366; date++)
        count += model_year_of(date) == year && is_worked(m, date);
    return count;
}

static bool
test_holds(const struct model_clause *clause, const struct model_outcome *outcome, int32_t date)
{
    bool is_certificate = outcome->kind == OUTCOME_CERTIFICATE;

    if (clause->test == CLAUSE_FAMILY)
        return is_certificate && outcome->certificate / 3 == clause->about;
    if (clause->test == CLAUSE_GRADE_AT_LEAST)
        return is_certificate && clause->about == 0 &&
               outcome->certificate % 3 + 1 >= clause->number;
    if (clause->test == CLAUSE_SCORE_AT_LEAST)
        return outcome->scheme == clause->about && outcome->score >= clause->number;
    if (clause->test == CLAUSE_MAX_AGE)
        return date <= date_add_years(outcome->date, clause->number);
    if (clause->test == CLAUSE_ISSUERS)
        return (clause->about & 1 << outcome->institution) != 0;
    if (clause->test == CLAUSE_CERTIFICATE)
        return is_certificate && outcome->certificate == clause->about;
    if (clause->test == CLAUSE_KIND)
        return outcome->kind == clause->about;
    if (clause->test == CLAUSE_CREDITS_AT_LEAST)
        return !is_certificate && outcome->credits >= clause->number;
    if (clause->test == CLAUSE_HOURS_AT_LEAST)
        return !is_certificate && outcome->hours >= clause->number;
    return outcome->expiry == DATE_OPEN || outcome->expiry - date >= clause->number;
}

static bool
is_group(const struct model_clause *clause)
{
    return clause->test == CLAUSE_PARTS || clause->test == CLAUSE_PARTS_AT_LEAST;
}

/* From each clause up to the first in fewer than 8 steps; no group is empty. */
bool
model_is_tree(const struct model_rule *rule)
{
    for (int no = 1; no <= rule->clause_count; no++) {
        int steps = 0;
        bool has_parts = !is_group(&rule->clauses[no - 1]);

        for (int up = no; up != 1; up = rule->clauses[up - 1].part_of)
            steps++;
        for (int other = 1; other <= rule->clause_count; other++)
            has_parts = has_parts || rule->clauses[other - 1].part_of == no;
        if (steps >= 8 || !has_parts)
            return false;
    }
    return true;
}

/* From above, part by part. */
static bool
clause_holds(const struct model_rule *rule, int no, const struct model_outcome *outcome,
             int32_t date)
{
    const struct model_clause *clause = &rule->clauses[no - 1];
    int parts = 0, holding = 0;

    if (!is_group(clause))
        return test_holds(clause, outcome, date);
    for (int i = no + 1; i <= rule->clause_count; i++)
        if (rule->clauses[i - 1].part_of == no) {
            parts++;
            holding += clause_holds(rule, i, outcome, date);
        }
    if (clause->test == CLAUSE_PARTS_AT_LEAST)
        return holding >= clause->number;
    if (clause->about == PARTS_NONE)
        return holding == 0;
    return holding >= (clause->about == PARTS_ALL ? parts : 1);
}

static bool
is_free(int hold, int holder, int self)
{
    return hold == 0 || hold == HOLD_FREE || (self != NONE && holder == self);
}

static int64_t
lesser(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static int64_t
outcome_credits(const struct model_outcome *outcome)
{
    return outcome->kind == OUTCOME_CERTIFICATE ? 0 : outcome->credits;
}

/* What the course gets by the line, after the courses before it. */
int64_t
model_credits(const struct model *m, const struct model_application *a, int line, int course)
{
    const struct model_line *asked = &a->now.lines[line];
    const struct model_rule *rule = &m->books[a->school][a->book][a->version].rules[asked->rule];
    int64_t left = outcome_credits(&m->outcomes[asked->outcome]), credits = 0;

    for (int i = 0; i <= course; i++) {
        if ((asked->courses & rule->courses & (1u << i)) == 0)
            continue;
        credits = model_course_credits(i);
        if (rule->credits > 0)
            credits = lesser(credits, rule->credits);
        if (rule->from_outcome)
            credits = lesser(credits, left);
        left -= credits;
    }
    return credits;
}

static bool
cap_counts(const struct model_cap *cap, int kind, int bucket)
{
    return cap->kind != 0 ? cap->kind == kind : cap->bucket == 0 || cap->bucket == bucket;
}

/* All that the cap counts, up to the line and in other applications. */
static bool
is_within(const struct model *m, const struct model_application *wish, int line, int self,
          const struct model_cap *cap)
{
    const struct model_rulebook *book = &m->books[wish->school][wish->book][wish->version];
    int64_t sum = 0;

    for (int i = 0; i < COURSES; i++) {
        const struct model_exemption *held =
            &m->exemptions[wish->learner][wish->school][book->programme][i];

        if (!is_free(held->hold, held->holder, self) && cap_counts(cap, held->kind, held->bucket))
            sum += held->credits;
        for (int j = 0; j <= line; j++)
            if ((wish->now.lines[j].courses & (1u << i)) != 0 &&
                cap_counts(cap, m->outcomes[wish->now.lines[j].outcome].kind,
                           book->rules[wish->now.lines[j].rule].bucket))
                sum += model_credits(m, wish, j, i);
    }
    return sum <= MODEL_GRADUATION_CREDITS * cap->basis_points / 10000;
}

/* Whether the rule gives something for the outcome, and the rulebook not too much. */
static bool
gives(const struct model *m, const struct model_application *wish, int index, int self)
{
    const struct model_rulebook *book = &m->books[wish->school][wish->book][wish->version];
    const struct model_line *line = &wish->now.lines[index];
    const struct model_rule *rule = &book->rules[line->rule];
    const struct model_outcome *outcome = &m->outcomes[line->outcome];

    if (rule->result == RESULT_FLOOR && outcome->scheme != GRADING_PERCENTAGE)
        return false;
    for (int i = 0; i < COURSES; i++)
        if ((line->courses & (1u << i)) != 0 && model_credits(m, wish, index, i) == 0)
            return false;
    for (int i = 0; i < book->cap_count; i++)
        if (cap_counts(&book->caps[i], outcome->kind, rule->bucket) &&
            !is_within(m, wish, index, self, &book->caps[i]))
            return false;
    return true;
}

static bool
line_is_granted(const struct model *m, const struct model_application *wish, int index, int self)
{
    const struct model_rulebook *book = &m->books[wish->school][wish->book][wish->version];
    const struct model_line *line = &wish->now.lines[index];
    const struct model_outcome *outcome = &m->outcomes[line->outcome];

    if (outcome->state != OUTCOME_VALID || outcome->learner != wish->learner ||
        outcome->expiry < wish->date || !is_free(outcome->hold, outcome->holder, self) ||
        line->rule >= book->rule_count)
        return false;
    for (int i = 0; i < index; i++)
        if (wish->now.lines[i].outcome == line->outcome ||
            (wish->now.lines[i].courses & line->courses) != 0)
            return false;

    const struct model_rule *rule = &book->rules[line->rule];

    if (!clause_holds(rule, 1, outcome, wish->date))
        return false;
    for (int i = 0; i < COURSES; i++) {
        const struct model_exemption *held =
            &m->exemptions[wish->learner][wish->school][book->programme][i];

        if ((line->courses & (1u << i)) == 0)
            continue;
        if ((rule->courses & (1u << i)) == 0 || !is_free(held->hold, held->holder, self) ||
            model_passes(m, wish->learner, wish->school, book->programme, i) > 0)
            return false;
    }
    return gives(m, wish, index, self);
}

bool
model_grants(const struct model *m, const struct model_application *wish, int self)
{
    const struct model_rulebook *book = &m->books[wish->school][wish->book][wish->version];
    int enrolment = model_enrolment(m, wish->learner, wish->school, book->programme);

    if (m->learners[wish->learner] != ACCOUNT_ACTIVE || enrolment == NONE ||
        !m->enrolments[enrolment].active || book->state != RULEBOOK_PUBLISHED ||
        wish->date < book->from_date || wish->date > book->to_date)
        return false;
    for (int i = 0; i < wish->now.line_count; i++)
        if (!line_is_granted(m, wish, i, self))
            return false;
    return true;
}

/* How many working days its state lasts; 0: without end. */
int
model_period(const struct model *m, const struct model_application *a)
{
    const struct model_rulebook *book = &m->books[a->school][a->book][a->version];

    if (a->state == APPLICATION_SUBMITTED)
        return book->acceptance_days;
    if (a->state == APPLICATION_RETURNED)
        return book->completion_days;
    if (a->state == APPLICATION_REJECTED)
        return a->was_appealed ? 0 : book->appeal_days;
    return a->state == APPLICATION_ON_NOTICE ? book->notice_days : 0;
}

/* Whether nobody else holds what it asks for; an outcome that is another's by now it has not. */
bool
model_may_hold(const struct model *m, int application)
{
    const struct model_application *a = &m->applications[application];
    int programme = m->books[a->school][a->book][a->version].programme;

    for (int i = 0; i < a->now.line_count; i++) {
        const struct model_line *line = &a->now.lines[i];
        const struct model_outcome *outcome = &m->outcomes[line->outcome];

        if (outcome->learner == a->learner && !is_free(outcome->hold, outcome->holder, application))
            return false;
        for (int j = 0; j < COURSES; j++) {
            const struct model_exemption *held =
                &m->exemptions[a->learner][a->school][programme][j];

            if ((line->courses & (1u << j)) != 0 && !is_free(held->hold, held->holder, application))
                return false;
        }
    }
    return true;
}

/* What it comes to by itself. */
int
model_state_when_due(const struct model *m, int application)
{
    const struct model_application *a = &m->applications[application];

    if (a->state != APPLICATION_ON_NOTICE)
        return APPLICATION_EXPIRED;
    return model_grants(m, a, application) ? APPLICATION_APPROVED : APPLICATION_REVIEWED;
}

static uint64_t
mix(uint64_t sum, int64_t number)
{
    return (sum ^ (uint64_t)number) * 0x9e3779b97f4a7c15u + (sum >> 29);
}

/* Two records of one number agree in this if they are one and the same. */
uint64_t
model_content(const struct deed *d)
{
    const int64_t numbers[] = {d->kind,      d->learner,   d->outcome,       d->programme,
                               d->course,    d->subject,   d->hours,         d->credits,
                               d->score,     d->remainder, d->scheme,        d->date,
                               d->last_date, d->replaces,  d->reposted_after};
    uint64_t sum = 1;

    for (size_t i = 0; i < ARRAY_COUNT(numbers); i++)
        sum = mix(sum, numbers[i]);
    return sum;
}

uint32_t
model_duties(enum item_kind kind)
{
    if (kind < ITEM_ACCOUNT_OPENED)
        return DUTY_BIT(DUTY_RULES);
    if (kind == ITEM_ACCOUNT_ACTIVATED || kind == ITEM_APPLICATION_SUBMITTED ||
        kind == ITEM_APPLICATION_WITHDRAWN || kind == ITEM_APPLICATION_RESUBMITTED ||
        kind == ITEM_APPLICATION_PERIOD_ENDED || kind == ITEM_APPLICATION_APPEALED)
        return DUTY_BIT(DUTY_SERVICE);
    if (kind == ITEM_ACCOUNT_STATE_SET)
        return DUTY_BIT(DUTY_ADMIN);
    if (kind == ITEM_APPLICATION_ACCEPTED || kind == ITEM_APPLICATION_RETURNED ||
        kind == ITEM_APPLICATION_NOT_ACCEPTED || kind == ITEM_APPLICATION_OBJECTED)
        return DUTY_BIT(DUTY_POST) | DUTY_BIT(DUTY_REVIEW);
    if (kind == ITEM_APPLICATION_REVIEWED)
        return DUTY_BIT(DUTY_REVIEW);
    if (kind == ITEM_APPLICATION_DECIDED || kind == ITEM_APPLICATION_APPEAL_DECIDED)
        return DUTY_BIT(DUTY_DECIDE);
    return DUTY_BIT(DUTY_POST);
}
