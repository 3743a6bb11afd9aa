#pragma once

#include "loader.h"

/* The plans (培养方案) that the rows of a batch need, fetched with it. */

/* A stage: fetches the programmes that rows name in `programme_id`. */
void plans_look_up(struct batch *batch);

/* What a course gives for a pass, hundredths of credits; false where the plan has no such course.
 */
bool plans_course(const struct batch *batch, const char *programme_id, const char *course_code,
                  int64_t *centicredits) MUST_USE;
