#include "notary/log_signer.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/scope.h"
#include "crypto/checkpoint.h"
#include "notary/anchor.h"

#include <assert.h>
#include <inttypes.h>

struct log_signer {
    struct anchor *anchor;
    struct private_key *key;
    struct note_verifier *verifier; /* of our own signatures; its name is the origin */
    struct buffer note;             /* over the anchor's tree */

    int64_t moved_us;                   /* when the anchor moved last */
    int64_t marked_us;                  /* when `marked` was what was signed: at most a lag ago */
    uint64_t marked_size, settled_size; /* and what was signed at least a lag before that */
};

/* Signs, and checks what was signed before anybody sees it. */
static void
sign(const struct log_signer *signer, const struct merkle_edge *edge, struct buffer *note)
{
    const struct note_verifier *const verifiers[] = {signer->verifier};
    const struct checkpoint checkpoint = {.origin = note_verifier_name(signer->verifier),
                                          .head = merkle_edge_head(edge)};
    struct checkpoint again;
    bool is_signed = checkpoint_sign(&checkpoint, signer->key, note);

    assert(is_signed);
    const char *fault = checkpoint_open(buffer_slice(note), verifiers, 1, &again);
    assert(fault == NULL);
    assert(again.head.size == checkpoint.head.size);
    assert(hash_equal(&again.head.root, &checkpoint.head.root));
}

const char *
log_signer_open(struct slice log_origin, struct private_key *key, const char *anchor_file,
                struct log_signer **signer)
{
    struct log_signer *opened = xcalloc(1, sizeof(*opened));
    const char *fault = NULL;

    *signer = NULL;
    opened->key = key;
    buffer_init(&opened->note, NOTE_MAX);
    opened->verifier = note_verifier_new(log_origin, private_key_public(key));
    if (opened->verifier == NULL)
        fault = "the log key is not Ed25519, or the log origin cannot be a key's name";
    if (fault == NULL)
        fault = anchor_open(anchor_file, log_origin, &opened->anchor);
    if (fault != NULL) {
        log_signer_close(opened);
        return fault;
    }

    opened->settled_size = opened->marked_size = anchor_edge(opened->anchor)->size;
    opened->marked_us = clock_monotonic_us();
    opened->moved_us = opened->marked_us - LOG_SIGNER_LAG_US;

    /* Ed25519 is deterministic (RFC 8032): it is the same note as then. */
    sign(opened, anchor_edge(opened->anchor), &opened->note);
    *signer = opened;
    return NULL;
}

void
log_signer_close(struct log_signer *signer)
{
    if (signer == NULL)
        return;
    anchor_close(signer->anchor);
    note_verifier_free(signer->verifier);
    private_key_free(signer->key);
    buffer_fini(&signer->note);
    xfree(signer);
}

/* What is answered of the tree that was signed last. */
static struct notary_answer
last_signed(const struct log_signer *signer, enum notary_verdict verdict)
{
    return (struct notary_answer){.verdict = verdict,
                                  .head = merkle_edge_head(anchor_edge(signer->anchor)),
                                  .note = buffer_slice(&signer->note)};
}

/* The anchor has moved on from this size. */
static void
note_move(struct log_signer *signer, uint64_t before, int64_t now_us)
{
    signer->moved_us = now_us;
    if (now_us - signer->marked_us < LOG_SIGNER_LAG_US)
        return;
    signer->settled_size = signer->marked_size;
    signer->marked_size = before;
    signer->marked_us = now_us;
}

/* Moves the anchor first: no signature leaves before it is on disk. */
static struct notary_answer
move(struct log_signer *signer, const struct merkle_edge *edge)
{
    SCOPED(buffer_fini) struct buffer note;
    uint64_t before = anchor_edge(signer->anchor)->size;

    buffer_init(&note, NOTE_MAX);
    sign(signer, edge, &note);
    const char *fault = anchor_move(signer->anchor, edge);
    if (fault != NULL) {
        log_error("anchor not moved size=%" PRIu64 " reason=\"%s\"", edge->size, fault);
        return last_signed(signer, NOTARY_UNREACHED);
    }

    note_move(signer, before, clock_monotonic_us());

    struct buffer old = signer->note;
    signer->note = note;
    note = old;
    return last_signed(signer, NOTARY_SIGNED);
}

struct notary_answer
log_signer_grow(struct log_signer *signer, const struct notary_tree *tree)
{
    struct merkle_edge edge = *anchor_edge(signer->anchor);
    struct merkle_head head;
    uint64_t size = tree->from_size + tree->leaf_count;

    if (tree->from_size > edge.size)
        return last_signed(signer, NOTARY_MISSING);
    if (size < edge.size)
        return last_signed(signer, NOTARY_SIGNED_LATER);

    /* Leaves that were signed already are not appended twice: the root covers them. */
    for (size_t i = (size_t)(edge.size - tree->from_size); i < tree->leaf_count; i++)
        merkle_edge_append(&edge, &tree->leaves[i], NULL);
    head = merkle_edge_head(&edge);
    if (!hash_equal(&head.root, &tree->root)) {
        log_error("checkpoint refused reason=\"the log has forked\" size=%" PRIu64
                  " signed_size=%" PRIu64,
                  size, anchor_edge(signer->anchor)->size);
        return last_signed(signer, NOTARY_FORKED);
    }
    if (size == anchor_edge(signer->anchor)->size)
        return last_signed(signer, NOTARY_SIGNED);
    return move(signer, &edge);
}

uint64_t
log_signer_settled(const struct log_signer *signer)
{
    int64_t now_us = clock_monotonic_us();

    if (now_us - signer->moved_us >= LOG_SIGNER_LAG_US)
        return anchor_edge(signer->anchor)->size;
    return now_us - signer->marked_us >= LOG_SIGNER_LAG_US ? signer->marked_size
                                                           : signer->settled_size;
}
