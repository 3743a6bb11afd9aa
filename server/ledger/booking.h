#pragma once

#include "base/list.h"
#include "convert/entry.h"
#include "core/world.h"
#include "ledger/persons.h"
#include "store/log.h"

/*
 * What a batch does to a queue of transactions, without any I/O: it executes
 * them one after another over a world, and makes their entries. Any cut of a
 * queue into batches gives the same verdicts and entries.
 */
enum booking_verdict {
    BOOKING_WAITING,  /* not executed yet, or in need of rows that are not loaded */
    BOOKING_BOOKED,   /* entry and leaf are set */
    BOOKING_CHECKED,  /* validate_only, and it could be booked */
    BOOKING_REFUSED,  /* refusals say why */
    BOOKING_REPEATED, /* it stands in the log already, at entry_index */
};

struct submission {
    struct list link; /* in whichever queue holds it */
    const struct signed_transaction *transaction;
    struct arena *arena; /* of refusals and entry: the call's */
    bool validate_only;

    enum booking_verdict verdict;
    struct refusal_list refusals;
    int64_t entry_index, booked_at_us;
    struct slice entry;
    struct hash leaf;
};

struct booking {
    struct world *world;
    struct arena *arena; /* of the batch */
    struct log_head head;
    size_t count, done;
    unsigned loads; /* rounds of loading asked for */
    struct submission **submissions;
    struct persons persons; /* whom they open accounts for */
    size_t booked_count;
    struct log_row *rows; /* of the booked ones */
    size_t opened_count;
    const struct opened_person **opened; /* by the booked ones */
    size_t subtree_count;
    struct merkle_subtree *subtrees;
};

/* A booking of these submissions over an empty world; the arrays live in the arena. */
void booking_init(struct booking *booking, struct submission **submissions, size_t count,
                  struct world *world, struct arena *arena);

/* The person at this place of booking->persons has an account. */
void booking_has_account(struct booking *booking, size_t place);

/* Asks the world for the rows that the submissions name. */
void booking_foresee(struct booking *booking);

/* The log's newest head, and the time of the booking: not before the entry before. */
void booking_set_head(struct booking *booking, const struct log_head *head, int64_t now_us);

/* A submission's request stands in the log already. */
void booking_found(struct booking *booking, const struct log_found *found);

/*
 * Executes one after another. False: rows are missed, and world_missing() says
 * which; load them and call it again. True: what is `done` is to be persisted.
 * That may be less than `count`, never nothing, where rows led to rows more than
 * LOADS_MAX times: whoever is left then leads the next batch, and has them there.
 */
#define LOADS_MAX 3
bool booking_run(struct booking *booking) MUST_USE;

/* What is to be appended to the log. */
struct log_append booking_append(const struct booking *booking) MUST_USE;
