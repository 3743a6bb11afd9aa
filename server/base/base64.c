#include "base/base64.h"

#define DIGITS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

/* What differs between the alphabets: the last two digits, and the padding. */
static const struct {
    char digits[65];
    bool padded;
} alphabets[BASE64_ALPHABETS] = {
    [BASE64_STANDARD] = {DIGITS "+/", true},
    [BASE64_URL] = {DIGITS "-_", false},
    [BASE64_STANDARD_BARE] = {DIGITS "+/", false},
    [BASE64_URL_PADDED] = {DIGITS "-_", true},
};

/* Three bytes become four digits; of the last group only what its bytes need. */
static size_t
encode_group(const char *digits, struct slice group, uint8_t *text)
{
    uint32_t bits = 0;

    for (size_t i = 0; i < 3; i++)
        bits = bits << 8 | (i < group.len ? group.at[i] : 0);
    for (size_t i = 0; i < 4; i++)
        text[i] = i <= group.len ? (uint8_t)digits[bits >> (18 - 6 * i) & 63] : '=';
    return group.len + 1;
}

bool
base64_encode(enum base64_alphabet alphabet, struct slice bytes, struct buffer *text)
{
    for (size_t i = 0; i < bytes.len; i += 3) {
        size_t left = bytes.len - i;
        struct slice group = slice_make(bytes.at + i, left < 3 ? left : 3);
        uint8_t four[4];
        size_t len = encode_group(alphabets[alphabet].digits, group, four);

        if (!buffer_append(text, slice_make(four, alphabets[alphabet].padded ? 4 : len)))
            return false;
    }
    return true;
}

/* The digit's value, or -1. */
static int
value_of(const char *digits, uint8_t digit)
{
    const char *found = digit == 0 ? NULL : memchr(digits, digit, 64);

    return found == NULL ? -1 : (int)(found - digits);
}

/* The text without its padding; false unless padding and length are as they must be. */
static bool
strip_padding(bool padded, struct slice *text)
{
    if (padded && text->len % 4 != 0)
        return false;
    for (int i = 0; padded && i < 2 && text->len > 0 && text->at[text->len - 1] == '='; i++)
        text->len--;
    return text->len % 4 != 1;
}

/* `group` is two to four digits; `bytes` gets one less. */
static bool
decode_group(const char *digits, struct slice group, uint8_t *bytes)
{
    uint32_t bits = 0;

    for (size_t i = 0; i < 4; i++) {
        int value = i < group.len ? value_of(digits, group.at[i]) : 0;

        if (value < 0)
            return false;
        bits = bits << 6 | (uint32_t)value;
    }
    /* RFC 4648 3.5: the bits that no byte takes must be zero. */
    if (group.len < 4 && (bits & (group.len == 3 ? 0xff : 0xffff)) != 0)
        return false;
    for (size_t i = 0; i + 1 < group.len; i++)
        bytes[i] = (uint8_t)(bits >> (16 - 8 * i));
    return true;
}

/* `text` has been stripped; `bytes` has room for text.len * 3 / 4. */
static bool
decode(enum base64_alphabet alphabet, struct slice text, uint8_t *bytes)
{
    for (size_t i = 0; i < text.len; i += 4) {
        size_t left = text.len - i;
        struct slice group = slice_make(text.at + i, left < 4 ? left : 4);

        if (!decode_group(alphabets[alphabet].digits, group, bytes + i / 4 * 3))
            return false;
    }
    return true;
}

bool
base64_decode(enum base64_alphabet alphabet, struct slice text, struct buffer *bytes)
{
    size_t before = bytes->len;

    if (!strip_padding(alphabets[alphabet].padded, &text))
        return false;

    uint8_t *room = buffer_extend(bytes, text.len / 4 * 3 + text.len % 4 * 3 / 4);

    if (room == NULL)
        return false;
    if (decode(alphabet, text, room))
        return true;
    bytes->len = before;
    return false;
}

bool
base64_decode_exact(enum base64_alphabet alphabet, struct slice text, void *bytes, size_t len)
{
    return strip_padding(alphabets[alphabet].padded, &text) &&
           text.len / 4 * 3 + text.len % 4 * 3 / 4 == len && decode(alphabet, text, bytes);
}
