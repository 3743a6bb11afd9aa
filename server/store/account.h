#pragma once

#include "core/identity.h"
#include "core/item.h"
#include "core/view.h"
#include "store/rows.h"
#include "store/scope.h"

/* Most enrolments that an account shows: those at six schools that have as many as they may. */
#define ACCOUNT_ENROLMENTS_MAX 200

/*
 * Accounts as a caller may see them. An account that the scope does not reach
 * is refused with ACCOUNT_UNKNOWN, as one that is not there. An institution's
 * look at a person is written in the same transaction.
 */
struct account_found {
    struct account row;
    bool has_person;
    struct sealed_identity person;
    struct rows enrolments; /* struct enrolment: the owner's, or those at the institution */
    bool more_enrolments;   /* there are more; these are the active ones, then the newest */
    size_t total_count;
    struct outcome_total *totals; /* of the valid outcomes that the caller may see */
};

struct step store_find_account(struct call *call, const struct scope *scope,
                               struct slice account_no, struct account_found *found,
                               step_fn *next) MUST_USE;

struct exemption_list {
    size_t count;
    struct exemption_view *exemptions;
};

/* More exemptions of an account are refused with RESPONSE_TOO_LARGE. */
#define EXEMPTIONS_MAX 1000

/* Granted exemptions by course code: the owner's, or those at the institution. */
struct step store_list_exemptions(struct call *call, const struct scope *scope,
                                  struct slice account_no, struct exemption_list *list,
                                  step_fn *next) MUST_USE;

/* What of a school's enrolments is wanted, by student number. */
struct enrolment_page {
    struct slice school_id;
    struct slice programme_id; /* empty: all */
    struct slice after;        /* a student number; empty: from the first */
    int32_t limit;             /* the last only tells that there are more, and is not looked at */
};

/* struct enrolment of the school. */
struct step store_list_enrolments(struct call *call, const struct enrolment_page *page,
                                  struct rows *out, step_fn *next) MUST_USE;

/* struct enrolment of these student numbers of the school, in the order given. */
struct step store_find_enrolments(struct call *call, struct slice school_id,
                                  const struct text_list *student_nos, struct rows *out,
                                  step_fn *next) MUST_USE;

struct look_list {
    size_t count;
    struct look *looks;
};

/* Who looked at the account, newest first, those before `before` (INT64_MAX: all). */
struct step store_list_looks(struct call *call, struct slice account_no, int64_t before,
                             int32_t limit, struct look_list *list, step_fn *next) MUST_USE;
