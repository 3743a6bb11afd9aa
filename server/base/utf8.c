#include "base/utf8.h"

/* RFC 3629 section 4: what the first byte says of the rest. Trailing bytes but the second
 * are 80..BF. */
static const struct lead {
    uint8_t first_min, first_max;
    uint8_t second_min, second_max;
    size_t len;
} leads[] = {
    {0x00, 0x7f, 0x00, 0x00, 1}, {0xc2, 0xdf, 0x80, 0xbf, 2}, {0xe0, 0xe0, 0xa0, 0xbf, 3},
    {0xe1, 0xec, 0x80, 0xbf, 3}, {0xed, 0xed, 0x80, 0x9f, 3}, {0xee, 0xef, 0x80, 0xbf, 3},
    {0xf0, 0xf0, 0x90, 0xbf, 4}, {0xf1, 0xf3, 0x80, 0xbf, 4}, {0xf4, 0xf4, 0x80, 0x8f, 4},
};

/* The length of the character at the front, 0 if there is none. */
static size_t
character_len(const uint8_t *at, size_t room)
{
    const struct lead *lead = leads;

    while (lead < leads + ARRAY_COUNT(leads) && at[0] > lead->first_max)
        lead++;
    if (lead == leads + ARRAY_COUNT(leads) || at[0] < lead->first_min || room < lead->len)
        return 0;
    if (lead->len > 1 && (at[1] < lead->second_min || at[1] > lead->second_max))
        return 0;
    for (size_t i = 2; i < lead->len; i++)
        if ((at[i] & 0xc0) != 0x80)
            return 0;
    return lead->len;
}

bool
utf8_is_valid(struct slice text)
{
    for (size_t at = 0; at < text.len;) {
        size_t len = character_len(text.at + at, text.len - at);

        if (len == 0)
            return false;
        at += len;
    }
    return true;
}

struct slice
utf8_without_mark(struct slice text)
{
    if (text.len < UTF8_MARK_LEN || memcmp(text.at, UTF8_MARK, UTF8_MARK_LEN) != 0)
        return text;
    return slice_make(text.at + UTF8_MARK_LEN, text.len - UTF8_MARK_LEN);
}
