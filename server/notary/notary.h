#pragma once

#include "crypto/dsse.h"
#include "crypto/merkle.h"
#include "flow/call.h"

struct event_base;

/*
 * The worker's end of the notary, the one process that holds the bank's private
 * keys. It may be gone for a while, and is replaced then; meanwhile nothing is
 * signed.
 */
struct notary;

/* There is no process yet. */
struct notary *notary_new(struct event_base *base) MUST_USE;

/* What is under way ends as NOTARY_UNREACHED before this returns. */
void notary_free(struct notary *notary);

/* The process is there (again); takes `fd` over. */
void notary_connect(struct notary *notary, int fd);

/* Whether there is a process to ask: without one a worker takes no writes. */
bool notary_is_reachable(const struct notary *notary) MUST_USE;

/* Most leaf hashes in one request; who is further behind sends several. */
#define NOTARY_LEAVES_MAX ((size_t)65536)

/* Most requests of one worker under way; the next ends as NOTARY_UNREACHED. */
#define NOTARY_WAITING_MAX 256

/* How long a worker waits for an answer. */
#define NOTARY_DEADLINE_MS 5000

/* The log has grown by `leaf_count` from `from_size` on, and has now this root. */
struct notary_tree {
    uint64_t from_size;
    const struct hash *leaves; /* leaf hashes of the entries from from_size on */
    size_t leaf_count;         /* at most NOTARY_LEAVES_MAX; */
    struct hash root;          /* of all from_size + leaf_count entries */
};

enum notary_verdict {
    NOTARY_SIGNED,       /* head and note are of the tree that was sent */
    NOTARY_SIGNED_LATER, /* a larger tree was signed before: head and note are its; reach its root
                            from your own rows, or stop writing */
    NOTARY_MISSING,   /* head is of the last signed tree, smaller than from_size: send from there */
    NOTARY_FORKED,    /* another root over the same leaves: stop writing; nothing was signed */
    NOTARY_UNREACHED, /* no process, no answer in time, or it cannot write its anchor; perhaps it
                         signed: ask again */
};

struct notary_answer {
    enum notary_verdict verdict;
    struct merkle_head head; /* of the last signed tree; not with NOTARY_UNREACHED */
    struct slice note;       /* its checkpoint (crypto/checkpoint.h); not with NOTARY_UNREACHED */
};

/* The answer is valid until this returns. */
typedef void notary_done_fn(void *arg, const struct notary_answer *answer);

/*
 * Asks for a checkpoint over a tree, which is copied. `done` runs once, from the
 * event loop, never inside this call. Leaves that the notary has signed already
 * are skipped, so that workers may ask at the same time: the root covers them.
 */
void notary_sign_tree(struct notary *notary, const struct notary_tree *tree, notary_done_fn *done,
                      void *arg);

/* A transaction of the service duty: its bytes, and those of every item that it commits to. */
struct notary_transaction {
    struct slice bytes;
    const struct slice *items;
    size_t item_count; /* at most NOTARY_ITEMS_MAX */
};

#define NOTARY_ITEMS_MAX 1000
#define NOTARY_TRANSACTION_MAX ((size_t)1 << 20) /* bytes of transaction and items together */
#define NOTARY_STATEMENT_MAX ((size_t)1 << 20)   /* bytes of a list */

/* The payload type under which statement lists are signed. */
#define NOTARY_STATEMENT "application/vnd.creditbank.statement.v1+protobuf"

struct notary_signature {
    struct hash key_id; /* of the service key */
    struct signature signature;
};

/*
 * Operations: the service key signs a transaction of the bank itself (activation,
 * application submitted or withdrawn, nothing else), or a canonical StatementList.
 * They fail the call with NOTARY_UNAVAILABLE, or NOTARY_REFUSED, which is a bug of
 * whoever asked; the limits above are the caller's to check. `signature` must live
 * until `next` runs (the call's state).
 */
struct step notary_sign_transaction(struct call *call, const struct notary_transaction *transaction,
                                    struct notary_signature *signature, step_fn *next) MUST_USE;
struct step notary_sign_statement(struct call *call, struct slice statement_list,
                                  struct notary_signature *signature, step_fn *next) MUST_USE;
