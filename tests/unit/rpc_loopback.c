/*
 * A server of scripted methods on two ports of 127.0.0.1, one clear and one
 * TLS, for rpc_loopback.py.
 *
 * usage: rpc_loopback CERTIFICATE KEY
 *
 * Prints the two ports, then answers a line for each byte read: "w" lets the
 * waiting calls go on, "n" says how many wait. Ends at the end of its input.
 */
#include "rpc_methods.h"

#include "base/panic.h"
#include "net/listener.h"
#include "net/socket.h"

#include <event2/event.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

struct loopback {
    struct event_base *base;
    struct rpc_server *server;
    struct listener *clear, *secure;
    struct event *commands;
    unsigned draining;
};

static void
free_when_drained(void *arg)
{
    struct loopback *loopback = arg;

    event_base_loopbreak(loopback->base);
}

static void
listener_is_drained(void *arg)
{
    struct loopback *loopback = arg;

    if (--loopback->draining == 0)
        rpc_server_drain(loopback->server, free_when_drained, loopback);
}

static void
obey(evutil_socket_t fd, short what, void *arg)
{
    struct loopback *loopback = arg;
    char command;

    (void)what;
    if (read(fd, &command, 1) != 1) {
        event_del(loopback->commands);
        scripted_wake();
        loopback->draining = 2;
        listener_drain(loopback->clear, listener_is_drained, loopback);
        listener_drain(loopback->secure, listener_is_drained, loopback);
        return;
    }
    if (command == 'w')
        scripted_wake();
    printf("%zu\n", scripted_waiting());
    fflush(stdout);
}

static struct listener *
listen_on(struct loopback *loopback, struct tls_context *tls, int *fd)
{
    uint16_t port = 0;

    *fd = socket_listen("127.0.0.1", &port);
    if (*fd < 0)
        panic("no socket");
    printf("%u\n", port);
    return listener_new(loopback->base, *fd, tls, rpc_server_handler(loopback->server),
                        &net_limits_default);
}

static void
run(struct loopback *loopback, struct tls_context *tls)
{
    int clear_fd, secure_fd;

    loopback->clear = listen_on(loopback, NULL, &clear_fd);
    loopback->secure = listen_on(loopback, tls, &secure_fd);
    fflush(stdout);
    loopback->commands =
        event_new(loopback->base, STDIN_FILENO, EV_READ | EV_PERSIST, obey, loopback);
    event_add(loopback->commands, NULL);
    event_base_dispatch(loopback->base);
    event_free(loopback->commands);
    listener_free(loopback->clear);
    listener_free(loopback->secure);
    close(clear_fd);
    close(secure_fd);
}

int
main(int argc, char **argv)
{
    if (argc != 3)
        panic("usage: rpc_loopback CERTIFICATE KEY");

    struct loopback loopback = {.base = event_base_new()};
    struct tls_context *tls = tls_context_new(argv[1], argv[2]);
    const char *fault = tls_context_load(tls);

    if (fault != NULL)
        panic("%s", fault);
    signal(SIGPIPE, SIG_IGN);
    loopback.server = rpc_server_new(&(struct rpc_config){
        .base = loopback.base,
        .limits = &rpc_limits_default,
        .methods = scripted_methods(),
        .authenticate = scripted_authenticate,
        .authenticate_state_size = sizeof(struct scripted_state),
    });
    rpc_set_serving(loopback.server, true);
    run(&loopback, tls);
    rpc_server_free(loopback.server);
    tls_context_free(tls);
    event_base_free(loopback.base);
    return 0;
}
