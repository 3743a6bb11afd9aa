#pragma once

#include "base/attributes.h"
#include "base/slice.h"

#include "creditbank.h"

/*
 * A profile: a folder under $CREDITBANK_HOME, or ~/.config/creditbank. It has a
 * file NAME.conf of "key = value" lines with mode 0600, and a folder NAME with the
 * outbox and the journals of imports.
 *
 *   server       https://bank.example.cn:8443
 *   ca           path of the certificates (PEM) that the server's leads to
 *   origin       the log's origin
 *   bank_key     the bank's verifier key, ORIGIN+HASH+BASE64
 *   institution  the institution's id       key      path of its private key
 *   session      a learner's session token  account  her account number
 */
enum profile_key {
    PROFILE_SERVER,
    PROFILE_CA,
    PROFILE_ORIGIN,
    PROFILE_BANK_KEY,
    PROFILE_INSTITUTION,
    PROFILE_KEY,
    PROFILE_SESSION,
    PROFILE_ACCOUNT,
    PROFILE_KEY_COUNT,
};

#define PROFILE_NAME_MAX 32
#define PROFILE_FILE_MAX 16384

struct profile {
    char *name;
    char *values[PROFILE_KEY_COUNT]; /* owned; NULL: not set */
};

/* "server", … as in the file. */
const char *profile_key_name(enum profile_key key);

/* The folder of all profiles; the caller frees it with xfree. */
char *profile_home(void) MUST_USE;

/* The path of something of the profile's: "outbox", "imports/1"; the caller frees it with xfree. */
char *profile_path(const char *name, const char *within) MUST_USE;

/* Reads a profile; one that does not exist is empty, unless it must exist. */
bool profile_load(const char *name, bool must_exist, struct profile *profile,
                  struct creditbank_error *error) MUST_USE;
bool profile_save(const struct profile *profile, struct creditbank_error *error) MUST_USE;
void profile_fini(struct profile *profile);

/* Sets a value, copied; empty or NULL unsets it. */
void profile_set(struct profile *profile, enum profile_key key, const char *value);

/* Whether the name will do for a file: letters, digits, "-", "_". */
bool profile_name_is_valid(const char *name) MUST_USE;
