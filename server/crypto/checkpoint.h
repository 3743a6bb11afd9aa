#pragma once

#include "crypto/merkle.h"
#include "crypto/note.h"

/*
 * C2SP tlog-checkpoint: a note whose text is the log's origin, its size and its
 * root, a line each; further lines are allowed when read and mean nothing to us.
 */
struct checkpoint {
    struct slice origin;
    struct merkle_head head;
};

/* Appends the text; false if the origin is empty or has a newline, or beyond the limit. */
bool checkpoint_format(const struct checkpoint *checkpoint, struct buffer *text) MUST_USE;

/* NULL, or why the text is no checkpoint. The origin is a slice of the text. */
const char *checkpoint_parse(struct slice text, struct checkpoint *checkpoint) MUST_USE;

/* Appends the signed note; its key name is the origin. False as checkpoint_format and note_sign. */
bool checkpoint_sign(const struct checkpoint *checkpoint, const struct private_key *key,
                     struct buffer *note) MUST_USE;

/*
 * Opens a signed checkpoint: one of the verifiers signed it, and its origin is
 * the verifiers' name. NULL, or why not. The origin is a slice of the bytes.
 */
const char *checkpoint_open(struct slice bytes, const struct note_verifier *const *verifiers,
                            size_t count, struct checkpoint *checkpoint) MUST_USE;
