/*
 * gRPC over HTTP/2, unary ("gRPC over HTTP2", PROTOCOL-HTTP2.md). What goes
 * wrong is said in trailers; with no message before them they are the head.
 */
#include "rpc/details.h"
#include "rpc/envelope.h"
#include "rpc/percent.h"
#include "rpc/protocol.h"
#include "rpc/timeout.h"

#include "base/base64.h"

#include <assert.h>
#include <stdio.h>

/* Clients take 8 KiB of header fields in all: these become 5.4 KiB in base64, the message 1.7. */
#define DETAILS_MAX 4096
#define MESSAGE_MAX 576
#define STATUS_MAX (DETAILS_MAX + MESSAGE_MAX + 32)
#define ENCODED_MAX ((size_t)3 * STATUS_MAX)

static bool
read_timeout(struct incoming *incoming, struct wire_fault *fault)
{
    struct slice text = http_request_field(incoming->http, "grpc-timeout");

    if (text.at == NULL || timeout_from_grpc(text, &incoming->timeout_us))
        return true;
    return protocol_refuse(fault, REASON_REQUEST_MALFORMED, "grpc-timeout");
}

static bool
read_envelope(struct incoming *incoming, struct wire_fault *fault)
{
    struct slice body = incoming->http->body;
    struct envelope envelope;
    char max[24];

    switch (envelope_take(&body, incoming->limits->message_bytes_max, &envelope)) {
    case ENVELOPE_TAKEN:
        break;
    case ENVELOPE_NONE:
        return protocol_refuse(fault, REASON_ONE_MESSAGE_EXPECTED, "");
    case ENVELOPE_CUT_OFF:
        return protocol_refuse(fault, REASON_REQUEST_MALFORMED, "grpc envelope");
    case ENVELOPE_TOO_LARGE:
        snprintf(max, sizeof(max), "%zu", incoming->limits->message_bytes_max);
        return protocol_refuse(fault, REASON_REQUEST_TOO_LARGE, max);
    }
    if (envelope.flags == ENVELOPE_COMPRESSED)
        return protocol_refuse(fault, REASON_COMPRESSION_UNKNOWN, "");
    if (envelope.flags != 0)
        return protocol_refuse(fault, REASON_REQUEST_MALFORMED, "grpc envelope");
    if (body.len > 0)
        return protocol_refuse(fault, REASON_ONE_MESSAGE_EXPECTED, "");
    incoming->message = envelope.message;
    return true;
}

static bool
read(struct incoming *incoming, struct wire_fault *fault)
{
    /* "TE: used to detect incompatible proxies": without trailers our answer would be lost. */
    if (!slice_is(http_request_field(incoming->http, "te"), "trailers"))
        return protocol_refuse(fault, REASON_REQUEST_MALFORMED, "te: trailers");
    return read_timeout(incoming, fault) && read_envelope(incoming, fault);
}

static struct fields
head_fields(const struct answer *answer)
{
    struct fields fields = {0};

    fields_add(&fields, "content-type", slice_text("application/grpc"));
    fields_add(&fields, "grpc-accept-encoding", slice_text("identity"));
    fields_add_request_id(&fields, answer);
    return fields;
}

static void
reply(struct http_exchange *exchange, const struct answer *answer)
{
    const struct http_field trailers[] = {
        {.name = slice_text("grpc-status"), .value = slice_text("0")}};
    struct fields fields = head_fields(answer);

    http_respond(exchange, &(struct http_response){
                               .status = 200,
                               .fields = fields.at,
                               .field_count = fields.count,
                               .body = answer->body,
                               .trailers = trailers,
                               .trailer_count = ARRAY_COUNT(trailers),
                           });
}

/* Both texts are then printable ASCII. */
static void
encode_status(const struct answer *answer, struct buffer *message, struct buffer *details)
{
    struct buffer sentence, status;

    buffer_init(&sentence, MESSAGE_MAX);
    buffer_init(&status, STATUS_MAX);
    details_status(answer, DETAILS_MAX, &sentence, &status);
    bool fits = percent_encode(buffer_slice(&sentence), message) &&
                base64_encode(BASE64_STANDARD, buffer_slice(&status), details);

    assert(fits);
    /* "Implementations … should emit un-padded values." */
    while (details->at[details->len - 1] == '=')
        details->len--;
    buffer_fini(&sentence);
    buffer_fini(&status);
}

static void
fail(struct http_exchange *exchange, const struct answer *answer)
{
    struct fields fields = head_fields(answer);
    struct buffer message, details;
    char status[12], retry_ms[12];

    buffer_init(&message, ENCODED_MAX);
    buffer_init(&details, ENCODED_MAX);
    encode_status(answer, &message, &details);
    snprintf(status, sizeof(status), "%u", (unsigned)answer->status);
    fields_add(&fields, "grpc-status", slice_text(status));
    fields_add(&fields, "grpc-message", buffer_slice(&message));
    if (answer->refusals->count > 0)
        fields_add(&fields, "grpc-status-details-bin", buffer_slice(&details));
    snprintf(retry_ms, sizeof(retry_ms), "%u", answer->retry_ms);
    if (answer->retry_ms > 0)
        fields_add(&fields, "grpc-retry-pushback-ms", slice_text(retry_ms));
    http_respond(exchange, &(struct http_response){
                               .status = 200,
                               .fields = fields.at,
                               .field_count = fields.count,
                           });
    buffer_fini(&message);
    buffer_fini(&details);
}

const struct protocol grpc_protocol = {
    .name = "grpc",
    .enveloped = true,
    .read = read,
    .reply = reply,
    .fail = fail,
};
