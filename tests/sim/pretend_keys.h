#pragma once

#include "crypto/hash.h"

/* What a pretended key signs a claim with; its SubjectPublicKeyInfo is "key " and anything. */
struct hash pretend_proof(const struct hash *key_id, struct slice claim) MUST_USE;
