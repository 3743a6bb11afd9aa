#include "crypto/tlog_proof.h"

#include "base/base64.h"
#include "base/scope.h"
#include "crypto/text.h"

#include <inttypes.h>

#define FIRST_LINE "c2sp.org/tlog-proof@v1"

static bool
append_hashes(const struct merkle_proof *path, struct buffer *text)
{
    for (size_t i = 0; i < path->count; i++) {
        if (!base64_encode(BASE64_STANDARD, hash_slice(&path->hashes[i]), text) ||
            !buffer_append_byte(text, '\n'))
            return false;
    }
    return true;
}

static bool
append_extra(struct slice extra, struct buffer *text)
{
    return extra.len == 0 || (buffer_append(text, slice_text("extra ")) &&
                              buffer_append(text, extra) && buffer_append_byte(text, '\n'));
}

bool
tlog_proof_format(const struct tlog_proof *proof, struct buffer *text)
{
    return buffer_append(text, slice_text(FIRST_LINE "\n")) && append_extra(proof->extra, text) &&
           buffer_printf(text, "index %" PRIu64 "\n", proof->index) &&
           append_hashes(&proof->path, text) && buffer_append_byte(text, '\n') &&
           buffer_append(text, proof->checkpoint);
}

static bool
is_base64(struct slice text)
{
    SCOPED(buffer_fini) struct buffer bytes;

    buffer_init(&bytes, TLOG_PROOF_MAX);
    return text.len > 0 && base64_decode(BASE64_STANDARD, text, &bytes);
}

/* The lines up to the empty one, a hash each. */
static const char *
parse_path(struct slice *rest, struct merkle_proof *path)
{
    struct slice line;

    path->count = 0;
    while (text_next_line(rest, &line)) {
        uint8_t hash[HASH_SIZE];

        if (line.len == 0)
            return NULL;
        if (!base64_decode_exact(BASE64_STANDARD, line, hash, HASH_SIZE))
            return "the proof has a malformed hash";
        if (!merkle_proof_add(path, slice_make(hash, HASH_SIZE)))
            return "the proof is too long";
    }
    return "the proof has no empty line before its checkpoint";
}

const char *
tlog_proof_parse(struct slice text, struct tlog_proof *proof)
{
    struct slice line, index;

    if (text.len > TLOG_PROOF_MAX)
        return "the proof is too long";
    if (!text_next_line(&text, &line) || !slice_is(line, FIRST_LINE))
        return "the proof is not a tlog-proof of version 1";
    if (!text_next_line(&text, &line))
        return "the proof has no index";

    proof->extra = slice_make(NULL, 0);
    if (text_after(line, "extra ", &proof->extra) &&
        (!is_base64(proof->extra) || !text_next_line(&text, &line)))
        return "the proof has malformed extra data";
    if (!text_after(line, "index ", &index) || !text_parse_decimal(index, &proof->index))
        return "the proof has no index";

    const char *fault = parse_path(&text, &proof->path);

    proof->checkpoint = text;
    return fault;
}

const char *
tlog_proof_verify(const struct tlog_proof *proof, const struct hash *leaf,
                  const struct note_verifier *const *verifiers, size_t count,
                  struct checkpoint *checkpoint)
{
    const char *fault = checkpoint_open(proof->checkpoint, verifiers, count, checkpoint);

    if (fault != NULL)
        return fault;
    if (!merkle_verify_inclusion(&checkpoint->head, proof->index, leaf, &proof->path))
        return "the entry is not in the log at this index";
    return NULL;
}
