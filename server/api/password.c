#include "api/password.h"

const char password_of_nobody[] = "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5J3Mgc2FsdCE"
                                  "$bm9ib2R5IGhhcyB0aGlzIHBhc3N3b3JkIGF0IGFsbCE";

bool
password_is_long_enough(const char *password)
{
    size_t count = 0;

    /* Bytes that begin a character of UTF-8, which was checked. */
    for (const char *at = password; *at != '\0'; at++)
        count += ((unsigned char)*at & 0xc0) != 0x80;
    return count >= PASSWORD_CHARACTERS_MIN && count <= PASSWORD_CHARACTERS_MAX;
}
