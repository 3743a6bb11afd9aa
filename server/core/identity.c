#include "core/identity.h"

#include "base/scope.h"
#include "crypto/random.h"

#include <assert.h>
#include <endian.h>

#define FORM 0x01
#define TIME_AT 2
#define TIME_SIZE 8
#define SALTS_AT (TIME_AT + TIME_SIZE)
#define HEAD_SIZE (SALTS_AT + IDENTITY_FIELDS * IDENTITY_SALT_SIZE)
#define EPOCH_SIZE 4

/* The names in the contract: they are hashed, so they are for ever. */
static const char *const type_names[] = {
    [DOCUMENT_RESIDENT_ID] = "DOCUMENT_TYPE_RESIDENT_ID",
    [DOCUMENT_HMT_RESIDENCE_PERMIT] = "DOCUMENT_TYPE_HMT_RESIDENCE_PERMIT",
    [DOCUMENT_FOREIGN_PERMANENT_RESIDENT] = "DOCUMENT_TYPE_FOREIGN_PERMANENT_RESIDENT",
    [DOCUMENT_PASSPORT] = "DOCUMENT_TYPE_PASSPORT",
    [DOCUMENT_SCHOOL_NUMBER] = "DOCUMENT_TYPE_SCHOOL_NUMBER",
};

void
identity_values(const struct identity *identity, struct slice values[IDENTITY_FIELDS])
{
    values[0] = slice_text(type_names[identity->document_type]);
    values[1] = identity->number;
    values[2] = identity->name;
}

void
identity_commit(const struct identity *identity, struct hash commitments[IDENTITY_FIELDS])
{
    struct slice values[IDENTITY_FIELDS];

    identity_values(identity, values);
    for (uint8_t i = 0; i < IDENTITY_FIELDS; i++) {
        uint8_t field = (uint8_t)(i + IDENTITY_DOCUMENT_TYPE);
        const struct slice parts[] = {
            slice_make(identity->salts[i], IDENTITY_SALT_SIZE),
            slice_make(&field, 1),
            values[i],
        };

        commitments[i] = hash_sha256_parts(parts, ARRAY_COUNT(parts));
    }
}

static bool
append_text(struct buffer *plain, struct slice text)
{
    return text.len <= UINT8_MAX && buffer_append_byte(plain, (uint8_t)text.len) &&
           buffer_append(plain, text);
}

struct sealed_identity
identity_seal(const struct identity *identity, struct slice account_no,
              const struct identity_keys *keys, struct arena *arena)
{
    const struct identity_epoch *epoch = &keys->epochs[keys->epoch_count - 1];
    uint64_t time = htobe64((uint64_t)identity->seal_time_us);
    SCOPED(buffer_fini) struct buffer plain, sealed, wrapped;
    SCOPED(seal_key_wipe) struct seal_key key;

    buffer_init(&plain, IDENTITY_SEALED_MAX - SEAL_OVERHEAD);
    buffer_init(&sealed, IDENTITY_SEALED_MAX);
    buffer_init(&wrapped, SEAL_WRAPPED_SIZE);
    random_bytes(key.bytes, sizeof(key.bytes));

    bool fits = buffer_append_byte(&plain, FORM) &&
                buffer_append_byte(&plain, (uint8_t)identity->document_type) &&
                buffer_append(&plain, slice_make(&time, TIME_SIZE)) &&
                buffer_append(&plain, slice_make(identity->salts, sizeof(identity->salts))) &&
                append_text(&plain, identity->number) && append_text(&plain, identity->name) &&
                seal(&key, account_no, buffer_slice(&plain), &sealed) &&
                seal_wrap(&epoch->key, account_no, &key, &wrapped);

    assert(fits); /* number and name are short */
    return (struct sealed_identity){
        .epoch = epoch->number,
        .wrapped_key = arena_copy(arena, buffer_slice(&wrapped)),
        .sealed = arena_copy(arena, buffer_slice(&sealed)),
    };
}

static bool
take_text(struct slice *rest, struct slice *text)
{
    if (rest->len == 0 || rest->len - 1 < rest->at[0])
        return false;
    *text = slice_make(rest->at + 1, rest->at[0]);
    *rest = slice_make(text->at + text->len, rest->len - 1 - text->len);
    return true;
}

static bool
parse(struct slice plain, struct identity *identity)
{
    struct slice rest;
    uint64_t time;

    if (plain.len < HEAD_SIZE || plain.at[0] != FORM || plain.at[1] < DOCUMENT_RESIDENT_ID ||
        plain.at[1] > DOCUMENT_SCHOOL_NUMBER)
        return false;
    identity->document_type = (enum document_type)plain.at[1];
    memcpy(&time, plain.at + TIME_AT, TIME_SIZE);
    identity->seal_time_us = (int64_t)be64toh(time);
    memcpy(identity->salts, plain.at + SALTS_AT, sizeof(identity->salts));
    rest = slice_make(plain.at + HEAD_SIZE, plain.len - HEAD_SIZE);
    return take_text(&rest, &identity->number) && take_text(&rest, &identity->name) &&
           rest.len == 0;
}

bool
identity_open(const struct sealed_identity *sealed, struct slice account_no,
              const struct identity_keys *keys, struct arena *arena, struct identity *identity)
{
    const struct seal_key *epoch = identity_keys_epoch(keys, sealed->epoch);
    SCOPED(buffer_fini) struct buffer plain;
    SCOPED(seal_key_wipe) struct seal_key key = {0};

    buffer_init(&plain, IDENTITY_SEALED_MAX);
    return epoch != NULL && seal_unwrap(epoch, account_no, sealed->wrapped_key, &key) &&
           seal_open(&key, account_no, sealed->sealed, &plain) &&
           parse(arena_copy(arena, buffer_slice(&plain)), identity);
}

struct slice
identity_pack(const struct sealed_identity *sealed, struct arena *arena)
{
    uint8_t *bytes = arena_alloc(arena, EPOCH_SIZE + SEAL_WRAPPED_SIZE + sealed->sealed.len);
    uint32_t epoch = htobe32(sealed->epoch);

    assert(sealed->wrapped_key.len == SEAL_WRAPPED_SIZE);
    memcpy(bytes, &epoch, EPOCH_SIZE);
    memcpy(bytes + EPOCH_SIZE, sealed->wrapped_key.at, SEAL_WRAPPED_SIZE);
    memcpy(bytes + EPOCH_SIZE + SEAL_WRAPPED_SIZE, sealed->sealed.at, sealed->sealed.len);
    return slice_make(bytes, EPOCH_SIZE + SEAL_WRAPPED_SIZE + sealed->sealed.len);
}

bool
identity_unpack(struct slice bytes, struct sealed_identity *sealed)
{
    uint32_t epoch;

    if (bytes.len <= EPOCH_SIZE + SEAL_WRAPPED_SIZE ||
        bytes.len > EPOCH_SIZE + SEAL_WRAPPED_SIZE + IDENTITY_SEALED_MAX)
        return false;
    memcpy(&epoch, bytes.at, EPOCH_SIZE);
    *sealed = (struct sealed_identity){
        .epoch = be32toh(epoch),
        .wrapped_key = slice_make(bytes.at + EPOCH_SIZE, SEAL_WRAPPED_SIZE),
        .sealed = slice_make(bytes.at + EPOCH_SIZE + SEAL_WRAPPED_SIZE,
                             bytes.len - EPOCH_SIZE - SEAL_WRAPPED_SIZE),
    };
    return true;
}
