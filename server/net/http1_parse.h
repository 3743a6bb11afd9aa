#pragma once

#include "base/arena.h"
#include "base/buffer.h"
#include "net/http.h"

/*
 * HTTP/1.1 requests out of a stream of bytes, as strict as RFC 9112 lets a
 * server be: no line folding, no bare CR or LF, no blank before a colon, one
 * Host, one Content-Length or one "chunked", never both. Pure: no socket, no
 * clock. However the stream is cut, the same requests come out.
 *
 *   START --first byte--> HEAD --empty line--+--> LENGTH --all of it-----------------> START
 *                                            +--> START (no body)
 *                                            +--> CHUNK_SIZE --> CHUNK_DATA --> CHUNK_END
 *                                                  |  ^-----------------------------+
 *                                                  +--"0"--> TRAILERS --empty line--> START
 *   any --what is not HTTP--> FAILED
 */
struct http1_parser {
    enum http1_state {
        HTTP1_START,
        HTTP1_HEAD,
        HTTP1_LENGTH,
        HTTP1_CHUNK_SIZE,
        HTTP1_CHUNK_DATA,
        HTTP1_CHUNK_END,
        HTTP1_TRAILERS,
        HTTP1_FAILED,
    } state;
    unsigned status;    /* in FAILED: the answer that says why */
    struct buffer text; /* the head, the chunk's size line or the trailers, as far as they came */
    uint64_t body_left; /* of the body in LENGTH, of the chunk in CHUNK_DATA */
    size_t fields_max;
    size_t line_len, line_count; /* of the line under way, and how many ended */
    uint8_t last;                /* the byte before, where lines are read */
    bool skipped_empty_line;
};

/* What stands in a head. All slices lie in the arena it was read into. */
struct http1_head {
    struct slice method, path, query, authority;
    struct http_field *fields;
    size_t field_count;
    uint64_t content_length; /* 0 if there is none */
    bool chunked;
    bool expects_continue; /* RFC 9110 10.1.1 */
    bool wants_close;
};

enum http1_event {
    HTTP1_NEED_MORE, /* all input was eaten */
    HTTP1_GOT_HEAD,
    HTTP1_GOT_BODY, /* a part of it, lying in the input */
    HTTP1_GOT_END,  /* of the request */
    HTTP1_BAD,      /* parser->status says why; nothing more will come */
};

struct http1_result {
    enum http1_event event;
    struct slice body; /* with HTTP1_GOT_BODY, never empty */
};

void http1_parser_init(struct http1_parser *parser, size_t head_bytes_max, size_t fields_max);
void http1_parser_fini(struct http1_parser *parser);

/*
 * Eats from the front of *input until there is something to tell. A head is
 * read into `head` and `arena`, which must have room for http1_arena_budget();
 * both are used with HTTP1_GOT_HEAD only, so they may be made when the parser
 * leaves HTTP1_START.
 */
struct http1_result http1_parse(struct http1_parser *parser, struct slice *input,
                                struct arena *arena, struct http1_head *head) MUST_USE;

/* What the arena of one head needs at most. */
size_t http1_arena_budget(size_t head_bytes_max, size_t fields_max);
