#pragma once

#include "crypto/key.h"
#include "notary/notary.h"

/*
 * The log key with its anchor: signs checkpoints, each over a tree that begins
 * with the one signed before.
 */
struct log_signer;

/*
 * Takes the Ed25519 key over, opens the anchor and signs again what was signed
 * last. NULL and the signer, or why not.
 */
const char *log_signer_open(struct slice log_origin, struct private_key *key,
                            const char *anchor_file, struct log_signer **signer) MUST_USE;
void log_signer_close(struct log_signer *signer);

/*
 * What notary_sign_tree() is answered; the note is valid until the next call.
 * NOTARY_UNREACHED, logged, if the anchor cannot be moved: then nothing has.
 */
struct notary_answer log_signer_grow(struct log_signer *signer, const struct notary_tree *tree);

/*
 * A statement that speaks of fewer entries than this is of a database that was set back: the
 * size that was signed LOG_SIGNER_LAG_US ago, and at least what was signed when this was opened.
 */
#define LOG_SIGNER_LAG_US ((int64_t)10 * 1000000)
uint64_t log_signer_settled(const struct log_signer *signer) MUST_USE;
