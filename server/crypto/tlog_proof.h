#pragma once

#include "crypto/checkpoint.h"

/*
 * C2SP tlog-proof: the text that proves one entry of a log offline: its index,
 * its inclusion proof and a signed checkpoint.
 */
#define TLOG_PROOF_MAX (NOTE_MAX + (size_t)8192)

struct tlog_proof {
    struct slice extra; /* base64 of what the proof carries unproved; empty if nothing */
    uint64_t index;
    struct merkle_proof path;
    struct slice checkpoint; /* the signed note, as it stands */
};

/* Appends the text; false beyond the buffer's limit. */
bool tlog_proof_format(const struct tlog_proof *proof, struct buffer *text) MUST_USE;

/* NULL, or why the text is none. The slices are of the text. Nothing is verified yet. */
const char *tlog_proof_parse(struct slice text, struct tlog_proof *proof) MUST_USE;

/*
 * NULL if the checkpoint opens (checkpoint_open) and has the leaf hash at the
 * proof's index; else why not. Sets the checkpoint.
 */
const char *tlog_proof_verify(const struct tlog_proof *proof, const struct hash *leaf,
                              const struct note_verifier *const *verifiers, size_t count,
                              struct checkpoint *checkpoint) MUST_USE;
