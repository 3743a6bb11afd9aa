#include "net_peer.h"

#include "base/memory.h"
#include "net/socket.h"

#include "unit.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define WATCHDOG_SECONDS 30
#define HEARD_MAX ((size_t)64 * 1024 * 1024)
#define FRAME_HEAD 9

/* ---- The server ---- */

static void
respond(struct http_exchange *exchange, unsigned status, struct slice body, bool trailers)
{
    static const struct http_field fields[] = {{.name = {(const uint8_t *)"content-type", 12},
                                                .value = {(const uint8_t *)"text/plain", 10}}};
    static const struct http_field trailer[] = {
        {.name = {(const uint8_t *)"x-sum", 5}, .value = {(const uint8_t *)"42", 2}}};

    http_respond(exchange, &(struct http_response){.status = status,
                                                   .fields = fields,
                                                   .field_count = ARRAY_COUNT(fields),
                                                   .body = body,
                                                   .trailers = trailer,
                                                   .trailer_count = trailers ? 1 : 0});
}

static void
on_request(void *arg, struct http_exchange *exchange, const struct http_request *request)
{
    struct server *server = arg;

    server->requests++;
    assert_ptr_equal(http_exchange_request(exchange), request);
    if (request->refused != 0) {
        respond(exchange, request->refused, slice_text("refused by the handler"), false);
    } else if (slice_is(request->path, "/hold")) {
        assert_true(server->held_count < HELD_MAX);
        http_exchange_set_user(exchange, server);
        server->held[server->held_count++] = exchange;
    } else if (slice_is(request->path, "/large")) {
        size_t len = (size_t)4 * 1024 * 1024;
        uint8_t *body = xcalloc(len, 1);

        respond(exchange, 200, slice_make(body, len), false);
        xfree(body);
    } else {
        respond(exchange, 200, request->body, slice_is(request->path, "/trailers"));
    }
}

static void
on_abort(void *arg, void *user)
{
    struct server *server = arg;

    server->aborts++;
    server->aborted_user = user;
}

static void
on_watchdog(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    (void)arg;
    fail_msg("nothing happened for %d seconds", WATCHDOG_SECONDS);
}

void
server_start(struct server *server, const struct net_limits *limits, struct tls_context *tls)
{
    const struct timeval patience = {.tv_sec = WATCHDOG_SECONDS};

    signal(SIGPIPE, SIG_IGN);
    *server = (struct server){.limits = *limits};
    server->limits.sweep_interval_ms = 2;
    server->handler =
        (struct http_handler){.on_request = on_request, .on_abort = on_abort, .arg = server};
    server->fd = socket_listen("127.0.0.1", &server->port);
    assert_true(server->fd >= 0);
    server->base = event_base_new();
    server->watchdog = event_new(server->base, -1, EV_PERSIST, on_watchdog, NULL);
    event_add(server->watchdog, &patience);
    server->listener =
        listener_new(server->base, server->fd, tls, &server->handler, &server->limits);
}

void
server_end_listener(struct server *server)
{
    listener_free(server->listener);
    server->listener = NULL;
}

void
server_stop(struct server *server)
{
    if (server->listener != NULL)
        server_end_listener(server);
    event_free(server->watchdog);
    event_base_free(server->base);
    close(server->fd);
}

void
turn(struct server *server)
{
    assert_int_equal(event_base_loop(server->base, EVLOOP_ONCE), 0);
}

void
server_answer_held(struct server *server, const char *text)
{
    struct http_exchange *oldest = server->held[0];

    assert_true(server->held_count > 0);
    server->held_count--;
    memmove(server->held, server->held + 1, server->held_count * sizeof(struct http_exchange *));
    respond(oldest, 200, slice_text(text), false);
}

/* ---- A peer ---- */

static void
on_readable(evutil_socket_t fd, short what, void *arg)
{
    static uint8_t bytes[65536];
    struct peer *peer = arg;
    ssize_t len = recv(fd, bytes, sizeof(bytes), 0);

    (void)what;
    if (len > 0) {
        assert_true(buffer_append(&peer->heard, slice_make(bytes, (size_t)len)));
        return;
    }
    if (len < 0 && errno == EAGAIN)
        return;
    peer->ended = true;
    event_del(peer->readable);
}

void
peer_connect(struct peer *peer, struct server *server)
{
    struct sockaddr_in name = {.sin_family = AF_INET,
                               .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
                               .sin_port = htons(server->port)};

    *peer = (struct peer){.fd = socket(AF_INET, SOCK_STREAM, 0)};
    assert_int_equal(connect(peer->fd, (const struct sockaddr *)&name, sizeof(name)), 0);
    assert_int_equal(fcntl(peer->fd, F_SETFL, O_NONBLOCK), 0);
    buffer_init(&peer->heard, HEARD_MAX);
    peer->readable = event_new(server->base, peer->fd, EV_READ | EV_PERSIST, on_readable, peer);
    event_add(peer->readable, NULL);
}

/* What the tests say at once fits into the socket's buffers, or the server has gone. */
void
peer_say(struct peer *peer, const void *bytes, size_t len)
{
    ssize_t sent = send(peer->fd, bytes, len, MSG_NOSIGNAL);

    assert_true(sent == (ssize_t)len || (sent < 0 && errno != EAGAIN));
}

void
peer_say_text(struct peer *peer, const char *text)
{
    peer_say(peer, text, strlen(text));
}

bool
peer_heard(const struct peer *peer, const char *text)
{
    return peer->heard.len > 0 &&
           memmem(peer->heard.at, peer->heard.len, text, strlen(text)) != NULL;
}

void
peer_close(struct peer *peer)
{
    event_free(peer->readable);
    buffer_fini(&peer->heard);
    close(peer->fd);
}

/* ---- HTTP/2 ---- */

void
peer_say_preface(struct peer *peer)
{
    peer_say_text(peer, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
    peer_say_frame(peer, 0x4, 0, 0, (struct slice){0});
}

void
peer_say_frame(struct peer *peer, uint8_t type, uint8_t flags, uint32_t stream,
               struct slice payload)
{
    const uint8_t head[FRAME_HEAD] = {(uint8_t)(payload.len >> 16),
                                      (uint8_t)(payload.len >> 8),
                                      (uint8_t)payload.len,
                                      type,
                                      flags,
                                      (uint8_t)(stream >> 24),
                                      (uint8_t)(stream >> 16),
                                      (uint8_t)(stream >> 8),
                                      (uint8_t)stream};

    peer_say(peer, head, sizeof(head));
    if (payload.len > 0)
        peer_say(peer, payload.at, payload.len);
}

static uint32_t
read_u32(const uint8_t *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

/* The error code at `offset` of the payload of the first frame of that type. */
static int64_t
find_code(const struct peer *peer, uint8_t type, size_t offset)
{
    for (size_t at = 0; at + FRAME_HEAD <= peer->heard.len;) {
        const uint8_t *frame = peer->heard.at + at;
        size_t len = (size_t)frame[0] << 16 | (size_t)frame[1] << 8 | frame[2];

        if (at + FRAME_HEAD + len > peer->heard.len)
            return -1;
        if (frame[3] == type)
            return read_u32(frame + FRAME_HEAD + offset);
        at += FRAME_HEAD + len;
    }
    return -1;
}

int64_t
peer_heard_goaway(const struct peer *peer)
{
    return find_code(peer, 0x7, 4);
}

int64_t
peer_heard_reset(const struct peer *peer)
{
    return find_code(peer, 0x3, 0);
}

/* ---- Programs ---- */

char *
run_program(struct server *server, const char *const argv[])
{
    posix_spawn_file_actions_t actions;
    struct peer output = {0};
    char *text;
    pid_t pid;
    int ends[2];
    int status;

    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    assert_int_equal(
        posix_spawnp(&pid, argv[0], &actions, NULL, (char *const *)(uintptr_t)argv, environ), 0);
    posix_spawn_file_actions_destroy(&actions);
    close(ends[1]);

    output.fd = ends[0];
    buffer_init(&output.heard, HEARD_MAX);
    output.readable = event_new(server->base, ends[0], EV_READ | EV_PERSIST, on_readable, &output);
    event_add(output.readable, NULL);
    UNTIL(server, output.ended);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(buffer_append_byte(&output.heard, '\0'));
    text = xstrdup((const char *)output.heard.at);
    peer_close(&output);
    return text;
}
