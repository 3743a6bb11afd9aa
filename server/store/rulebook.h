#pragma once

#include "store/rows.h"

/* Names a version of a rulebook; 0: the newest published. */
struct rulebook_key {
    struct slice school_id, rulebook_id;
    int32_t version;
};

/* struct rulebook of a school, every version, at most `limit` after that one. */
struct step store_list_rulebooks(struct call *call, const struct rulebook_key *after, int32_t limit,
                                 struct rows *out, step_fn *next) MUST_USE;

/* More rows of a kind are refused; core lets 200 rules have 64 clauses, 16 courses and 20 bands. */
#define RULEBOOK_CLAUSES_MAX 12800
#define RULEBOOK_ROWS_MAX 4000

/* A version with what it is made of, each by its numbers. */
struct rulebook_rows {
    struct rows rulebook; /* struct rulebook: none or one */
    struct rows rules;    /* struct rule */
    struct rows clauses;  /* struct rule_clause */
    struct rows courses;  /* struct rule_course */
    struct rows bands;    /* struct rule_band */
    struct rows caps;     /* struct rulebook_cap */
};
struct step store_look_up_rulebook(struct call *call, const struct rulebook_key *key,
                                   struct rulebook_rows *out, step_fn *next) MUST_USE;
