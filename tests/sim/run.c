#include "run.h"

#include "convert/entry.h"
#include "crypto/merkle.h"
#include "spoil.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

/* One seed in so many begins with a school that uses up a learner's places. */
#define CROWDED_SEEDS 16

/* One in so many with a school that returns an application again and again. */
#define PATIENT_SEEDS 32

/* One in so many with an application that is objected to again and again. */
#define CONTESTED_SEEDS 32

/* One in so many with an institution that uses up its keys. */
#define KEYED_SEEDS 256

/* Moments have 1, 2, 4, … events on the average: as many kinds of bank. */
#define MOMENTS 7

#define FIRST_MOMENT_US (INT64_C(20000) * 86400 * 1000000)

void
run_fail(const struct run *run, const char *what, ...)
{
    va_list args;

    printf("# seed %" PRIu64 ", step %zu: ", run->seed, run->event_count);
    va_start(args, what);
    vprintf(what, args);
    va_end(args);
    printf("\n# again: sim --seed %" PRIu64 "\n", run->seed);
    fflush(stdout);
    exit(1);
}

struct hash
run_book(struct world *world, const struct event *event, struct arena *arena)
{
    const struct transaction *transaction = &event->transaction.value;
    struct hash chain = execute_key_chain(world, transaction);
    struct hash leaf =
        merkle_leaf(convert_entry(&event->transaction, event->booked_at_us, &chain, arena));

    execute_advance_chains(world, transaction, &leaf);
    return leaf;
}

/* Whether the refusals tell of the reason; of any where it is REASON_NONE. */
static bool
tells(const struct refusal_list *refusals, enum reason reason, size_t item)
{
    for (const struct refusal *refusal = refusals->first; refusal != NULL; refusal = refusal->next)
        if ((reason == REASON_NONE || refusal->reason == reason) &&
            (refusal->item_index == REFUSAL_NO_ITEM || refusal->item_index == item))
            return true;
    return false;
}

static const char *
first_reason(const struct refusal_list *refusals)
{
    return refusals->first == NULL ? "none" : reason_text(refusals->first->reason)->code;
}

/* The state changes by what was booked, and by nothing else. */
static enum execute_result
try_event(struct run *run, struct event *event, struct refusal_list *refusals)
{
    struct position position = {run->model.entry_index, event->booked_at_us};
    const struct transaction *transaction = &event->transaction.value;
    size_t mark = world_mark(run->world);
    enum execute_result result = execute(run->world, transaction, &position, run->arena, refusals);

    write_bytes(run->arena, &event->transaction);
    event->booked = result == EXECUTE_BOOKED;
    event->entry_index = position.entry_index;
    if (result == EXECUTE_NOT_LOADED)
        run_fail(run, "everything is loaded, and something was not");
    if (event->booked == (refusals->count > 0))
        run_fail(run, "booked and refused at once, or neither");
    if (!event->booked && world_mark(run->world) != mark)
        run_fail(run, "a refused transaction left something behind");
    if (event->booked) {
        tally_booked(run->tally, transaction);
        event->leaf = run_book(run->world, event, run->arena);
    } else {
        tally_refused(run->tally, refusals);
    }
    return result;
}

/* The model's word: NULL if everything is allowed, else why not, and of which item. */
static const char *
foresee(struct model *next, const struct deed *deeds, size_t count, size_t *item)
{
    for (size_t i = 0; i < count; i++) {
        const char *why = model_refuses(next, &deeds[i]);

        *item = i;
        if (why != NULL)
            return why;
        model_apply(next, &deeds[i]);
    }
    return NULL;
}

static struct event *
next_event(struct run *run)
{
    struct event *event = &run->events[run->event_count];

    *event = (struct event){.booked_at_us = run->model.now_us};
    return event;
}

/*
 * Time goes on between moments; what comes at one moment may be booked in one
 * batch. The longer a moment, the longer until the next.
 */
static void
end_event(struct run *run)
{
    run->event_count++;
    if (random_below(&run->random, run->moment) > 0)
        return;
    for (int i = 0; i < run->moment; i++)
        run->model.now_us += random_below(&run->random, 6 * 3600) * INT64_C(1000000);
    run->model.today = date_in_shanghai(run->model.now_us);
}

static void
play(struct run *run, const struct deed *deeds, size_t count, bool may_spoil)
{
    struct event *event = next_event(run);
    struct model next = run->model;
    struct refusal_list refusals = {0};
    enum reason expected = REASON_NONE;
    size_t item = 0;
    const char *why = foresee(&next, deeds, count, &item);

    write_transaction(&run->writer, &run->model, deeds, count, &event->transaction.value);
    if (why == NULL && may_spoil) {
        expected = spoil(&run->random, &event->transaction.value);
        item = expected == REASON_SALT_REPEATED ? count - 1 : 0;
        if (expected != REASON_NONE)
            why = reason_text(expected)->code;
    }
    try_event(run, event, &refusals);
    if (event->booked && why != NULL)
        run_fail(run, "booked, and should not: %s (kind %d, control %d, item %zu)", why,
                 (int)deeds[0].kind, (int)deeds[0].control, item);
    if (!event->booked && why == NULL)
        run_fail(run, "refused for %s, and should not (kind %d, control %d)",
                 first_reason(&refusals), (int)deeds[0].kind, (int)deeds[0].control);
    if (!event->booked && !tells(&refusals, expected, item))
        run_fail(run, "refused for %s, not for %s of item %zu", first_reason(&refusals), why, item);
    if (event->booked) {
        next.entry_index = run->model.entry_index + 1;
        run->model = next;
    }
    check_learner(run, deeds[count - 1].learner);
    end_event(run);
}

/* A transaction before the founding, foundings that will not do, and one that does. */
static void
found(struct run *run)
{
    for (int i = 0; i < 4; i++) {
        struct event *event = next_event(run);
        struct founding *founding = &event->transaction.value.control.founding;
        struct refusal_list refusals = {0};
        struct deed deed = {.kind = ITEM_ACCOUNT_OPENED, .key_count = 1, .replaces = NONE};

        if (i == 0)
            write_transaction(&run->writer, &run->model, &deed, 1, &event->transaction.value);
        else
            write_founding(&run->writer, &run->model, &event->transaction.value);
        if (i == 1)
            founding->demo = true;
        if (i == 2)
            founding->operator_key_count = 0;
        try_event(run, event, &refusals);
        if (event->booked != (i == 3))
            run_fail(run, "founding %d: %s", i, first_reason(&refusals));
        end_event(run);
    }
    run->model.kinds[OPERATOR] = INSTITUTION_OPERATOR;
    for (int i = 0; i < 3; i++)
        run->model.keys[i].state = 1;
    run->model.entry_index = 1;
}

void
run_steps(struct run *run, size_t steps)
{
    struct deed deeds[DEEDS_MAX];

    run->random.state = run->seed;
    run->moment = 1 << random_below(&run->random, MOMENTS);
    run->model = (struct model){.now_us = FIRST_MOMENT_US,
                                .has_many_keys = run->seed % KEYED_SEEDS == 1,
                                .is_crowded = run->seed % CROWDED_SEEDS == 0,
                                .is_patient = run->seed % PATIENT_SEEDS == 2,
                                .is_contested = run->seed % CONTESTED_SEEDS == 3};
    run->model.today = date_in_shanghai(FIRST_MOMENT_US);
    generate_keys(&run->model);
    found(run);
    for (int i = 0; generate_prelude(&run->model, i, &deeds[0]); i++)
        play(run, deeds, 1, false);
    while (run->event_count < steps) {
        size_t count = generate(&run->random, &run->model, deeds);

        play(run, deeds, count, random_chance(&run->random, 25));
    }
    check_everything(run);
}
