#include "base/hex.h"

static const char digits[] = "0123456789abcdef";

const char *
hex_format(struct slice bytes, char *text)
{
    for (size_t i = 0; i < bytes.len; i++) {
        text[2 * i] = digits[bytes.at[i] >> 4];
        text[2 * i + 1] = digits[bytes.at[i] & 15];
    }
    text[2 * bytes.len] = '\0';
    return text;
}

static int
value_of(uint8_t digit)
{
    if (digit >= '0' && digit <= '9')
        return digit - '0';
    if (digit >= 'a' && digit <= 'f')
        return digit - 'a' + 10;
    return -1;
}

bool
hex_parse(struct slice text, uint8_t *bytes, size_t len)
{
    if (text.len != 2 * len)
        return false;
    for (size_t i = 0; i < len; i++) {
        int high = value_of(text.at[2 * i]);
        int low = value_of(text.at[2 * i + 1]);

        if (high < 0 || low < 0)
            return false;
        bytes[i] = (uint8_t)(high << 4 | low);
    }
    return true;
}
