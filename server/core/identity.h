#pragma once

#include "base/arena.h"
#include "base/buffer.h"
#include "base/reason.h"
#include "core/terms.h"
#include "crypto/identity_keys.h"

/*
 * A person as the identity tables keep her, and as the log commits to her.
 *
 * Commitment to a field (IdentityCommitment in transaction.proto):
 *
 *   SHA-256( salt[16] || field[1] || value )
 *
 * field is the number of the IdentityField; value is the normalised text
 * (core/document.h) of number and name, and for the type the name of its
 * DocumentType in the contract, as "DOCUMENT_TYPE_PASSPORT".
 *
 * Sealed, under the person's own key, with the account number as context:
 *
 *   0x01 || type[1] || time[8] || salt[16] * 3 (fields 1, 2, 3) || len[1] || number
 *     || len[1] || name
 *
 * time is when it was sealed, in microseconds since 1970, big-endian. The person's key is
 * wrapped by the key of an epoch with the same context.
 */
#define IDENTITY_FIELDS 3
#define IDENTITY_SALT_SIZE 16
#define IDENTITY_SEALED_MAX 512

struct identity {
    enum document_type document_type;
    struct slice number, name; /* normalised */
    uint8_t salts[IDENTITY_FIELDS][IDENTITY_SALT_SIZE];
    int64_t seal_time_us; /* when the bank was shown her document; not negative */
};

/* What is committed to, by field: values[0] is the type's name. Borrowed from the identity. */
void identity_values(const struct identity *identity, struct slice values[IDENTITY_FIELDS]);

/* The three commitments, by field: commitments[0] is to the type. */
void identity_commit(const struct identity *identity, struct hash commitments[IDENTITY_FIELDS]);

/* As it stands in identity.person. */
struct sealed_identity {
    uint32_t epoch;
    struct slice wrapped_key, sealed;
};

/* Seals under a new key, wrapped by that of the current epoch; the bytes go into the arena. */
struct sealed_identity identity_seal(const struct identity *identity, struct slice account_no,
                                     const struct identity_keys *keys,
                                     struct arena *arena) MUST_USE;

/* Opens what was sealed, into the arena; false where it is not what was sealed for this account. */
bool identity_open(const struct sealed_identity *sealed, struct slice account_no,
                   const struct identity_keys *keys, struct arena *arena,
                   struct identity *identity) MUST_USE;

/*
 * A sealed person as whoever opens her account carries it from one call to the next:
 * epoch[4], big-endian || wrapped key || sealed.
 */
struct slice identity_pack(const struct sealed_identity *sealed, struct arena *arena) MUST_USE;

/* False where the bytes are too short or too long to be one; `sealed` borrows them. */
bool identity_unpack(struct slice bytes, struct sealed_identity *sealed) MUST_USE;

/* How long a person may be on the way from being resolved to being booked. */
#define IDENTITY_CARRIED_US ((int64_t)24 * 3600 * 1000000)

/* Whom an item opens an account for. */
struct opened_person {
    uint32_t item_index;
    enum reason fault; /* REASON_NONE: the bank sealed her for what the item says */
    struct slice account_no;
    struct hash index_hash;
    struct slice name; /* under which the bank was shown her document */
    struct sealed_identity sealed;
    int64_t seal_time_us;
};

struct opened_list {
    size_t count;
    struct opened_person *persons;
};
