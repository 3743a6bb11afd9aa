/*
 * A connection takes any bytes, HTTP/2 or HTTP/1.1: every request is answered or
 * aborted, and when the peer has left nothing is open or held.
 */
#include "net/conn.h"
#include "net/listener_private.h"
#include "net/socket.h"

#include "fuzz.h"

#include <assert.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

/* Every second request waits for an answer that never comes. */
struct handler_state {
    unsigned requests, held, aborts;
};

static void
on_request(void *arg, struct http_exchange *exchange, const struct http_request *request)
{
    struct handler_state *state = arg;

    if (state->requests++ % 2 == 1) {
        state->held++;
        return;
    }
    http_respond(exchange, &(struct http_response){.status = 200, .body = request->body});
}

static void
on_abort(void *arg, void *user)
{
    struct handler_state *state = arg;

    (void)user;
    state->aborts++;
}

/* Says the bytes, ends, and hears nothing; small enough for the socket's buffer. */
static void
talk(struct listener *listener, struct slice bytes)
{
    int ends[2];
    int result = socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends);

    assert(result == 0);
    net_conn_open(listener, ends[0], "fuzz");
    (void)!write(ends[1], bytes.at, bytes.len);
    event_base_loop(listener->base, EVLOOP_NONBLOCK);
    close(ends[1]);
    while (listener->stats.connections_open > 0)
        event_base_loop(listener->base, EVLOOP_ONCE);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct handler_state state = {0};
    const struct http_handler handler = {on_request, on_abort, &state};
    struct net_limits limits = net_limits_default;
    struct event_base *base = event_base_new();
    uint16_t port = 0;
    int fd = socket_listen("127.0.0.1", &port);

    assert(fd >= 0);
    signal(SIGPIPE, SIG_IGN);
    limits.sweep_interval_ms = 1000;
    limits.body_bytes_max = 64;

    struct listener *listener = listener_new(base, fd, NULL, &handler, &limits);

    talk(listener, slice_make(data, size));
    assert(state.held == state.aborts);
    assert(listener->stats.exchanges_open == 0);
    assert(listener->stats.body_bytes_held == 0);
    assert(listener->stats.output_bytes_held == 0);
    listener_free(listener);
    event_base_free(base);
    close(fd);
    return 0;
}
