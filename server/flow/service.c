#include "flow/service.h"

#include "base/clock.h"
#include "base/list.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/panic.h"
#include "flow/control.h"

#include <assert.h>
#include <event2/event.h>
#include <stdlib.h>
#include <unistd.h>

struct server {
    const struct service *service;
    struct event_base *base;
    struct channel *control;
    struct list clients;
    size_t client_count;
    struct buffer answer; /* the one being made */
};

struct client {
    struct list node;
    struct server *server;
    struct channel *channel;
};

static void
client_free(struct client *client)
{
    list_remove(&client->node);
    client->server->client_count--;
    channel_free(client->channel);
    xfree(client);
}

static void
client_gone(void *arg)
{
    client_free(arg);
}

static void
got_request(void *arg, const struct channel_message *request)
{
    struct client *client = arg;
    struct server *server = client->server;
    struct channel_message answer = {.tag = request->tag, .deadline_us = INT64_MAX, .fd = -1};

    if (request->fd >= 0)
        close(request->fd);
    if (clock_monotonic_us() >= request->deadline_us)
        return;

    answer.type = server->service->answer(server->service->arg, request, &server->answer);
    answer.body = buffer_slice(&server->answer);
    if (answer.type == 0 || !channel_send(client->channel, &answer)) {
        log_error("client dropped reason=%s", answer.type == 0 ? "malformed" : "not reading");
        client_free(client);
    }
    if (server->answer.len > 0)
        explicit_bzero(server->answer.at, server->answer.len);
    buffer_clear(&server->answer);
}

static void
client_add(struct server *server, int fd)
{
    if (server->client_count == server->service->clients_max) {
        log_error("client refused reason=\"too many\" limit=%zu", server->service->clients_max);
        close(fd);
        return;
    }

    struct client *client = xcalloc(1, sizeof(*client));
    const struct channel_events events = {
        .message = got_request, .closed = client_gone, .arg = client};

    client->server = server;
    client->channel = channel_new(server->base, fd, &server->service->limits, &events);
    list_append(&server->clients, &client->node);
    server->client_count++;
}

static void
stop(void *arg)
{
    struct server *server = arg;

    event_base_loopbreak(server->base);
}

static void
got_control(void *arg, const struct channel_message *message)
{
    struct server *server = arg;

    if (message->type == CONTROL_CLIENT && message->fd >= 0)
        client_add(server, message->fd);
    else if (message->type == CONTROL_DRAIN)
        stop(server);
    else if (message->type != CONTROL_RELOAD || !control_apply_reload(message->body))
        panic("control message %u is not for a service", message->type);
}

int
service_run(const struct service *service, int control_fd)
{
    struct server server = {.service = service, .base = event_base_new()};
    const struct channel_events events = {.message = got_control, .closed = stop, .arg = &server};

    assert(server.base != NULL);
    list_init(&server.clients);
    buffer_init(&server.answer, service->limits.body_max);
    server.control = channel_new(server.base, control_fd, &control_limits, &events);
    if (control_send(server.control, CONTROL_READY, 0, slice_make(NULL, 0), -1))
        event_base_dispatch(server.base);

    list_each (node, &server.clients) {
        client_free(LIST_ENTRY(node, struct client, node));
    }
    channel_free(server.control);
    buffer_fini(&server.answer);
    event_base_free(server.base);
    return EXIT_SUCCESS;
}
