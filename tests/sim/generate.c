#include "generate.h"

#define TRIES 12

struct maker {
    struct random *random;
    const struct model *m;
};

typedef void make_fn(struct maker *maker, struct deed *d);

static int
below(struct maker *k, int count)
{
    return random_below(k->random, count);
}

static int
between(struct maker *k, int first, int last)
{
    return random_between(k->random, first, last);
}

static bool
chance(struct maker *k, int percent)
{
    return random_chance(k->random, percent);
}

void
generate_keys(struct model *m)
{
    static const uint32_t duties[] = {
        DUTY_BIT(DUTY_ADMIN),
        DUTY_BIT(DUTY_POST) | DUTY_BIT(DUTY_REVIEW) | DUTY_BIT(DUTY_DECIDE),
        DUTY_BIT(DUTY_DECIDE) | DUTY_BIT(DUTY_RULES),
        DUTY_BIT(DUTY_POST) | DUTY_BIT(DUTY_REVIEW),
        DUTY_BIT(DUTY_RULES) | DUTY_BIT(DUTY_ADMIN),
        DUTY_BIT(DUTY_POST),
        DUTY_BIT(DUTY_DECIDE) | DUTY_BIT(DUTY_REVIEW),
        DUTY_BIT(DUTY_RULES),
    };

    m->keys[0] = (struct model_key){0, OPERATOR, DUTY_BIT(DUTY_ADMIN)};
    m->keys[1] = (struct model_key){0, OPERATOR, DUTY_BIT(DUTY_RULES) | DUTY_BIT(DUTY_POST)};
    m->keys[2] = (struct model_key){0, OPERATOR, DUTY_BIT(DUTY_SERVICE)};
    for (int i = 3; i < KEYS; i++)
        m->keys[i] = (struct model_key){0, (i - 3) % FIRST_INSTITUTIONS,
                                        duties[(i - 3) / FIRST_INSTITUTIONS]};
    for (int i = KEYS; i < KEYS + SPARE_KEYS; i++)
        m->keys[i] = (struct model_key){0, REGULATOR, DUTY_BIT(DUTY_POST)};
}

/* A key of the institution's that had the duty and was revoked, from `start` on; else that one. */
static int
revoked_key(const struct maker *k, const struct deed *d, uint32_t duties, int start)
{
    for (int i = 0; i < KEYS; i++) {
        const struct model_key *key = &k->m->keys[(start + i) % KEYS];

        if (key->state == 2 && key->institution == d->institution && (key->duties & duties) != 0)
            return (start + i) % KEYS;
    }
    return start;
}

/* Who signs: a key that may, sometimes with a second; sometimes any key at all. */
static void
sign(struct maker *k, struct deed *d, uint32_t duties)
{
    int start = below(k, KEYS);

    d->key_count = 1;
    d->keys[0] = start;
    if (chance(k, 3)) {
        if (chance(k, 50))
            d->keys[0] = revoked_key(k, d, duties, start);
        return;
    }
    for (int i = 0; i < KEYS; i++) {
        int key = (start + i) % KEYS;

        if (k->m->keys[key].state != 1 || k->m->keys[key].institution != d->institution)
            continue;
        if ((k->m->keys[key].duties & duties) != 0 && d->key_count == 1) {
            d->keys[0] = key;
            d->key_count = 2;
        } else if (d->key_count == 2 && chance(k, 10)) {
            d->keys[1] = key;
            return;
        }
    }
    d->key_count = 1;
}

static void
register_institution(struct maker *k, struct deed *d)
{
    d->control = CONTROL_INSTITUTION_REGISTERED;
    d->institution = chance(k, 95) ? OPERATOR : below(k, FIRST_INSTITUTIONS);
    d->subject =
        chance(k, 80) ? between(k, FIRST_INSTITUTIONS, INSTITUTIONS - 1) : below(k, INSTITUTIONS);
    d->state = between(k, INSTITUTION_REGULATOR, INSTITUTION_ISSUER);
}

static void
register_key(struct maker *k, struct deed *d)
{
    d->control = CONTROL_KEY_REGISTERED;
    d->subject = between(k, 3, KEYS - 1);
    d->institution = chance(k, 60) ? OPERATOR : k->m->keys[d->subject].institution;
    if (chance(k, 10))
        d->institution = below(k, FIRST_INSTITUTIONS);
}

static void
revoke_key(struct maker *k, struct deed *d)
{
    register_key(k, d);
    d->control = CONTROL_KEY_REVOKED;
    d->subject = chance(k, 80) ? between(k, 21, KEYS - 1) : below(k, KEYS);
}

static void
list_certificate(struct maker *k, struct deed *d)
{
    d->institution = OPERATOR;
    d->subject = below(k, CERTIFICATES);
}

static void
accredit(struct maker *k, struct deed *d)
{
    d->institution = OPERATOR;
    d->number = chance(k, 95) ? between(k, ISSUER_A, ISSUER_B) : below(k, INSTITUTIONS);
    d->subject = below(k, CERTIFICATES);
    d->date = between(k, 16800, 19800);
    d->last_date = chance(k, 30) ? DATE_OPEN : d->date + between(k, -5, 3000);
    if (k->m->accreditation_count >= ACCREDITATIONS - DEEDS_MAX)
        list_certificate(k, d), d->kind = ITEM_CERTIFICATE_LISTED;
}

static void
set_recording_rule(struct maker *k, struct deed *d)
{
    d->institution = OPERATOR;
    d->scheme = between(k, COURSE_THEORY, COURSE_PRACTICE);
    d->rate = chance(k, 90) ? INT64_C(100) * between(k, 10, 30) : 1601;
    d->step = chance(k, 50) ? 50 : 25;
    d->date = k->m->today - below(k, 2000); /* also earlier than those that stand */
    if (k->m->recording_rule_count >= RECORDING_RULES - DEEDS_MAX)
        list_certificate(k, d), d->kind = ITEM_CERTIFICATE_LISTED;
}

/* Days about today; sometimes so many that the year would be worked too little. */
static void
declare_calendar(struct maker *k, struct deed *d)
{
    d->institution = OPERATOR;
    d->state = between(k, DAY_HOLIDAY, DAY_ORDINARY);
    d->date = k->m->today + between(k, -5, 20);
    d->last_date = d->date + (chance(k, 95) ? below(k, 9) : -1);
    if (chance(k, 40)) {
        d->state = DAY_HOLIDAY;
        d->date = k->m->today + between(k, -150, 150);
        d->last_date = d->date + between(k, 40, 61);
    }
    if (d->date < CALENDAR_FIRST || d->date + 62 > CALENDAR_FIRST + CALENDAR_DAYS)
        d->date = d->last_date = CALENDAR_FIRST;
}

static void
at_school(struct maker *k, struct deed *d)
{
    d->institution = between(k, SCHOOL_A, SCHOOL_B);
    d->programme = below(k, PROGRAMMES);
}

/* A test that many outcomes meet and many do not. */
static void
make_test(struct maker *k, struct model_clause *clause)
{
    static const struct {
        int first, last, step; /* numbers */
        int about, about_last;
    } tests[] = {
        [CLAUSE_FAMILY] = {0, 0, 1, 0, 1},
        [CLAUSE_GRADE_AT_LEAST] = {1, 3, 1, 0, 0},
        [CLAUSE_SCORE_AT_LEAST] = {40, 70, 100, GRADING_PERCENTAGE, GRADING_PERCENTAGE},
        [CLAUSE_MAX_AGE] = {1, 8, 1, 0, 0},
        [CLAUSE_ISSUERS] = {0, 0, 1, 1, (1 << POSTERS) - 1},
        [CLAUSE_CERTIFICATE] = {0, 0, 1, 0, CERTIFICATES - 1},
        [CLAUSE_KIND] = {0, 0, 1, OUTCOME_COURSE_RESULT, OUTCOME_CERTIFICATE},
        [CLAUSE_CREDITS_AT_LEAST] = {1, 3, 100, 0, 0},
        [CLAUSE_HOURS_AT_LEAST] = {1, 4, 1000, 0, 0},
        [CLAUSE_VALID_DAYS] = {1, 400, 1, 0, 0},
    };

    clause->test = between(k, CLAUSE_FAMILY, CLAUSE_VALID_DAYS);
    clause->number =
        tests[clause->test].step * between(k, tests[clause->test].first, tests[clause->test].last);
    clause->about = between(k, tests[clause->test].about, tests[clause->test].about_last);
    if (clause->test == CLAUSE_GRADE_AT_LEAST)
        clause->about = chance(k, 5);
    if (clause->test == CLAUSE_ISSUERS)
        clause->about <<= SCHOOL_A;
}

/* One test, or a tree: its first clauses are groups, one in the other, the rest their parts. */
static void
make_clauses(struct maker *k, struct model_rule *rule)
{
    int groups = chance(k, 1) ? CLAUSES - 1 : between(k, 0, 2), parts[CLAUSES + 1] = {0};
    bool lacks_parts = groups > 0 && chance(k, 1);

    rule->clause_count = groups == 0   ? 1
                         : lacks_parts ? groups
                                       : between(k, groups + 1, groups > 2 ? CLAUSES : 6);
    for (int i = 0; i < rule->clause_count; i++) {
        struct model_clause *clause = &rule->clauses[i];

        clause->part_of = i <= groups ? i : between(k, 1, groups);
        parts[clause->part_of]++;
        if (i >= groups)
            make_test(k, clause);
    }
    for (int i = 0; i < groups; i++) {
        rule->clauses[i].test = chance(k, 70) ? CLAUSE_PARTS : CLAUSE_PARTS_AT_LEAST;
        rule->clauses[i].about = chance(k, 80) ? between(k, PARTS_ALL, PARTS_ANY) : PARTS_NONE;
        rule->clauses[i].number = parts[i + 1] == 0 ? 1 : between(k, 1, parts[i + 1]);
    }
}

/* Of all, of a kind, or mostly of a bucket that the first rule is of. */
static void
make_cap(struct maker *k, const struct model_rulebook *book, struct model_cap *cap)
{
    cap->basis_points = between(k, 150, 700);
    if (chance(k, 40))
        cap->kind = between(k, OUTCOME_COURSE_RESULT, OUTCOME_CERTIFICATE);
    else if (chance(k, 60))
        cap->bucket = chance(k, 80) ? book->rules[0].bucket : 2;
}

static void
file_rulebook(struct maker *k, struct deed *d)
{
    at_school(k, d);
    d->subject = below(k, BOOKS);
    d->version = k->m->filed[d->institution - SCHOOL_A][d->subject] + (chance(k, 95) ? 1 : 2);
    if (d->version > VERSIONS)
        d->version = 1;
    d->rulebook.programme = d->programme;
    d->rulebook.from_date = k->m->today - between(k, -20, 300);
    d->rulebook.to_date = chance(k, 60) ? DATE_OPEN : d->rulebook.from_date + between(k, -3, 330);
    d->rulebook.notice_days = below(k, 4);
    d->rulebook.acceptance_days = below(k, 6);
    d->rulebook.completion_days = below(k, 4);
    d->rulebook.appeal_days = below(k, 4);
    d->rulebook.rule_count = between(k, 1, RULES);
    for (int i = 0; i < d->rulebook.rule_count; i++) {
        struct model_rule *rule = &d->rulebook.rules[i];

        make_clauses(k, rule);
        rule->courses = (unsigned)between(k, 1, chance(k, 95) ? 15 : 31);
        rule->attendance_waived = chance(k, 80);
        rule->exam_waived = chance(k, 80);
        rule->credits = chance(k, 30) ? 50 * between(k, 1, 9) : 0;
        rule->from_outcome = chance(k, 20);
        rule->bucket = between(k, 0, 2);
        rule->result = chance(k, 97) ? (enum model_result)between(k, RESULT_NONE, RESULT_FLOOR)
                                     : (enum model_result)between(k, RESULT_GAP, RESULT_OVERLAP);
        rule->floor = 100 * between(k, 50, 80);
    }
    d->rulebook.cap_count = between(k, 0, CAPS);
    for (int i = 0; i < d->rulebook.cap_count; i++)
        make_cap(k, &d->rulebook, &d->rulebook.caps[i]);
}

static void
publish_rulebook(struct maker *k, struct deed *d)
{
    d->institution = OPERATOR;
    d->number = below(k, SCHOOLS);
    d->subject = below(k, BOOKS);
    d->version = chance(k, 80) ? k->m->filed[d->number][d->subject] : between(k, 1, VERSIONS);
}

static void
open_account(struct maker *k, struct deed *d)
{
    static const int openers[] = {OPERATOR, SCHOOL_A, SCHOOL_B, ISSUER_A, REGULATOR};

    d->institution = openers[below(k, chance(k, 97) ? 4 : 5)];
    d->learner = below(k, LEARNERS);
}

static void
set_account_state(struct maker *k, struct deed *d)
{
    d->institution = OPERATOR;
    d->learner = below(k, LEARNERS);
    d->state = chance(k, 10) ? ACCOUNT_CLOSED : between(k, ACCOUNT_ACTIVE, ACCOUNT_SUSPENDED);
}

static void
of_bank(struct maker *k, struct deed *d)
{
    d->institution = OPERATOR;
    d->learner = below(k, LEARNERS);
}

static void
enrol(struct maker *k, struct deed *d)
{
    at_school(k, d);
    d->learner = below(k, LEARNERS);
    d->number = below(k, NUMBERS);
    d->date = k->m->today - below(k, 2000);
    if (chance(k, 5))
        d->date = chance(k, 50) ? MODEL_BEGIN_FIRST - below(k, 2)
                                : date_add_years(k->m->today, 1) + below(k, 2);
    if (k->m->enrolment_count >= ENROLMENTS - DEEDS_MAX)
        open_account(k, d), d->kind = ITEM_ACCOUNT_OPENED;
}

static void
end_enrolment(struct maker *k, struct deed *d)
{
    at_school(k, d);
    d->learner = below(k, LEARNERS);
    d->number = below(k, NUMBERS);
    d->date = k->m->today - below(k, 5);
    d->reason = chance(k, 40) ? ENROLMENT_ENTRY_ERROR
                              : between(k, ENROLMENT_GRADUATED, ENROLMENT_WITHDRAWN);
    if (k->m->enrolment_count > 0 && chance(k, 80)) {
        int i = below(k, k->m->enrolment_count);

        d->learner = k->m->enrolments[i].learner;
        d->institution = SCHOOL_A + k->m->enrolments[i].school;
        d->number = k->m->enrolments[i].number;
        d->date = k->m->enrolments[i].begin + between(k, -1, 60);
    }
}

/* A number of a poster's: mostly one that is not taken. */
static void
choose_number(struct maker *k, struct deed *d, int first_poster, int last_poster)
{
    d->outcome = below(k, OUTCOMES / POSTERS) * POSTERS +
                 between(k, first_poster - SCHOOL_A, last_poster - SCHOOL_A);
    d->institution = SCHOOL_A + d->outcome % POSTERS;
    d->learner = below(k, LEARNERS);
    d->replaces = NONE;
    d->reposted_after = ENTRY_NONE;
    d->date = k->m->today - between(k, chance(k, 2) ? -1 : 0, 1500);
    d->last_date = DATE_OPEN;
}

static void
record_result(struct maker *k, struct deed *d)
{
    choose_number(k, d, SCHOOL_A, SCHOOL_B);
    d->programme = below(k, PROGRAMMES);
    d->course = below(k, COURSES);

    int32_t first = model_first_day(k->m, d->learner, d->institution - SCHOOL_A);

    if (first != DATE_OPEN && chance(k, 5))
        d->date = first - below(k, 2);
    d->hours = 1600;
    d->scheme = GRADING_PERCENTAGE;
    d->score = INT64_C(100) * between(k, 40, 100);
    d->credits = d->score >= 6000 ? model_course_credits(d->course) : 0;
}

static void
record_training(struct maker *k, struct deed *d)
{
    choose_number(k, d, SCHOOL_A, ISSUER_B);
    d->scheme = between(k, COURSE_THEORY, COURSE_PRACTICE);
    d->hours = between(k, 1, 4000);
    if (model_has_recording_rule(k->m, d->scheme, d->date))
        model_training(k->m, d, &d->credits, &d->remainder);
}

/* The certificate takes the place of one of the issuer's, revoked for that, if there is any. */
static void
replace(struct maker *k, struct deed *d)
{
    int start = below(k, OUTCOMES / POSTERS);

    for (int i = 0; i < OUTCOMES / POSTERS; i++) {
        int other = (start + i) % (OUTCOMES / POSTERS) * POSTERS + d->outcome % POSTERS;

        if (k->m->outcomes[other].change_reason != CHANGE_REPLACED)
            continue;
        d->replaces = other;
        d->learner = k->m->outcomes[other].learner;
        return;
    }
}

static void
award(struct maker *k, struct deed *d)
{
    choose_number(k, d, ISSUER_A, ISSUER_B);

    const struct model_outcome *o = &k->m->outcomes[d->outcome];

    d->subject = below(k, CERTIFICATES);
    d->scheme = GRADING_PERCENTAGE;
    d->score = INT64_C(100) * between(k, 30, 100);
    if (chance(k, 40))
        d->last_date = d->date + between(k, -2, 1800);
    if (o->state == OUTCOME_REVOKED && chance(k, 80))
        d->reposted_after = o->entry;
    if (chance(k, 30))
        replace(k, d);
}

/* The same number, person and content again, or nearly. */
static void
repeat(struct maker *k, struct deed *d)
{
    record_result(k, d);
    for (int i = 0; i < OUTCOMES; i++) {
        const struct model_outcome *o = &k->m->outcomes[(d->outcome + i) % OUTCOMES];

        if (o->state == 0 || o->kind != OUTCOME_COURSE_RESULT)
            continue;
        d->outcome = (d->outcome + i) % OUTCOMES;
        d->institution = o->institution;
        d->learner = chance(k, 70) ? o->learner : d->learner;
        d->programme = o->programme;
        d->course = o->course;
        d->score = o->score;
        d->credits = o->credits;
        d->date = chance(k, 80) ? o->date : d->date;
        return;
    }
}

static void
choose_standing(struct maker *k, struct deed *d)
{
    int start = below(k, OUTCOMES);

    choose_number(k, d, SCHOOL_A, ISSUER_B);
    for (int i = 0; i < OUTCOMES; i++) {
        const struct model_outcome *o = &k->m->outcomes[(start + i) % OUTCOMES];

        if (o->state == 0 || (o->state != OUTCOME_VALID && chance(k, 80)))
            continue;
        d->outcome = (start + i) % OUTCOMES;
        d->institution = o->institution;
        d->learner = chance(k, 97) ? o->learner : d->learner;
        d->course = o->course;
        return;
    }
}

static void
correct(struct maker *k, struct deed *d)
{
    choose_standing(k, d);
    d->reason =
        between(k, CHANGE_ENTRY_ERROR, chance(k, 95) ? CHANGE_MARK_REVIEWED : CHANGE_WRONG_PERSON);
    d->score =
        chance(k, 95) ? INT64_C(100) * between(k, 30, 100) : k->m->outcomes[d->outcome].score;
    d->credits = k->m->outcomes[d->outcome].kind == OUTCOME_COURSE_RESULT && d->score >= 6000
                     ? model_course_credits(d->course)
                     : 0;
}

/* Training that cannot be taken back any more, or what an application used; if there is any. */
static void
choose_used(struct maker *k, struct deed *d, bool hours)
{
    int start = below(k, OUTCOMES);

    for (int i = 0; i < OUTCOMES; i++) {
        const struct model_outcome *o = &k->m->outcomes[(start + i) % OUTCOMES];

        if (o->state != OUTCOME_VALID ||
            !(hours ? model_hours_are_used(k->m, o) : o->hold == HOLD_USED))
            continue;
        d->outcome = (start + i) % OUTCOMES;
        d->institution = o->institution;
        d->learner = o->learner;
        return;
    }
}

static void
revoke(struct maker *k, struct deed *d)
{
    choose_standing(k, d);
    d->reason = between(k, CHANGE_ENTRY_ERROR, CHANGE_MISCONDUCT);
    if (chance(k, 10))
        choose_used(k, d, true);
    if (chance(k, 20)) {
        choose_used(k, d, false);
        d->reason = CHANGE_REPLACED;
    }
}

/* A line for the wish: an outcome of hers, a rule and courses of it. */
static void
add_line(struct maker *k, struct model_application *wish)
{
    const struct model_rulebook *book = &k->m->books[wish->school][wish->book][wish->version];
    struct model_line *line = &wish->now.lines[wish->now.line_count++];
    int start = below(k, OUTCOMES);

    line->outcome = start;
    for (int i = 0; i < OUTCOMES; i++) {
        const struct model_outcome *o = &k->m->outcomes[(start + i) % OUTCOMES];

        if (o->state == 0 || o->learner != wish->learner)
            continue;
        line->outcome = (start + i) % OUTCOMES;
        if (o->replaces != NONE || chance(k, 60))
            break;
    }
    line->rule = below(k, book->rule_count > 0 ? book->rule_count : RULES);
    line->courses = 1u << below(k, 4);
    line->courses |= 1u << below(k, 4);
    line->courses &= book->rules[line->rule].courses;
    if (line->courses == 0 || chance(k, 2))
        line->courses = 1u << below(k, COURSES);
}

static void
wish_for(struct maker *k, struct model_application *wish)
{
    *wish = (struct model_application){.date = k->m->today};
    wish->learner = below(k, LEARNERS);
    wish->school = below(k, SCHOOLS);
    if (k->m->enrolment_count > 0 && chance(k, 95)) {
        int i = below(k, k->m->enrolment_count);

        wish->learner = k->m->enrolments[i].learner;
        wish->school = k->m->enrolments[i].school;
    }
    wish->book = below(k, BOOKS);
    wish->version = k->m->published[wish->school][wish->book];
    if (chance(k, 3))
        wish->version = between(k, 1, VERSIONS);
    add_line(k, wish);
    if (chance(k, 30))
        add_line(k, wish);
}

/* The outcome of the only line once more, for what else its rule gives. */
static void
repeat_line(struct maker *k, struct model_application *wish)
{
    const struct model_rulebook *book = &k->m->books[wish->school][wish->book][wish->version];
    unsigned left = book->rules[wish->now.lines[0].rule].courses & ~wish->now.lines[0].courses;

    if (wish->now.line_count != 1 || left == 0)
        return;
    wish->now.lines[1] = wish->now.lines[0];
    wish->now.lines[1].courses = left & (0 - left); /* the first of them */
    wish->now.line_count = 2;
}

static void
submit(struct maker *k, struct deed *d)
{
    d->institution = OPERATOR;
    d->application = below(k, APPLICATIONS);
    for (int i = 0; i < TRIES; i++) {
        wish_for(k, &d->wish);
        if (model_grants(k->m, &d->wish, NONE) || chance(k, 5))
            break;
    }
    if (chance(k, 5))
        repeat_line(k, &d->wish);
    d->learner = d->wish.learner;
}

/* Whether one would pick it for the move: one that is over, or none to send again, seldom. */
static bool
is_picked(struct maker *k, const struct model_application *a, enum item_kind kind)
{
    bool suits = a->state < APPLICATION_APPROVED;

    if (kind == ITEM_APPLICATION_RESUBMITTED)
        suits = a->state == APPLICATION_RETURNED;
    if (kind == ITEM_APPLICATION_OBJECTED)
        suits = a->state == APPLICATION_ON_NOTICE;
    if (kind == ITEM_APPLICATION_PERIOD_ENDED)
        suits = a->due <= k->m->today && (a->state != APPLICATION_REJECTED || chance(k, 5));
    if (kind == ITEM_APPLICATION_APPEALED)
        suits = a->state == APPLICATION_REJECTED && (!a->was_appealed || chance(k, 40));
    if (kind == ITEM_APPLICATION_APPEAL_DECIDED)
        suits = a->state == APPLICATION_APPEALED;

    return a->state != 0 && (suits || !chance(k, 97));
}

static void
move(struct maker *k, struct deed *d)
{
    int start = below(k, APPLICATIONS);

    d->institution = between(k, SCHOOL_A, SCHOOL_B);
    d->application = start;
    for (int i = 0; i < APPLICATIONS; i++) {
        const struct model_application *a = &k->m->applications[(start + i) % APPLICATIONS];

        if (!is_picked(k, a, d->kind))
            continue;
        d->application = (start + i) % APPLICATIONS;
        d->learner = a->learner;
        d->revision = a->revision - chance(k, 2);
        d->institution = SCHOOL_A + (chance(k, 97) ? a->school : 1 - a->school);
        break;
    }
    if (model_duties(d->kind) == DUTY_BIT(DUTY_SERVICE))
        d->institution = OPERATOR;
    if (d->kind == ITEM_APPLICATION_OBJECTED)
        d->reason = between(k, OBJECTION_OUTCOME_DOUBTED, OBJECTION_PROCEDURE_FAULTY);
    if (d->kind == ITEM_APPLICATION_RETURNED)
        d->reason = between(k, RETURN_EVIDENCE_MISSING, RETURN_WRONG_OUTCOME);
    if (d->kind == ITEM_APPLICATION_NOT_ACCEPTED)
        d->reason = between(k, NOT_ACCEPTED_WINDOW_CLOSED, NOT_ACCEPTED_DUPLICATE);
    if (d->kind == ITEM_APPLICATION_REVIEWED || d->kind == ITEM_APPLICATION_DECIDED ||
        d->kind == ITEM_APPLICATION_APPEAL_DECIDED)
        d->verdict = chance(k, 70) ? VERDICT_APPROVE : VERDICT_REJECT;
}

/* Mostly of one that is over, as it is. */
static void
end_period(struct maker *k, struct deed *d)
{
    move(k, d);
    d->date = k->m->applications[d->application].due;
    d->state = model_state_when_due(k->m, d->application);
    if (chance(k, 3))
        d->state = APPLICATION_EXPIRED + APPLICATION_APPROVED - d->state;
}

/* With the lines that it has, the first of them and another, or others. */
static void
resubmit(struct maker *k, struct deed *d)
{
    move(k, d);
    for (int i = 0; i < TRIES; i++) {
        d->wish = k->m->applications[d->application];
        d->wish.now.line_count = between(k, 0, d->wish.now.line_count);
        if (d->wish.now.line_count == 0 || (d->wish.now.line_count < LINES && chance(k, 30)))
            add_line(k, &d->wish);
        if (model_grants(k->m, &d->wish, d->application) || chance(k, 5))
            return;
    }
}

static const struct {
    enum item_kind kind; /* 0: a control record */
    int weight;
    make_fn *make;
} makers[] = {
    {0, 1, register_institution},
    {0, 3, register_key},
    {0, 2, revoke_key},
    {ITEM_CERTIFICATE_LISTED, 1, list_certificate},
    {ITEM_ACCREDITATION_GRANTED, 2, accredit},
    {ITEM_RECORDING_RULE_SET, 1, set_recording_rule},
    {ITEM_CALENDAR_DECLARED, 3, declare_calendar},
    {ITEM_PROGRAMME_PUBLISHED, 2, at_school},
    {ITEM_RULEBOOK_FILED, 5, file_rulebook},
    {ITEM_RULEBOOK_PUBLISHED, 5, publish_rulebook},
    {ITEM_ACCOUNT_OPENED, 2, open_account},
    {ITEM_ACCOUNT_ACTIVATED, 5, of_bank},
    {ITEM_ACCOUNT_STATE_SET, 4, set_account_state},
    {ITEM_LEARNER_ENROLLED, 6, enrol},
    {ITEM_ENROLMENT_ENDED, 3, end_enrolment},
    {ITEM_COURSE_RESULT_RECORDED, 9, record_result},
    {ITEM_COURSE_RESULT_RECORDED, 4, repeat},
    {ITEM_TRAINING_HOURS_RECORDED, 9, record_training},
    {ITEM_CERTIFICATE_AWARDED, 18, award},
    {ITEM_OUTCOME_CORRECTED, 6, correct},
    {ITEM_OUTCOME_REVOKED, 8, revoke},
    {ITEM_APPLICATION_SUBMITTED, 26, submit},
    {ITEM_APPLICATION_ACCEPTED, 14, move},
    {ITEM_APPLICATION_RETURNED, 5, move},
    {ITEM_APPLICATION_RESUBMITTED, 5, resubmit},
    {ITEM_APPLICATION_REVIEWED, 12, move},
    {ITEM_APPLICATION_DECIDED, 18, move},
    {ITEM_APPLICATION_WITHDRAWN, 3, move},
    {ITEM_APPLICATION_NOT_ACCEPTED, 2, move},
    {ITEM_APPLICATION_OBJECTED, 4, move},
    {ITEM_APPLICATION_APPEALED, 8, move},
    {ITEM_APPLICATION_APPEAL_DECIDED, 8, move},
    {ITEM_APPLICATION_PERIOD_ENDED, 12, end_period},
};

static size_t
choose(struct random *random)
{
    int sum = 0;

    for (size_t i = 0; i < ARRAY_COUNT(makers); i++)
        sum += makers[i].weight;
    sum = random_below(random, sum);
    for (size_t i = 0;; i++) {
        sum -= makers[i].weight;
        if (sum < 0)
            return i;
    }
}

/* Tries a few times for something that the model allows, most of the time. */
static void
make(struct maker *k, size_t choice, struct deed *d)
{
    int tries = chance(k, 85) ? TRIES : 1;

    for (int i = 0; i < tries; i++) {
        *d = (struct deed){
            .kind = makers[choice].kind, .replaces = NONE, .reposted_after = ENTRY_NONE};
        makers[choice].make(k, d);
        sign(k, d, d->control != 0 ? DUTY_BIT(DUTY_ADMIN) : model_duties(d->kind));
        if (model_refuses(k->m, d) == NULL)
            return;
    }
}

size_t
generate(struct random *random, const struct model *m, struct deed deeds[DEEDS_MAX])
{
    struct model next = *m;
    struct maker k = {random, &next};
    size_t choice = choose(random);
    size_t count = 1;

    make(&k, choice, &deeds[0]);
    if (deeds[0].control != 0 || deeds[0].kind >= ITEM_APPLICATION_SUBMITTED || chance(&k, 70))
        return 1;
    while (count < DEEDS_MAX && chance(&k, 60)) {
        struct deed *d = &deeds[count];

        if (model_refuses(&next, &deeds[count - 1]) != NULL)
            break;
        model_apply(&next, &deeds[count - 1]);
        make(&k, choice, d);
        if (d->institution != deeds[0].institution || d->kind != deeds[0].kind)
            break;
        d->keys[0] = deeds[0].keys[0];
        d->keys[1] = deeds[0].keys[1];
        d->key_count = deeds[0].key_count;
        count++;
    }
    return count;
}
