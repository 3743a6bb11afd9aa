#pragma once

#include "base/refusal.h"
#include "core/identity.h"

/*
 * Whom the transactions of a batch open accounts for: a person is given one account, whoever
 * else asks. She is known by the keyed hash of her document (crypto/seal.h).
 */
struct persons {
    size_t count;
    struct hash *hashes; /* in order, each once */
    struct person_state *states;
    size_t checks; /* so far: by its number a check knows whom it met itself */
};

struct person_state {
    bool has_account; /* since before the batch, or by what was booked in it */
    size_t named_in;  /* the last check that met her */
};

/* Those of all the lists; what it allocates lives in the arena. */
void persons_gather(struct persons *persons, const struct opened_list *const *lists,
                    size_t list_count, struct arena *arena);

/*
 * Refuses each item that cannot open its account, for a person who cannot be given it in a
 * transaction that is booked at `now_us`; false if there is any.
 */
bool persons_admit(struct persons *persons, const struct opened_list *list, int64_t now_us,
                   struct arena *arena, struct refusal_list *refusals) MUST_USE;

/* The transaction is booked. */
void persons_give(struct persons *persons, const struct opened_list *list);
