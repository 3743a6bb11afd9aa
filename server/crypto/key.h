#pragma once

#include "base/buffer.h"
#include "crypto/hash.h"

/*
 * Keys that sign. The algorithm is the key's and is never named by a message:
 *
 *   Ed25519   RFC 8032
 *   P-256     ECDSA with SHA-256, FIPS 186-4
 *   SM2       with SM3, GB/T 32918.2, signer's id "1234567812345678" (GM/T 0009), always set
 *
 * Every signature is 64 bytes, so that it has one encoding: R || S of RFC 8032,
 * or r || s, each 32 bytes big-endian (IEEE P1363), for the other two; r and s
 * are at least 1 and below the group's order. (An ECDSA signature can still be
 * turned into another one, r || n - s, by anybody: a signature's bytes identify
 * nothing.)
 */
enum key_algorithm { KEY_ED25519 = 1, KEY_P256 = 2, KEY_SM2 = 3 };

#define SIGNATURE_SIZE 64
#define KEY_SPKI_MAX 91 /* bytes of the longest SubjectPublicKeyInfo that is accepted */

struct signature {
    uint8_t bytes[SIGNATURE_SIZE];
};

static inline struct slice
signature_slice(const struct signature *signature)
{
    return slice_make(signature->bytes, SIGNATURE_SIZE);
}

/* "Ed25519", "P-256", "SM2". */
const char *key_algorithm_name(enum key_algorithm algorithm);

/* The algorithm of that name; false where there is none. */
bool key_algorithm_from_name(struct slice name, enum key_algorithm *algorithm) MUST_USE;

/*
 * A public key. Parsing one costs about as much as verifying with it, so whoever
 * verifies often keeps it.
 */
struct public_key;

/*
 * From the DER of an RFC 5280 SubjectPublicKeyInfo, in its one canonical form:
 * a named curve, an uncompressed point that is on it; for Ed25519 a canonical
 * point that is not of small order. NULL for anything else.
 */
struct public_key *public_key_parse(struct slice spki) MUST_USE;
void public_key_free(struct public_key *key);

/* From the 32 bytes of an Ed25519 public key (RFC 8032 5.1.5); NULL as above. */
struct public_key *public_key_from_ed25519(struct slice raw) MUST_USE;

/* The 32 bytes of an Ed25519 key. For other algorithms it panics. */
struct slice public_key_ed25519(const struct public_key *key) MUST_USE;

enum key_algorithm public_key_algorithm(const struct public_key *key) MUST_USE;

/* The canonical DER; valid as long as the key. */
struct slice public_key_spki(const struct public_key *key) MUST_USE;

/* The key id: SHA-256 of the DER. */
const struct hash *public_key_id(const struct public_key *key) MUST_USE;

/* Whether `signature`, of any length, is this key's over `message`. */
bool public_key_verify(const struct public_key *key, struct slice message,
                       struct slice signature) MUST_USE;

/* A private key, with its public one. */
struct private_key;

struct private_key *private_key_generate(enum key_algorithm algorithm) MUST_USE;
void private_key_free(struct private_key *key);

/* Borrowed from the private key. */
const struct public_key *private_key_public(const struct private_key *key) MUST_USE;

struct signature private_key_sign(const struct private_key *key, struct slice message) MUST_USE;

/* Longest PEM text of a key that is read or written. */
#define KEY_PEM_MAX 4096

/* Longest passphrase in bytes: what OpenSSL takes when it reads a key (PEM_BUFSIZE). */
#define KEY_PASSPHRASE_MAX 1024

/*
 * From PKCS#8 in PEM (RFC 7468), encrypted or, with an empty passphrase, clear.
 * NULL and the key, or why not; the caller owns the key.
 */
const char *private_key_parse(struct slice pem, struct slice passphrase,
                              struct private_key **key) MUST_USE;

/*
 * Appends PKCS#8 in PEM: encrypted with AES-256-CBC under scrypt (RFC 7914), or
 * clear where the passphrase is empty. NULL, or why not: a passphrase that is too
 * long, with which nobody could read the key again, or the buffer's limit.
 */
const char *private_key_format(const struct private_key *key, struct slice passphrase,
                               struct buffer *pem) MUST_USE;
