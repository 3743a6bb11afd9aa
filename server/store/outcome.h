#pragma once

#include "core/view.h"
#include "store/scope.h"

/*
 * Outcomes as a caller may see them; what uses them is for store_find_holders().
 * An account that the scope does not reach is refused with ACCOUNT_UNKNOWN; looks
 * are written.
 */
struct outcome_list {
    size_t count;
    struct outcome_view *outcomes;
};

struct outcome_page {
    struct slice account_no;
    int32_t kind; /* 0: all */
    /* After this one; the newest first, then by institution and number. */
    int32_t after_date; /* INT32_MAX: from the first */
    struct slice after_institution, after_outer_id;
    int32_t limit;
};

struct step store_list_outcomes(struct call *call, const struct scope *scope,
                                const struct outcome_page *page, struct outcome_list *list,
                                step_fn *next) MUST_USE;

/* Names an outcome of an account. */
struct outcome_key {
    struct slice account_no, institution_id, outer_id;
};

#define OUTCOME_VERSIONS_MAX 1000

/*
 * Its versions, oldest first; more than OUTCOME_VERSIONS_MAX are refused. Each is the outcome as it
 * stands now but for what a version has of its own. Refuses with OUTCOME_UNKNOWN what the scope
 * does not reach.
 */
struct step store_list_outcome_versions(struct call *call, const struct scope *scope,
                                        const struct outcome_key *key, struct outcome_list *list,
                                        step_fn *next) MUST_USE;

/*
 * Sets which applications hold these outcomes of an account, as far as they are for the caller to
 * know. Few outcomes are held: where none is, nothing is asked.
 */
struct step store_find_holders(struct call *call, const struct scope *scope,
                               struct slice account_no, struct outcome_list *list,
                               step_fn *next) MUST_USE;
