#include "core/code.h"

#include <string.h>

#define USCC_SIZE 18

static const char uscc_alphabet[] = "0123456789ABCDEFGHJKLMNPQRTUWXY";

static int
uscc_value(uint8_t character)
{
    const char *at = character != '\0' ? strchr(uscc_alphabet, character) : NULL;

    return at != NULL ? (int)(at - uscc_alphabet) : -1;
}

bool
code_is_uscc_form(struct slice code)
{
    if (code.len != USCC_SIZE)
        return false;
    for (size_t i = 0; i < USCC_SIZE; i++)
        if (uscc_value(code.at[i]) < 0)
            return false;
    return true;
}

/* GB 32100-2015 5.2: weights 3^i mod 31 over the first 17; the check makes the sum 0 mod 31. */
bool
code_is_uscc(struct slice code)
{
    int sum = 0, weight = 1;

    if (!code_is_uscc_form(code))
        return false;
    for (size_t i = 0; i < USCC_SIZE - 1; i++) {
        sum += uscc_value(code.at[i]) * weight;
        weight = weight * 3 % 31;
    }
    return uscc_value(code.at[USCC_SIZE - 1]) == (31 - sum % 31) % 31;
}

char
code_account_check(const char digits[ACCOUNT_NO_DIGITS - 1])
{
    int sum = 0;

    for (size_t i = 0; i < ACCOUNT_NO_DIGITS - 1; i++) {
        int digit = digits[i] - '0';

        /* Every second digit from the right is doubled, and its digits are added. */
        if ((ACCOUNT_NO_DIGITS - 1 - i) % 2 == 1)
            digit = digit * 2 > 9 ? digit * 2 - 9 : digit * 2;
        sum += digit;
    }
    return (char)('0' + (10 - sum % 10) % 10);
}

bool
code_is_account_no(struct slice account_no)
{
    if (account_no.len != ACCOUNT_NO_DIGITS)
        return false;
    for (size_t i = 0; i < ACCOUNT_NO_DIGITS; i++)
        if (account_no.at[i] < '0' || account_no.at[i] > '9')
            return false;
    return (char)account_no.at[ACCOUNT_NO_DIGITS - 1] ==
           code_account_check((const char *)account_no.at);
}
