#pragma once

#include "base/slice.h"
#include "crypto/hash.h"

/*
 * An activation code: 80 random bits as 16 characters of Crockford's base 32,
 * in groups of four. Case, hyphens and blanks do not matter when it is typed,
 * nor O for 0, and I or L for 1. Only its SHA-256, over the 16 characters without
 * hyphens, is kept.
 */
#define ACTIVATION_CODE_SIZE (16 + 3 + 1)

void activation_code_draw(char code[ACTIVATION_CODE_SIZE]);

/* False where the text is no code. */
bool activation_code_hash(struct slice typed, struct hash *hash);
