#pragma once

#include "store/rows.h"

/* Whose applications: a learner's own or those to a school; the other text is empty. */
struct application_scope {
    struct slice account_no, school_id;
};

/* An application within the scope; else APPLICATION_UNKNOWN. */
struct step store_find_application(struct call *call, const struct application_scope *scope,
                                   struct slice application_no, struct application *out,
                                   step_fn *next) MUST_USE;

/* Where a list goes on: after the application submitted by that entry, -1: from the first. */
struct application_page {
    struct application_scope scope;
    int32_t state; /* enum application_state; 0: all */
    int64_t after_entry;
    struct slice after_no;
    int32_t limit;
};

/* struct application, oldest first. */
struct step store_list_applications(struct call *call, const struct application_page *page,
                                    struct rows *out, step_fn *next) MUST_USE;

/* struct application_line and struct application_course of applications that were found. */
struct step store_list_application_lines(struct call *call, const struct rows *applications,
                                         struct rows *lines, struct rows *courses,
                                         step_fn *next) MUST_USE;

/* struct application_move of an application that was found, oldest first. */
struct step store_list_application_moves(struct call *call, struct slice application_no,
                                         struct rows *out, step_fn *next) MUST_USE;

/*
 * struct outcome: the valid outcomes of an account that the caller may see, newest first. A learner
 * (`school_id` empty) sees all; a school what it posted and what an application to it names.
 */
struct step store_list_valid_outcomes(struct call *call, const struct application_scope *scope,
                                      int32_t limit, struct rows *out, step_fn *next) MUST_USE;
