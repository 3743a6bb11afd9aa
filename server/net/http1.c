/*
 * HTTP/1.1 on a connection (RFC 9112): one exchange at a time. What a peer sends
 * ahead waits in the connection, unparsed.
 */
#include "net/conn.h"
#include "net/http1_parse.h"
#include "net/listener_private.h"

#include "base/memory.h"

#include <assert.h>

struct http1 {
    struct net_conn *conn;
    struct http1_parser parser;
    struct http_exchange *exchange; /* the one under way, or NULL */
    struct http1_head head;         /* of the exchange; its slices end with the request */
    bool says_continue;             /* 100 is to be sent */
};

static void *
open_session(struct net_conn *conn)
{
    const struct net_limits *limits = conn->listener->limits;
    struct http1 *http1 = xcalloc(1, sizeof(*http1));

    http1->conn = conn;
    http1_parser_init(&http1->parser, limits->head_bytes_max, limits->head_fields_max);
    return http1;
}

static void
close_session(void *session)
{
    struct http1 *http1 = session;

    http1_parser_fini(&http1->parser);
    xfree(http1);
}

static void
got_head(struct http1 *http1)
{
    struct http_exchange *exchange = http1->exchange;
    const struct http1_head *head = &http1->head;

    exchange->request.method = head->method;
    exchange->request.path = head->path;
    exchange->request.query = head->query;
    exchange->request.authority = head->authority;
    exchange->request.fields = head->fields;
    exchange->request.field_count = head->field_count;
    exchange->request.version = 1;
    exchange->has_head = true;
    if (head->content_length > http1->conn->listener->limits->body_bytes_max)
        exchange_refuse(exchange, 413);
    else
        /* RFC 9110 10.1.1: 100 only where content follows. */
        http1->says_continue =
            head->expects_continue && (head->chunked || head->content_length > 0);
}

static void
got_body(struct http1 *http1, struct slice part)
{
    http1->says_continue = false;
    exchange_append_body(http1->exchange, part);
}

/* RFC 9112 2.2: what is no request is answered with 400, and the connection closed. */
static void
refuse_head(void *session, struct http_exchange *exchange, unsigned status)
{
    struct http1 *http1 = session;

    http1->head = (struct http1_head){.wants_close = true};
    exchange_answer_plainly(exchange, status);
}

static void
take_event(struct http1 *http1, struct http1_result result)
{
    struct http_exchange *exchange = http1->exchange;

    switch (result.event) {
    case HTTP1_NEED_MORE:
        /* An empty line before the request is not the begin of one. */
        if (http1->parser.state == HTTP1_START)
            exchange_free(exchange);
        break;
    case HTTP1_GOT_HEAD:
        got_head(http1);
        break;
    case HTTP1_GOT_BODY:
        got_body(http1, result.body);
        break;
    case HTTP1_GOT_END:
        exchange_complete(exchange);
        break;
    case HTTP1_BAD:
        refuse_head(http1, exchange, http1->parser.status);
        break;
    }
}

static bool
take_input(void *session, struct slice *input)
{
    struct http1 *http1 = session;
    struct net_conn *conn = http1->conn;

    if (http1->exchange == NULL && conn->draining) {
        *input = slice_make(NULL, 0);
        return true;
    }
    if (http1->exchange == NULL && input->len > 0)
        http1->exchange = exchange_new(conn);

    /* To the event that needs more: a request without a body ends without another byte. */
    while (http1->exchange != NULL && http1->exchange->state == EXCHANGE_RECEIVING) {
        struct http1_result result =
            http1_parse(&http1->parser, input, http1->exchange->arena, &http1->head);

        take_event(http1, result);
        if (result.event == HTTP1_NEED_MORE)
            break;
    }
    return true;
}

/* ---- Answers ---- */

/* A status without content (RFC 9110 6.4.1), which has no length either. */
static bool
has_no_content(unsigned status)
{
    return status == 204 || status == 304;
}

static size_t
fields_len(const struct http_field *fields, size_t count)
{
    const size_t separators = 4; /* ": " and CRLF */
    size_t len = 0;

    for (size_t i = 0; i < count; i++)
        len += fields[i].name.len + fields[i].value.len + separators;
    return len;
}

/* The buffer was made large enough. */
static void
put(struct buffer *out, struct slice bytes)
{
    bool fits = buffer_append(out, bytes);

    assert(fits);
}

static void
put_fields(struct buffer *out, const struct http_field *fields, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        put(out, fields[i].name);
        put(out, slice_text(": "));
        put(out, fields[i].value);
        put(out, slice_text("\r\n"));
    }
}

/* Trailers need chunks (RFC 9112 7.1.2): the whole body is one. */
static void
put_chunked(struct buffer *out, const struct http_response *response)
{
    bool fits = true;

    if (response->body.len > 0) {
        fits = buffer_printf(out, "%zx\r\n", response->body.len);
        put(out, response->body);
        put(out, slice_text("\r\n"));
    }
    assert(fits);
    put(out, slice_text("0\r\n"));
    put_fields(out, response->trailers, response->trailer_count);
    put(out, slice_text("\r\n"));
}

static void
put_answer(struct http1 *http1, struct buffer *out, const struct http_response *response,
           bool closes)
{
    bool chunked = response->trailer_count > 0;
    bool fits =
        buffer_printf(out, "HTTP/1.1 %u %s\r\ndate: %s\r\n", response->status,
                      http_status_text(response->status), listener_date(http1->conn->listener));

    put_fields(out, response->fields, response->field_count);
    if (closes)
        put(out, slice_text("connection: close\r\n"));
    if (chunked)
        put(out, slice_text("transfer-encoding: chunked\r\n"));
    else if (!has_no_content(response->status))
        fits = fits && buffer_printf(out, "content-length: %zu\r\n", response->body.len);
    assert(fits);
    put(out, slice_text("\r\n"));
    /* RFC 9110 9.3.2: HEAD is answered as GET, without the content. */
    if (slice_is(http1->head.method, "HEAD") || has_no_content(response->status))
        return;
    if (chunked)
        put_chunked(out, response);
    else
        put(out, response->body);
}

static void
answer(void *session, struct http_exchange *exchange, const struct http_response *response)
{
    const size_t overhead = 512; /* status line, our own fields, chunk */
    struct http1 *http1 = session;
    struct net_conn *conn = http1->conn;

    /* What follows a request that was not read to its end cannot be told apart from it. */
    bool closes = http1->head.wants_close || http1->parser.state != HTTP1_START || conn->draining;

    assert(exchange == http1->exchange);
    buffer_init(&exchange->answer, overhead + response->body.len +
                                       fields_len(response->fields, response->field_count) +
                                       fields_len(response->trailers, response->trailer_count));
    put_answer(http1, &exchange->answer, response, closes);
    http1->says_continue = false;
    http1->head = (struct http1_head){0};
    if (closes)
        net_conn_drain(conn);
}

static bool
give_output(void *session, struct buffer *out)
{
    struct http1 *http1 = session;
    struct http_exchange *exchange = http1->exchange;

    if (http1->says_continue) {
        http1->says_continue = false;
        put(out, slice_text("HTTP/1.1 100 Continue\r\n\r\n"));
    }
    if (exchange == NULL || exchange->state != EXCHANGE_SENDING)
        return true;
    put(out, exchange_take_answer(exchange, CONN_GATHER));
    if (exchange_is_sent(exchange))
        exchange_free(exchange);
    return true;
}

static bool
is_over(void *session)
{
    (void)session;
    return false;
}

static void
drain(void *session)
{
    (void)session;
}

static void
forget(void *session, struct http_exchange *exchange)
{
    struct http1 *http1 = session;

    assert(http1->exchange == exchange);
    http1->exchange = NULL;
}

static void
reset(void *session, struct http_exchange *exchange)
{
    (void)session;
    net_conn_drop(exchange->conn);
}

const struct protocol http1_protocol = {
    .open = open_session,
    .close = close_session,
    .take_input = take_input,
    .give_output = give_output,
    .is_over = is_over,
    .answer = answer,
    .drain = drain,
    .forget = forget,
    .refuse_head = refuse_head,
    .reset = reset,
};
