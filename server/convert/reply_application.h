#pragma once

#include "base/arena.h"
#include "core/evaluate.h"
#include "creditbank/v1/application_service.pb-c.h"

/*
 * One line of an evaluation: first what was checked of learner and rulebook,
 * then of the line. Which application holds an outcome or a course is only for
 * the owner to know.
 */
Creditbank__V1__Finding *reply_finding(struct arena *arena, const struct evaluation *evaluation,
                                       size_t index, bool for_owner);

/* What an application is shown with; counts of 0: without. */
struct application_parts {
    const struct application *application;
    size_t line_count, move_count, exemption_count;
    const struct line_applied *lines;
    const struct application_move *moves;
    const struct exemption_granted *exemptions;
};

Creditbank__V1__Application *reply_application(struct arena *arena,
                                               const struct application_parts *parts);

/* Lines as a request or an item has them, as core's; borrowed from it. */
struct line_applied *decode_lines(struct arena *arena,
                                  Creditbank__V1__ApplicationLine *const *lines, size_t count);

/* And back, for an item of the bank's. */
Creditbank__V1__ApplicationLine **reply_lines(struct arena *arena, const struct line_applied *lines,
                                              size_t count);
