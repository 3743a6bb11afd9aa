#include "core/hold.h"

static struct hold
hold_seen_by(int32_t state, struct slice holder, struct slice application_no)
{
    static const char *const names[] = {
        [HOLD_FREE] = "free", [HOLD_RESERVED] = "reserved", [HOLD_USED] = "used"};

    if (state == HOLD_FREE || (application_no.len > 0 && slice_equal(holder, application_no)))
        return (struct hold){.state = HOLD_FREE, .found = names[HOLD_FREE]};
    return (struct hold){
        .state = (enum hold_state)state, .found = names[state], .application_no = holder};
}

struct hold
hold_of_outcome(const struct outcome *outcome, struct slice application_no)
{
    return hold_seen_by(outcome->hold_state, outcome->held_by, application_no);
}

struct hold
hold_of_course(struct world *world, struct slice account_no, const struct course *course,
               struct slice application_no)
{
    const struct exemption *exemption =
        world_find(world, TABLE_EXEMPTION,
                   &(struct exemption){.account_no = account_no,
                                       .school_id = course->school_id,
                                       .programme_id = course->programme_id,
                                       .course_code = course->course_code});

    return exemption == NULL
               ? hold_seen_by(HOLD_FREE, application_no, application_no)
               : hold_seen_by(exemption->state, exemption->application_no, application_no);
}

bool
hold_course_is_passed(struct world *world, struct slice account_no, const struct course *course)
{
    const struct passed_course *passed =
        world_find(world, TABLE_PASSED_COURSE,
                   &(struct passed_course){.account_no = account_no,
                                           .school_id = course->school_id,
                                           .programme_id = course->programme_id,
                                           .course_code = course->course_code});

    return passed != NULL && passed->count > 0;
}
