#include "rpc_network.h"

#include "base/log.h"
#include "rpc_methods.h"

#include "unit.h"

#include <event2/event.h>

struct network network;

void
http_exchange_set_user(struct http_exchange *exchange, void *user)
{
    exchange->user = user;
}

const struct http_request *
http_exchange_request(const struct http_exchange *exchange)
{
    return &exchange->request;
}

struct slice
http_request_field(const struct http_request *request, const char *name)
{
    for (size_t i = 0; i < request->field_count; i++)
        if (slice_is(request->fields[i].name, name))
            return request->fields[i].value;
    return slice_make(NULL, 0);
}

static void
keep_fields(struct http_exchange *exchange, const struct http_field *fields, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct http_field *kept = &exchange->answer_fields[exchange->answer_field_count++];

        assert_true(exchange->answer_field_count <= ARRAY_COUNT(exchange->answer_fields));
        kept->name = arena_copy(network.arena, fields[i].name);
        kept->value = arena_copy(network.arena, fields[i].value);
        for (size_t j = 0; j < kept->value.len; j++)
            assert_in_range(kept->value.at[j], 0x20, 0x7e);
    }
}

void
http_respond(struct http_exchange *exchange, const struct http_response *response)
{
    assert_int_equal(exchange->status, 0);
    exchange->status = response->status;
    exchange->body = arena_copy(network.arena, response->body);
    keep_fields(exchange, response->fields, response->field_count);
    keep_fields(exchange, response->trailers, response->trailer_count);
    exchange->trailer_count = response->trailer_count;
}

struct slice
answered(const struct http_exchange *exchange, const char *name)
{
    struct http_request as_request = {.fields = exchange->answer_fields,
                                      .field_count = exchange->answer_field_count};

    return http_request_field(&as_request, name);
}

unsigned
number(struct slice digits)
{
    unsigned value = 0;

    for (size_t i = 0; i < digits.len; i++)
        value = value * 10 + (unsigned)(digits.at[i] - '0');
    return value;
}

bool
body_has(const struct http_exchange *exchange, const char *text)
{
    return memmem(exchange->body.at, exchange->body.len, text, strlen(text)) != NULL;
}

struct http_exchange *
exchange_of(const char *method, const char *path, struct slice body)
{
    struct http_exchange *exchange = arena_alloc(network.arena, sizeof(*exchange));

    exchange->request = (struct http_request){
        .method = slice_text(method),
        .path = slice_text(path),
        .fields = exchange->fields,
        .body = body,
        .peer_address = "192.0.2.7",
        .version = 2,
    };
    return exchange;
}

void
add_field(struct http_exchange *exchange, const char *name, const char *value)
{
    assert_true(exchange->request.field_count < ARRAY_COUNT(exchange->fields));
    exchange->fields[exchange->request.field_count++] =
        (struct http_field){.name = slice_text(name), .value = slice_text(value)};
}

struct http_exchange *
json_of(const char *path, const char *body)
{
    struct http_exchange *exchange = exchange_of("POST", path, slice_text(body));

    add_field(exchange, "content-type", "application/json");
    return exchange;
}

/* The message behind an envelope's head. */
struct http_exchange *
grpc_of(const char *path, struct slice message)
{
    uint8_t *body = arena_alloc(network.arena, message.len + 5);
    struct http_exchange *exchange = exchange_of("POST", path, slice_make(body, message.len + 5));

    body[3] = (uint8_t)(message.len >> 8);
    body[4] = (uint8_t)message.len;
    if (message.len > 0)
        memcpy(body + 5, message.at, message.len);
    add_field(exchange, "content-type", "application/grpc");
    add_field(exchange, "te", "trailers");
    return exchange;
}

void
serve(struct http_exchange *exchange)
{
    const struct http_handler *handler = rpc_server_handler(network.server);

    handler->on_request(handler->arg, exchange, &exchange->request);
}

void
leave(struct http_exchange *exchange)
{
    const struct http_handler *handler = rpc_server_handler(network.server);

    handler->on_abort(handler->arg, exchange->user);
}

/* Serves, and says how it went by Connect's HTTP status. */
unsigned
status_of(struct http_exchange *exchange)
{
    serve(exchange);
    return exchange->status;
}

void
run_until_answered(const struct http_exchange *exchange)
{
    while (exchange->status == 0)
        event_base_loop(network.base, EVLOOP_ONCE);
}

int
set_up(void **state)
{
    (void)state;
    log_set(LOG_WARN, LOG_TEXT);
    network.base = event_base_new();
    network.arena = arena_new((size_t)64 << 20);
    network.limits = rpc_limits_default;
    network.server = rpc_server_new(&(struct rpc_config){
        .base = network.base,
        .limits = &network.limits,
        .methods = scripted_methods(),
        .authenticate = scripted_authenticate,
        .authenticate_state_size = sizeof(struct scripted_state),
    });
    return 0;
}

int
tear_down(void **state)
{
    (void)state;
    scripted_wake();
    while (rpc_server_calls(network.server) > 0)
        event_base_loop(network.base, EVLOOP_ONCE);
    rpc_server_free(network.server);
    arena_free(network.arena);
    event_base_free(network.base);
    return 0;
}
