#include "calculator/password.h"

#include "base/panic.h"

#include <argon2.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define VERSION 19
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

/* Takes "WORDnumber" off the text; false if it begins otherwise or the number is above `max`. */
static bool
take(const char **text, const char *word, unsigned long max)
{
    size_t len = strlen(word);
    char *end;

    if (strncmp(*text, word, len) != 0 || !isdigit((unsigned char)(*text)[len]))
        return false;

    unsigned long number = strtoul(*text + len, &end, 10);
    *text = end;
    return number <= max;
}

/* libargon2 would do whatever work the text asks for. */
static bool
is_affordable(const char *encoded)
{
    return take(&encoded, "$argon2id$v=", VERSION) && take(&encoded, "$m=", PASSWORD_KIB_MAX) &&
           take(&encoded, ",t=", PASSWORD_PASSES_MAX) && take(&encoded, ",p=", LANES) &&
           *encoded == '$';
}

bool
password_verify(struct slice password, const char *encoded)
{
    return is_affordable(encoded) &&
           argon2id_verify(encoded, password.at, password.len) == ARGON2_OK;
}
