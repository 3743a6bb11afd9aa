#pragma once

#include "combination/combination.h"
#include "flow/call.h"

struct event_base;

/*
 * What costs more than 5 ms of CPU is done by the calculators: few processes
 * that hold no keys and see no database. This is the worker's end of them.
 */
struct calculator;

/* Most calculator processes of a daemon. */
#define CALCULATORS_MAX 16

/* Requests of one worker to one process under way, and how long each may take. */
#define CALCULATOR_WAITING_MAX 64
#define CALCULATOR_DEADLINE_MS 10000

/* There are no processes yet. */
struct calculator *calculator_new(struct event_base *base) MUST_USE;

/* Calls under way are refused with CALCULATOR_UNAVAILABLE. */
void calculator_free(struct calculator *calculator);

/* Process `index` (< CALCULATORS_MAX) is there (again); takes `fd` over. */
void calculator_connect(struct calculator *calculator, unsigned index, int fd);

#define PASSWORD_MAX 1024     /* bytes */
#define PASSWORD_SALT_SIZE 16 /* random, new for each hash */
#define PASSWORD_HASH_MAX 256 /* of the encoded hash, with its terminator */

/* The encoded text, "$argon2id$v=19$m=19456,t=2,p=1$…": parameters, salt and hash. */
struct password_hash {
    char text[PASSWORD_HASH_MAX];
};

/*
 * Operations: hash a password with Argon2id (RFC 9106), and tell whether one is
 * that of a hash made so. They fail the call with CALCULATOR_BUSY or
 * CALCULATOR_UNAVAILABLE. The caller checks that a password is at most
 * PASSWORD_MAX bytes; `hash` and `matches` must live until `next` runs (the call's
 * state). An encoded hash that is none, or asks for more than twice today's work,
 * matches nothing.
 */
struct step calculator_hash_password(struct call *call, struct slice password,
                                     const uint8_t salt[PASSWORD_SALT_SIZE],
                                     struct password_hash *hash, step_fn *next) MUST_USE;
struct step calculator_verify_password(struct call *call, struct slice password,
                                       const char *encoded, bool *matches, step_fn *next) MUST_USE;

/* How long one combination is searched for; the best by then is the answer. */
#define CALCULATOR_COMBINE_MS 1000

/*
 * Operation: solves a problem, of which the caller checked that it is valid, and has
 * the answer checked too. Fails the call as the others do. `problem` is copied;
 * `answer` must live until `next` runs. Each process does one thing at a time: who
 * signs in meanwhile waits for it, or is served by another process.
 */
struct step calculator_combine(struct call *call, const struct combination_problem *problem,
                               struct combination *answer, step_fn *next) MUST_USE;
