#include "rpc/percent.h"

bool
percent_encode(struct slice text, struct buffer *encoded)
{
    for (size_t i = 0; i < text.len; i++) {
        uint8_t byte = text.at[i];
        bool plain = byte >= 0x20 && byte <= 0x7e && byte != '%';

        if (plain ? !buffer_append_byte(encoded, byte) : !buffer_printf(encoded, "%%%02X", byte))
            return false;
    }
    return true;
}

/* -1 where it is none. */
static int
hex_digit(uint8_t byte)
{
    if (byte >= '0' && byte <= '9')
        return byte - '0';
    if (byte >= 'A' && byte <= 'F')
        return byte - 'A' + 10;
    if (byte >= 'a' && byte <= 'f')
        return byte - 'a' + 10;
    return -1;
}

/* The byte that stands at `i`, which is moved past it; -1 where none does. */
static int
decode_one(struct slice text, size_t *i)
{
    uint8_t byte = text.at[(*i)++];

    if (byte != '%')
        return byte == '+' ? ' ' : byte;
    if (text.len - *i < 2)
        return -1;

    int high = hex_digit(text.at[(*i)++]);
    int low = hex_digit(text.at[(*i)++]);

    return high < 0 || low < 0 ? -1 : high << 4 | low;
}

bool
percent_decode(struct slice text, struct buffer *decoded)
{
    for (size_t i = 0; i < text.len;) {
        int byte = decode_one(text, &i);

        if (byte < 0 || !buffer_append_byte(decoded, (uint8_t)byte))
            return false;
    }
    return true;
}

struct slice
query_find(struct slice query, const char *name)
{
    size_t name_len = strlen(name);

    while (query.len > 0) {
        const uint8_t *end = memchr(query.at, '&', query.len);
        size_t len = end == NULL ? query.len : (size_t)(end - query.at);
        size_t taken = end == NULL ? len : len + 1;

        if (len > name_len && memcmp(query.at, name, name_len) == 0 && query.at[name_len] == '=')
            return slice_make(query.at + name_len + 1, len - name_len - 1);
        query = slice_make(query.at + taken, query.len - taken);
    }
    return slice_make(NULL, 0);
}
