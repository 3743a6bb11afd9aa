#pragma once

#include "flow/channel.h"
#include "notary/notary.h"

/*
 * What the two ends of the notary say to each other: messages of flow/channel.h.
 * Both ends are one program on one machine, so structs travel as they are.
 */
enum notary_message {
    /* Requests. */
    NOTARY_ASK_TREE = 1,    /* struct notary_tree_head, then its leaf hashes */
    NOTARY_ASK_TRANSACTION, /* the transaction, then each item: a uint32_t length before each */
    NOTARY_ASK_STATEMENT,   /* the list's bytes */

    /* Answers. */
    NOTARY_TREE,      /* struct notary_tree_answer, then the note */
    NOTARY_SIGNATURE, /* struct notary_signature */
    NOTARY_REFUSED,   /* of a signature: the notary's log says why */
};

struct notary_tree_head {
    uint64_t from_size;
    struct hash root;
};

struct notary_tree_answer {
    uint64_t size;
    uint32_t verdict; /* enum notary_verdict */
    struct hash root;
};

/* Of one message, either way. */
#define NOTARY_BODY_MAX (sizeof(struct notary_tree_head) + NOTARY_LEAVES_MAX * HASH_SIZE)

_Static_assert(NOTARY_BODY_MAX >= NOTARY_STATEMENT_MAX, "a statement list fits");
_Static_assert(NOTARY_BODY_MAX >= NOTARY_TRANSACTION_MAX + (size_t)4 * (1 + NOTARY_ITEMS_MAX),
               "a transaction fits with its items");

extern const struct channel_limits notary_channel_limits;
