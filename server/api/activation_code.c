#include "api/activation_code.h"

#include "crypto/random.h"

#include <string.h>

#define CHARACTERS 16
#define GROUP 4

static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

void
activation_code_draw(char code[ACTIVATION_CODE_SIZE])
{
    uint8_t random[CHARACTERS];
    size_t len = 0;

    random_bytes(random, sizeof(random));
    for (size_t i = 0; i < CHARACTERS; i++) {
        if (i > 0 && i % GROUP == 0)
            code[len++] = '-';
        code[len++] = alphabet[random[i] % 32];
    }
    code[len] = '\0';
}

/* As Crockford has it: letters that look like digits are those digits. */
static char
plain_character(uint8_t typed)
{
    if (typed >= 'a' && typed <= 'z')
        typed = (uint8_t)(typed - ('a' - 'A'));
    if (typed == 'O')
        return '0';
    if (typed == 'I' || typed == 'L')
        return '1';
    return (char)typed;
}

bool
activation_code_hash(struct slice typed, struct hash *hash)
{
    char plain[CHARACTERS];
    size_t len = 0;

    for (size_t i = 0; i < typed.len; i++) {
        char character = plain_character(typed.at[i]);

        if (character == '-' || character == ' ')
            continue;
        if (len == CHARACTERS || character == '\0' || strchr(alphabet, character) == NULL)
            return false;
        plain[len++] = character;
    }
    *hash = hash_sha256(slice_make(plain, len));
    return len == CHARACTERS;
}
