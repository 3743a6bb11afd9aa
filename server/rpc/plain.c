/* For whom speaks no protocol of ours: an HTTP status and a sentence. */
#include "rpc/protocol.h"

#include <assert.h>

static bool
read_nothing(struct incoming *incoming, struct wire_fault *fault)
{
    (void)incoming;
    return protocol_refuse(fault, REASON_CONTENT_TYPE_UNKNOWN, "");
}

static void
fail(struct http_exchange *exchange, const struct answer *answer)
{
    unsigned status = protocol_http_status(answer);
    struct fields fields = {0};

    fields_add(&fields, "content-type", slice_text("text/plain; charset=utf-8"));
    fields_add_request_id(&fields, answer);
    /* RFC 9110 15.5.6: the origin server MUST generate an Allow header field in a 405 response. */
    if (status == 405)
        fields_add(&fields, "allow", slice_text("GET, POST"));
    if (status == 415)
        fields_add(&fields, "accept-post",
                   slice_text("application/grpc, application/proto, application/json"));
    http_respond(exchange, &(struct http_response){
                               .status = status,
                               .fields = fields.at,
                               .field_count = fields.count,
                               .body = slice_text(answer->message),
                           });
}

/* Nothing that speaks this is ever answered well. */
static void
reply(struct http_exchange *exchange, const struct answer *answer)
{
    (void)exchange;
    (void)answer;
    assert(false);
}

const struct protocol plain_protocol = {
    .name = "http",
    .read = read_nothing,
    .reply = reply,
    .fail = fail,
};
