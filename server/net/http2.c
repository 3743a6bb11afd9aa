/*
 * HTTP/2 on a connection (RFC 9113), spoken by nghttp2: one exchange a stream.
 * nghttp2 checks frames, HPACK and the message rules of RFC 9113 8; what a
 * stream may grow to, and how often a peer may disturb, is counted here.
 */
#include "net/bucket.h"
#include "net/conn.h"
#include "net/listener_private.h"

#include "base/clock.h"
#include "base/memory.h"

#include <assert.h>
#include <nghttp2/nghttp2.h>
#include <stdio.h>

/* RFC 9113 6.5.2: what a field adds to the size of a list beside its bytes. */
#define FIELD_OVERHEAD 32

/* A peer earns so many control frames with each request: acknowledgements, windows, pings. */
#define CONTROL_FRAMES_PER_REQUEST 8

/* RFC 9113 4.1: a frame begins with 9 bytes, of which the first 3 are the length of the rest. */
#define FRAME_HEAD_SIZE 9

struct http2 {
    struct net_conn *conn;
    nghttp2_session *session;
    struct bucket resets, control_frames;
    bool calmed; /* told to go away for disturbing too often */

    /* Where the input stands: `skip` bytes before a head of which `head_len` are there. */
    uint8_t head[FRAME_HEAD_SIZE];
    size_t head_len, skip;
    uint64_t frames_begun, frames_told; /* by the bytes, and by nghttp2 */
};

/* ---- nghttp2's memory is ours ---- */

static void *
allocate(size_t size, void *arg)
{
    (void)arg;
    return xmalloc(size);
}

static void
release(void *memory, void *arg)
{
    (void)arg;
    xfree(memory);
}

static void *
allocate_array(size_t count, size_t size, void *arg)
{
    (void)arg;
    return xcalloc(count, size);
}

static void *
reallocate(void *memory, size_t size, void *arg)
{
    (void)arg;
    return xrealloc(memory, size);
}

/* What can only fail by running out of memory, or by a fault of ours, does not fail. */
static void
must(int result)
{
    assert(result == 0);
}

/* ---- Floods ---- */

static void
calm_down(struct http2 *http2)
{
    if (http2->calmed)
        return;
    http2->calmed = true;
    http2->conn->listener->stats.refused_by_limit++;
    must(nghttp2_session_terminate_session(http2->session, NGHTTP2_ENHANCE_YOUR_CALM));
}

static struct http_exchange *
find_exchange(nghttp2_session *session, int32_t stream_id)
{
    return nghttp2_session_get_stream_user_data(session, stream_id);
}

/* Whether a frame does not bring any request or answer further. */
static bool
is_control_frame(const struct http2 *http2, const nghttp2_frame_hd *frame)
{
    switch (frame->type) {
    case NGHTTP2_HEADERS: /* of a closed stream are ignored */
        return find_exchange(http2->session, frame->stream_id) == NULL &&
               frame->stream_id <= nghttp2_session_get_last_proc_stream_id(http2->session);
    case NGHTTP2_CONTINUATION: /* nghttp2 counts those itself */
        return false;
    case NGHTTP2_DATA:
        return frame->length == 0 && (frame->flags & NGHTTP2_FLAG_END_STREAM) == 0;
    case NGHTTP2_WINDOW_UPDATE:
        return http2->conn->output_bytes == 0;
    default:
        return true;
    }
}

static int
on_begin_frame(nghttp2_session *session, const nghttp2_frame_hd *frame, void *arg)
{
    struct http2 *http2 = arg;
    int64_t now_us = clock_monotonic_us();

    (void)session;
    http2->frames_told++;
    if (is_control_frame(http2, frame) && !bucket_take(&http2->control_frames, now_us))
        calm_down(http2);
    if (frame->type == NGHTTP2_RST_STREAM && !bucket_take(&http2->resets, now_us))
        calm_down(http2);
    return 0;
}

/* Counts the frames that begin in the input. */
static void
walk_frames(struct http2 *http2, struct slice input)
{
    while (input.len > 0) {
        size_t skipped = http2->skip < input.len ? http2->skip : input.len;

        input = slice_make(input.at + skipped, input.len - skipped);
        http2->skip -= skipped;
        if (input.len == 0)
            return;
        http2->head[http2->head_len++] = input.at[0];
        input = slice_make(input.at + 1, input.len - 1);
        if (http2->head_len < FRAME_HEAD_SIZE)
            continue;
        http2->skip = (size_t)http2->head[0] << 16 | (size_t)http2->head[1] << 8 | http2->head[2];
        http2->head_len = 0;
        http2->frames_begun++;
    }
}

/* nghttp2 passes over frames of unknown types, and over data of closed streams, and tells nobody.
 */
static void
count_ignored(struct http2 *http2)
{
    int64_t now_us = clock_monotonic_us();

    for (; http2->frames_told < http2->frames_begun; http2->frames_told++)
        if (!bucket_take(&http2->control_frames, now_us))
            calm_down(http2);
}

/* A stream that we reset costs as much as one that the peer resets: for its faults, and for going
 * on while the worker is full. */
static int
on_frame_send(nghttp2_session *session, const nghttp2_frame *frame, void *arg)
{
    struct http2 *http2 = arg;

    (void)session;
    if (frame->hd.type == NGHTTP2_RST_STREAM && frame->rst_stream.error_code != NGHTTP2_NO_ERROR &&
        !bucket_take(&http2->resets, clock_monotonic_us()))
        calm_down(http2);
    return 0;
}

/* ---- Requests ---- */

static int
on_begin_headers(nghttp2_session *session, const nghttp2_frame *frame, void *arg)
{
    struct http2 *http2 = arg;
    struct listener *listener = http2->conn->listener;
    struct http_exchange *exchange;

    /* Trailers of a request begin too. */
    if (frame->headers.cat != NGHTTP2_HCAT_REQUEST)
        return 0;
    /* Each costs the memory of its head, and connections are many. */
    if (listener->stats.exchanges_open >= listener->limits->listener_exchanges_max) {
        listener->stats.refused_by_limit++;
        must(nghttp2_submit_rst_stream(session, NGHTTP2_FLAG_NONE, frame->hd.stream_id,
                                       NGHTTP2_REFUSED_STREAM));
        return 0;
    }
    exchange = exchange_new(http2->conn);
    exchange->stream_id = frame->hd.stream_id;
    exchange->request.version = 2;
    must(nghttp2_session_set_stream_user_data(session, frame->hd.stream_id, exchange));
    bucket_give(&http2->control_frames, CONTROL_FRAMES_PER_REQUEST);
    return 0;
}

static bool
take_pseudo_field(struct http_exchange *exchange, struct http_field field)
{
    struct http_request *request = &exchange->request;
    const struct {
        const char *name;
        struct slice *value;
    } known[] = {
        {":method", &request->method},
        {":path", &request->path},
        {":authority", &request->authority},
    };

    if (field.name.len == 0 || field.name.at[0] != ':')
        return false;
    for (size_t i = 0; i < ARRAY_COUNT(known); i++)
        if (slice_is(field.name, known[i].name))
            *known[i].value = arena_copy(exchange->arena, field.value);
    return true;
}

/* Room for the fields is taken once, when the first comes. */
static void
take_field(struct http_exchange *exchange, struct http_field field)
{
    const size_t fields_max = exchange->conn->listener->limits->head_fields_max;
    struct http_request *request = &exchange->request;
    struct http_field *fields;

    if (request->fields == NULL)
        request->fields = arena_array(exchange->arena, fields_max, sizeof(*fields));
    if (request->field_count == fields_max) {
        exchange->head_refused = 431;
        return;
    }

    union {
        const struct http_field *in;
        struct http_field *own;
    } list = {.in = request->fields};

    list.own[request->field_count++] =
        (struct http_field){.name = arena_copy(exchange->arena, field.name),
                            .value = arena_copy(exchange->arena, field.value)};
}

static struct slice
slice_rcbuf(nghttp2_rcbuf *bytes)
{
    nghttp2_vec vec = nghttp2_rcbuf_get_buf(bytes);

    return slice_make(vec.base, vec.len);
}

static int
on_header(nghttp2_session *session, const nghttp2_frame *frame, nghttp2_rcbuf *name,
          nghttp2_rcbuf *value, uint8_t flags, void *arg)
{
    struct http_exchange *exchange = find_exchange(session, frame->hd.stream_id);
    struct http_field field = {.name = slice_rcbuf(name), .value = slice_rcbuf(value)};

    (void)flags;
    (void)arg;
    if (exchange == NULL || exchange->state != EXCHANGE_RECEIVING)
        return 0;
    exchange->head_bytes += field.name.len + field.value.len + FIELD_OVERHEAD;
    if (exchange->head_bytes > exchange->conn->listener->limits->head_bytes_max)
        exchange->head_refused = 431;
    /* Trailers are counted, and nobody is told of them. */
    if (exchange->head_refused != 0 || exchange->has_head)
        return 0;
    if (!take_pseudo_field(exchange, field))
        take_field(exchange, field);
    return 0;
}

/* Before its body came, by what it says of its length. */
static bool
is_too_long(const struct http_exchange *exchange)
{
    struct slice value = http_request_field(&exchange->request, "content-length");
    uint64_t len = 0;

    /* nghttp2 lets only digits pass that fit into 63 bits. */
    for (size_t i = 0; i < value.len; i++)
        len = len * 10 + (value.at[i] - '0');
    return len > exchange->conn->listener->limits->body_bytes_max;
}

static void
got_head(struct http_exchange *exchange)
{
    struct http_request *request = &exchange->request;
    const uint8_t *mark =
        request->path.len > 0 ? memchr(request->path.at, '?', request->path.len) : NULL;

    exchange->has_head = true;
    if (request->authority.at == NULL)
        request->authority = http_request_field(request, "host");
    if (mark != NULL) {
        size_t len = (size_t)(mark - request->path.at);

        request->query = slice_make(mark + 1, request->path.len - len - 1);
        request->path.len = len;
    }
    if (exchange->head_refused == 0 && slice_is(request->method, "CONNECT"))
        exchange->head_refused = 501;
    if (exchange->head_refused != 0)
        exchange_answer_plainly(exchange, exchange->head_refused);
    else if (is_too_long(exchange))
        exchange_refuse(exchange, 413);
}

/* Trailers that are too many. */
static void
got_trailers(struct http_exchange *exchange)
{
    if (exchange->head_refused != 0 && exchange->state == EXCHANGE_RECEIVING)
        exchange_answer_plainly(exchange, exchange->head_refused);
}

static int
on_frame_recv(nghttp2_session *session, const nghttp2_frame *frame, void *arg)
{
    struct http_exchange *exchange = find_exchange(session, frame->hd.stream_id);
    bool is_headers = frame->hd.type == NGHTTP2_HEADERS;

    (void)arg;
    if (exchange == NULL || (!is_headers && frame->hd.type != NGHTTP2_DATA))
        return 0;
    if ((frame->hd.flags & NGHTTP2_FLAG_END_STREAM) != 0)
        exchange->is_whole = true;
    if (is_headers && frame->headers.cat == NGHTTP2_HCAT_REQUEST)
        got_head(exchange);
    else if (is_headers)
        got_trailers(exchange);
    if (exchange->is_whole)
        exchange_complete(exchange);
    return 0;
}

static int
on_data_chunk(nghttp2_session *session, uint8_t flags, int32_t stream_id, const uint8_t *data,
              size_t len, void *arg)
{
    struct http_exchange *exchange = find_exchange(session, stream_id);

    (void)flags;
    (void)arg;
    if (exchange != NULL)
        exchange_append_body(exchange, slice_make(data, len));
    return 0;
}

/* It was sent to its end, or one of the two sides reset it. */
static int
on_stream_close(nghttp2_session *session, int32_t stream_id, uint32_t error_code, void *arg)
{
    struct http2 *http2 = arg;
    struct http_exchange *exchange = find_exchange(session, stream_id);

    if (error_code == NGHTTP2_PROTOCOL_ERROR)
        http2->conn->listener->stats.refused_malformed++;
    if (exchange != NULL)
        exchange_free(exchange);
    return 0;
}

/* ---- Answers ---- */

static nghttp2_nv
make_nv(struct slice name, struct slice value)
{
    union {
        const uint8_t *in;
        uint8_t *out; /* nghttp2 copies, and does not write */
    } name_at = {.in = name.at}, value_at = {.in = value.at};

    return (nghttp2_nv){.name = name_at.out,
                        .value = value_at.out,
                        .namelen = name.len,
                        .valuelen = value.len,
                        .flags = NGHTTP2_NV_FLAG_NONE};
}

static size_t
put_nvs(nghttp2_nv *nvs, const struct http_field *fields, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        nvs[i] = make_nv(fields[i].name, fields[i].value);
        if (fields[i].is_unique)
            nvs[i].flags = NGHTTP2_NV_FLAG_NO_INDEX;
    }
    return count;
}

static void
submit_trailers(nghttp2_session *session, const struct http_exchange *exchange)
{
    nghttp2_nv *nvs = xcalloc(exchange->trailer_count, sizeof(*nvs));
    size_t count = put_nvs(nvs, exchange->trailers, exchange->trailer_count);

    must(nghttp2_submit_trailer(session, exchange->stream_id, nvs, count));
    xfree(nvs);
}

/* nghttp2 has room for `max` bytes of the stream's answer, within the peer's windows. */
static ssize_t
/* NOLINTNEXTLINE(readability-function-size): the type is nghttp2's. */
give_data(nghttp2_session *session, int32_t stream_id, uint8_t *at, size_t max, uint32_t *flags,
          nghttp2_data_source *source, void *arg)
{
    struct http_exchange *exchange = find_exchange(session, stream_id);
    struct slice part;

    (void)source;
    (void)arg;
    if (exchange == NULL)
        return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
    part = exchange_take_answer(exchange, max);
    if (part.len > 0)
        memcpy(at, part.at, part.len);
    if (exchange->sent < exchange->answer.len)
        return (ssize_t)part.len;

    *flags |= NGHTTP2_DATA_FLAG_EOF;
    if (exchange->trailer_count > 0) {
        *flags |= NGHTTP2_DATA_FLAG_NO_END_STREAM;
        submit_trailers(session, exchange);
    }
    return (ssize_t)part.len;
}

static void
submit_head(struct http2 *http2, struct http_exchange *exchange,
            const struct http_response *response, bool has_data)
{
    const size_t own_fields = 3;
    const nghttp2_data_provider provider = {.read_callback = give_data};
    nghttp2_nv *nvs = xcalloc(response->field_count + own_fields, sizeof(*nvs));
    const char *date = listener_date(http2->conn->listener);
    char status[16], length[32];
    size_t count = 1;

    snprintf(status, sizeof(status), "%u", response->status);
    snprintf(length, sizeof(length), "%zu", response->body.len);
    nvs[0] = make_nv(slice_text(":status"), slice_text(status));
    count += put_nvs(nvs + count, response->fields, response->field_count);
    nvs[count++] = make_nv(slice_text("date"), slice_text(date));
    if (response->body.len > 0)
        nvs[count++] = make_nv(slice_text("content-length"), slice_text(length));
    must(nghttp2_submit_response(http2->session, exchange->stream_id, nvs, count,
                                 has_data ? &provider : NULL));
    xfree(nvs);
}

static void
answer(void *session, struct http_exchange *exchange, const struct http_response *response)
{
    struct http2 *http2 = session;

    /* RFC 9110 9.3.2: HEAD is answered as GET, without the content. */
    bool has_body = response->body.len > 0 && !slice_is(exchange->request.method, "HEAD");
    bool fits = true;

    if (has_body) {
        buffer_init(&exchange->answer, response->body.len);
        fits = buffer_append(&exchange->answer, response->body);
    }
    assert(fits);
    submit_head(http2, exchange, response, has_body || response->trailer_count > 0);
}

/* ---- The session ---- */

static nghttp2_session_callbacks *
make_callbacks(void)
{
    nghttp2_session_callbacks *callbacks;

    must(nghttp2_session_callbacks_new(&callbacks));
    nghttp2_session_callbacks_set_on_begin_frame_callback(callbacks, on_begin_frame);
    nghttp2_session_callbacks_set_on_begin_headers_callback(callbacks, on_begin_headers);
    nghttp2_session_callbacks_set_on_header_callback2(callbacks, on_header);
    nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, on_frame_recv);
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, on_data_chunk);
    nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, on_stream_close);
    nghttp2_session_callbacks_set_on_frame_send_callback(callbacks, on_frame_send);
    return callbacks;
}

static nghttp2_option *
make_options(const struct net_limits *limits)
{
    nghttp2_option *options;

    must(nghttp2_option_new(&options));
    /* Closed streams served the priorities of RFC 7540, which RFC 9113 has no more. */
    nghttp2_option_set_no_closed_streams(options, 1);
    nghttp2_option_set_max_continuations(options, limits->continuations_max);
    nghttp2_option_set_max_outbound_ack(options, limits->control_frames_per_second);
    /* A second line behind our own count, which answers with a better code. */
    nghttp2_option_set_stream_reset_rate_limit(options, 2UL * limits->resets_per_second,
                                               2UL * limits->resets_per_second);
    return options;
}

static void
submit_settings(struct http2 *http2)
{
    const struct net_limits *limits = http2->conn->listener->limits;
    const nghttp2_settings_entry settings[] = {
        {NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, limits->streams_max},
        {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, (uint32_t)limits->body_bytes_max},
        {NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, (uint32_t)limits->head_bytes_max},
        {NGHTTP2_SETTINGS_NO_RFC7540_PRIORITIES, 1},
    };

    must(nghttp2_submit_settings(http2->session, NGHTTP2_FLAG_NONE, settings,
                                 ARRAY_COUNT(settings)));
    must(nghttp2_session_set_local_window_size(http2->session, NGHTTP2_FLAG_NONE, 0,
                                               (int32_t)limits->connection_body_bytes_max));
}

static void *
open_session(struct net_conn *conn)
{
    const struct net_limits *limits = conn->listener->limits;
    struct http2 *http2 = xcalloc(1, sizeof(*http2));
    nghttp2_session_callbacks *callbacks = make_callbacks();
    nghttp2_option *options = make_options(limits);
    nghttp2_mem memory = {
        .malloc = allocate, .free = release, .calloc = allocate_array, .realloc = reallocate};

    http2->conn = conn;
    http2->skip = NGHTTP2_CLIENT_MAGIC_LEN;
    bucket_init(&http2->resets, limits->resets_per_second, clock_monotonic_us());
    bucket_init(&http2->control_frames, limits->control_frames_per_second, clock_monotonic_us());
    must(nghttp2_session_server_new3(&http2->session, callbacks, http2, options, &memory));
    nghttp2_option_del(options);
    nghttp2_session_callbacks_del(callbacks);
    submit_settings(http2);
    return http2;
}

static void
close_session(void *session)
{
    struct http2 *http2 = session;

    nghttp2_session_del(http2->session);
    xfree(http2);
}

static bool
take_input(void *session, struct slice *input)
{
    struct http2 *http2 = session;
    ssize_t eaten = nghttp2_session_mem_recv(http2->session, input->at, input->len);

    if (eaten < 0) {
        http2->conn->listener->stats.refused_malformed++;
        return false;
    }
    walk_frames(http2, slice_make(input->at, (size_t)eaten));
    count_ignored(http2);
    *input = slice_make(input->at + eaten, input->len - (size_t)eaten);
    return true;
}

static bool
give_output(void *session, struct buffer *out)
{
    struct http2 *http2 = session;
    const uint8_t *frame;
    ssize_t len = 1;

    while (out->len < CONN_GATHER && len > 0) {
        len = nghttp2_session_mem_send(http2->session, &frame);
        if (len < 0 || (len > 0 && !buffer_append(out, slice_make(frame, (size_t)len))))
            return false;
    }
    return true;
}

static bool
is_over(void *session)
{
    struct http2 *http2 = session;

    return nghttp2_session_want_read(http2->session) == 0 &&
           nghttp2_session_want_write(http2->session) == 0;
}

/* RFC 9113 6.8: streams above the last one named were not looked at, and may be tried again. */
static void
drain(void *session)
{
    struct http2 *http2 = session;
    int32_t last = nghttp2_session_get_last_proc_stream_id(http2->session);

    if (!http2->calmed)
        must(nghttp2_submit_goaway(http2->session, NGHTTP2_FLAG_NONE, last, NGHTTP2_NO_ERROR, NULL,
                                   0));
}

static void
forget(void *session, struct http_exchange *exchange)
{
    struct http2 *http2 = session;

    /* Fails if the stream is gone already, which is as well. */
    (void)nghttp2_session_set_stream_user_data(http2->session, exchange->stream_id, NULL);
}

/* A head that stops between two frames stops the whole connection. */
static void
refuse_head(void *session, struct http_exchange *exchange, unsigned status)
{
    (void)exchange;
    (void)status;
    calm_down(session);
}

/* Others may go on, when this stream's window stays shut, or its request does not end. */
static void
reset(void *session, struct http_exchange *exchange)
{
    struct http2 *http2 = session;

    /* RFC 9113 8.1: NO_ERROR, after the whole answer, asks to stop sending the request. */
    uint32_t code = exchange_is_sent(exchange) ? NGHTTP2_NO_ERROR : NGHTTP2_CANCEL;

    exchange->since_us = clock_monotonic_us();
    must(nghttp2_submit_rst_stream(http2->session, NGHTTP2_FLAG_NONE, exchange->stream_id, code));
}

const struct protocol http2_protocol = {
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
