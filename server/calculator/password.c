#include "calculator/password.h"

#include "base/panic.h"

#include <argon2.h>
#include <inttypes.h>
#include <stdio.h>

#define LANES 1
#define TAG_SIZE 32

void
password_hash(struct slice password, const uint8_t salt[PASSWORD_SALT_SIZE],
              struct password_hash *hash)
{
    int error =
        argon2id_hash_encoded(PASSWORD_PASSES, PASSWORD_KIB, LANES, password.at, password.len, salt,
                              PASSWORD_SALT_SIZE, TAG_SIZE, hash->text, sizeof(hash->text));

    if (error != ARGON2_OK)
        panic("argon2: %s", argon2_error_message(error));
}

/* libargon2 would do whatever work the text asks for. */
static bool
is_affordable(const char *encoded)
{
    uint32_t kib, passes, lanes;
    int end = 0;

    return sscanf(encoded, "$argon2id$v=19$m=%8" SCNu32 ",t=%8" SCNu32 ",p=%8" SCNu32 "$%n", &kib,
                  &passes, &lanes, &end) == 3 &&
           end > 0 && kib <= PASSWORD_KIB_MAX && passes <= PASSWORD_PASSES_MAX && lanes == LANES;
}

bool
password_verify(struct slice password, const char *encoded)
{
    return is_affordable(encoded) &&
           argon2id_verify(encoded, password.at, password.len) == ARGON2_OK;
}
