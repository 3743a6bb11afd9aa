#pragma once

#include "core/context.h"
#include "core/evaluate.h"

/* Most lines of one application. */
#define APPLICATION_LINES_MAX 40

/* Most courses of one line. */
#define APPLICATION_COURSES_MAX 16

/* The lines of a stored application, as they were submitted; in the arena. */
size_t application_lines(struct world *world, const struct application *application,
                         struct arena *arena, struct line_applied **lines) MUST_USE;

/* Evaluates a stored application for the day of its submission. */
void application_evaluate(struct world *world, const struct application *application,
                          struct arena *arena, struct evaluation *evaluation);

/* Sets what it holds to `state`: outcomes, and courses with what the evaluation grants. */
void application_hold(struct context *context, const struct application *application,
                      const struct evaluation *evaluation, enum hold_state state);

/* Writes the application with its next revision, and the move that led to it: what was said. */
void application_put(struct context *context, struct application *row, enum verdict verdict,
                     int32_t reason);
