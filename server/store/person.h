#pragma once

#include "core/identity.h"
#include "flow/call.h"

/*
 * Persons by the keyed hash of their document, with their accounts. Every one that is found
 * is a look of the caller's institution at her.
 */
struct person {
    struct hash index_hash; /* input; zero: left out */

    bool found;
    struct slice account_no;
    struct sealed_identity sealed;
};

struct person_list {
    size_t count;
    struct person *persons;
};

/*
 * How many persons an institution may ask for in an hour: a guard against load. A
 * certifying organisation imports files of 200,000 rows, and a run that was cut short
 * asks again from its first row.
 */
#define IDENTITIES_PER_HOUR 1000000

/*
 * How many of them may be known under another name than the one given: a guard against
 * trying documents, as that one is known needs no name to be learnt. An honest file has
 * few: a number's check character finds nearly all that is mistyped there, and of names
 * we reckon with one in 400 (a character for another, a rare one left out): 50 where a
 * school takes in 20,000 learners, 500 among 200,000 certificates, sent twice at most
 * within the hour.
 */
#define MISMATCHES_PER_HOUR 1000

/*
 * Counts `count` persons that the caller's institution asks for, whichever worker it
 * asks, in the hour that begins with the first of them. Refuses with IDENTITIES_TOO_MANY
 * where they are too many, and with MISMATCHES_TOO_MANY where those before were: then
 * every call is refused, for one that is answered would tell that it has none. What is
 * refused counts too.
 */
struct step store_count_identities(struct call *call, int64_t count, step_fn *next) MUST_USE;

/* Counts `count` mismatches in what is about to be answered; refuses with MISMATCHES_TOO_MANY. */
struct step store_count_mismatches(struct call *call, int64_t count, step_fn *next) MUST_USE;

/* Fills in those of the list who have accounts; that one has none is no error. */
struct step store_look_up_persons(struct call *call, struct person_list *list,
                                  step_fn *next) MUST_USE;
