#pragma once

#include "core/context.h"

/*
 * The learner's enrolment in a programme of a school: an active one if there
 * is any, else one that ended, else NULL. Refuses nothing.
 */
const struct enrolment *enrolment_find(struct world *world, struct slice account_no,
                                       struct slice school_id, struct slice programme_id);
