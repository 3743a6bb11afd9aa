#include "crypto/text.h"

bool
text_next_line(struct slice *rest, struct slice *line)
{
    const uint8_t *end = rest->len == 0 ? NULL : memchr(rest->at, '\n', rest->len);

    if (end == NULL)
        return false;
    *line = slice_make(rest->at, (size_t)(end - rest->at));
    *rest = slice_make(end + 1, rest->len - line->len - 1);
    return true;
}

bool
text_after(struct slice text, const char *start, struct slice *after)
{
    size_t len = strlen(start);

    if (text.len < len || memcmp(text.at, start, len) != 0)
        return false;
    *after = slice_make(text.at + len, text.len - len);
    return true;
}

bool
text_parse_decimal(struct slice text, uint64_t *number)
{
    *number = 0;
    if (text.len == 0 || (text.len > 1 && text.at[0] == '0'))
        return false;
    for (size_t i = 0; i < text.len; i++) {
        unsigned digit = (unsigned)text.at[i] - '0';

        if (digit > 9 || *number > ((uint64_t)INT64_MAX - digit) / 10)
            return false;
        *number = *number * 10 + digit;
    }
    return true;
}
