#pragma once

#include "base/attributes.h"
#include "base/slice.h"

/* A password has so many characters. They are hashed as they are typed: no normal form. */
#define PASSWORD_CHARACTERS_MIN 10
#define PASSWORD_CHARACTERS_MAX 128

bool password_is_long_enough(const char *password) MUST_USE;

/* What PASSWORD_LENGTH is told. */
#define PASSWORD_CHARACTERS "10-128"

/*
 * Verified in place of the password of an account that has none, so that an
 * answer takes as long for it: what work today's hashes ask for, and nobody's.
 */
extern const char password_of_nobody[];
