/* Puts the pieces together: routes, the loop, and what all calls share. */
#include "rpc/server_private.h"

#include "base/memory.h"
#include "base/panic.h"
#include "crypto/random.h"

#include <assert.h>
#include <stdlib.h>

static void
run_ready(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    (void)arg;
    call_run_ready();
}

/*
 * A timer of zero, and not event_active(): the loop looks at its sockets before
 * it fires, so calls that keep waking each other do not starve them.
 */
static void
fire_soon(void *event)
{
    static const struct timeval now = {0, 0};

    if (evtimer_add(event, &now) != 0)
        panic("rpc: the loop takes no timer");
}

static void
drained(evutil_socket_t fd, short what, void *arg)
{
    struct rpc_server *server = arg;
    void (*on_drained)(void *arg) = server->on_drained;

    (void)fd;
    (void)what;
    /* A call that came meanwhile fires it again at its end. */
    if (server->calls_under_way > 0 || on_drained == NULL)
        return;
    server->on_drained = NULL;
    on_drained(server->on_drained_arg);
}

static int
compare_routes(const void *a, const void *b)
{
    return strcmp(((const struct route *)a)->shape->name, ((const struct route *)b)->shape->name);
}

static void
add_route(struct route *route, const struct method_shape *shape, const struct method *method)
{
    const char *name = method != NULL ? method->name : "nothing";

    if (strcmp(shape->name, name) != 0)
        panic("rpc: %s stands where the contract has %s", name, shape->name);
    *route = (struct route){shape, method};
}

static void
fill_routes(struct rpc_server *server)
{
    for (size_t i = 0; i < METHOD_COUNT; i++)
        add_route(&server->routes[i], &method_table[i], server->config.methods[i]);
    add_route(&server->routes[METHOD_COUNT], &health_shape, &health_check);
    qsort(server->routes, ROUTE_COUNT, sizeof(server->routes[0]), compare_routes);
}

static int
compare_name(const void *name, const void *route)
{
    return slice_compare(*(const struct slice *)name,
                         slice_text(((const struct route *)route)->shape->name));
}

const struct route *
rpc_server_route(const struct rpc_server *server, struct slice name)
{
    return bsearch(&name, server->routes, ROUTE_COUNT, sizeof(server->routes[0]), compare_name);
}

static void
on_request(void *server, struct http_exchange *exchange, const struct http_request *request)
{
    (void)request;
    rpc_call_serve(server, exchange);
}

static void
on_abort(void *server, void *rpc_call)
{
    (void)server;
    rpc_call_abort(rpc_call);
}

static void
check_rate(const struct rpc_rate *rate)
{
    assert(rate->calls_per_second > 0);
    assert(rate->calls_per_second <= 1000000);
    assert(rate->burst > 0);
}

struct rpc_server *
rpc_server_new(const struct rpc_config *config)
{
    struct rpc_server *server = xcalloc(1, sizeof(*server));

    assert(config->limits->callers_max > (size_t)2 * config->limits->calls_max);
    assert(config->limits->large_calls_max > 0);
    check_rate(&config->limits->address);
    check_rate(&config->limits->institution);
    check_rate(&config->limits->learner);
    server->config = *config;
    server->handler = (struct http_handler){on_request, on_abort, server};
    server->rates = rate_table_new(config->limits->callers_max);
    turns_init(&server->large_calls);
    fill_routes(server);
    random_bytes(&server->next_id, sizeof(server->next_id));
    server->ready = evtimer_new(config->base, run_ready, NULL);
    server->drained = evtimer_new(config->base, drained, server);
    if (server->ready == NULL || server->drained == NULL)
        panic("rpc: the loop takes no timer");
    call_on_ready(fire_soon, server->ready);
    return server;
}

void
rpc_server_free(struct rpc_server *server)
{
    if (server == NULL)
        return;
    assert(server->calls_under_way == 0);
    call_on_ready(NULL, NULL);
    event_free(server->ready);
    event_free(server->drained);
    rate_table_free(server->rates);
    xfree(server);
}

const struct http_handler *
rpc_server_handler(struct rpc_server *server)
{
    return &server->handler;
}

void
rpc_set_serving(struct rpc_server *server, bool serving)
{
    server->serving = serving;
}

size_t
rpc_server_calls(const struct rpc_server *server)
{
    return server->calls_under_way;
}

void
rpc_server_drain(struct rpc_server *server, void (*on_drained)(void *arg), void *arg)
{
    server->on_drained = on_drained;
    server->on_drained_arg = arg;
    if (server->calls_under_way == 0)
        fire_soon(server->drained);
}

void
rpc_server_call_ended(struct rpc_server *server)
{
    assert(server->calls_under_way > 0);
    server->calls_under_way--;
    if (server->calls_under_way == 0 && server->on_drained != NULL)
        fire_soon(server->drained);
}
