#pragma once

#include "generate.h"
#include "tally.h"
#include "write.h"

#define STEPS_MAX 1000
#define WORLD_BUDGET ((size_t)64 << 20)

/* A transaction of a run, and what became of it. */
struct event {
    struct signed_transaction transaction;
    int64_t booked_at_us;
    bool booked;
    int64_t entry_index; /* where it stands, if booked */
    struct hash leaf;    /* of its entry */
};

/* A run: the bank under test, the model beside it, and all that was said. */
struct run {
    uint64_t seed;
    struct random random;
    struct arena *arena; /* of all that is kept */
    struct world *world;
    struct model model;
    struct writer writer;
    struct tally *tally;
    int moment; /* events that come at once, on the average */
    size_t event_count;
    struct event events[STEPS_MAX];
};

/* Ends the program with seed, step and the sentence. */
void run_fail(const struct run *run, const char *what, ...) PRINTF(2, 3) NORETURN;

/* What every executor of events does with a booked one: its entry's hash, and the key chains. */
struct hash run_book(struct world *world, const struct event *event, struct arena *arena);

/* The run of a seed: `steps` events and their checks. */
void run_steps(struct run *run, size_t steps);

/* check.c: the world holds what the model holds: the learner at hand, or everything. */
void check_learner(const struct run *run, int learner);
void check_everything(const struct run *run);

/* replay.c: the booked events alone, in a fresh world, give the same state. */
void replay_booked(const struct run *run);

/* batch.c: all events, booked in batches over a database, give the same verdicts and entries. */
void batch_all(const struct run *run, size_t batch_size);

/* replay.c: two worlds, everything loaded since they were empty, are equal in every row. */
void compare_worlds(const struct run *run, const char *what, struct world *a, struct world *b);
