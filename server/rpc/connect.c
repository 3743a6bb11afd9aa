/*
 * The Connect protocol, unary: a message in, a message out, by POST, or by GET
 * for methods without side effects (connectrpc.com/docs/protocol).
 */
#include "rpc/details.h"
#include "rpc/percent.h"
#include "rpc/protocol.h"
#include "rpc/timeout.h"

#include "base/base64.h"
#include "wire/json.h"
#include "wire/unpack.h"

#include <assert.h>
#include <stdio.h>

#define REFUSAL_MEMORY_MAX ((size_t)64 * 1024)

/* REFUSALS_MAX of them take 1 KiB to 4 KiB each. */
#define DETAILS_BYTES_MAX ((size_t)4 * 1024 * 1024)
#define MESSAGE_MAX 576
#define ERROR_BYTES_MAX (DETAILS_BYTES_MAX + (size_t)8 * MESSAGE_MAX)

static bool
read_timeout(struct incoming *incoming, struct wire_fault *fault)
{
    struct slice text = http_request_field(incoming->http, "connect-timeout-ms");

    if (text.at == NULL || timeout_from_connect(text, &incoming->timeout_us))
        return true;
    return protocol_refuse(fault, REASON_REQUEST_MALFORMED, "connect-timeout-ms");
}

static bool
take_message(struct incoming *incoming, struct slice message, struct wire_fault *fault)
{
    char max[24];

    if (message.len > incoming->limits->message_bytes_max) {
        snprintf(max, sizeof(max), "%zu", incoming->limits->message_bytes_max);
        return protocol_refuse(fault, REASON_REQUEST_TOO_LARGE, max);
    }
    incoming->message = message;
    return true;
}

static bool
read_post(struct incoming *incoming, struct wire_fault *fault)
{
    struct slice version = http_request_field(incoming->http, "connect-protocol-version");
    struct slice encoding = http_request_field(incoming->http, "content-encoding");

    if (version.at != NULL && !slice_is(version, "1"))
        return protocol_refuse(fault, REASON_REQUEST_MALFORMED, "connect-protocol-version");
    if (encoding.at != NULL && !slice_is(encoding, "identity"))
        return protocol_refuse(fault, REASON_COMPRESSION_UNKNOWN, "");
    return take_message(incoming, incoming->http->body, fault);
}

/* What `message=` carries, in the arena. */
static bool
decode_query(struct incoming *incoming, struct slice text, bool base64, struct slice *message)
{
    struct buffer decoded, bytes;

    buffer_init(&decoded, text.len);
    buffer_init(&bytes, text.len);
    bool well = percent_decode(text, &decoded);

    /* RFC 4648 section 5, "the padding … may be omitted": what remains must be strict. */
    for (int i = 0; base64 && i < 2 && decoded.len > 0 && decoded.at[decoded.len - 1] == '='; i++)
        decoded.len--;
    if (well && base64)
        well = base64_decode(BASE64_URL, buffer_slice(&decoded), &bytes);
    if (well)
        *message = arena_copy(incoming->arena, buffer_slice(base64 ? &bytes : &decoded));
    buffer_fini(&decoded);
    buffer_fini(&bytes);
    return well;
}

static bool
read_get(struct incoming *incoming, struct wire_fault *fault)
{
    struct slice query = incoming->http->query;
    struct slice text = query_find(query, "message");
    struct slice encoding = query_find(query, "encoding");
    struct slice version = query_find(query, "connect");
    struct slice compression = query_find(query, "compression");
    struct slice message;

    if (version.at != NULL && !slice_is(version, "v1"))
        return protocol_refuse(fault, REASON_REQUEST_MALFORMED, "connect");
    if (compression.at != NULL && !slice_is(compression, "identity"))
        return protocol_refuse(fault, REASON_COMPRESSION_UNKNOWN, "");
    if (!slice_is(encoding, "json") && !slice_is(encoding, "proto"))
        return protocol_refuse(fault, REASON_REQUEST_MALFORMED, "encoding");
    if (text.at == NULL ||
        !decode_query(incoming, text, slice_is(query_find(query, "base64"), "1"), &message))
        return protocol_refuse(fault, REASON_REQUEST_MALFORMED, "message");
    return take_message(incoming, message, fault);
}

static bool
read(struct incoming *incoming, struct wire_fault *fault)
{
    if (!read_timeout(incoming, fault))
        return false;
    if (slice_is(incoming->http->method, "GET"))
        return read_get(incoming, fault);
    return read_post(incoming, fault);
}

static void
respond(struct http_exchange *exchange, unsigned status, const struct fields *fields,
        struct slice body)
{
    http_respond(exchange, &(struct http_response){
                               .status = status,
                               .fields = fields->at,
                               .field_count = fields->count,
                               .body = body,
                           });
}

static struct fields
head_fields(const struct answer *answer, enum codec codec)
{
    struct fields fields = {0};
    const char *type = codec == CODEC_JSON ? "application/json" : "application/proto";

    fields_add(&fields, "content-type", slice_text(type));
    fields_add(&fields, "accept-encoding", slice_text("identity"));
    fields_add_request_id(&fields, answer);
    /* Answers are personal, and a GET would be kept by default (RFC 9111). */
    fields_add(&fields, "cache-control", slice_text("no-store"));
    return fields;
}

static void
reply(struct http_exchange *exchange, const struct answer *answer)
{
    struct fields fields = head_fields(answer, answer->codec);

    respond(exchange, 200, &fields, answer->body);
}

/* RFC 8259 7: quotation mark, reverse solidus and control characters must be escaped. */
static bool
append_json_text(struct buffer *json, struct slice text)
{
    bool fits = buffer_append_byte(json, '"');

    for (size_t i = 0; fits && i < text.len; i++) {
        uint8_t byte = text.at[i];

        if (byte < 0x20)
            fits = buffer_printf(json, "\\u%04x", byte);
        else
            fits = (byte != '"' && byte != '\\') || buffer_append_byte(json, '\\');
        if (fits && byte >= 0x20)
            fits = buffer_append_byte(json, byte);
    }
    return fits && buffer_append_byte(json, '"');
}

static bool
append_detail(struct buffer *json, const struct refusal *refusal, struct arena *arena)
{
    const Creditbank__V1__Refusal *message = details_refusal(refusal, arena);

    return buffer_printf(json, "{\"type\":\"%s\",\"value\":\"", DETAILS_TYPE) &&
           base64_encode(BASE64_STANDARD, wire_pack(&message->base, arena), json) &&
           buffer_printf(json, "\",\"debug\":") && wire_json_print(&message->base, json) &&
           buffer_append_byte(json, '}');
}

/* As many refusals as fit; how many they are. */
static size_t
append_details(struct buffer *json, const struct refusal_list *refusals)
{
    struct arena *arena = arena_new(REFUSAL_MEMORY_MAX);
    size_t listed = 0;

    for (const struct refusal *r = refusals->first; r != NULL; r = r->next, listed++) {
        size_t before = json->len;

        arena_reset(arena);
        if ((listed == 0 || buffer_append_byte(json, ',')) && append_detail(json, r, arena))
            continue;
        json->len = before;
        break;
    }
    arena_free(arena);
    return listed;
}

static void
append_error(struct buffer *json, const struct answer *answer)
{
    struct buffer message, details;

    buffer_init(&message, MESSAGE_MAX);
    buffer_init(&details, DETAILS_BYTES_MAX);
    size_t listed = append_details(&details, answer->refusals);
    bool fits = details_message(answer, listed, &message) &&
                buffer_printf(json, "{\"code\":\"%s\",\"message\":", status_name(answer->status)) &&
                append_json_text(json, buffer_slice(&message)) &&
                (listed == 0 ||
                 (buffer_printf(json, ",\"details\":[") &&
                  buffer_append(json, buffer_slice(&details)) && buffer_append_byte(json, ']'))) &&
                buffer_append_byte(json, '}');

    assert(fits);
    buffer_fini(&message);
    buffer_fini(&details);
}

static void
fail(struct http_exchange *exchange, const struct answer *answer)
{
    struct fields fields = head_fields(answer, CODEC_JSON);
    unsigned status = protocol_http_status(answer);
    struct buffer json;
    char retry_after[12];

    /* RFC 9110 10.2.3: retry-after counts seconds. */
    snprintf(retry_after, sizeof(retry_after), "%u", (answer->retry_ms + 999) / 1000);
    if (answer->retry_ms > 0)
        fields_add(&fields, "retry-after", slice_text(retry_after));
    /* RFC 9110 11.6.1 and RFC 6750 3: a 401 names the scheme. */
    if (status == 401)
        fields_add(&fields, "www-authenticate", slice_text("Bearer"));
    if (status == 405)
        fields_add(&fields, "allow", slice_text("POST"));
    buffer_init(&json, ERROR_BYTES_MAX);
    append_error(&json, answer);
    respond(exchange, status, &fields, buffer_slice(&json));
    buffer_fini(&json);
}

const struct protocol connect_protocol = {
    .name = "connect",
    .read = read,
    .reply = reply,
    .fail = fail,
};
