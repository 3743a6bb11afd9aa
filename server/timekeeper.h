#pragma once

#include "flow/call.h"

struct event_base;

/*
 * Ends the periods of applications that are over, every second a bounded number:
 * every worker does, and what two of them ask for at once is booked once.
 */
struct timekeeper;

/* Does nothing before timekeeper_start(). `runtime` is borrowed. */
struct timekeeper *timekeeper_new(struct event_base *base, const struct runtime *runtime) MUST_USE;

/* Not while calls are under way (asserted): after timekeeper_stop(). */
void timekeeper_free(struct timekeeper *keeper);

/* Once the runtime can book. */
void timekeeper_start(struct timekeeper *keeper);

/* From now on none is begun; `stopped` runs once none is under way, perhaps at once. */
void timekeeper_stop(struct timekeeper *keeper, void (*stopped)(void *arg), void *arg);
