/*
 * Enrolments: a learner in a programme of a school, under a student number. Two
 * schools at once are fine.
 *
 *   number free --enrol--> taken by the enrolment --graduated, transferred, withdrawn--> spent
 *        ^                            |
 *        +------- entry error --------+
 *
 * A number stands for one person for ever; only an enrolment that should not have
 * been entered gives it back. The row of such an enrolment stays.
 */
#include "core/enrolment.h"

#include "core/account.h"
#include "core/check.h"

static struct row_list
list_at(struct world *world, struct slice account_no, struct slice school_id)
{
    return world_list(world, TABLE_ENROLMENT,
                      &(struct enrolment){.account_no = account_no, .school_id = school_id});
}

/* The newest under the number; NULL if there is none. */
static const struct enrolment *
find_numbered(struct row_list rows, struct slice student_no)
{
    const struct enrolment *found = NULL;

    for (size_t i = 0; i < rows.count; i++) {
        const struct enrolment *row = rows.rows[i];

        if (slice_equal(row->student_no, student_no))
            found = row;
    }
    return found;
}

static bool
was_error(const struct enrolment *row)
{
    return row->end_reason == ENROLMENT_ENTRY_ERROR;
}

const struct enrolment *
enrolment_find(struct world *world, struct slice account_no, struct slice school_id,
               struct slice programme_id)
{
    const struct enrolment *found = NULL;
    struct row_list rows = list_at(world, account_no, school_id);

    for (size_t i = 0; i < rows.count; i++) {
        const struct enrolment *row = rows.rows[i];

        if (!was_error(row) && slice_equal(row->programme_id, programme_id) &&
            (found == NULL || row->state == ENROLMENT_ACTIVE))
            found = row;
    }
    return found;
}

const struct enrolment *
enrolment_first(struct world *world, struct slice account_no, struct slice school_id)
{
    const struct enrolment *found = NULL;
    struct row_list rows = list_at(world, account_no, school_id);

    for (size_t i = 0; i < rows.count; i++) {
        const struct enrolment *row = rows.rows[i];

        if (!was_error(row) && (found == NULL || row->begin_date < found->begin_date))
            found = row;
    }
    return found;
}

static bool
is_taken(struct context *context, struct slice student_no)
{
    const struct student_number *known =
        world_find(context->world, TABLE_STUDENT_NUMBER,
                   &(struct student_number){.school_id = context->transaction->institution_id,
                                            .student_no = student_no});

    return known != NULL && known->account_no.len > 0;
}

static void
check_ahead(struct context *context, const char *field, int32_t date)
{
    char text[DATE_TEXT_SIZE];

    if (date > date_add_years(context->today, ENROLMENT_AHEAD_YEARS))
        refuse(context, field, REASON_DATE_TOO_FAR_AHEAD, "%s", date_format(date, text));
}

static void
check_begin(struct context *context, const struct programme *programme, int32_t begin_date)
{
    char text[DATE_TEXT_SIZE];
    int year, month, day;

    date_to_civil(begin_date, &year, &month, &day);
    if (year + ENROLMENT_BEFORE_COHORT_YEARS < programme->cohort)
        refuse(context, "begin_date", REASON_DATE_TOO_EARLY, "%s", date_format(begin_date, text));
    check_ahead(context, "begin_date", begin_date);
}

static void
check_enrolled(struct context *context, const struct learner_enrolled *enrolled)
{
    struct slice school_id = context->transaction->institution_id;
    const struct enrolment *known =
        enrolment_find(context->world, enrolled->account_no, school_id, enrolled->programme_id);
    const struct programme *programme = world_find(
        context->world, TABLE_PROGRAMME,
        &(struct programme){.school_id = school_id, .programme_id = enrolled->programme_id});

    if (programme == NULL)
        refuse(context, "programme_id", REASON_PROGRAMME_UNKNOWN, "%.*s",
               (int)enrolled->programme_id.len, (const char *)enrolled->programme_id.at);
    else
        check_begin(context, programme, enrolled->begin_date);
    if (is_taken(context, enrolled->student_no))
        refuse(context, "student_no", REASON_STUDENT_NO_TAKEN, "%.*s",
               (int)enrolled->student_no.len, (const char *)enrolled->student_no.at);
    if (known != NULL && known->state == ENROLMENT_ACTIVE)
        refuse(context, "programme_id", REASON_ALREADY_ENROLLED, "%.*s", (int)known->student_no.len,
               (const char *)known->student_no.at);
}

void
enrol_learner(struct context *context, const struct item *item)
{
    const struct learner_enrolled *enrolled = &item->learner_enrolled;
    struct slice school_id = context->transaction->institution_id;

    if (!check_id(context, "student_no", enrolled->student_no, ID_STUDENT) ||
        account_for_records(context, enrolled->account_no) == NULL)
        return;
    check_enrolled(context, enrolled);

    struct row_list rows = list_at(context->world, enrolled->account_no, school_id);
    const struct enrolment *last = find_numbered(rows, enrolled->student_no);
    struct enrolment row = {
        .account_no = enrolled->account_no,
        .school_id = school_id,
        .student_no = enrolled->student_no,
        .enrolment_no = last != NULL ? last->enrolment_no + 1 : 1,
        .programme_id = enrolled->programme_id,
        .state = ENROLMENT_ACTIVE,
        .begin_date = enrolled->begin_date,
        .end_date = DATE_OPEN,
        .entry_index = context->position.entry_index,
    };

    if (rows.count >= ENROLMENTS_MAX)
        refuse(context, "account_no", REASON_ENROLMENTS_TOO_MANY, "%d", ENROLMENTS_MAX);
    world_put(context->world, TABLE_ENROLMENT, &row);
    world_put(context->world, TABLE_STUDENT_NUMBER,
              &(struct student_number){
                  .school_id = school_id,
                  .student_no = enrolled->student_no,
                  .account_no = enrolled->account_no,
                  .enrolment_no = row.enrolment_no,
              });
}

/* While the enrolment was active, the number was its own. */
static void
free_number(struct context *context, const struct enrolment *ended)
{
    struct student_number row = {.school_id = ended->school_id, .student_no = ended->student_no};

    if (world_find(context->world, TABLE_STUDENT_NUMBER, &row) != NULL)
        world_put(context->world, TABLE_STUDENT_NUMBER, &row);
}

void
end_enrolment(struct context *context, const struct item *item)
{
    const struct enrolment_ended *ended = &item->enrolment_ended;
    const struct enrolment *known = find_numbered(
        list_at(context->world, ended->account_no, context->transaction->institution_id),
        ended->student_no);

    if (known == NULL) {
        refuse(context, "student_no", REASON_NOT_ENROLLED, "%.*s", (int)ended->student_no.len,
               (const char *)ended->student_no.at);
        return;
    }
    if (known->state != ENROLMENT_ACTIVE) {
        refuse(context, "student_no", REASON_ENROLMENT_ENDED, "%.*s", (int)ended->student_no.len,
               (const char *)ended->student_no.at);
        return;
    }
    check_range(context, "reason", (int64_t)ended->reason, ENROLMENT_GRADUATED,
                ENROLMENT_ENTRY_ERROR);
    check_period(context, "end_date", known->begin_date, ended->end_date);
    check_ahead(context, "end_date", ended->end_date);

    struct enrolment row = *known;

    row.state = ENROLMENT_ENDED;
    row.end_reason = (int32_t)ended->reason;
    row.end_date = ended->end_date;
    row.entry_index = context->position.entry_index;
    world_put(context->world, TABLE_ENROLMENT, &row);
    if (ended->reason == ENROLMENT_ENTRY_ERROR)
        free_number(context, &row);
}
