/*
 * One request from its arrival to its answer.
 *
 *   serve --gates--> begin --token?--> authenticate --> authenticated --> the method's own steps
 *     |                |
 *     +- refused       +- the deadline passes, or the client leaves: answered, or not, at once;
 *                         the call is cancelled and ends when the operation under way does
 *
 * The exchange is there until the answer, the call from the last gate to its
 * end: rpc_call lives until both are over. What is counted (rates, calls under
 * way) counts as long as the call, for as long it takes memory and the database.
 */
#include "rpc/access.h"
#include "rpc/envelope.h"
#include "rpc/server_private.h"
#include "rpc/text.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/panic.h"
#include "flow/op.h"
#include "wire/json.h"
#include "wire/unpack.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>

struct rpc_call {
    struct rpc_server *server;
    struct http_exchange *exchange;  /* NULL once it is answered, or the client has left */
    const struct http_request *http; /* as long as the exchange */
    const struct protocol *protocol;
    const struct route *route; /* NULL before it is found */
    struct rate_caller *address;
    struct rate_caller *caller; /* NULL for who comes without a credential */
    struct incoming incoming;
    struct arena *arena; /* the call's, once there is one */
    const void *message;
    struct call *call; /* NULL before the last gate */
    void *method_state;
    struct event *deadline;
    struct turn turn;
    int64_t begin_us; /* monotonic */
    uint64_t id;
    unsigned retry_ms;
    size_t request_memory; /* of the server's, until the end */
    bool counted;
};

/* The end of everything about it; the arena is the call's if there is one. */
static void
rpc_call_free(struct rpc_call *rc)
{
    assert(rc->exchange == NULL);
    turn_end(&rc->server->large_calls, &rc->turn);
    if (rc->caller != NULL)
        rate_end(rc->server->rates, rc->caller);
    if (rc->address != NULL)
        rate_end(rc->server->rates, rc->address);
    if (rc->deadline != NULL)
        event_free(rc->deadline);
    if (rc->call == NULL)
        arena_free(rc->arena);
    rc->server->requests_memory -= rc->request_memory;
    if (rc->counted)
        rpc_server_call_ended(rc->server);
    xfree(rc);
}

static const char *
caller_name(const struct rpc_call *rc)
{
    if (rc->call == NULL)
        return "anybody";
    switch (rc->call->caller.kind) {
    case CALLER_INSTITUTION:
        return rc->call->caller.institution_id;
    case CALLER_LEARNER:
        return "learner";
    case CALLER_ANYBODY:
        break;
    }
    return "anybody";
}

/* The access line: one a call, when its client has the answer or has left. */
static void
log_call(const struct rpc_call *rc, enum status status)
{
    log_info("call method=%s protocol=%s status=%s ms=%" PRId64 " caller=%s id=%016" PRIx64,
             rc->route == NULL ? "-" : rc->route->shape->name, rc->protocol->name,
             status_name(status), (clock_monotonic_us() - rc->begin_us) / 1000, caller_name(rc),
             rc->id);
}

/* Answers; the exchange is gone then. */
static void
answer(struct rpc_call *rc, struct answer *answer)
{
    struct http_exchange *exchange = rc->exchange;
    char id[17];

    snprintf(id, sizeof(id), "%016" PRIx64, rc->id);
    answer->request_id = id;
    answer->codec = rc->incoming.codec;
    answer->retry_ms = rc->retry_ms;
    log_call(rc, answer->status);
    rc->exchange = NULL;
    if (answer->status == STATUS_OK)
        rc->protocol->reply(exchange, answer);
    else
        rc->protocol->fail(exchange, answer);
}

/* Answers with one refusal, whose sentence is the message. */
static void
refuse(struct rpc_call *rc, enum reason reason, const char *field, const char *detail)
{
    struct refusal refusal = {REFUSAL_NO_ITEM, field, reason, detail, NULL};
    struct refusal_list refusals = {&refusal, &refusal, 1};
    char message[CALL_MESSAGE_MAX];

    reason_sentence(reason, detail, false, message, sizeof(message));
    text_make_utf8(message);
    answer(rc, &(struct answer){
                   .status = reason_text(reason)->status,
                   .message = message,
                   .refusals = &refusals,
               });
}

/* The message as the protocol carries it; false where it is larger than an answer may be. */
static bool
encode(const struct rpc_call *rc, const ProtobufCMessage *message, struct buffer *body)
{
    size_t head_size = rc->protocol->enveloped ? ENVELOPE_HEAD_SIZE : 0;

    if (buffer_extend(body, head_size) == NULL)
        return false;
    if (rc->incoming.codec == CODEC_JSON)
        return wire_json_print(message, body);

    uint8_t *room = buffer_extend(body, protobuf_c_message_get_packed_size(message));

    if (room == NULL)
        return false;
    protobuf_c_message_pack(message, room);
    if (rc->protocol->enveloped)
        envelope_write_head(body->at, 0, (uint32_t)(body->len - head_size));
    return true;
}

static void
answer_reply(struct rpc_call *rc, const ProtobufCMessage *response)
{
    struct buffer body;

    assert(response->descriptor == rc->route->shape->response);
    buffer_init(&body, rc->server->config.limits->response_bytes_max);
    if (encode(rc, response, &body))
        answer(rc, &(struct answer){.status = STATUS_OK, .body = buffer_slice(&body)});
    else
        refuse(rc, REASON_RESPONSE_TOO_LARGE, "", "");
    buffer_fini(&body);
}

static void
answer_failure(struct rpc_call *rc, const struct call *call)
{
    char message[CALL_MESSAGE_MAX];

    snprintf(message, sizeof(message), "%s", call->message);
    text_make_utf8(message);
    if (call->retry_ms > 0)
        rc->retry_ms = call->retry_ms;
    if (call->status == STATUS_RESOURCE_EXHAUSTED && rc->retry_ms == 0)
        rc->retry_ms = rc->server->config.limits->retry_ms;
    answer(rc, &(struct answer){
                   .status = call->status,
                   .message = message,
                   .refusals = &call->refusals,
               });
}

/* The call has ended, whoever still waits for it. */
static void
ended(void *arg, const struct call *call)
{
    struct rpc_call *rc = arg;

    if (rc->exchange != NULL && call->status == STATUS_OK)
        answer_reply(rc, call->response);
    else if (rc->exchange != NULL)
        answer_failure(rc, call);
    rpc_call_free(rc);
}

void
rpc_call_abort(void *rpc_call)
{
    struct rpc_call *rc = rpc_call;

    log_call(rc, STATUS_CANCELLED);
    rc->exchange = NULL;
    evtimer_del(rc->deadline);
    call_cancel(rc->call);
    turn_leave(&rc->server->large_calls, &rc->turn);
}

static void
deadline_passed(evutil_socket_t fd, short what, void *arg)
{
    struct rpc_call *rc = arg;

    (void)fd;
    (void)what;
    refuse(rc, REASON_DEADLINE_PASSED, "", "");
    call_cancel(rc->call);
    turn_leave(&rc->server->large_calls, &rc->turn);
}

struct rpc_server *
rpc_call_server(const struct call *call)
{
    return ((const struct rpc_call *)call->on_end_arg)->server;
}

static bool
admit(struct rpc_call *rc, struct slice key, const struct rpc_rate *rate,
      struct rate_caller **caller, enum reason *reason)
{
    int64_t wait_us;
    enum rate_verdict verdict =
        rate_begin(rc->server->rates, key, rate, clock_monotonic_us(), caller, &wait_us);

    if (verdict == RATE_ADMITTED)
        return true;
    rc->retry_ms = (unsigned)((wait_us + 999) / 1000);
    if (rc->retry_ms == 0)
        rc->retry_ms = rc->server->config.limits->retry_ms;
    *reason = verdict == RATE_TOO_FAST ? REASON_RATE_LIMITED : REASON_CALLS_TOO_MANY;
    return false;
}

/* Counts the call for whoever the credential names; the address was counted before. */
static bool
admit_caller(struct rpc_call *rc, const struct caller *caller, enum reason *reason)
{
    const struct rpc_limits *limits = rc->server->config.limits;
    char key[RATE_KEY_MAX + 1];

    switch (caller->kind) {
    case CALLER_ANYBODY:
        return true;
    case CALLER_INSTITUTION:
        snprintf(key, sizeof(key), "institution %s", caller->institution_id);
        return admit(rc, slice_text(key), &limits->institution, &rc->caller, reason);
    case CALLER_LEARNER:
        break;
    }
    snprintf(key, sizeof(key), "learner %s", caller->account_no);
    return admit(rc, slice_text(key), &limits->learner, &rc->caller, reason);
}

/* Step: nothing keeps the method from running. */
static struct step
run_method(struct call *call)
{
    struct rpc_call *rc = call->on_end_arg;

    call->state = rc->method_state;
    return call->method->start(call);
}

static struct step
take_turn(struct call *call)
{
    struct rpc_call *rc = call->on_end_arg;

    switch (turn_take(&rc->server->large_calls, rc->server->config.limits, &rc->turn, call)) {
    case TURN_TAKEN:
        return run_method(call);
    case TURN_WAITING:
        return call_wait(call, run_method);
    case TURN_NONE:
        break;
    }
    return call_refuse(call, REASON_CALLS_TOO_MANY, "", "%s", "");
}

/* Step: the credential is checked, or there is none. */
static struct step
authenticated(struct call *call)
{
    struct rpc_call *rc = call->on_end_arg;
    enum reason reason = access_check(&call->caller, call->method);

    if (reason != REASON_NONE || !admit_caller(rc, &call->caller, &reason))
        return call_refuse(call, reason, "", "%s", "");
    return call->method->is_large ? take_turn(call) : run_method(call);
}

/* Step: the first of every call. */
static struct step
begin(struct call *call)
{
    struct rpc_call *rc = call->on_end_arg;
    const struct rpc_config *config = &rc->server->config;
    struct slice authorization = http_request_field(rc->http, "authorization");
    struct slice token;

    if (authorization.at == NULL)
        return authenticated(call);
    if (!access_token(authorization, &token))
        return call_refuse(call, REASON_CREDENTIAL_MALFORMED, "", "%s", "");
    call->state = arena_alloc(call->arena, config->authenticate_state_size);
    return config->authenticate(call, arena_copy(call->arena, token), authenticated);
}

static int64_t
timeout_of(const struct rpc_call *rc)
{
    const struct rpc_limits *limits = rc->server->config.limits;
    int64_t max_us = (int64_t)limits->timeout_max_ms * 1000;

    if (rc->incoming.timeout_us == INT64_MAX)
        return (int64_t)limits->timeout_ms * 1000;
    return rc->incoming.timeout_us < max_us ? rc->incoming.timeout_us : max_us;
}

static void
start(struct rpc_call *rc)
{
    struct rpc_server *server = rc->server;
    int64_t timeout_us = timeout_of(rc);
    const struct timeval timeout = {timeout_us / 1000000, timeout_us % 1000000};
    struct call *call = call_new(rc->route->method, server->config.runtime, rc->arena);

    call->request = rc->message;
    call->id = rc->id;
    call->deadline_us = rc->begin_us + timeout_us;
    call->on_end = ended;
    call->on_end_arg = rc;
    snprintf(call->caller.address, sizeof(call->caller.address), "%s", rc->http->peer_address);
    rc->call = call;
    rc->method_state = call->state;
    rc->deadline = evtimer_new(server->config.base, deadline_passed, rc);
    if (rc->deadline == NULL || evtimer_add(rc->deadline, &timeout) != 0)
        panic("rpc: the loop takes no timer");
    http_exchange_set_user(rc->exchange, rc);
    call_start(call, begin);
}

/* The gates: each lets the request pass, or sets a fault. */

static bool
is_spoken(struct rpc_call *rc, struct wire_fault *fault)
{
    return protocol_of(rc->http, &rc->protocol, &rc->incoming.codec, fault);
}

static bool
was_received(struct rpc_call *rc, struct wire_fault *fault)
{
    char max[24];

    if (rc->http->refused == 0)
        return true;
    if (rc->http->refused == 413) {
        snprintf(max, sizeof(max), "%zu", rc->server->config.limits->message_bytes_max);
        return protocol_refuse(fault, REASON_REQUEST_TOO_LARGE, max);
    }
    if (rc->http->refused == 408)
        return protocol_refuse(fault, REASON_REQUEST_TOO_SLOW, "");
    rc->retry_ms = rc->server->config.limits->retry_ms;
    return protocol_refuse(fault, REASON_CALLS_TOO_MANY, "");
}

static bool
has_route(struct rpc_call *rc, struct wire_fault *fault)
{
    struct slice path = rc->http->path;

    if (path.len > 0 && path.at[0] == '/')
        rc->route = rpc_server_route(rc->server, slice_make(path.at + 1, path.len - 1));
    /* Streams will read their envelopes one by one; until then nobody serves them. */
    if (rc->route == NULL || rc->route->shape->client_streams || rc->route->shape->server_streams)
        return protocol_refuse(fault, REASON_METHOD_UNKNOWN, "");
    if (slice_is(rc->http->method, "GET") && !rc->route->shape->no_side_effects)
        return protocol_refuse(fault, REASON_HTTP_METHOD_WRONG, "");
    return true;
}

static bool
is_admitted(struct rpc_call *rc, struct wire_fault *fault)
{
    struct rpc_server *server = rc->server;
    const struct rpc_limits *limits = server->config.limits;
    char subscriber[ADDRESS_MAX + 1];
    enum reason reason;

    size_t memory = limits->call_memory_factor * (rc->http->body.len + rc->http->query.len);
    bool is_full = server->calls_under_way >= limits->calls_max ||
                   memory > limits->requests_memory_max - server->requests_memory;

    if (is_full) {
        rc->retry_ms = limits->retry_ms;
        return protocol_refuse(fault, REASON_CALLS_TOO_MANY, "");
    }
    address_subscriber(rc->http->peer_address, subscriber);
    if (!admit(rc, slice_text(subscriber), &limits->address, &rc->address, &reason))
        return protocol_refuse(fault, reason, "");
    server->calls_under_way++;
    server->requests_memory += rc->request_memory = memory;
    rc->counted = true;
    return true;
}

static bool
is_read(struct rpc_call *rc, struct wire_fault *fault)
{
    const struct rpc_limits *limits = rc->server->config.limits;

    rc->arena = arena_new(limits->call_memory_bytes + rc->request_memory);
    rc->incoming.http = rc->http;
    rc->incoming.limits = limits;
    rc->incoming.arena = rc->arena;
    rc->incoming.timeout_us = INT64_MAX;
    return rc->protocol->read(&rc->incoming, fault);
}

static bool
is_decoded(struct rpc_call *rc, struct wire_fault *fault)
{
    const ProtobufCMessageDescriptor *type = rc->route->shape->request;
    const struct wire_limits *limits = &rc->incoming.limits->wire;

    rc->message =
        rc->incoming.codec == CODEC_JSON
            ? wire_json_parse(type, rc->incoming.message, rc->arena, limits, fault)
            : wire_unpack(type, rc->incoming.message, rc->arena, WIRE_LENIENT, limits, fault);
    return rc->message != NULL;
}

void
rpc_call_serve(struct rpc_server *server, struct http_exchange *exchange)
{
    static bool (*const gates[])(struct rpc_call *, struct wire_fault *) = {
        is_spoken, was_received, has_route, is_admitted, is_read, is_decoded,
    };
    struct rpc_call *rc = xcalloc(1, sizeof(*rc));
    struct wire_fault fault = {0};

    rc->server = server;
    rc->exchange = exchange;
    rc->http = http_exchange_request(exchange);
    rc->begin_us = clock_monotonic_us();
    rc->id = server->next_id++;
    for (size_t i = 0; i < ARRAY_COUNT(gates); i++) {
        if (gates[i](rc, &fault))
            continue;
        refuse(rc, fault.reason, fault.path, fault.detail);
        rpc_call_free(rc);
        return;
    }
    start(rc);
}
