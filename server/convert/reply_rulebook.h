#pragma once

#include "base/arena.h"

#include "core/schema.h"
#include "creditbank/v1/rule_service.pb-c.h"

/* What a version of a rulebook is made of, each by its numbers; all counts 0: without its rules. */
struct rulebook_parts {
    const struct rulebook *rulebook;
    size_t rule_count, clause_count, course_count, band_count, cap_count;
    const struct rule *rules;
    const struct rule_clause *clauses;
    const struct rule_course *courses;
    const struct rule_band *bands;
    const struct rulebook_cap *caps;
};

Creditbank__V1__Rulebook *reply_rulebook(struct arena *arena, const struct rulebook_parts *parts);
