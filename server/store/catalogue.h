#pragma once

#include "store/rows.h"

/* Most keys of one institution, courses of one programme, and recording rules: more are refused. */
#define INSTITUTION_KEYS_MAX 1000
#define PROGRAMME_COURSES_MAX 1000
#define RECORDING_RULES_MAX 1000

/* Of a year. */
#define CALENDAR_DAYS_MAX 366

/*
 * The public registers. A list gives at most `limit` rows by key, those after
 * the key that is given; an empty key is before all.
 */

/* struct institution; of one kind unless it is 0. */
struct step store_list_institutions(struct call *call, int32_t kind, struct slice after,
                                    int32_t limit, struct rows *out, step_fn *next) MUST_USE;

/* struct institution, none or one, and its struct signing_key by entry. */
struct step store_look_up_institution(struct call *call, struct slice institution_id,
                                      struct rows *institution, struct rows *keys,
                                      step_fn *next) MUST_USE;

/* struct certificate; of one family unless it is empty. */
struct step store_list_certificates(struct call *call, struct slice family_id, struct slice after,
                                    int32_t limit, struct rows *out, step_fn *next) MUST_USE;

/* struct recording_rule, all of them, by kind and day. */
struct step store_list_recording_rules(struct call *call, struct rows *out, step_fn *next) MUST_USE;

/* struct calendar_day of a year that are holidays or working days, by date. */
struct step store_list_calendar_days(struct call *call, int32_t year, struct rows *out,
                                     step_fn *next) MUST_USE;

/* Names a programme. */
struct programme_key {
    struct slice school_id, programme_id;
};

/* struct programme of a school, after `after->programme_id`. */
struct step store_list_programmes(struct call *call, const struct programme_key *after,
                                  int32_t limit, struct rows *out, step_fn *next) MUST_USE;

/* struct programme, none or one, and its struct course by code. */
struct step store_look_up_programme(struct call *call, const struct programme_key *key,
                                    struct rows *programme, struct rows *courses,
                                    step_fn *next) MUST_USE;
