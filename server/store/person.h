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
