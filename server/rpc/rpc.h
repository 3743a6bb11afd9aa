#pragma once

#include "flow/call.h"
#include "method_ids.h"
#include "net/http.h"
#include "rpc/limits.h"

struct event_base;

/*
 * HTTP to calls: answers gRPC over HTTP/2 and Connect (protobuf and JSON, also
 * by GET) over HTTP/1.1 and HTTP/2, unary, by content type. A handler cannot
 * tell which. Every request is one call: found in the table made from the
 * contract, admitted, decoded, authenticated, checked, run, answered, logged.
 *
 * One server a process: it is who calls call_run_ready(), from the loop.
 */
struct rpc_server;

/*
 * Checks a bearer token, an operation like any other: it sets the caller
 * (call_set_caller) and goes on with `next`, or refuses the call. Until `next`
 * runs call_state() is its own state, of authenticate_state_size zeroed bytes;
 * the token lives as long as the call.
 */
typedef struct step rpc_authenticate_fn(struct call *call, struct slice token, step_fn *next);

/* Whatever it points to is borrowed and outlives the server. */
struct rpc_config {
    struct event_base *base;
    const struct runtime *runtime;
    const struct rpc_limits *limits;
    const struct method *const *methods; /* METHOD_COUNT of them, by enum method_id */
    rpc_authenticate_fn *authenticate;
    size_t authenticate_state_size;
};

/* A server that is not SERVING yet. Panics where `methods` is not what the contract says. */
struct rpc_server *rpc_server_new(const struct rpc_config *config) MUST_USE;

/* Not while calls are under way (asserted): after rpc_server_drain(). */
void rpc_server_free(struct rpc_server *server);

/* What listeners are given; any number of them may share it. */
const struct http_handler *rpc_server_handler(struct rpc_server *server);

/* What grpc.health.v1.Health/Check says from now on. Calls are taken either way. */
void rpc_set_serving(struct rpc_server *server, bool serving);

/*
 * on_drained runs once, from the loop, when no call is under way any more, also
 * none whose client has left; it may free the server. Drain listeners first.
 */
void rpc_server_drain(struct rpc_server *server, void (*on_drained)(void *arg), void *arg);

/* Calls under way. */
size_t rpc_server_calls(const struct rpc_server *server);
