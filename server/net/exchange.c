#include "net/exchange.h"

#include "base/clock.h"
#include "base/memory.h"
#include "net/conn.h"
#include "net/http1_parse.h"
#include "net/listener_private.h"

#include <assert.h>
#include <stdio.h>

/* Which state may follow which. */
static const bool moves[][EXCHANGE_SENDING + 1] = {
    [EXCHANGE_RECEIVING] = {[EXCHANGE_QUEUED] = true, [EXCHANGE_SENDING] = true},
    [EXCHANGE_QUEUED] = {[EXCHANGE_HANDLED] = true},
    [EXCHANGE_HANDLED] = {[EXCHANGE_SENDING] = true},
    [EXCHANGE_SENDING] = {false},
};

static void
move(struct http_exchange *exchange, enum exchange_state state)
{
    assert(moves[exchange->state][state]);
    exchange->state = state;
    exchange->since_us = clock_monotonic_us();
    if (state == EXCHANGE_QUEUED)
        list_append(&exchange->conn->queued, &exchange->queue_link);
    else
        list_remove(&exchange->queue_link);
}

/* Whatever a head of the limits needs, counted as HTTP/2 or as HTTP/1.1 does. */
static size_t
arena_budget(const struct net_limits *limits)
{
    const size_t rounding = 16;

    return http1_arena_budget(limits->head_bytes_max, limits->head_fields_max) +
           (limits->head_fields_max + 4) * 2 * rounding;
}

struct http_exchange *
exchange_new(struct net_conn *conn)
{
    struct http_exchange *exchange = xcalloc(1, sizeof(*exchange));
    const struct net_limits *limits = conn->listener->limits;

    exchange->state = EXCHANGE_RECEIVING;
    exchange->conn = conn;
    exchange->since_us = clock_monotonic_us();
    exchange->arena = arena_new(arena_budget(limits));
    exchange->request.peer_address = conn->peer_address;
    exchange->request.secure = conn->transport.ssl != NULL;
    buffer_init(&exchange->body, limits->body_bytes_max);
    list_init(&exchange->queue_link);
    list_init(&exchange->answer_link);
    list_append(&conn->exchanges, &exchange->link);
    conn->listener->stats.exchanges_open++;
    return exchange;
}

static void
release_body(struct http_exchange *exchange)
{
    struct net_conn *conn = exchange->conn;

    conn->body_bytes -= exchange->body.len;
    conn->listener->stats.body_bytes_held -= exchange->body.len;
    buffer_fini(&exchange->body);
    exchange->request.body = (struct slice){0};
}

static void
release_request(struct http_exchange *exchange)
{
    release_body(exchange);
    arena_free(exchange->arena);
    exchange->arena = NULL;
    exchange->request = (struct http_request){0};
}

void
exchange_free(struct http_exchange *exchange)
{
    struct net_conn *conn = exchange->conn;
    struct listener *listener = conn->listener;

    if (exchange->state == EXCHANGE_HANDLED) {
        listener->stats.aborts++;
        move(exchange, EXCHANGE_SENDING); /* so that http_respond() asserts from now on */
        listener->handler->on_abort(listener->handler->arg, exchange->user);
    }
    conn->protocol->forget(conn->session, exchange);
    conn->output_bytes -= exchange->answer.len;
    listener->stats.output_bytes_held -= exchange->answer.len;
    buffer_fini(&exchange->answer);
    release_request(exchange);
    list_remove(&exchange->queue_link);
    list_remove(&exchange->answer_link);
    list_remove(&exchange->link);
    listener->stats.exchanges_open--;
    conn->since_us = clock_monotonic_us();
    xfree(exchange);
}

void
exchange_append_body(struct http_exchange *exchange, struct slice part)
{
    struct net_conn *conn = exchange->conn;
    struct listener *listener = conn->listener;
    const struct net_limits *limits = listener->limits;

    if (exchange->state != EXCHANGE_RECEIVING)
        return;
    if (part.len > limits->connection_body_bytes_max - conn->body_bytes ||
        part.len > limits->listener_body_bytes_max - listener->stats.body_bytes_held) {
        exchange_refuse(exchange, 503);
        return;
    }
    if (!buffer_append(&exchange->body, part)) {
        exchange_refuse(exchange, 413);
        return;
    }
    conn->body_bytes += part.len;
    listener->stats.body_bytes_held += part.len;
}

void
exchange_complete(struct http_exchange *exchange)
{
    exchange->is_whole = true;
    if (exchange->state != EXCHANGE_RECEIVING)
        return;
    exchange->request.body = buffer_slice(&exchange->body);
    move(exchange, EXCHANGE_QUEUED);
}

void
exchange_refuse(struct http_exchange *exchange, unsigned status)
{
    assert(exchange->has_head);
    exchange->conn->listener->stats.refused_by_limit++;
    release_body(exchange);
    exchange->request.refused = status;
    move(exchange, EXCHANGE_QUEUED);
}

void
exchange_hand_over(struct http_exchange *exchange)
{
    struct listener *listener = exchange->conn->listener;

    listener->stats.requests++;
    move(exchange, EXCHANGE_HANDLED);
    listener->handler->on_request(listener->handler->arg, exchange, &exchange->request);
}

/* ---- The answer ---- */

static bool
is_value(struct slice value)
{
    for (size_t i = 0; i < value.len; i++)
        if ((value.at[i] < ' ' && value.at[i] != '\t') || value.at[i] > '~')
            return false;
    return true;
}

static size_t
check_fields(const struct http_field *fields, size_t count)
{
    size_t bytes = 0;

    for (size_t i = 0; i < count; i++) {
        assert(fields[i].name.len > 0);
        assert(is_value(fields[i].value));
        bytes += fields[i].name.len + fields[i].value.len;
    }
    return bytes;
}

/* The trailers wait until the body is sent, in an arena of their own. */
static void
keep_trailers(struct http_exchange *exchange, struct arena *arena,
              const struct http_response *response)
{
    struct http_field *kept = arena_array(arena, response->trailer_count, sizeof(*kept));

    for (size_t i = 0; i < response->trailer_count; i++) {
        kept[i].name = arena_copy(arena, response->trailers[i].name);
        kept[i].value = arena_copy(arena, response->trailers[i].value);
    }
    exchange->trailers = kept;
    exchange->trailer_count = response->trailer_count;
}

static void
answer(struct http_exchange *exchange, const struct http_response *response)
{
    struct net_conn *conn = exchange->conn;
    const size_t rounding = 16;
    struct arena *trailers = NULL;

    assert(response->status >= 200);
    assert(response->status <= 599);
    check_fields(response->fields, response->field_count);
    if (response->trailer_count > 0) {
        size_t bytes = check_fields(response->trailers, response->trailer_count);

        trailers = arena_new(bytes + rounding +
                             response->trailer_count * (sizeof(struct http_field) + 2 * rounding));
        keep_trailers(exchange, trailers, response);
    }

    move(exchange, EXCHANGE_SENDING);
    conn->protocol->answer(conn->session, exchange, response);
    conn->output_bytes += exchange->answer.len;
    conn->listener->stats.output_bytes_held += exchange->answer.len;
    list_append(&conn->listener->answers, &exchange->answer_link);
    release_request(exchange);
    exchange->arena = trailers;
    net_conn_wake(conn);
}

void
exchange_answer_plainly(struct http_exchange *exchange, unsigned status)
{
    static const struct http_field type[] = {{.name = {(const uint8_t *)"content-type", 12},
                                              .value = {(const uint8_t *)"text/plain", 10}}};
    struct net_stats *stats = &exchange->conn->listener->stats;
    char text[64];
    int len = snprintf(text, sizeof(text), "%u %s\n", status, http_status_text(status));

    if (status == 408 || status == 413 || status == 414 || status == 431 || status == 503)
        stats->refused_by_limit++;
    else
        stats->refused_malformed++;
    answer(exchange, &(struct http_response){.status = status,
                                             .fields = type,
                                             .field_count = ARRAY_COUNT(type),
                                             .body = slice_make(text, (size_t)len)});
}

/*
 * Whether there is no room for it beside the answers that peers have not taken.
 * Requests that are handled at the same time are all let in before any of them
 * is answered, so it shows only now. Small ones always have room: there are no
 * more of them than exchanges, and the receipts of what is booked are among them.
 */
static bool
is_too_much(const struct listener *listener, size_t len)
{
    uint64_t held = listener->stats.output_bytes_held;
    size_t max = listener->limits->listener_output_bytes_max;

    return len > CONN_GATHER && (held >= max || len > max - held);
}

void
http_respond(struct http_exchange *exchange, const struct http_response *response)
{
    struct listener *listener = exchange->conn->listener;

    assert(exchange->state == EXCHANGE_HANDLED);
    if (!is_too_much(listener, response->body.len)) {
        answer(exchange, response);
        return;
    }
    listener->output_refused = true;
    exchange_answer_plainly(exchange, 503);
}

struct slice
exchange_take_answer(struct http_exchange *exchange, size_t max)
{
    size_t left = exchange->answer.len - exchange->sent;
    struct slice part = slice_make(exchange->answer.at, left < max ? left : max);

    if (part.len > 0)
        part.at += exchange->sent;
    exchange->sent += part.len;
    exchange->since_us = clock_monotonic_us();
    return part;
}

/* ---- What the handler asks ---- */

void
http_exchange_set_user(struct http_exchange *exchange, void *user)
{
    exchange->user = user;
}

const struct http_request *
http_exchange_request(const struct http_exchange *exchange)
{
    return &exchange->request;
}

struct slice
http_request_field(const struct http_request *request, const char *name)
{
    for (size_t i = 0; i < request->field_count; i++)
        if (slice_is(request->fields[i].name, name))
            return request->fields[i].value;
    return (struct slice){0};
}

const char *
http_status_text(unsigned status)
{
    static const struct {
        unsigned status;
        const char *text;
    } texts[] = {
        {200, "OK"},
        {204, "No Content"},
        {400, "Bad Request"},
        {401, "Unauthorized"},
        {403, "Forbidden"},
        {404, "Not Found"},
        {405, "Method Not Allowed"},
        {408, "Request Timeout"},
        {409, "Conflict"},
        {412, "Precondition Failed"},
        {413, "Content Too Large"},
        {414, "URI Too Long"},
        {415, "Unsupported Media Type"},
        {417, "Expectation Failed"},
        {429, "Too Many Requests"},
        {431, "Request Header Fields Too Large"},
        {499, "Client Closed Request"},
        {500, "Internal Server Error"},
        {501, "Not Implemented"},
        {503, "Service Unavailable"},
        {504, "Gateway Timeout"},
        {505, "HTTP Version Not Supported"},
    };

    for (size_t i = 0; i < ARRAY_COUNT(texts); i++)
        if (texts[i].status == status)
            return texts[i].text;
    return "";
}
