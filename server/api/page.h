#pragma once

#include "flow/call.h"

/*
 * Pages by key: a page begins after the row whose key the last page ended with,
 * so that rows which come and go in between are neither repeated nor skipped.
 * The token is that key and the method whose page it was, and is as foreign as any
 * other bytes when it returns. What the caller may see is asked anew for each page.
 */
#define PAGE_SIZE_DEFAULT 100
#define PAGE_SIZE_MAX 1000
#define PAGE_KEYS_MAX 3
#define PAGE_KEY_BYTES_MAX 255 /* of one key */

struct page {
    int32_t size;                     /* rows that the answer has at most */
    bool is_first;                    /* the keys are empty */
    struct slice keys[PAGE_KEYS_MAX]; /* after which row; UTF-8 without NUL, in the call's arena */
};

/*
 * Reads what a request asks for. NULL, or why the call is refused under
 * the field page_size (FIELD_RANGE) or page_token (PAGE_TOKEN_WRONG).
 */
const struct refusal_list *page_read(struct call *call, int32_t page_size, const char *page_token,
                                     size_t key_count, struct page *page) MUST_USE;

/* How many of the rows are shown; read one more than the page's size to know whether more follow.
 */
size_t page_shown(const struct page *page, size_t row_count) MUST_USE;

/* The token of the page after the row with these keys; in the call's arena. */
char *page_token(struct call *call, const struct slice *keys, size_t key_count) MUST_USE;

/* A key that is a number, as text and back; false where it is none. */
struct slice page_number_key(struct call *call, int64_t number) MUST_USE;
bool page_key_number(struct slice key, int64_t *number) MUST_USE;
