#include "peer.h"

#include "base/buffer.h"
#include "base/memory.h"
#include "base/panic.h"

#include <arpa/inet.h>
#include <assert.h>
#include <event2/buffer.h>
#include <event2/bufferevent_ssl.h>
#include <nghttp2/nghttp2.h>
#include <stdio.h>

#define ANSWER_MAX ((size_t)8 << 20)
#define TOKEN_FIELD_MAX 2200

struct peer {
    struct peer_events events;
    struct bufferevent *link;
    nghttp2_session *session;
};

/* A call under way; nghttp2 reads its body from here. */
struct stream {
    struct peer *peer;
    void *call;
    struct buffer request, answer;
    size_t sent;
    int http_status;
};

static void
must(int result)
{
    assert(result == 0);
}

SSL_CTX *
peer_tls_new(void)
{
    static const unsigned char h2[] = {2, 'h', '2'};
    SSL_CTX *tls = SSL_CTX_new(TLS_client_method());

    assert(tls != NULL);
    SSL_CTX_set_min_proto_version(tls, TLS1_3_VERSION);
    must(SSL_CTX_set_alpn_protos(tls, h2, sizeof(h2)));
    return tls;
}

/* ---- What nghttp2 says ---- */

static int
/* NOLINTNEXTLINE(readability-function-size): the type is nghttp2's. */
on_header(nghttp2_session *session, const nghttp2_frame *frame, const uint8_t *name,
          size_t name_len, const uint8_t *value, size_t value_len, uint8_t flags, void *arg)
{
    struct stream *stream = nghttp2_session_get_stream_user_data(session, frame->hd.stream_id);

    (void)flags, (void)arg;
    if (stream != NULL && slice_is(slice_make(name, name_len), ":status") && value_len == 3)
        stream->http_status = (value[0] - '0') * 100 + (value[1] - '0') * 10 + (value[2] - '0');
    return 0;
}

static int
on_data(nghttp2_session *session, uint8_t flags, int32_t stream_id, const uint8_t *bytes,
        size_t len, void *arg)
{
    struct stream *stream = nghttp2_session_get_stream_user_data(session, stream_id);

    (void)flags, (void)arg;
    if (stream != NULL && !buffer_append(&stream->answer, slice_make(bytes, len)))
        panic("an answer of more than %zu bytes", ANSWER_MAX);
    return 0;
}

static int
on_stream_close(nghttp2_session *session, int32_t stream_id, uint32_t error, void *arg)
{
    struct stream *stream = nghttp2_session_get_stream_user_data(session, stream_id);
    struct peer *peer = arg;
    struct peer_answer answer;

    if (stream == NULL)
        return 0;
    if (error != NGHTTP2_NO_ERROR)
        stream->http_status = 0;
    answer = (struct peer_answer){stream->http_status, buffer_slice(&stream->answer)};
    peer->events.answered(peer->events.arg, stream->call, &answer);
    buffer_fini(&stream->request);
    buffer_fini(&stream->answer);
    xfree(stream);
    return 0;
}

static ssize_t
/* NOLINTNEXTLINE(readability-function-size): the type is nghttp2's. */
read_request(nghttp2_session *session, int32_t stream_id, uint8_t *bytes, size_t room,
             uint32_t *flags, nghttp2_data_source *source, void *arg)
{
    struct stream *stream = source->ptr;
    size_t left = stream->request.len - stream->sent;
    size_t len = left < room ? left : room;

    (void)session, (void)stream_id, (void)arg;
    memcpy(bytes, stream->request.at + stream->sent, len);
    stream->sent += len;
    if (stream->sent == stream->request.len)
        *flags |= NGHTTP2_DATA_FLAG_EOF;
    return (ssize_t)len;
}

static nghttp2_session *
session_new(struct peer *peer)
{
    static const nghttp2_settings_entry settings[] = {
        {NGHTTP2_SETTINGS_ENABLE_PUSH, 0},
        {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, 1 << 20},
    };
    nghttp2_session_callbacks *callbacks;
    nghttp2_session *session;

    must(nghttp2_session_callbacks_new(&callbacks));
    nghttp2_session_callbacks_set_on_header_callback(callbacks, on_header);
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, on_data);
    nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, on_stream_close);
    must(nghttp2_session_client_new(&session, callbacks, peer));
    nghttp2_session_callbacks_del(callbacks);
    must(nghttp2_submit_settings(session, NGHTTP2_FLAG_NONE, settings, ARRAY_COUNT(settings)));
    must(nghttp2_session_set_local_window_size(session, NGHTTP2_FLAG_NONE, 0, 1 << 24));
    return session;
}

/* ---- The connection ---- */

static void
flush(struct peer *peer)
{
    const uint8_t *bytes;
    ssize_t len;

    while ((len = nghttp2_session_mem_send(peer->session, &bytes)) > 0)
        must(bufferevent_write(peer->link, bytes, (size_t)len));
    assert(len == 0);
}

static void
on_readable(struct bufferevent *link, void *arg)
{
    struct evbuffer *input = bufferevent_get_input(link);
    struct peer *peer = arg;
    size_t len = evbuffer_get_length(input);
    ssize_t taken = nghttp2_session_mem_recv(peer->session, evbuffer_pullup(input, -1), len);

    if (taken != (ssize_t)len)
        panic("HTTP/2: %s", nghttp2_strerror((int)taken));
    must(evbuffer_drain(input, len));
    flush(peer);
}

static void
on_event(struct bufferevent *link, short what, void *arg)
{
    struct peer *peer = arg;

    (void)link;
    if ((what & BEV_EVENT_CONNECTED) == 0)
        panic("a connection ended: %s", evutil_socket_error_to_string(EVUTIL_SOCKET_ERROR()));
    flush(peer);
    peer->events.ready(peer->events.arg);
}

struct peer *
peer_new(const struct peer_config *config)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons(config->port),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct peer *peer = xcalloc(1, sizeof(*peer));
    SSL *ssl = SSL_new(config->tls);

    peer->events = config->events;
    peer->session = session_new(peer);
    peer->link = bufferevent_openssl_socket_new(config->base, -1, ssl, BUFFEREVENT_SSL_CONNECTING,
                                                BEV_OPT_CLOSE_ON_FREE | BEV_OPT_DEFER_CALLBACKS);
    assert(peer->link != NULL);
    bufferevent_setcb(peer->link, on_readable, NULL, on_event, peer);
    must(bufferevent_enable(peer->link, EV_READ | EV_WRITE));
    must(bufferevent_socket_connect(peer->link, (struct sockaddr *)&address, sizeof(address)));
    return peer;
}

void
peer_free(struct peer *peer)
{
    nghttp2_session_del(peer->session);
    bufferevent_free(peer->link);
    xfree(peer);
}

/* ---- Calls ---- */

static nghttp2_nv
field(const char *name, const char *value, size_t len)
{
    return (nghttp2_nv){
        .name = (uint8_t *)(uintptr_t)name,
        .value = (uint8_t *)(uintptr_t)value,
        .namelen = strlen(name),
        .valuelen = len,
        .flags = NGHTTP2_NV_FLAG_NO_COPY_NAME,
    };
}

void
peer_call(struct peer *peer, const struct peer_request *request, void *call)
{
    struct stream *stream = xcalloc(1, sizeof(*stream));
    nghttp2_data_provider body = {.source.ptr = stream, .read_callback = read_request};
    char bearer[TOKEN_FIELD_MAX];
    int len = snprintf(bearer, sizeof(bearer), "Bearer %.*s", (int)request->token.len,
                       (const char *)request->token.at);
    const nghttp2_nv fields[] = {
        field(":method", "POST", 4),
        field(":scheme", "https", 5),
        field(":authority", "localhost", 9),
        field(":path", request->path, strlen(request->path)),
        field("content-type", "application/proto", 17),
        field("connect-protocol-version", "1", 1),
        field("authorization", bearer, (size_t)len),
    };

    assert(len > 0);
    assert((size_t)len < sizeof(bearer));
    *stream = (struct stream){.peer = peer, .call = call};
    buffer_init(&stream->request, request->body.len);
    buffer_init(&stream->answer, ANSWER_MAX);

    bool fits = buffer_append(&stream->request, request->body);

    assert(fits);

    int32_t id =
        nghttp2_submit_request(peer->session, NULL, fields, ARRAY_COUNT(fields), &body, stream);

    assert(id > 0);
    flush(peer);
}
