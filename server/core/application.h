#pragma once

#include "core/context.h"
#include "core/evaluate.h"

/* Most lines of one application. */
#define APPLICATION_LINES_MAX 40

/* Most courses of one line. */
#define APPLICATION_COURSES_MAX 16

/* How often one application may be submitted, the first time among them. */
#define APPLICATION_SUBMISSIONS_MAX 10

/* The lines of a stored application, as they were submitted last; in the arena. */
size_t application_lines(struct world *world, const struct application *application,
                         struct arena *arena, struct line_applied **lines) MUST_USE;

/* Evaluates a stored application for the day of its submission. */
void application_evaluate(struct world *world, const struct application *application,
                          struct arena *arena, struct evaluation *evaluation);

/* Sets what it holds to `state`: outcomes, and courses with what the evaluation grants. */
void application_hold(struct context *context, const struct application *application,
                      const struct evaluation *evaluation, enum hold_state state);

/* Whether the lines are few enough, and in the form, to be judged; else refuses. */
bool application_check_lines(struct context *context,
                             const struct application_submitted *submitted) MUST_USE;

/*
 * Judges what is submitted as of the row's day, refusing all that does not hold,
 * writes it as the lines of the row's submission, and reserves what they name.
 */
void application_take_lines(struct context *context, const struct application *row,
                            const struct application_submitted *submitted);

/* Writes the application with its next revision, and the move that led to it: what was said. */
void application_put(struct context *context, struct application *row, enum verdict verdict,
                     int32_t reason);
