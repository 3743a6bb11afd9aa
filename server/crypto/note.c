#include "crypto/note.h"

#include "base/base64.h"
#include "base/hex.h"
#include "base/memory.h"
#include "base/utf8.h"
#include "crypto/text.h"

/* C2SP signed-note, "Signature types": Ed25519 over the note's text. */
#define TYPE_ED25519 0x01
#define ED25519_SIZE 32
#define KEY_HASH_SIZE 4

/* Largest signature that an unknown key may have made: post-quantum ones take up to 5 kB. */
#define SIGNATURE_MAX ((size_t)8192)

/* U+2014, the dash that begins a signature line, and a space. */
#define DASH "\xe2\x80\x94 "

struct note_verifier {
    struct public_key *key;
    uint8_t key_hash[KEY_HASH_SIZE];
    size_t name_len;
    uint8_t name[NOTE_NAME_MAX];
};

/* The white space of Unicode beyond ASCII's space; controls are refused everywhere. */
static const char *const spaces[] = {
    " ",
    "\xc2\x85",
    "\xc2\xa0",
    "\xe1\x9a\x80",
    "\xe2\x80\x80",
    "\xe2\x80\x81",
    "\xe2\x80\x82",
    "\xe2\x80\x83",
    "\xe2\x80\x84",
    "\xe2\x80\x85",
    "\xe2\x80\x86",
    "\xe2\x80\x87",
    "\xe2\x80\x88",
    "\xe2\x80\x89",
    "\xe2\x80\x8a",
    "\xe2\x80\xa8",
    "\xe2\x80\xa9",
    "\xe2\x80\xaf",
    "\xe2\x81\x9f",
    "\xe3\x80\x80",
};

static bool
contains(struct slice text, const char *part)
{
    return text.len > 0 && memmem(text.at, text.len, part, strlen(part)) != NULL;
}

/* Notes are UTF-8 without control characters; a newline may be one of them. */
static bool
is_clean(struct slice text, bool newlines)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.at[i] < 0x20 && !(newlines && text.at[i] == '\n'))
            return false;
    }
    return utf8_is_valid(text);
}

/* "Key names MUST be non-empty and MUST NOT contain any Unicode spaces or plus characters." */
static bool
is_name(struct slice name)
{
    if (name.len == 0 || name.len > NOTE_NAME_MAX || !is_clean(name, false) || contains(name, "+"))
        return false;
    for (size_t i = 0; i < ARRAY_COUNT(spaces); i++) {
        if (contains(name, spaces[i]))
            return false;
    }
    return true;
}

/* The first four bytes of SHA-256(name || newline || type || public key). */
static void
compute_key_hash(struct slice name, const struct public_key *key, uint8_t hash[KEY_HASH_SIZE])
{
    static const uint8_t middle[] = {'\n', TYPE_ED25519};
    struct slice parts[] = {name, slice_make(middle, sizeof(middle)), public_key_ed25519(key)};
    struct hash whole = hash_sha256_parts(parts, ARRAY_COUNT(parts));

    memcpy(hash, whole.bytes, KEY_HASH_SIZE);
}

struct note_verifier *
note_verifier_new(struct slice name, const struct public_key *key)
{
    if (!is_name(name) || public_key_algorithm(key) != KEY_ED25519)
        return NULL;

    struct note_verifier *verifier = xcalloc(1, sizeof(*verifier));

    verifier->key = public_key_parse(public_key_spki(key));
    compute_key_hash(name, key, verifier->key_hash);
    verifier->name_len = name.len;
    memcpy(verifier->name, name.at, name.len);
    return verifier;
}

void
note_verifier_free(struct note_verifier *verifier)
{
    if (verifier == NULL)
        return;
    public_key_free(verifier->key);
    xfree(verifier);
}

struct slice
note_verifier_name(const struct note_verifier *verifier)
{
    return slice_make(verifier->name, verifier->name_len);
}

/* What stands before the next plus sign; moves `rest` past it. */
static bool
take_field(struct slice *rest, struct slice *field)
{
    const uint8_t *plus = rest->len == 0 ? NULL : memchr(rest->at, '+', rest->len);

    if (plus == NULL)
        return false;
    *field = slice_make(rest->at, (size_t)(plus - rest->at));
    *rest = slice_make(plus + 1, rest->len - field->len - 1);
    return true;
}

/* The key of the third field, "BASE64(type || key)". */
static struct public_key *
parse_key(struct slice base64)
{
    uint8_t bytes[1 + ED25519_SIZE];

    if (!base64_decode_exact(BASE64_STANDARD, base64, bytes, sizeof(bytes)) ||
        bytes[0] != TYPE_ED25519)
        return NULL;
    return public_key_from_ed25519(slice_make(bytes + 1, ED25519_SIZE));
}

struct note_verifier *
note_verifier_parse(struct slice text)
{
    struct slice name, hash_text;
    uint8_t hash[KEY_HASH_SIZE];

    if (!take_field(&text, &name) || !take_field(&text, &hash_text) ||
        !hex_parse(hash_text, hash, sizeof(hash)))
        return NULL;

    struct public_key *key = parse_key(text);
    struct note_verifier *verifier = key == NULL ? NULL : note_verifier_new(name, key);

    public_key_free(key);
    if (verifier == NULL || memcmp(verifier->key_hash, hash, sizeof(hash)) == 0)
        return verifier;
    note_verifier_free(verifier);
    return NULL;
}

bool
note_verifier_format(const struct note_verifier *verifier, struct buffer *text)
{
    uint8_t key[1 + ED25519_SIZE] = {TYPE_ED25519};
    char hash[2 * KEY_HASH_SIZE + 1];

    memcpy(key + 1, public_key_ed25519(verifier->key).at, ED25519_SIZE);
    hex_format(slice_make(verifier->key_hash, KEY_HASH_SIZE), hash);
    return buffer_append(text, note_verifier_name(verifier)) && buffer_printf(text, "+%s+", hash) &&
           base64_encode(BASE64_STANDARD, slice_make(key, sizeof(key)), text);
}

/* The first bytes of what a signature line encodes; false if that is not key hash and signature. */
static bool
decode_key_hash(struct slice base64, uint8_t hash[KEY_HASH_SIZE])
{
    struct buffer bytes;

    buffer_init(&bytes, SIGNATURE_MAX);

    bool decoded = base64_decode(BASE64_STANDARD, base64, &bytes) && bytes.len > KEY_HASH_SIZE;

    if (decoded)
        memcpy(hash, bytes.at, KEY_HASH_SIZE);
    buffer_fini(&bytes);
    return decoded;
}

static bool
parse_signature(struct slice line, struct note_signature *signature)
{
    struct slice rest;

    if (!text_after(line, DASH, &rest))
        return false;

    const uint8_t *space = rest.len == 0 ? NULL : memchr(rest.at, ' ', rest.len);

    if (space == NULL)
        return false;
    signature->name = slice_make(rest.at, (size_t)(space - rest.at));
    signature->base64 = slice_make(space + 1, rest.len - signature->name.len - 1);
    return is_name(signature->name) && decode_key_hash(signature->base64, signature->key_hash);
}

static const char *
parse_signatures(struct slice lines, struct note *note)
{
    struct slice line;

    note->signature_count = 0;
    while (text_next_line(&lines, &line)) {
        if (note->signature_count == NOTE_SIGNATURES_MAX)
            return "the note has too many signatures";
        if (!parse_signature(line, &note->signatures[note->signature_count]))
            return "the note has a malformed signature line";
        note->signature_count++;
    }
    if (lines.len > 0)
        return "the note does not end in a newline";
    return note->signature_count == 0 ? "the note has no signature" : NULL;
}

const char *
note_parse(struct slice bytes, struct note *note)
{
    if (bytes.len > NOTE_MAX)
        return "the note is too long";
    if (!is_clean(bytes, true))
        return "the note is not UTF-8 without control characters";

    /* "The text is separated from the signatures by the last empty line in the note." */
    for (size_t end = bytes.len; end >= 2; end--) {
        if (bytes.at[end - 1] != '\n' || bytes.at[end - 2] != '\n')
            continue;
        note->text = slice_make(bytes.at, end - 1);
        return parse_signatures(slice_make(bytes.at + end, bytes.len - end), note);
    }
    return "the note has no empty line before its signatures";
}

static bool
is_by(const struct note_signature *signature, const struct note_verifier *verifier)
{
    return slice_equal(signature->name, note_verifier_name(verifier)) &&
           memcmp(signature->key_hash, verifier->key_hash, KEY_HASH_SIZE) == 0;
}

static bool
verify_signature(const struct note *note, const struct note_signature *signature,
                 const struct note_verifier *verifier)
{
    uint8_t bytes[KEY_HASH_SIZE + SIGNATURE_SIZE];

    return base64_decode_exact(BASE64_STANDARD, signature->base64, bytes, sizeof(bytes)) &&
           public_key_verify(verifier->key, note->text,
                             slice_make(bytes + KEY_HASH_SIZE, SIGNATURE_SIZE));
}

const char *
note_verify(const struct note *note, const struct note_verifier *const *verifiers, size_t count)
{
    size_t verified = 0;

    for (size_t i = 0; i < note->signature_count; i++) {
        for (size_t j = 0; j < count; j++) {
            if (!is_by(&note->signatures[i], verifiers[j]))
                continue;
            if (!verify_signature(note, &note->signatures[i], verifiers[j]))
                return "a signature of a known key is wrong";
            verified++;
        }
    }
    return verified == 0 ? "no known key signed the note" : NULL;
}

static bool
append_signature(const struct note_verifier *signer, struct slice text,
                 const struct private_key *key, struct buffer *note)
{
    uint8_t bytes[KEY_HASH_SIZE + SIGNATURE_SIZE];
    struct signature signature = private_key_sign(key, text);

    memcpy(bytes, signer->key_hash, KEY_HASH_SIZE);
    memcpy(bytes + KEY_HASH_SIZE, signature.bytes, SIGNATURE_SIZE);
    return buffer_append(note, text) && buffer_append(note, slice_text("\n" DASH)) &&
           buffer_append(note, note_verifier_name(signer)) && buffer_append_byte(note, ' ') &&
           base64_encode(BASE64_STANDARD, slice_make(bytes, sizeof(bytes)), note) &&
           buffer_append_byte(note, '\n');
}

bool
note_sign(struct slice text, struct slice name, const struct private_key *key, struct buffer *note)
{
    if (text.len == 0 || text.at[text.len - 1] != '\n' || !is_clean(text, true))
        return false;

    struct note_verifier *signer = note_verifier_new(name, private_key_public(key));
    bool signed_it = signer != NULL && append_signature(signer, text, key, note);

    note_verifier_free(signer);
    return signed_it;
}
