#include "key.h"

#include "base/memory.h"
#include "base/scope.h"
#include "crypto/dsse.h"
#include "crypto/key_file.h"
#include "wire/unpack.h"

#include "error.h"

/* A claim is short: two names, a hash, a few duties. */
#define CLAIM_MEMORY_MAX 4096
#define DUTIES_MAX 6

void
creditbank_bytes_free(struct creditbank_bytes *bytes)
{
    xfree(bytes->at);
    *bytes = (struct creditbank_bytes){0};
}

struct creditbank_key *
key_wrap(struct private_key *private)
{
    struct creditbank_key *key = xcalloc(1, sizeof(*key));

    key->private = private;
    return key;
}

bool
creditbank_key_read(const char *path, const char *passphrase, struct creditbank_key **key,
                    struct creditbank_error *error)
{
    SCOPED(buffer_fini) struct buffer pem;
    struct private_key *private;

    buffer_init(&pem, KEY_PEM_MAX);

    const char *why = key_file_read(path, &pem);

    if (why == NULL)
        why = private_key_parse(buffer_slice(&pem), slice_text(passphrase), &private);
    if (why != NULL)
        return error_set_why(error, REASON_KEY_FILE_INVALID, path, why);
    *key = key_wrap(private);
    return true;
}

void
creditbank_key_free(struct creditbank_key *key)
{
    if (key == NULL)
        return;
    private_key_free(key->private);
    xfree(key);
}

const uint8_t *
creditbank_key_id(const struct creditbank_key *key)
{
    return public_key_id(private_key_public(key->private))->bytes;
}

struct creditbank_bytes
creditbank_key_spki(const struct creditbank_key *key)
{
    struct slice spki = public_key_spki(private_key_public(key->private));

    return (struct creditbank_bytes){(uint8_t *)(uintptr_t)spki.at, spki.len};
}

/* Whether duties ascend, each known and once. */
static bool
duties_are_valid(const Creditbank__V1__Duty *duties, size_t count)
{
    if (count == 0 || count > DUTIES_MAX)
        return false;
    for (size_t i = 0; i < count; i++)
        if (duties[i] < CREDITBANK__V1__DUTY__DUTY_POST ||
            duties[i] > CREDITBANK__V1__DUTY__DUTY_SERVICE || (i > 0 && duties[i] <= duties[i - 1]))
            return false;
    return true;
}

bool
key_claim_sign(const struct private_key *key, const struct creditbank_claim *claim,
               struct signature *signature)
{
    if (!duties_are_valid(claim->duties, claim->duty_count))
        return false;

    struct slice key_id = hash_slice(public_key_id(private_key_public(key)));
    struct arena *arena = arena_new(CLAIM_MEMORY_MAX);
    Creditbank__V1__KeyClaim message;

    creditbank__v1__key_claim__init(&message);
    /* protobuf-c's generated types know no const; packing only reads. */
    message.log_origin = (char *)(uintptr_t)claim->log_origin;
    message.institution_id = (char *)(uintptr_t)claim->institution_id;
    message.key_id = (ProtobufCBinaryData){key_id.len, (uint8_t *)(uintptr_t)key_id.at};
    message.duties = (Creditbank__V1__Duty *)(uintptr_t)claim->duties;
    message.n_duties = claim->duty_count;

    bool fits = protobuf_c_message_get_packed_size(&message.base) <= CLAIM_MEMORY_MAX / 2;

    if (fits)
        *signature = dsse_sign(key, DSSE_KEY_CLAIM, wire_pack(&message.base, arena));
    arena_free(arena);
    return fits;
}

bool
creditbank_key_sign_claim(const struct creditbank_key *key, const struct creditbank_claim *claim,
                          uint8_t signature[CREDITBANK_SIGNATURE_SIZE])
{
    struct signature made;

    if (!key_claim_sign(key->private, claim, &made))
        return false;
    memcpy(signature, made.bytes, sizeof(made.bytes));
    return true;
}
