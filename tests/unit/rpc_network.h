#pragma once

#include "base/arena.h"
#include "rpc/rpc.h"

#include <event2/event.h>

/*
 * A server of the scripted methods over a real loop, where the test plays the
 * network: this stands in for net/http.h. What goes over sockets is in
 * rpc_loopback.py.
 */
#define ECHO "/creditbank.v1.LogService/GetConsistencyProof"
#define WAIT "/creditbank.v1.LogService/GetCheckpoint"
#define SPIN "/creditbank.v1.LogService/GetInclusionProof"
#define LARGE "/creditbank.v1.LogService/ListEntries"
#define SUBMIT "/creditbank.v1.LedgerService/Submit"
#define SESSIONS "/creditbank.v1.SessionService/ListSessions"
#define SIGN_OUT "/creditbank.v1.SessionService/SignOut"
#define STATEMENT "/creditbank.v1.StatementService/GetStatement"
#define HEALTH "/grpc.health.v1.Health/Check"

struct http_exchange {
    struct http_request request;
    struct http_field fields[8];
    void *user;
    unsigned status; /* 0: not answered */
    struct slice body;
    struct http_field answer_fields[16];
    size_t answer_field_count;
    size_t trailer_count; /* the last of the fields */
};

/* Made anew for each test. */
extern struct network {
    struct event_base *base;
    struct arena *arena; /* what was sent and answered */
    struct rpc_limits limits;
    struct rpc_server *server;
} network;

#define WITH_SERVER(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int set_up(void **state);
int tear_down(void **state);

/* Requests over HTTP/2 from 192.0.2.7; grpc_of puts the message into an envelope. */
struct http_exchange *exchange_of(const char *method, const char *path, struct slice body);
struct http_exchange *json_of(const char *path, const char *body);
struct http_exchange *grpc_of(const char *path, struct slice message);
void add_field(struct http_exchange *exchange, const char *name, const char *value);

/* Hands the request to the server, or says that its client has left. */
void serve(struct http_exchange *exchange);
void leave(struct http_exchange *exchange);

/* Serves, and returns the HTTP status; 0 if there is no answer yet. */
unsigned status_of(struct http_exchange *exchange);
void run_until_answered(const struct http_exchange *exchange);

/* A field of the answer's head or trailers; at == NULL if none. */
struct slice answered(const struct http_exchange *exchange, const char *name);
bool body_has(const struct http_exchange *exchange, const char *text);
unsigned number(struct slice digits);
