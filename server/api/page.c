#include "api/page.h"

#include "base/base64.h"
#include "base/utf8.h"

#include <assert.h>
#include <inttypes.h>

#define TOKEN_BYTES_MAX ((size_t)(1 + PAGE_KEYS_MAX) * (1 + PAGE_KEY_BYTES_MAX))
#define NUMBER_DIGITS_MAX 19

/* A token is the method's name and its keys, each a length byte and so many bytes. */
static bool
take_key(struct slice *rest, struct slice *key)
{
    if (rest->len < 1 || rest->len - 1 < rest->at[0])
        return false;
    *key = slice_make(rest->at + 1, rest->at[0]);
    *rest = slice_make(key->at + key->len, rest->len - 1 - key->len);
    return utf8_is_valid(*key) && (key->len == 0 || memchr(key->at, '\0', key->len) == NULL);
}

static bool
take_keys(struct call *call, struct slice token, size_t key_count, struct page *page)
{
    struct slice name = {0};
    struct buffer bytes;
    bool good;

    buffer_init(&bytes, TOKEN_BYTES_MAX);
    good = base64_decode(BASE64_URL, token, &bytes);

    struct slice rest = arena_copy(call_arena(call), buffer_slice(&bytes));

    buffer_fini(&bytes);
    good = good && take_key(&rest, &name) && slice_is(name, call_method(call)->name);
    for (size_t i = 0; i < key_count && good; i++)
        good = take_key(&rest, &page->keys[i]);
    return good && rest.len == 0;
}

static const struct refusal_list *
refuse(struct call *call, const char *field, enum reason reason)
{
    struct refusal_list *list = arena_alloc(call_arena(call), sizeof(*list));

    refusal_add(list, call_arena(call), REFUSAL_NO_ITEM, field, reason, "1-%d", PAGE_SIZE_MAX);
    return list;
}

const struct refusal_list *
page_read(struct call *call, int32_t page_size, const char *page_token, size_t key_count,
          struct page *page)
{
    assert(key_count <= PAGE_KEYS_MAX);
    *page = (struct page){.size = page_size, .is_first = *page_token == '\0'};
    if (page_size < 0 || page_size > PAGE_SIZE_MAX)
        return refuse(call, "page_size", REASON_FIELD_RANGE);
    if (page_size == 0)
        page->size = PAGE_SIZE_DEFAULT;
    if (!page->is_first && !take_keys(call, slice_text(page_token), key_count, page))
        return refuse(call, "page_token", REASON_PAGE_TOKEN_WRONG);
    return NULL;
}

size_t
page_shown(const struct page *page, size_t row_count)
{
    return row_count > (size_t)page->size ? (size_t)page->size : row_count;
}

static bool
append_key(struct buffer *bytes, struct slice key)
{
    assert(key.len <= PAGE_KEY_BYTES_MAX);
    return buffer_append_byte(bytes, (uint8_t)key.len) && buffer_append(bytes, key);
}

char *
page_token(struct call *call, const struct slice *keys, size_t key_count)
{
    struct buffer bytes, text;
    bool fits;

    buffer_init(&bytes, TOKEN_BYTES_MAX);
    buffer_init(&text, 2 * TOKEN_BYTES_MAX);
    fits = append_key(&bytes, slice_text(call_method(call)->name));
    for (size_t i = 0; i < key_count; i++)
        fits = fits && append_key(&bytes, keys[i]);
    fits = fits && base64_encode(BASE64_URL, buffer_slice(&bytes), &text);
    assert(fits);

    char *token = arena_text(call_arena(call), buffer_slice(&text));

    buffer_fini(&bytes);
    buffer_fini(&text);
    return token;
}

struct slice
page_number_key(struct call *call, int64_t number)
{
    assert(number >= 0);
    return slice_text(arena_printf(call_arena(call), "%" PRId64, number));
}

bool
page_key_number(struct slice key, int64_t *number)
{
    uint64_t value = 0;

    if (key.len < 1 || key.len > NUMBER_DIGITS_MAX)
        return false;
    for (size_t i = 0; i < key.len; i++) {
        if (key.at[i] < '0' || key.at[i] > '9')
            return false;
        value = value * 10 + (uint64_t)(key.at[i] - '0');
    }
    *number = (int64_t)value;
    return value <= INT64_MAX;
}
