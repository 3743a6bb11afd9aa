/*
 * net: HTTP/1.1 requests as RFC 9112 has them, and what is none. Every stream is
 * parsed whole, byte by byte, and cut in two at each place: the same must come out.
 */
#include "net/http1_parse.h"

#include "base/memory.h"

#include "unit.h"

#include <stdio.h>

#define HEAD_MAX 256
#define FIELDS_MAX 5
#define TOLD_MAX 65536

/* What the parser tells of a stream, written down. */
struct told {
    struct buffer text;
    struct buffer body;
};

static void
tell(struct buffer *text, struct slice bytes)
{
    assert_true(buffer_append(text, bytes));
    assert_true(buffer_append_byte(text, ' '));
}

static void
tell_head(struct told *told, const struct http1_head *head)
{
    tell(&told->text, head->method);
    tell(&told->text, head->authority);
    tell(&told->text, head->path);
    if (head->query.len > 0)
        tell(&told->text, head->query);
    for (size_t i = 0; i < head->field_count; i++) {
        assert_true(buffer_append(&told->text, head->fields[i].name));
        assert_true(buffer_append_byte(&told->text, '='));
        tell(&told->text, head->fields[i].value);
    }
    if (head->expects_continue)
        tell(&told->text, slice_text("<continue>"));
    if (head->wants_close)
        tell(&told->text, slice_text("<close>"));
}

/* True until the stream is bad. */
static bool
feed(struct http1_parser *parser, struct slice input, struct arena *arena, struct told *told)
{
    struct http1_head head;

    while (true) {
        struct http1_result result = http1_parse(parser, &input, arena, &head);

        switch (result.event) {
        case HTTP1_NEED_MORE:
            assert_int_equal(input.len, 0);
            return true;
        case HTTP1_GOT_HEAD:
            tell_head(told, &head);
            break;
        case HTTP1_GOT_BODY:
            assert_true(result.body.len > 0);
            assert_true(buffer_append(&told->body, result.body));
            break;
        case HTTP1_GOT_END:
            assert_true(buffer_printf(&told->text, "[%.*s] ", (int)told->body.len,
                                      told->body.len > 0 ? (const char *)told->body.at : ""));
            buffer_clear(&told->body);
            arena_reset(arena);
            break;
        case HTTP1_BAD:
            assert_true(buffer_printf(&told->text, "%u ", parser->status));
            return false;
        }
    }
}

/* What is told of a stream cut once, then each `step` bytes; to be freed by xfree(). */
static char *
parse(struct slice stream, size_t cut, size_t step)
{
    struct arena *arena = arena_new(http1_arena_budget(HEAD_MAX, FIELDS_MAX));
    struct http1_parser parser;
    struct told told;
    char *text;

    http1_parser_init(&parser, HEAD_MAX, FIELDS_MAX);
    buffer_init(&told.text, TOLD_MAX);
    buffer_init(&told.body, TOLD_MAX);
    for (size_t at = 0; at < stream.len;) {
        size_t len = at == 0 && cut > 0 ? cut : step;
        uint8_t *piece;

        /* A piece of its own, so that reading beyond it is seen. */
        len = len < stream.len - at ? len : stream.len - at;
        piece = xmalloc(len);
        memcpy(piece, stream.at + at, len);

        bool good = feed(&parser, slice_make(piece, len), arena, &told);

        xfree(piece);
        if (!good)
            break;
        at += len;
    }
    assert_true(buffer_append_byte(&told.text, '\0'));
    text = xstrdup((const char *)told.text.at);
    buffer_fini(&told.text);
    buffer_fini(&told.body);
    http1_parser_fini(&parser);
    arena_free(arena);
    return text;
}

static void
assert_told(const char *stream, size_t len, const char *expected)
{
    struct slice bytes = slice_make(stream, len);

    for (size_t cut = 0; cut < len; cut++) {
        char *text = parse(bytes, cut, len);

        assert_string_equal(text, expected);
        xfree(text);
    }

    char *text = parse(bytes, 0, 1);

    assert_string_equal(text, expected);
    xfree(text);
}

struct stream_case {
    const char *stream;
    const char *expected;
};

static void
assert_all_told(const struct stream_case *cases, size_t count)
{
    for (size_t i = 0; i < count; i++)
        assert_told(cases[i].stream, strlen(cases[i].stream), cases[i].expected);
}

#define HOST "Host: a\r\n"

static void
a_good_request_is_read(void **state)
{
    static const struct stream_case cases[] = {
        {"GET / HTTP/1.1\r\nHost: a\r\n\r\n", "GET a / host=a [] "},
        {"GET /p/q?x=1&y=? HTTP/1.1\r\nHOST:a:80\r\n\r\n", "GET a:80 /p/q x=1&y=? host=a:80 [] "},
        {"POST / HTTP/1.1\r\nHost:\r\nContent-Length: 3\r\n\r\nabc",
         "POST  / host= content-length=3 [abc] "},
        {"POST / HTTP/1.1\r\n" HOST "Content-Length: 0\r\n\r\n",
         "POST a / host=a content-length=0 [] "},
        {"OPTIONS * HTTP/1.1\r\n" HOST "\r\n", "OPTIONS a * host=a [] "},
        /* RFC 9112 3.2.2: the absolute form, whose authority counts. */
        {"GET HTTP://b:1/p?q HTTP/1.1\r\n" HOST "\r\n", "GET b:1 /p q host=a [] "},
        {"GET https://b HTTP/1.1\r\n" HOST "\r\n", "GET b / host=a [] "},
        {"GET http://b?q HTTP/1.1\r\n" HOST "\r\n", "GET b / q host=a [] "},
        /* RFC 9112 5.1: optional blanks around the value are not part of it. */
        {"GET / HTTP/1.1\r\n" HOST "X-A: \t b c \t\r\nx-b:\r\n\r\n",
         "GET a / host=a x-a=b c x-b= [] "},
        {"GET / HTTP/1.1\r\n" HOST "X: Caf\xc3\xa9:Z\r\n\r\n",
         "GET a / host=a x=Caf\xc3\xa9:Z [] "},
        /* RFC 9112 2.2: one empty line before the request line. */
        {"\r\nGET / HTTP/1.1\r\n" HOST "\r\n", "GET a / host=a [] "},
        {"PATCH!#$ / HTTP/1.1\r\n" HOST "\r\n", "PATCH!#$ a / host=a [] "},
        {"GET / HTTP/1.1\r\n" HOST "Connection: keep-alive, Close\r\n\r\n",
         "GET a / host=a connection=keep-alive, Close <close> [] "},
        {"PUT / HTTP/1.1\r\n" HOST "Expect: 100-Continue\r\nContent-Length: 1\r\n\r\nx",
         "PUT a / host=a expect=100-Continue content-length=1 <continue> [x] "},
    };

    (void)state;
    assert_all_told(cases, ARRAY_COUNT(cases));
}

static void
requests_follow_one_another(void **state)
{
    static const struct stream_case cases[] = {
        {"GET /1 HTTP/1.1\r\n" HOST "\r\nPOST /2 HTTP/1.1\r\n" HOST
         "Content-Length: 2\r\n\r\nab\r\nGET /3 HTTP/1.1\r\n" HOST "\r\n",
         "GET a /1 host=a [] POST a /2 host=a content-length=2 [ab] GET a /3 host=a [] "},
    };

    (void)state;
    assert_all_told(cases, ARRAY_COUNT(cases));
}

#define CHUNKED "POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: Chunked\r\n\r\n"
#define CHUNKED_TOLD "POST a / host=a transfer-encoding=Chunked "

static void
chunks_make_a_body(void **state)
{
    static const struct stream_case cases[] = {
        {CHUNKED "0\r\n\r\n", CHUNKED_TOLD "[] "},
        {CHUNKED "3\r\nabc\r\n0A\r\n0123456789\r\n000\r\n\r\n", CHUNKED_TOLD "[abc0123456789] "},
        /* RFC 9112 7.1.1: extensions that are not known MUST be ignored. */
        {CHUNKED "1;a=b\r\nx\r\n1 ; c=\"d\"\r\ny\r\n0;e\r\n\r\n", CHUNKED_TOLD "[xy] "},
        {CHUNKED "2\r\n\r\n\r\n0\r\nX-Sum: 1\r\nX-B: 2\r\n\r\nGET / HTTP/1.1\r\n" HOST "\r\n",
         CHUNKED_TOLD "[\r\n] GET a / host=a [] "},
    };

    (void)state;
    assert_all_told(cases, ARRAY_COUNT(cases));
}

static void
chunks_that_are_none_are_refused(void **state)
{
    static const struct stream_case cases[] = {
        {CHUNKED "\r\n", CHUNKED_TOLD "400 "},
        {CHUNKED "g\r\n", CHUNKED_TOLD "400 "},
        {CHUNKED "0x1\r\n", CHUNKED_TOLD "400 "},
        {CHUNKED "-1\r\n", CHUNKED_TOLD "400 "},
        {CHUNKED " 1\r\n", CHUNKED_TOLD "400 "},
        {CHUNKED "1 x\r\n", CHUNKED_TOLD "400 "},
        {CHUNKED "1\n", CHUNKED_TOLD "400 "},
        {CHUNKED "1;a\nb\r\n", CHUNKED_TOLD "400 "},
        {CHUNKED "123456789\r\n", CHUNKED_TOLD "400 "},
        {CHUNKED "1\r\nabc", CHUNKED_TOLD "400 "},
        {CHUNKED "1\r\na\nb", CHUNKED_TOLD "400 "},
        {CHUNKED "0\r\nX : 1\r\n\r\n", CHUNKED_TOLD "400 "},
        {CHUNKED "0\r\nX\r\n\r\n", CHUNKED_TOLD "400 "},
        {CHUNKED "0\r\na:\r\nb:\r\nc:\r\nd:\r\ne:\r\nf:\r\n\r\n", CHUNKED_TOLD "431 "},
        {CHUNKED "1;12345678901234567890123456789012345678901234567890123456789012345678901234567"
                 "8901234567890123456789012345678901234567890123456789\r\nx",
         CHUNKED_TOLD "400 "},
    };

    (void)state;
    assert_all_told(cases, ARRAY_COUNT(cases));
}

static void
a_request_line_that_is_none_is_refused(void **state)
{
    static const struct stream_case cases[] = {
        {"\r\n\r\n", "400 "},
        {"\rGET", "400 "},
        {"\n", "400 "},
        {"GET /\r\n\r\n", "400 "},
        {"GET / HTTP/1.1 \r\n\r\n", "400 "},
        {"GET  / HTTP/1.1\r\n\r\n", "400 "},
        {" GET / HTTP/1.1\r\n\r\n", "400 "},
        {"GET\t/ HTTP/1.1\r\n\r\n", "400 "},
        {"G(T / HTTP/1.1\r\n\r\n", "400 "},
        {"GET p HTTP/1.1\r\n" HOST "\r\n", "400 "},
        {"GET * HTTP/1.1\r\n" HOST "\r\n", "400 "},
        {"GET /#f HTTP/1.1\r\n" HOST "\r\n", "400 "},
        {"GET /\xc3\xa9 HTTP/1.1\r\n" HOST "\r\n", "400 "},
        {"GET http:///p HTTP/1.1\r\n" HOST "\r\n", "400 "},
        {"GET http://u@h/p HTTP/1.1\r\n" HOST "\r\n", "400 "},
        {"GET ftp://h/p HTTP/1.1\r\n" HOST "\r\n", "400 "},
        {"GET / http/1.1\r\n" HOST "\r\n", "400 "},
        {"GET / HTTP/11\r\n" HOST "\r\n", "400 "},
        {"GET / HTTP/1.0\r\n" HOST "\r\n", "505 "},
        {"GET / HTTP/2.0\r\n" HOST "\r\n", "505 "},
        {"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "505 "},
        {"CONNECT a:1 HTTP/1.1\r\n" HOST "\r\n", "501 "},
    };

    (void)state;
    assert_all_told(cases, ARRAY_COUNT(cases));
}

#define GET "GET / HTTP/1.1\r\n"
#define POST "POST / HTTP/1.1\r\n" HOST

static void
fields_that_mislead_are_refused(void **state)
{
    static const struct stream_case cases[] = {
        {GET "\r\n", "400 "},
        {GET HOST "Host: b\r\n\r\n", "400 "},
        {GET "Host: a b\r\n\r\n", "400 "},
        {GET "Host: a/b\r\n\r\n", "400 "},
        {GET "Host: u@a\r\n\r\n", "400 "},
        {GET HOST "X: a\nY: b\r\n\r\n", "400 "},
        {GET HOST "X: a\rY: b\r\n\r\n", "400 "},
        {GET HOST "X : a\r\n\r\n", "400 "},
        {GET HOST " X: a\r\n\r\n", "400 "},
        {GET HOST "X: a\r\n b\r\n\r\n", "400 "},
        {GET HOST "X: a\r\n\tb\r\n\r\n", "400 "},
        {GET HOST ": a\r\n\r\n", "400 "},
        {GET HOST "X\r\n\r\n", "400 "},
        {GET HOST "X(: a\r\n\r\n", "400 "},
        {GET HOST "X: \x01\r\n\r\n", "400 "},
        {GET HOST "X: \x7f\r\n\r\n", "400 "},
        {POST "Content-Length: 1\r\nContent-Length: 1\r\n\r\nx", "400 "},
        {POST "Content-Length: 1, 1\r\n\r\nx", "400 "},
        {POST "Content-Length: +1\r\n\r\nx", "400 "},
        {POST "Content-Length: 0x1\r\n\r\nx", "400 "},
        {POST "Content-Length: 1 1\r\n\r\nx", "400 "},
        {POST "Content-Length:\r\n\r\nx", "400 "},
        {POST "Content-Length: 18446744073709551616\r\n\r\n", "413 "},
        {POST "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", "400 "},
        {POST "Transfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n", "400 "},
        {POST "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n", "400 "},
        {POST "Transfer-Encoding: gzip, chunked\r\n\r\n", "501 "},
        {POST "Transfer-Encoding: identity\r\n\r\n", "501 "},
        {POST "Transfer-Encoding: xchunked\r\n\r\n", "501 "},
        {POST "Expect: 200-ok\r\n\r\n", "417 "},
    };
    static const char with_nul[] = GET HOST "X: a\0b\r\n\r\n";

    (void)state;
    assert_all_told(cases, ARRAY_COUNT(cases));
    assert_told(with_nul, sizeof(with_nul) - 1, "400 ");
}

static void
a_head_has_a_limit_in_bytes_and_in_fields(void **state)
{
    char stream[HEAD_MAX + 64];
    int len;

    (void)state;
    assert_told(GET HOST "b:\r\nc:\r\nd:\r\ne:\r\n\r\n",
                strlen(GET HOST "b:\r\nc:\r\nd:\r\ne:\r\n\r\n"), "GET a / host=a b= c= d= e= [] ");
    assert_told(GET HOST "b:\r\nc:\r\nd:\r\ne:\r\nf:\r\n\r\n",
                strlen(GET HOST "b:\r\nc:\r\nd:\r\ne:\r\nf:\r\n\r\n"), "431 ");

    /* A request line of 16 bytes, Host of 9, "x: ", two ends of lines: the rest is its value. */
    len = snprintf(stream, sizeof(stream), GET HOST "x: %0*d\r\n\r\n", HEAD_MAX - 32, 0);
    assert_int_equal(len, HEAD_MAX);
    assert_told(stream, (size_t)len - 4, "");
    len = snprintf(stream, sizeof(stream), GET HOST "x: %0*d\r\n\r\n", HEAD_MAX - 31, 0);
    assert_told(stream, (size_t)len, "431 ");
    len = snprintf(stream, sizeof(stream), "GET /%0*d HTTP/1.1\r\n\r\n", HEAD_MAX, 0);
    assert_told(stream, (size_t)len, "414 ");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_good_request_is_read),
        cmocka_unit_test(requests_follow_one_another),
        cmocka_unit_test(chunks_make_a_body),
        cmocka_unit_test(chunks_that_are_none_are_refused),
        cmocka_unit_test(a_request_line_that_is_none_is_refused),
        cmocka_unit_test(fields_that_mislead_are_refused),
        cmocka_unit_test(a_head_has_a_limit_in_bytes_and_in_fields),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
