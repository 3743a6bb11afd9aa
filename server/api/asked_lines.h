#pragma once

#include "core/evaluate.h"
#include "creditbank/v1/application_service.pb-c.h"
#include "flow/call.h"

/* The lines that a learner asks for, of methods that submit an application. */

/*
 * As core's, in the call's arena; refusals are added where there are too few or too
 * many, or where one could not be booked for its size alone, and none is evaluated then.
 */
struct line_applied *asked_lines_read(struct call *call,
                                      Creditbank__V1__ApplicationLine *const *lines, size_t count,
                                      struct refusal_list *refusals);

/* Everything that does not hold, as the ledger would say it, but by the fields of the request. */
void asked_lines_judge(struct call *call, const struct evaluation *evaluation,
                       struct refusal_list *refusals);
