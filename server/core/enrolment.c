/* Enrolments: a learner in a programme of a school, under a student number. Two schools at once are
 * fine. */
#include "core/enrolment.h"

#include "core/account.h"
#include "core/check.h"

const struct enrolment *
enrolment_find(struct world *world, struct slice account_no, struct slice school_id,
               struct slice programme_id)
{
    const struct enrolment *found = NULL;
    struct row_list rows =
        world_list(world, TABLE_ENROLMENT, &(struct enrolment){.account_no = account_no});

    for (size_t i = 0; i < rows.count; i++) {
        const struct enrolment *row = rows.rows[i];

        if (!slice_equal(row->school_id, school_id) ||
            !slice_equal(row->programme_id, programme_id))
            continue;
        if (found == NULL || row->state == ENROLMENT_ACTIVE)
            found = row;
    }
    return found;
}

void
enrol_learner(struct context *context, const struct item *item)
{
    const struct learner_enrolled *enrolled = &item->learner_enrolled;
    struct slice school_id = context->transaction->institution_id;
    struct student_number number = {
        .school_id = school_id,
        .student_no = enrolled->student_no,
        .account_no = enrolled->account_no,
    };

    if (!check_id(context, "student_no", enrolled->student_no, ID_STUDENT) ||
        account_for_records(context, enrolled->account_no) == NULL)
        return;
    if (world_find(context->world, TABLE_PROGRAMME,
                   &(struct programme){.school_id = school_id,
                                       .programme_id = enrolled->programme_id}) == NULL)
        refuse(context, "programme_id", REASON_PROGRAMME_UNKNOWN, "%.*s",
               (int)enrolled->programme_id.len, (const char *)enrolled->programme_id.at);
    if (world_find(context->world, TABLE_STUDENT_NUMBER, &number) != NULL)
        refuse(context, "student_no", REASON_STUDENT_NO_TAKEN, "%.*s",
               (int)enrolled->student_no.len, (const char *)enrolled->student_no.at);

    const struct enrolment *known =
        enrolment_find(context->world, enrolled->account_no, school_id, enrolled->programme_id);

    if (known != NULL && known->state == ENROLMENT_ACTIVE)
        refuse(context, "programme_id", REASON_ALREADY_ENROLLED, "%.*s", (int)known->student_no.len,
               (const char *)known->student_no.at);
    world_put(context->world, TABLE_STUDENT_NUMBER, &number);
    world_put(context->world, TABLE_ENROLMENT,
              &(struct enrolment){
                  .account_no = enrolled->account_no,
                  .school_id = school_id,
                  .student_no = enrolled->student_no,
                  .programme_id = enrolled->programme_id,
                  .state = ENROLMENT_ACTIVE,
                  .begin_date = enrolled->begin_date,
                  .end_date = DATE_OPEN,
                  .entry_index = context->position.entry_index,
              });
}

void
end_enrolment(struct context *context, const struct item *item)
{
    const struct enrolment_ended *ended = &item->enrolment_ended;
    struct row_list rows = world_list(context->world, TABLE_ENROLMENT,
                                      &(struct enrolment){.account_no = ended->account_no});
    const struct enrolment *known = NULL;

    for (size_t i = 0; i < rows.count; i++) {
        const struct enrolment *row = rows.rows[i];

        if (slice_equal(row->school_id, context->transaction->institution_id) &&
            slice_equal(row->student_no, ended->student_no))
            known = row;
    }
    if (known == NULL) {
        refuse(context, "student_no", REASON_NOT_ENROLLED, "%.*s", (int)ended->student_no.len,
               (const char *)ended->student_no.at);
        return;
    }
    if (known->state != ENROLMENT_ACTIVE)
        refuse(context, "student_no", REASON_ENROLMENT_ENDED, "%.*s", (int)ended->student_no.len,
               (const char *)ended->student_no.at);
    check_range(context, "reason", (int64_t)ended->reason, ENROLMENT_GRADUATED,
                ENROLMENT_ENTRY_ERROR);
    check_period(context, "end_date", known->begin_date, ended->end_date);

    struct enrolment row = *known;

    row.state = ENROLMENT_ENDED;
    row.end_date = ended->end_date;
    row.entry_index = context->position.entry_index;
    world_put(context->world, TABLE_ENROLMENT, &row);
}
