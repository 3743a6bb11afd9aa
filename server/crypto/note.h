#pragma once

#include "base/buffer.h"
#include "crypto/key.h"

/*
 * C2SP signed-note: text ending in a newline, an empty line, and signature
 * lines "— NAME BASE64(key hash[4] || signature)". Only Ed25519 (type 0x01) is
 * signed and verified; other signatures are unknown, and unknown ones are ignored.
 */
#define NOTE_MAX ((size_t)64 * 1024)
#define NOTE_NAME_MAX 255
#define NOTE_SIGNATURES_MAX 64

/* Whose signature counts: a name and an Ed25519 key. */
struct note_verifier;

/* From a verifier key "NAME+HASH+BASE64(0x01 || key)"; NULL if it is none. */
struct note_verifier *note_verifier_parse(struct slice text) MUST_USE;

/* NULL if the name is none (empty, too long, a plus sign, a space) or the key is not Ed25519. */
struct note_verifier *note_verifier_new(struct slice name, const struct public_key *key) MUST_USE;
void note_verifier_free(struct note_verifier *verifier);

/* The name; valid as long as the verifier. */
struct slice note_verifier_name(const struct note_verifier *verifier) MUST_USE;

/* Appends the verifier key; false beyond the buffer's limit. */
bool note_verifier_format(const struct note_verifier *verifier, struct buffer *text) MUST_USE;

struct note_signature {
    struct slice name;
    uint8_t key_hash[4];
    struct slice base64; /* of key hash and signature; the alphabet has been checked */
};

/* A note taken apart; its slices are of the bytes that were parsed. Not yet verified. */
struct note {
    struct slice text; /* with its last newline */
    size_t signature_count;
    struct note_signature signatures[NOTE_SIGNATURES_MAX];
};

/* NULL, or why the bytes are not a note. */
const char *note_parse(struct slice bytes, struct note *note) MUST_USE;

/*
 * NULL if at least one of the verifiers signed the note and none of their
 * signatures is wrong; else why not.
 */
const char *note_verify(const struct note *note, const struct note_verifier *const *verifiers,
                        size_t count) MUST_USE;

/*
 * Appends the whole note: `text`, which ends in a newline, signed with an
 * Ed25519 key under `name`. False if text, name or key will not do, or beyond the
 * buffer's limit.
 */
bool note_sign(struct slice text, struct slice name, const struct private_key *key,
               struct buffer *note) MUST_USE;
