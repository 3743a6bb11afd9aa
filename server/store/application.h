#pragma once

#include "store/rows.h"
#include "store/scope.h"

/* An application of the learner who asks, or to the school that asks; else APPLICATION_UNKNOWN. */
struct step store_find_application(struct call *call, const struct scope *scope,
                                   struct slice application_no, struct application *out,
                                   step_fn *next) MUST_USE;

/* Where a list goes on: after the application submitted by that entry, -1: from the first. */
struct application_page {
    struct scope scope;
    int32_t state; /* enum application_state; 0: all */
    int64_t after_entry;
    struct slice after_no;
    int32_t limit; /* the last only tells that there are more, and is not looked at */
};

/* struct application, oldest first. */
struct step store_list_applications(struct call *call, const struct application_page *page,
                                    struct rows *out, step_fn *next) MUST_USE;

/* struct application whose period is over on that day, the longest over first; at most `limit`. */
struct step store_list_periods_over(struct call *call, int32_t today, int32_t limit,
                                    struct rows *out, step_fn *next) MUST_USE;

/*
 * struct application_line and struct application_course of the latest submission of applications
 * that were found, in their order; of each at most APPLICATION_ROWS_MAX, and one more where there
 * are more.
 */
#define APPLICATION_ROWS_MAX 20000
struct application_lines {
    struct rows lines, courses;
};
struct step store_list_application_lines(struct call *call, const struct rows *applications,
                                         struct application_lines *out, step_fn *next) MUST_USE;

/* More moves of an application are refused; core's are few: each submission, of which it limits the
 * number, is accepted, returned or reviewed, and decided once. */
#define APPLICATION_MOVES_MAX 1000

/* struct application_move of an application that was found, oldest first. That an institution looks
 * at it is noted for its learner. */
struct step store_list_application_moves(struct call *call, const struct scope *scope,
                                         const struct application *application, struct rows *out,
                                         step_fn *next) MUST_USE;

/*
 * struct outcome: the valid outcomes of an account that the scope sees, newest first. Refuses with
 * ACCOUNT_UNKNOWN where it does not see the account. A look is noted.
 */
struct valid_outcomes {
    struct slice account_no;
    int32_t limit;
    struct rows rows; /* output */
};
struct step store_list_valid_outcomes(struct call *call, const struct scope *scope,
                                      struct valid_outcomes *list, step_fn *next) MUST_USE;
