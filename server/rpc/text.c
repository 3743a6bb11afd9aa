#include "rpc/text.h"

#include "base/utf8.h"

#define CHARACTER_MAX ((size_t)4)

/* Bytes of the character that the text begins with; 0 if it begins with none. */
static size_t
character_len(struct slice text)
{
    for (size_t len = 1; len <= CHARACTER_MAX && len <= text.len; len++)
        if (utf8_is_valid(slice_make(text.at, len)))
            return len;
    return 0;
}

void
text_make_utf8(char *text)
{
    if (utf8_is_valid(slice_text(text)))
        return;
    while (*text != '\0') {
        size_t len = character_len(slice_text(text));

        if (len == 0)
            *text = '?';
        text += len == 0 ? 1 : len;
    }
}
