#pragma once

#include "core/context.h"
#include "core/evaluate.h"

/* Most lines of one application. */
#define APPLICATION_LINES_MAX 40

/* Most courses of one line. */
#define APPLICATION_COURSES_MAX 16

/* How often one application may be submitted, the first time among them. */
#define APPLICATION_SUBMISSIONS_MAX 10

/* The lines of a stored application, as the submission that its row names has them; in the arena.
 */
size_t application_lines(struct world *world, const struct application *application,
                         struct arena *arena, struct line_applied **lines) MUST_USE;

/* How often one application may be put on notice. */
#define APPLICATION_NOTICES_MAX 10

/* The rulebook under which it was submitted; NULL where that is not loaded. */
const struct rulebook *application_rulebook(struct world *world,
                                            const struct application *application) MUST_USE;

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

/*
 * The application that a move names, under the revision that it was read at; else
 * refuses, and gives NULL where there is none for who signed.
 */
const struct application *application_find(struct context *context,
                                           const struct application_moved *moved) MUST_USE;

/* The state to which the end of a period leads from this one, where all is as it was; 0: it has no
 * period. */
enum application_state application_period_end(enum application_state state) MUST_USE;

/*
 * The first day after the period of the row's state, which begins today; DATE_OPEN
 * where it has none.
 */
int32_t application_period_begin(struct context *context, const struct application *row) MUST_USE;

/* Whether its period is over: then nothing else becomes of it before that is booked, if it is. */
bool application_period_is_over(const struct context *context,
                                const struct application *application) MUST_USE;

/* Writes the application with its next revision, the period of its state, and the move that led to
 * it: what was said. */
void application_put(struct context *context, struct application *row, enum verdict verdict,
                     int32_t reason);
