/*
 * Whatever comes as a page token, it is refused, or its keys are UTF-8 without NUL
 * that make the same token again.
 *
 * An input is a digit, the number of keys that the method's pages have, and the token;
 * the method's name is "m".
 */
#include "api/page.h"

#include "base/utf8.h"
#include "flow/call_private.h"

#include "fuzz.h"

#include <assert.h>

#define TOKEN_MEMORY ((size_t)1 << 20)
#define TOKEN_LEN_MAX ((size_t)64 << 10)

static void
check_keys(const struct page *page, size_t key_count)
{
    for (size_t i = 0; i < key_count; i++) {
        int64_t number = -1;

        assert(page->keys[i].len <= PAGE_KEY_BYTES_MAX);
        assert(utf8_is_valid(page->keys[i]));
        assert(page->keys[i].len == 0 || memchr(page->keys[i].at, '\0', page->keys[i].len) == NULL);
        if (page_key_number(page->keys[i], &number))
            assert(number >= 0);
    }
}

/* What was read, written and read again is the same. */
static void
check_round(struct call *call, const struct page *page, size_t key_count)
{
    char *token = page_token(call, page->keys, key_count);
    struct page again;
    const struct refusal_list *refusals = page_read(call, 0, token, key_count, &again);

    assert(refusals == NULL);
    for (size_t i = 0; i < key_count; i++)
        assert(slice_equal(again.keys[i], page->keys[i]));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct method method = {.name = "m"};
    struct call call = {.method = &method, .arena = arena_new(TOKEN_MEMORY)};
    size_t key_count = size > 0 ? data[0] % (PAGE_KEYS_MAX + 1) : 0;
    struct slice text = size > 0 ? slice_make(data + 1, size - 1) : slice_make(NULL, 0);
    struct page page;

    if (text.len <= TOKEN_LEN_MAX) {
        const struct refusal_list *refusals =
            page_read(&call, 0, arena_text(call.arena, text), key_count, &page);

        if (refusals == NULL && !page.is_first) {
            check_keys(&page, key_count);
            check_round(&call, &page, key_count);
        }
    }
    arena_free(call.arena);
    return 0;
}
