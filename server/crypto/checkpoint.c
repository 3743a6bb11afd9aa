#include "crypto/checkpoint.h"

#include "base/base64.h"
#include "base/scope.h"
#include "crypto/text.h"

#include <inttypes.h>

bool
checkpoint_format(const struct checkpoint *checkpoint, struct buffer *text)
{
    struct slice origin = checkpoint->origin;

    if (origin.len == 0 || memchr(origin.at, '\n', origin.len) != NULL)
        return false;
    return buffer_append(text, origin) &&
           buffer_printf(text, "\n%" PRIu64 "\n", checkpoint->head.size) &&
           base64_encode(BASE64_STANDARD, hash_slice(&checkpoint->head.root), text) &&
           buffer_append_byte(text, '\n');
}

const char *
checkpoint_parse(struct slice text, struct checkpoint *checkpoint)
{
    struct slice size, root, extension;

    if (!text_next_line(&text, &checkpoint->origin) || checkpoint->origin.len == 0)
        return "the checkpoint has no origin";
    if (!text_next_line(&text, &size) || !text_parse_decimal(size, &checkpoint->head.size))
        return "the checkpoint has no size";
    if (!text_next_line(&text, &root) ||
        !base64_decode_exact(BASE64_STANDARD, root, checkpoint->head.root.bytes, HASH_SIZE))
        return "the checkpoint has no root hash";
    while (text_next_line(&text, &extension)) {
        if (extension.len == 0)
            return "the checkpoint has an empty line";
    }
    return text.len > 0 ? "the checkpoint does not end in a newline" : NULL;
}

bool
checkpoint_sign(const struct checkpoint *checkpoint, const struct private_key *key,
                struct buffer *note)
{
    SCOPED(buffer_fini) struct buffer text;

    buffer_init(&text, NOTE_MAX);
    return checkpoint_format(checkpoint, &text) &&
           note_sign(buffer_slice(&text), checkpoint->origin, key, note);
}

/* A log's key speaks for the log of its name only. */
static bool
is_origin_known(struct slice origin, const struct note_verifier *const *verifiers, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (!slice_equal(origin, note_verifier_name(verifiers[i])))
            return false;
    }
    return true;
}

const char *
checkpoint_open(struct slice bytes, const struct note_verifier *const *verifiers, size_t count,
                struct checkpoint *checkpoint)
{
    struct note note;
    const char *fault = note_parse(bytes, &note);

    if (fault == NULL)
        fault = note_verify(&note, verifiers, count);
    if (fault == NULL)
        fault = checkpoint_parse(note.text, checkpoint);
    if (fault == NULL && !is_origin_known(checkpoint->origin, verifiers, count))
        fault = "the checkpoint is of another log";
    return fault;
}
