#pragma once

#include "rpc/method_table.h"
#include "rpc/protocol.h"
#include "rpc/rate.h"
#include "rpc/rpc.h"
#include "rpc/turn.h"

#include "flow/call_private.h"

#include <event2/event.h>

/* The contract's word of a method, and who runs it. */
struct route {
    const struct method_shape *shape;
    const struct method *method;
};

#define ROUTE_COUNT (METHOD_COUNT + 1) /* with the health check */

struct rpc_server {
    struct rpc_config config;
    struct http_handler handler;
    struct route routes[ROUTE_COUNT]; /* by name */
    struct rate_table *rates;
    struct event *ready;   /* fires when calls can go on */
    struct event *drained; /* fires when no call is under way */
    void (*on_drained)(void *arg);
    void *on_drained_arg;
    uint64_t next_id;
    size_t calls_under_way;
    struct turns large_calls;
    size_t requests_memory; /* what their requests may take */
    bool serving;
};

/* The route of "creditbank.v1.LedgerService/Submit"; NULL if there is none. */
const struct route *rpc_server_route(const struct rpc_server *server, struct slice name) MUST_USE;

/* A call has ended. */
void rpc_server_call_ended(struct rpc_server *server);

/* rpc_call.c: the life of one request. */
void rpc_call_serve(struct rpc_server *server, struct http_exchange *exchange);
void rpc_call_abort(void *rpc_call);
struct rpc_server *rpc_call_server(const struct call *call);

/* health.c */
extern const struct method_shape health_shape;
extern const struct method health_check;
