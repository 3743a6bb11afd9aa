/*
 * Whatever a request says, it is answered once, in fields that HTTP can carry.
 *
 * An input is a request as it might be typed, with a query if there is one:
 *
 *   POST /creditbank.v1.LogService/GetCheckpoint [QUERY]
 *   content-type: application/json
 *   <empty line, then the body>
 */
#include "rpc/rpc.h"

#include "base/log.h"
#include "rpc_methods.h"

#include "fuzz.h"

#include <assert.h>
#include <event2/event.h>

#define FIELDS_MAX 16

struct http_exchange {
    struct http_request request;
    struct http_field fields[FIELDS_MAX];
    void *user;
    unsigned answers;
};

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
check_fields(const struct http_field *fields, size_t count)
{
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < fields[i].value.len; j++)
            assert(fields[i].value.at[j] >= 0x20 && fields[i].value.at[j] <= 0x7e);
}

void
http_respond(struct http_exchange *exchange, const struct http_response *response)
{
    assert(response->status >= 200);
    assert(response->status <= 599);
    check_fields(response->fields, response->field_count);
    check_fields(response->trailers, response->trailer_count);
    exchange->answers++;
}

/* What stands before the first `end`, which is taken off too; all of it if there is none. */
static struct slice
take_until(struct slice *text, uint8_t end)
{
    const uint8_t *at = text->len > 0 ? memchr(text->at, end, text->len) : NULL;
    struct slice taken = slice_make(text->at, at == NULL ? text->len : (size_t)(at - text->at));
    size_t skipped = at == NULL ? taken.len : taken.len + 1;

    *text = slice_make(text->at + skipped, text->len - skipped);
    return taken;
}

static void
read_request(struct slice text, struct http_exchange *exchange)
{
    struct http_request *request = &exchange->request;
    struct slice line = take_until(&text, '\n');

    request->method = take_until(&line, ' ');
    request->path = take_until(&line, ' ');
    request->query = line;
    request->fields = exchange->fields;
    request->peer_address = "192.0.2.7";
    request->version = 2;
    while (request->field_count < FIELDS_MAX && (line = take_until(&text, '\n')).len > 0) {
        struct http_field *field = &exchange->fields[request->field_count++];

        field->name = take_until(&line, ':');
        (void)take_until(&line, ' ');
        field->value = line;
    }
    request->body = text;
}

static void
serve(struct rpc_server *server, struct event_base *base, struct http_exchange *exchange)
{
    const struct http_handler *handler = rpc_server_handler(server);

    handler->on_request(handler->arg, exchange, &exchange->request);
    assert(exchange->answers <= 1);
    if (exchange->answers == 0)
        handler->on_abort(handler->arg, exchange->user);
    scripted_wake();
    while (rpc_server_calls(server) > 0)
        event_base_loop(base, EVLOOP_ONCE);
    assert(exchange->answers <= 1);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct event_base *base = event_base_new();
    struct rpc_limits limits = rpc_limits_default;
    struct http_exchange exchange = {0};

    limits.calls_max = 1;
    limits.callers_max = 4;
    log_set(LOG_ERROR, LOG_TEXT);
    struct rpc_server *server = rpc_server_new(&(struct rpc_config){
        .base = base,
        .limits = &limits,
        .methods = scripted_methods(),
        .authenticate = scripted_authenticate,
        .authenticate_state_size = sizeof(struct scripted_state),
    });

    read_request(slice_make(data, size), &exchange);
    serve(server, base, &exchange);
    rpc_server_free(server);
    event_base_free(base);
    return 0;
}
