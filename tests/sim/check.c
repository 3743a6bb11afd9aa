/* Whether the world says what the model says, and whether what may never be is not. */
#include "run.h"

#define OPEN_STATES                                                                          \
    (1u << APPLICATION_SUBMITTED | 1u << APPLICATION_ACCEPTED | 1u << APPLICATION_RETURNED | \
     1u << APPLICATION_REVIEWED | 1u << APPLICATION_ON_NOTICE | 1u << APPLICATION_APPEALED)

static struct arena *
scratch(const struct run *run)
{
    return run->writer.arena;
}

static void
check_outcome(const struct run *run, int number)
{
    const struct model_outcome *o = &run->model.outcomes[number];
    struct outcome_ref ref = write_outcome(scratch(run), number);
    const struct outcome *row = world_find(
        run->world, TABLE_OUTCOME,
        &(struct outcome){.institution_id = ref.institution_id, .outer_id = ref.outer_id});
    struct slice holder = {0};

    if ((row != NULL) != (o->state != 0))
        run_fail(run, "outcome %d: %s", number, row != NULL ? "not recorded" : "lost");
    if (row == NULL)
        return;
    if (row->hold_state != o->hold)
        run_fail(run, "outcome %d: held otherwise", number);
    if (o->hold != HOLD_FREE)
        holder = write_application(scratch(run), o->holder);
    if (!slice_equal(row->held_by, holder))
        run_fail(run, "outcome %d: held by another", number);
    if (row->state != o->state || row->kind != o->kind || row->version != o->version ||
        row->centicredits != o->credits || row->centiscore != o->score ||
        row->centihours != o->hours || row->entry_index != o->entry ||
        row->change_reason != o->change_reason || row->outcome_date != o->date ||
        row->expiry_date != o->expiry ||
        !slice_equal(row->account_no, write_account(scratch(run), o->learner)))
        run_fail(run, "outcome %d differs", number);
    if (row->centicredits < 0 || row->centihours < 0 || row->credited_centihours < 0)
        run_fail(run, "outcome %d: something is negative", number);
}

/* Hours are neither made nor lost: those of valid training are in credits, or left over. */
static void
check_hours(const struct run *run, int learner, int institution, int kind)
{
    const struct model *m = &run->model;
    const struct hours_balance *row =
        world_find(run->world, TABLE_HOURS_BALANCE,
                   &(struct hours_balance){
                       .account_no = write_account(scratch(run), learner),
                       .institution_id = write_institution(scratch(run), institution),
                       .course_kind = kind,
                   });
    int64_t left = row != NULL ? row->remainder_centihours : 0;
    int64_t hours = 0, credited = 0;

    for (int i = institution - SCHOOL_A; i < OUTCOMES; i += POSTERS) {
        struct outcome_ref ref;
        const struct outcome *outcome;

        if (m->outcomes[i].state != OUTCOME_VALID || m->outcomes[i].learner != learner ||
            m->outcomes[i].kind != OUTCOME_TRAINING_HOURS || m->outcomes[i].course_kind != kind)
            continue;
        ref = write_outcome(scratch(run), i);
        outcome = world_find(
            run->world, TABLE_OUTCOME,
            &(struct outcome){.institution_id = ref.institution_id, .outer_id = ref.outer_id});
        hours += outcome->centihours;
        credited += outcome->credited_centihours;
    }
    if (left != m->remainders[learner][institution][kind - 1] || left < 0)
        run_fail(run, "learner %d: hours left over differ", learner);
    if (hours != credited + left)
        run_fail(run, "learner %d: hours were made or lost", learner);
}

static void
check_course(const struct run *run, int learner, int school, int programme, int course)
{
    const struct model_exemption *e = &run->model.exemptions[learner][school][programme][course];
    struct slice account_no = write_account(scratch(run), learner);
    struct slice school_id = write_institution(scratch(run), SCHOOL_A + school);
    struct slice programme_id = write_name(scratch(run), "p", programme);
    struct slice code = write_name(scratch(run), "c", course);
    const struct exemption *row = world_find(run->world, TABLE_EXEMPTION,
                                             &(struct exemption){.account_no = account_no,
                                                                 .school_id = school_id,
                                                                 .programme_id = programme_id,
                                                                 .course_code = code});
    const struct passed_course *passed =
        world_find(run->world, TABLE_PASSED_COURSE,
                   &(struct passed_course){.account_no = account_no,
                                           .school_id = school_id,
                                           .programme_id = programme_id,
                                           .course_code = code});

    if ((row != NULL ? row->state : 0) != e->hold)
        run_fail(run, "learner %d, course %d: held otherwise", learner, course);
    if (row != NULL && row->state != HOLD_FREE &&
        !slice_equal(row->application_no, write_application(scratch(run), e->holder)))
        run_fail(run, "learner %d, course %d: held by another", learner, course);
    if (row != NULL && row->centicredits != e->credits)
        run_fail(run, "learner %d, course %d: other credits", learner, course);
    if ((passed != NULL ? passed->count : 0) !=
        model_passes(&run->model, learner, school, programme, course))
        run_fail(run, "learner %d, course %d: passes miscounted", learner, course);
}

/* How many applications of a state among `states` name the outcome, or the course. */
static int
count_uses(const struct run *run, int outcome, unsigned states)
{
    int count = 0;

    for (int i = 0; i < APPLICATIONS; i++) {
        const struct model_application *a = &run->model.applications[i];

        for (int j = 0; j < a->now.line_count; j++)
            count += (states & (1u << a->state)) != 0 && a->now.lines[j].outcome == outcome;
    }
    return count;
}

/* The first of the certificates that took each other's place: they are one achievement. */
static int
achievement_of(const struct model *m, int outcome)
{
    while (m->outcomes[outcome].replaces != NONE)
        outcome = m->outcomes[outcome].replaces;
    return outcome;
}

/* How many applications were granted for the achievement, or can be: what was revoked cannot. */
static int
count_grants(const struct run *run, int achievement)
{
    const struct model *m = &run->model;
    int count = 0;

    for (int i = 0; i < APPLICATIONS; i++) {
        const struct model_application *a = &m->applications[i];

        for (int j = 0; j < a->now.line_count; j++) {
            bool can_be = (OPEN_STATES & (1u << a->state)) != 0 &&
                          m->outcomes[a->now.lines[j].outcome].state == OUTCOME_VALID;

            count += (a->state == APPLICATION_APPROVED || can_be) &&
                     achievement_of(m, a->now.lines[j].outcome) == achievement;
        }
    }
    return count;
}

static int
count_course_uses(const struct run *run, const struct model_application *of, int course,
                  unsigned states)
{
    int programme = run->model.books[of->school][of->book][of->version].programme;
    int count = 0;

    for (int i = 0; i < APPLICATIONS; i++) {
        const struct model_application *a = &run->model.applications[i];

        if (a->learner != of->learner || a->school != of->school ||
            (states & (1u << a->state)) == 0 ||
            run->model.books[a->school][a->book][a->version].programme != programme)
            continue;
        for (int j = 0; j < a->now.line_count; j++)
            count += (a->now.lines[j].courses & (1u << course)) != 0;
    }
    return count;
}

/* Every submission of it keeps its lines with their courses, and has none besides. */
static void
check_submission(const struct run *run, int number, int submission)
{
    const struct model_lines *said = &run->model.applications[number].submissions[submission];
    struct application_line key = {.application_no = write_application(scratch(run), number),
                                   .submission_no = submission + 1};
    struct row_list lines = world_list(run->world, TABLE_APPLICATION_LINE, &key);
    struct row_list courses =
        world_list(run->world, TABLE_APPLICATION_COURSE,
                   &(struct application_course){.application_no = key.application_no,
                                                .submission_no = key.submission_no});
    size_t course_count = 0;

    if (lines.count != (size_t)said->line_count)
        run_fail(run, "application %d: lines of submission %d are lost", number, submission);
    for (size_t i = 0; i < lines.count; i++) {
        const struct application_line *row = lines.rows[i];
        struct outcome_ref ref = write_outcome(scratch(run), said->lines[i].outcome);

        if (row->rule_no != said->lines[i].rule + 1 || !slice_equal(row->outer_id, ref.outer_id) ||
            !slice_equal(row->institution_id, ref.institution_id))
            run_fail(run, "application %d: line %zu of submission %d differs", number, i,
                     submission);
        for (int j = 0; j < COURSES; j++) {
            struct application_course course = {.application_no = key.application_no,
                                                .submission_no = key.submission_no,
                                                .line_no = (int32_t)i + 1,
                                                .course_code = write_name(scratch(run), "c", j)};
            bool asked = (said->lines[i].courses & (1u << j)) != 0;

            course_count += asked;
            if (asked != (world_find(run->world, TABLE_APPLICATION_COURSE, &course) != NULL))
                run_fail(run, "application %d: courses of submission %d differ", number,
                         submission);
        }
    }
    if (courses.count != course_count)
        run_fail(run, "application %d: courses of submission %d are lost", number, submission);
}

/* Between submission and its end an application holds what it names, and nobody else does. */
static void
check_application(const struct run *run, int number)
{
    const unsigned holding = OPEN_STATES | 1u << APPLICATION_APPROVED;
    const struct model_application *a = &run->model.applications[number];
    const struct application *row = world_find(
        run->world, TABLE_APPLICATION,
        &(struct application){.application_no = write_application(scratch(run), number)});

    if ((row != NULL) != (a->state != 0))
        run_fail(run, "application %d: %s", number, row != NULL ? "not submitted" : "lost");
    if (row == NULL)
        return;
    if (row->state != a->state || row->revision != a->revision || row->submit_date != a->date ||
        row->version != a->version || row->notice_no != a->notices ||
        row->was_appealed != a->was_appealed || row->due_date != a->due ||
        row->submission_no != a->submission_count)
        run_fail(run, "application %d differs", number);
    for (int i = 0; i < a->submission_count; i++)
        check_submission(run, number, i);

    const struct application_move *move = world_find(
        run->world, TABLE_APPLICATION_MOVE,
        &(struct application_move){.application_no = row->application_no, .revision = a->revision});

    if (move == NULL || move->state != a->state || move->reason != a->reason)
        run_fail(run, "application %d: its last move differs", number);
    if ((holding & (1u << a->state)) == 0)
        return;
    for (int i = 0; i < a->now.line_count; i++) {
        if (count_uses(run, a->now.lines[i].outcome, holding) != 1)
            run_fail(run, "outcome %d is used twice", a->now.lines[i].outcome);
        if (count_grants(run, achievement_of(&run->model, a->now.lines[i].outcome)) > 1)
            run_fail(run, "outcome %d: an achievement is used twice", a->now.lines[i].outcome);
        for (int j = 0; j < COURSES; j++)
            if ((a->now.lines[i].courses & (1u << j)) != 0 &&
                count_course_uses(run, a, j, holding) != 1)
                run_fail(run, "course %d is exempted twice", j);
    }
}

/* Every enrolment keeps its row; a number is whose enrolment it is, and nobody's after an error. */
static void
check_enrolment(const struct run *run, int index)
{
    const struct model *m = &run->model;
    struct slice account_no = write_account(scratch(run), m->enrolments[index].learner);
    struct enrolment key = {
        .account_no = account_no,
        .school_id = write_institution(scratch(run), SCHOOL_A + m->enrolments[index].school),
        .student_no = write_name(scratch(run), "S", m->enrolments[index].number),
        .enrolment_no = 1,
    };
    bool is_last = true;

    for (int i = 0; i < m->enrolment_count; i++) {
        bool same = m->enrolments[i].school == m->enrolments[index].school &&
                    m->enrolments[i].number == m->enrolments[index].number;

        key.enrolment_no +=
            same && i < index && m->enrolments[i].learner == m->enrolments[index].learner;
        is_last = is_last && !(same && i > index);
    }

    const struct enrolment *row = world_find(run->world, TABLE_ENROLMENT, &key);
    const struct student_number *number = world_find(
        run->world, TABLE_STUDENT_NUMBER,
        &(struct student_number){.school_id = key.school_id, .student_no = key.student_no});

    if (row == NULL || number == NULL) {
        run_fail(run, "enrolment %d is lost", index);
        return;
    }
    if ((row->state == ENROLMENT_ACTIVE) != m->enrolments[index].active ||
        (row->end_reason == ENROLMENT_ENTRY_ERROR) != m->enrolments[index].was_error ||
        row->begin_date != m->enrolments[index].begin)
        run_fail(run, "enrolment %d differs", index);
    if (is_last && m->enrolments[index].was_error != (number->account_no.len == 0))
        run_fail(run, "enrolment %d: its number is %s", index,
                 number->account_no.len == 0 ? "free" : "taken");
    if (is_last && number->account_no.len > 0 &&
        (!slice_equal(number->account_no, account_no) || number->enrolment_no != key.enrolment_no))
        run_fail(run, "enrolment %d: its number is another's", index);
}

void
check_learner(const struct run *run, int learner)
{
    const struct model *m = &run->model;
    const struct account *account =
        world_find(run->world, TABLE_ACCOUNT,
                   &(struct account){.account_no = write_account(scratch(run), learner)});

    if ((account != NULL ? account->state : 0) != m->learners[learner])
        run_fail(run, "learner %d: the account's state differs", learner);
    for (int i = 0; i < OUTCOMES; i++)
        if (m->outcomes[i].state != 0 && m->outcomes[i].learner == learner)
            check_outcome(run, i);
    for (int i = SCHOOL_A; i <= ISSUER_B; i++)
        for (int kind = COURSE_THEORY; kind <= COURSE_PRACTICE; kind++)
            check_hours(run, learner, i, kind);
    for (int i = 0; i < SCHOOLS * PROGRAMMES * COURSES; i++)
        check_course(run, learner, i / (PROGRAMMES * COURSES), i / COURSES % PROGRAMMES,
                     i % COURSES);
    for (int i = 0; i < APPLICATIONS; i++)
        if (m->applications[i].state != 0 && m->applications[i].learner == learner)
            check_application(run, i);
}

static void
check_count(const struct run *run, struct arena *arena, enum table_id table, int count)
{
    struct row_change *changes = NULL;

    if (world_changes(run->world, table, arena, &changes) != (size_t)count)
        run_fail(run, "table %s has not %d rows", schema_table(table)->name, count);
}

/* A day has a row where it was declared, and is what was declared last. */
static void
check_calendar(const struct run *run, struct arena *arena)
{
    int declared = 0;

    for (int i = 0; i < CALENDAR_DAYS; i++) {
        int kind = run->model.calendar[i];
        const struct calendar_day *row =
            world_find(run->world, TABLE_CALENDAR_DAY,
                       &(struct calendar_day){.year = model_year_of(CALENDAR_FIRST + i),
                                              .date = CALENDAR_FIRST + i});

        if ((row != NULL ? row->kind : 0) != kind)
            run_fail(run, "day %d is declared otherwise", CALENDAR_FIRST + i);
        declared += kind != 0;
    }
    check_count(run, arena, TABLE_CALENDAR_DAY, declared);
}

/* Every outcome has its versions, every application its moves, and there is nothing besides. */
void
check_everything(const struct run *run)
{
    const struct model *m = &run->model;
    struct arena *arena = arena_new(WORLD_BUDGET);
    int outcomes = 0, versions = 0, applications = 0, moves = 0, lines = 0, accounts = 0;

    for (int i = 0; i < LEARNERS; i++) {
        check_learner(run, i);
        accounts += m->learners[i] != 0;
    }
    for (int i = 0; i < OUTCOMES; i++) {
        check_outcome(run, i);
        outcomes += m->outcomes[i].state != 0;
        versions += m->outcomes[i].version;
    }
    for (int i = 0; i < APPLICATIONS; i++) {
        check_application(run, i);
        applications += m->applications[i].state != 0;
        moves += m->applications[i].revision;
        for (int j = 0; j < m->applications[i].submission_count; j++)
            lines += m->applications[i].submissions[j].line_count;
    }
    for (int i = 0; i < m->enrolment_count; i++)
        check_enrolment(run, i);
    check_calendar(run, arena);
    check_count(run, arena, TABLE_ACCOUNT, accounts);
    check_count(run, arena, TABLE_ENROLMENT, m->enrolment_count);
    check_count(run, arena, TABLE_OUTCOME, outcomes);
    check_count(run, arena, TABLE_OUTCOME_VERSION, versions);
    check_count(run, arena, TABLE_APPLICATION, applications);
    check_count(run, arena, TABLE_APPLICATION_MOVE, moves);
    check_count(run, arena, TABLE_APPLICATION_LINE, lines);
    arena_free(arena);
}
