#pragma once

#include "core/identity.h"
#include "flow/call.h"

/*
 * Persons by the keyed hash of their document, and the account numbers drawn
 * for them. Every one that is found is a look of the caller's institution at
 * her.
 */
struct person {
    struct hash index_hash; /* input; zero: left out */

    bool found;
    struct slice account_no; /* of one not found: drawn for her */
    struct sealed_identity sealed;
    bool is_open; /* an institution has opened the account */
};

struct person_list {
    size_t count;
    struct person *persons;
};

/*
 * How many persons an institution may ask for in an hour. A school that takes in
 * 20,000 learners on one day asks for each a few times; who asks for every number of a
 * district to learn whose account is open would need weeks, and is seen.
 */
#define IDENTITIES_PER_HOUR 100000

/*
 * Counts `count` persons for the caller's institution, whichever worker it asks;
 * refuses with IDENTITIES_TOO_MANY, and counts none, where the hour that began with
 * the first of them would have more than it may.
 */
struct step store_count_identities(struct call *call, int64_t count, step_fn *next) MUST_USE;

/* Finds those that are not found yet. */
struct step store_look_up_persons(struct call *call, struct person_list *list,
                                  step_fn *next) MUST_USE;

/*
 * Stores those not found, sealed under the account number that was drawn for
 * each, unless somebody else was faster or the number is taken; then looks them
 * up. Who is still not found drew a number that is taken.
 */
struct step store_insert_persons(struct call *call, struct person_list *list,
                                 step_fn *next) MUST_USE;
