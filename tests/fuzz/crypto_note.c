/*
 * Signed notes, checkpoints, proofs and verifier keys have one form each: what
 * parses is, put together again, the bytes that were parsed.
 */
#include "crypto/tlog_proof.h"

#include "fuzz.h"

#include <assert.h>

#define TEXT_MAX ((size_t)8 << 20)

static void
check_equal(struct buffer *again, bool fits, struct slice bytes)
{
    assert(fits);
    assert(slice_equal(buffer_slice(again), bytes));
    buffer_clear(again);
}

static void
check_note(struct slice bytes, struct buffer *again)
{
    struct note note;
    bool fits;

    if (note_parse(bytes, &note) != NULL)
        return;
    assert(note.signature_count > 0);
    assert(note.signature_count <= NOTE_SIGNATURES_MAX);
    fits = buffer_append(again, note.text) && buffer_append_byte(again, '\n');
    for (size_t i = 0; i < note.signature_count; i++) {
        const struct note_signature *signature = &note.signatures[i];

        fits = fits && buffer_append(again, slice_text("\xe2\x80\x94 ")) &&
               buffer_append(again, signature->name) && buffer_append_byte(again, ' ') &&
               buffer_append(again, signature->base64) && buffer_append_byte(again, '\n');
    }
    check_equal(again, fits, bytes);
}

/* Lines after the third mean nothing to us, so that only those three come again. */
static void
check_checkpoint(struct slice bytes, struct buffer *again)
{
    struct checkpoint checkpoint;
    bool fits;

    if (checkpoint_parse(bytes, &checkpoint) != NULL)
        return;
    fits = checkpoint_format(&checkpoint, again);
    assert(fits);
    assert(again->len <= bytes.len);
    check_equal(again, fits, slice_make(bytes.at, again->len));
}

static void
check_proof(struct slice bytes, struct buffer *again)
{
    struct tlog_proof proof;

    if (tlog_proof_parse(bytes, &proof) == NULL)
        check_equal(again, tlog_proof_format(&proof, again), bytes);
}

static void
check_verifier(struct slice bytes, struct buffer *again)
{
    struct note_verifier *verifier = note_verifier_parse(bytes);

    if (verifier != NULL)
        check_equal(again, note_verifier_format(verifier, again), bytes);
    note_verifier_free(verifier);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice bytes = slice_make(data, size);
    struct buffer again;

    buffer_init(&again, TEXT_MAX);
    check_note(bytes, &again);
    check_checkpoint(bytes, &again);
    check_proof(bytes, &again);
    check_verifier(bytes, &again);
    buffer_fini(&again);
    return 0;
}
