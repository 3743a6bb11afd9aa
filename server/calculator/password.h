#pragma once

#include "calculator/calculator.h"

/* Argon2id, version 19 (RFC 9106), one lane: 2 passes over 19 MiB, about 30 ms. */
#define PASSWORD_PASSES 2
#define PASSWORD_KIB 19456

/* What a stored hash may ask for at most, in both. */
#define PASSWORD_PASSES_MAX (2UL * PASSWORD_PASSES)
#define PASSWORD_KIB_MAX (2UL * PASSWORD_KIB)

void password_hash(struct slice password, const uint8_t salt[PASSWORD_SALT_SIZE],
                   struct password_hash *hash);

/* False also for a text that is no such hash, or one that asks for too much. */
bool password_verify(struct slice password, const char *encoded) MUST_USE;
