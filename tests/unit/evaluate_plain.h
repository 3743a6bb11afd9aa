#pragma once

#include "core/evaluate.h"

#include "base/buffer.h"

/*
 * Random rulebooks, outcomes, holds and lines, as plain rows in no order, for
 * comparing an evaluation with its definition. Several rulebooks and versions
 * stand side by side, so that a rule ends where the next one begins.
 */
#define PLAIN_ACCOUNT "10000000000016"
#define PLAIN_TODAY 20341
#define PLAIN_GRADUATION 1003

enum {
    BOOKS = 3,
    RULES = 5,
    CLAUSES = 7,
    COURSES = 6,
    OUTCOMES = 6,
    LINES = 5,
    CAPS = 3,
    ALL_RULES = BOOKS * RULES,
};

extern const char *const plain_codes[COURSES];

struct plain {
    uint64_t random;
    unsigned spite; /* one thing in so many is not as it should be */
    struct arena *arena;
    struct world *world;
    struct rulebook rulebooks[BOOKS];
    size_t rule_count, clause_count, rule_course_count;
    struct rule rules[ALL_RULES];
    struct rule_clause clauses[ALL_RULES * CLAUSES];
    size_t band_count, cap_count;
    struct rule_band bands[ALL_RULES * 3];
    struct rulebook_cap caps[BOOKS * CAPS];
    int64_t granted[LINES]; /* credits of each line */
    struct rule_course rule_courses[ALL_RULES * COURSES];
    struct course courses[COURSES];
    struct certificate certificates[4];
    struct outcome outcomes[OUTCOMES];
    struct exemption holds[COURSES];
    struct passed_course passed[COURSES];
    bool is_active, is_enrolled;
    struct line_applied lines[LINES];
    struct evaluation_request request;
    bool fails;
    struct buffer trace;
    size_t exemption_count;
    struct exemption_granted exemptions[LINES * COURSES];
};

/* Draws all but its random, spite, arena, world and trace, and fills the world with it. */
void plain_draw(struct plain *p);
