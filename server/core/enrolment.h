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
 * When an enrolment may begin, and end: what lies beyond is a year mistyped. Schools enrol
 * ahead of the autumn, and let their classes go ahead of the day, by months. A cohort has those who
 * suspended their studies, served in the army or repeated years and follow its plan now: schools
 * keep places for eight years at most.
 */
#define ENROLMENT_AHEAD_YEARS 1          /* after the day of booking */
#define ENROLMENT_BEFORE_COHORT_YEARS 10 /* before 1 January of the cohort's year */

/*
 * The learner's enrolment in a programme of a school: an active one if there
 * is any, else one that ended, else NULL. One that ended as an error of entry
 * never was. Refuses nothing.
 */
const struct enrolment *enrolment_find(struct world *world, struct slice account_no,
                                       struct slice school_id, struct slice programme_id);

/*
 * Of the learner's enrolments at a school the one that began first, in whatever programme, active
 * or ended: who changes her major brings results along. NULL if there is none.
 */
const struct enrolment *enrolment_first(struct world *world, struct slice account_no,
                                        struct slice school_id);
