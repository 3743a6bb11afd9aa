/*
 * HTTP/1.1 requests come out of a stream as they are, however it is cut: the
 * first byte says where.
 */
#include "net/http1_parse.h"

#include "fuzz.h"

#include <assert.h>

#define HEAD_MAX 512
#define FIELDS_MAX 8

/* What came out of a stream, in short: the events and their bytes. */
struct summary {
    struct buffer text;
    unsigned status;
};

static void
add(struct summary *summary, struct slice bytes)
{
    bool fits = buffer_append(&summary->text, bytes);

    assert(fits);
}

static void
add_head(struct summary *summary, const struct http1_head *head)
{
    assert(head->method.len > 0);
    assert(head->path.len > 0);
    assert(!(head->chunked && head->content_length > 0));
    add(summary, head->method);
    add(summary, head->authority);
    add(summary, head->path);
    add(summary, head->query);
    for (size_t i = 0; i < head->field_count; i++) {
        add(summary, head->fields[i].name);
        add(summary, head->fields[i].value);
    }
}

static bool
feed(struct http1_parser *parser, struct slice input, struct arena *arena, struct summary *summary)
{
    struct http1_head head;
    struct http1_result result;

    while ((result = http1_parse(parser, &input, arena, &head)).event != HTTP1_NEED_MORE) {
        if (result.event == HTTP1_BAD) {
            summary->status = parser->status;
            return false;
        }
        if (result.event == HTTP1_GOT_HEAD)
            add_head(summary, &head);
        if (result.event == HTTP1_GOT_BODY)
            add(summary, result.body);
        if (result.event == HTTP1_GOT_END) {
            add(summary, slice_text("\n"));
            arena_reset(arena);
        }
    }
    assert(input.len == 0);
    return true;
}

static struct summary
parse(struct slice stream, size_t cut)
{
    struct arena *arena = arena_new(http1_arena_budget(HEAD_MAX, FIELDS_MAX));
    struct summary summary = {.status = 0};
    struct http1_parser parser;

    http1_parser_init(&parser, HEAD_MAX, FIELDS_MAX);
    /* A path that is left out counts as "/", and a request's end as one byte. */
    buffer_init(&summary.text, 2 * stream.len + 1);
    if (feed(&parser, slice_make(stream.at, cut), arena, &summary))
        (void)feed(&parser, slice_make(stream.at + cut, stream.len - cut), arena, &summary);
    http1_parser_fini(&parser);
    arena_free(arena);
    return summary;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;

    struct slice stream = slice_make(data + 1, size - 1);
    struct summary whole = parse(stream, stream.len);
    struct summary cut = parse(stream, data[0] < stream.len ? data[0] : stream.len);

    assert(slice_equal(buffer_slice(&whole.text), buffer_slice(&cut.text)));
    assert(whole.status == cut.status);
    buffer_fini(&whole.text);
    buffer_fini(&cut.text);
    return 0;
}
