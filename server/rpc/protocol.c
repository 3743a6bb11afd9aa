#include "rpc/protocol.h"

#include "rpc/percent.h"

#include <assert.h>
#include <stdio.h>
#include <strings.h>

bool
protocol_refuse(struct wire_fault *fault, enum reason reason, const char *detail)
{
    return wire_refuse(fault, NULL, reason, 0, "%s", detail);
}

void
fields_add(struct fields *fields, const char *name, struct slice value)
{
    assert(fields->count < FIELDS_MAX);
    fields->at[fields->count++] = (struct http_field){.name = slice_text(name), .value = value};
}

void
fields_add_request_id(struct fields *fields, const struct answer *answer)
{
    fields_add(fields, "x-request-id", slice_text(answer->request_id));
    fields->at[fields->count - 1].is_unique = true;
}

static struct slice
without_blanks(struct slice text)
{
    while (text.len > 0 && (text.at[0] == ' ' || text.at[0] == '\t'))
        text = slice_make(text.at + 1, text.len - 1);
    while (text.len > 0 && (text.at[text.len - 1] == ' ' || text.at[text.len - 1] == '\t'))
        text.len--;
    return text;
}

static bool
equals_ignoring_case(struct slice a, const char *b)
{
    return a.len == strlen(b) && strncasecmp((const char *)a.at, b, a.len) == 0;
}

/* RFC 9110 8.3.1: the type is case-insensitive. Of its parameters only charset=utf-8 is known. */
static bool
media_type_is(struct slice content_type, const char *type)
{
    const uint8_t *semicolon =
        content_type.len > 0 ? memchr(content_type.at, ';', content_type.len) : NULL;

    if (semicolon == NULL)
        return equals_ignoring_case(content_type, type);

    struct slice before = slice_make(content_type.at, (size_t)(semicolon - content_type.at));
    struct slice after = slice_make(semicolon + 1, content_type.len - before.len - 1);

    after = without_blanks(after);
    return equals_ignoring_case(without_blanks(before), type) &&
           (equals_ignoring_case(after, "charset=utf-8") ||
            equals_ignoring_case(after, "charset=\"utf-8\""));
}

static bool
protocol_of_post(const struct http_request *http, const struct protocol **protocol,
                 enum codec *codec, struct wire_fault *fault)
{
    static const struct {
        const char *type;
        const struct protocol *protocol;
        enum codec codec;
    } types[] = {
        {"application/grpc", &grpc_protocol, CODEC_PROTO},
        {"application/grpc+proto", &grpc_protocol, CODEC_PROTO},
        {"application/proto", &connect_protocol, CODEC_PROTO},
        {"application/json", &connect_protocol, CODEC_JSON},
    };
    struct slice content_type = http_request_field(http, "content-type");

    for (size_t i = 0; i < ARRAY_COUNT(types); i++) {
        if (!media_type_is(content_type, types[i].type))
            continue;
        /* gRPC needs the trailers and frames of HTTP/2, so its clients would not read the answer.
         */
        if (types[i].protocol == &grpc_protocol && http->version != 2)
            return protocol_refuse(fault, REASON_GRPC_NEEDS_HTTP2, "");
        *protocol = types[i].protocol;
        *codec = types[i].codec;
        return true;
    }
    return protocol_refuse(fault, REASON_CONTENT_TYPE_UNKNOWN, "");
}

bool
protocol_of(const struct http_request *http, const struct protocol **protocol, enum codec *codec,
            struct wire_fault *fault)
{
    *protocol = &plain_protocol;
    *codec = CODEC_JSON;
    if (slice_is(http->method, "POST"))
        return protocol_of_post(http, protocol, codec, fault);
    if (!slice_is(http->method, "GET"))
        return protocol_refuse(fault, REASON_HTTP_METHOD_WRONG, "");
    *protocol = &connect_protocol;
    if (slice_is(query_find(http->query, "encoding"), "proto"))
        *codec = CODEC_PROTO;
    return true;
}

unsigned
protocol_http_status(const struct answer *answer)
{
    static const struct {
        enum reason reason;
        unsigned http_status;
    } reasons[] = {
        {REASON_METHOD_UNKNOWN, 404},
        {REASON_HTTP_METHOD_WRONG, 405},
        {REASON_CONTENT_TYPE_UNKNOWN, 415},
        {REASON_GRPC_NEEDS_HTTP2, 505},
    };
    /* Connect's table "Error Codes". */
    static const unsigned statuses[] = {
        [STATUS_OK] = 200,
        [STATUS_CANCELLED] = 499,
        [STATUS_UNKNOWN] = 500,
        [STATUS_INVALID_ARGUMENT] = 400,
        [STATUS_DEADLINE_EXCEEDED] = 504,
        [STATUS_NOT_FOUND] = 404,
        [STATUS_ALREADY_EXISTS] = 409,
        [STATUS_PERMISSION_DENIED] = 403,
        [STATUS_RESOURCE_EXHAUSTED] = 429,
        [STATUS_FAILED_PRECONDITION] = 400,
        [STATUS_ABORTED] = 409,
        [STATUS_OUT_OF_RANGE] = 400,
        [STATUS_UNIMPLEMENTED] = 501,
        [STATUS_INTERNAL] = 500,
        [STATUS_UNAVAILABLE] = 503,
        [STATUS_DATA_LOSS] = 500,
        [STATUS_UNAUTHENTICATED] = 401,
    };
    const struct refusal *first = answer->refusals->first;

    for (size_t i = 0; first != NULL && i < ARRAY_COUNT(reasons); i++)
        if (reasons[i].reason == first->reason)
            return reasons[i].http_status;
    return statuses[answer->status];
}
