#include "connect.h"

#include "base/base64.h"
#include "wire/unpack.h"

#include <jansson.h>
#include <stdio.h>

#define HTTP_OK 200
#define JSON_ERROR_MAX ((size_t)4 * 1024 * 1024)
#define REFUSAL_TYPE "creditbank.v1.Refusal"
#define REFUSAL_BYTES_MAX 8192
#define RESULT_MEMORY_MAX (8 * CREDITBANK_ANSWER_MAX)
#define REFUSALS_READ_MAX 1024
#define SENTENCE_SIZE 512

static const struct wire_limits answer_limits = {.depth_max = 24,
                                                 .fields_max = 4000000,
                                                 .elements_max = 200000,
                                                 .memory_max = RESULT_MEMORY_MAX};
static const struct wire_limits refusal_limits = {
    .depth_max = 4, .fields_max = 64, .elements_max = 1, .memory_max = 65536};

/* Connect, "HTTP to Error Code": for answers that are not of the protocol. */
static enum status
status_from_http(long http_status)
{
    switch (http_status) {
    case 400:
        return STATUS_INTERNAL;
    case 401:
        return STATUS_UNAUTHENTICATED;
    case 403:
        return STATUS_PERMISSION_DENIED;
    case 404:
        return STATUS_UNIMPLEMENTED;
    case 429:
    case 502:
    case 503:
    case 504:
        return STATUS_UNAVAILABLE;
    default:
        return STATUS_UNKNOWN;
    }
}

static enum status
status_from_name(const char *name, long http_status)
{
    for (enum status status = STATUS_CANCELLED; status <= STATUS_UNAUTHENTICATED; status++)
        if (name != NULL && strcmp(name, status_name(status)) == 0)
            return status;
    return status_from_http(http_status);
}

/* The error's object; NULL where the body is no JSON object. */
static json_t *
load_error(const struct connect_answer *answer)
{
    if (answer->body.len == 0 || answer->body.len > JSON_ERROR_MAX)
        return NULL;
    return json_loadb((const char *)answer->body.at, answer->body.len, 0, NULL);
}

enum status
connect_status(const struct connect_answer *answer)
{
    if (answer->http_status == HTTP_OK)
        return STATUS_OK;

    json_t *error = load_error(answer);
    enum status status =
        status_from_name(json_string_value(json_object_get(error, "code")), answer->http_status);

    json_decref(error);
    return status;
}

static struct arena *
begin(struct creditbank_result *result)
{
    struct arena *arena = arena_new(RESULT_MEMORY_MAX);

    *result = (struct creditbank_result){.memory = arena};
    return arena;
}

void
creditbank_result_free(struct creditbank_result *result)
{
    if (result->memory != NULL)
        arena_free(result->memory);
    *result = (struct creditbank_result){0};
}

/* Texts of our own table, where the server sent none. */
static void
add_own(struct creditbank_result *result, enum reason reason, const struct connect_detail *detail)
{
    struct arena *arena = result->memory;
    Creditbank__V1__Refusal *refusal = arena_alloc(arena, sizeof(*refusal));
    const struct reason_text *row = reason_text(reason);
    char sentence[SENTENCE_SIZE];

    creditbank__v1__refusal__init(refusal);
    refusal->reason = arena_text(arena, slice_text(row->code));
    refusal->message_zh = arena_text(
        arena, slice_text(reason_sentence(reason, detail->zh, true, sentence, sizeof(sentence))));
    refusal->message_en = arena_text(
        arena, slice_text(reason_sentence(reason, detail->en, false, sentence, sizeof(sentence))));
    refusal->advice_zh = arena_text(arena, slice_text(row->advice_zh));
    refusal->advice_en = arena_text(arena, slice_text(row->advice_en));
    if (result->refusals == NULL)
        result->refusals = arena_array(arena, REFUSALS_READ_MAX, sizeof(*result->refusals));
    result->refusals[result->refusal_count++] = refusal;
}

void
connect_fail(enum status status, enum reason reason, const struct connect_detail *detail,
             struct creditbank_result *result)
{
    (void)begin(result);
    result->code = (int)status;
    add_own(result, reason, detail);
}

/* Connect writes the value in base64 without padding; with it is accepted. */
static bool
decode_value(const char *value, struct buffer *bytes)
{
    char padded[REFUSAL_BYTES_MAX * 2];
    size_t len = strlen(value);

    if (len == 0 || len + 3 >= sizeof(padded))
        return false;
    snprintf(padded, sizeof(padded), "%s%.*s", value, (int)((4 - len % 4) % 4), "===");
    return base64_decode(BASE64_STANDARD, slice_text(padded), bytes);
}

static void
add_detail(struct creditbank_result *result, const json_t *detail)
{
    const char *type = json_string_value(json_object_get(detail, "type"));
    const char *value = json_string_value(json_object_get(detail, "value"));
    struct buffer bytes;
    struct wire_fault fault;

    if (type == NULL || value == NULL || strcmp(type, REFUSAL_TYPE) != 0 ||
        result->refusal_count == REFUSALS_READ_MAX)
        return;
    buffer_init(&bytes, REFUSAL_BYTES_MAX);
    if (decode_value(value, &bytes)) {
        ProtobufCMessage *refusal =
            wire_unpack(&creditbank__v1__refusal__descriptor, buffer_slice(&bytes), result->memory,
                        WIRE_LENIENT, &refusal_limits, &fault);

        if (refusal != NULL)
            result->refusals[result->refusal_count++] = (Creditbank__V1__Refusal *)refusal;
    }
    buffer_fini(&bytes);
}

static void
decode_error(const struct connect_answer *answer, struct creditbank_result *result)
{
    json_t *error = load_error(answer);
    const json_t *details = json_object_get(error, "details");
    const char *message = json_string_value(json_object_get(error, "message"));
    char said[SENTENCE_SIZE];

    result->code = (int)status_from_name(json_string_value(json_object_get(error, "code")),
                                         answer->http_status);
    result->refusals = arena_array(result->memory, REFUSALS_READ_MAX, sizeof(*result->refusals));
    for (size_t i = 0; i < json_array_size(details); i++)
        add_detail(result, json_array_get(details, i));
    if (result->refusal_count == 0) {
        snprintf(said, sizeof(said), "%s (HTTP %ld)%s%s", status_name((enum status)result->code),
                 answer->http_status, message != NULL ? ": " : "", message != NULL ? message : "");
        add_own(result, REASON_ANSWER_INVALID, &(struct connect_detail){said, said});
    }
    json_decref(error);
}

void
connect_decode(const struct connect_answer *answer, const ProtobufCMessageDescriptor *output,
               struct creditbank_result *result)
{
    struct arena *arena = begin(result);
    struct wire_fault fault = {0};

    if (answer->http_status != HTTP_OK) {
        decode_error(answer, result);
        return;
    }
    if (!answer->is_proto) {
        result->code = STATUS_UNKNOWN;
        add_own(result, REASON_ANSWER_INVALID,
                &(struct connect_detail){"content-type", "content-type"});
        return;
    }
    result->reply = wire_unpack(output, answer->body, arena, WIRE_LENIENT, &answer_limits, &fault);
    if (result->reply == NULL) {
        result->code = STATUS_UNKNOWN;

        const char *where = fault.path[0] != '\0' ? fault.path : output->name;

        add_own(result, REASON_ANSWER_INVALID, &(struct connect_detail){where, where});
    }
}
