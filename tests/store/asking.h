#pragma once

/*
 * Operations of store, asked by calls, on a bank with a few learners:
 *
 *   A1  at school-a (S1) and school-b (T1); R1 of school-a, C1 and C2 (revoked) of issuer-x;
 *       has applied to school-b with C1, and has an exemption there
 *   A2  at school-b (T2)
 *   A3  at school-a (S3, where another enrolment was an error), not active yet
 *   A4  at school-a (S4) once, and by an error (S2), suspended
 *
 * The pool works as the daemon's own role, so that what it may do suffices.
 */
#include "db.h"
#include "flow/call_private.h"

extern struct runtime runtime;
extern struct fixture *fixture;
extern struct caller caller;   /* who asks next, */
extern const char *account_no; /* and about whom */

int asking_setup(void **state);
int asking_teardown(void **state);

void as_institution(const char *institution_id);

/* Also about herself. */
void as_learner(const char *own);

/*
 * A call of that caller: `fn` begins the operation, whose next step is done();
 * then `took` (NULL: nobody) looks at what it gave, while the call lives. The
 * reason of its refusal.
 */
enum reason ask(step_fn *fn, void (*took)(void));
struct step done(struct call *call);

/* Begins so many such calls at once; how many of them were not refused. */
size_t ask_at_once(step_fn *fn, size_t count);

/* How many looks there are, WHERE so. */
int64_t looks(const char *where);
