#pragma once

#include "core/context.h"

/*
 * Most enrolments of one account at one school, active, ended and entered in
 * error together. A learner who stays from secondary school to a second degree
 * and changes her major, pauses and comes back has perhaps ten, so there is room
 * for twenty corrections. Each school has its own places: none can fill up those
 * of another.
 */
#define ENROLMENTS_MAX 32

/*
 * The learner's enrolment in a programme of a school: an active one if there
 * is any, else one that ended, else NULL. One that ended as an error of entry
 * never was. Refuses nothing.
 */
const struct enrolment *enrolment_find(struct world *world, struct slice account_no,
                                       struct slice school_id, struct slice programme_id);
