/*
 * grpc.health.v1.Health/Check, for load balancers and supervisors. Its two
 * messages are too small for a contract of their own; what protoc-c would make
 * of them is written by hand:
 *
 *   message HealthCheckRequest  { string service = 1; }
 *   message HealthCheckResponse { ServingStatus status = 1; }
 *   enum ServingStatus { UNKNOWN = 0; SERVING = 1; NOT_SERVING = 2; SERVICE_UNKNOWN = 3; }
 */
#include "rpc/server_private.h"

#include <stddef.h>

struct health_request {
    ProtobufCMessage base;
    char *service;
};

enum { SERVING_UNKNOWN, SERVING, NOT_SERVING };

struct health_response {
    ProtobufCMessage base;
    int status; /* protobuf-c stores enums as int */
};

static const ProtobufCEnumValue status_values[] = {
    {"UNKNOWN", "UNKNOWN", 0},
    {"SERVING", "SERVING", 1},
    {"NOT_SERVING", "NOT_SERVING", 2},
    {"SERVICE_UNKNOWN", "SERVICE_UNKNOWN", 3},
};

static const ProtobufCEnumValueIndex status_names[] = {
    {"NOT_SERVING", 2},
    {"SERVICE_UNKNOWN", 3},
    {"SERVING", 1},
    {"UNKNOWN", 0},
};

static const ProtobufCIntRange status_ranges[] = {{0, 0}, {0, 4}};

static const ProtobufCEnumDescriptor status_type = {
    .magic = PROTOBUF_C__ENUM_DESCRIPTOR_MAGIC,
    .name = "grpc.health.v1.HealthCheckResponse.ServingStatus",
    .short_name = "ServingStatus",
    .n_values = ARRAY_COUNT(status_values),
    .values = status_values,
    .n_value_names = ARRAY_COUNT(status_names),
    .values_by_name = status_names,
    .n_value_ranges = 1,
    .value_ranges = status_ranges,
};

static const ProtobufCFieldDescriptor request_fields[] = {{
    .name = "service",
    .id = 1,
    .label = PROTOBUF_C_LABEL_NONE,
    .type = PROTOBUF_C_TYPE_STRING,
    .offset = offsetof(struct health_request, service),
    .default_value = &protobuf_c_empty_string,
}};

static const ProtobufCFieldDescriptor response_fields[] = {{
    .name = "status",
    .id = 1,
    .label = PROTOBUF_C_LABEL_NONE,
    .type = PROTOBUF_C_TYPE_ENUM,
    .offset = offsetof(struct health_response, status),
    .descriptor = &status_type,
}};

static const unsigned only_field[] = {0};
static const ProtobufCIntRange field_ranges[] = {{1, 0}, {0, 1}};

static const ProtobufCMessageDescriptor response_type;

static void init_request(ProtobufCMessage *message);

static void
init_response(ProtobufCMessage *message)
{
    *(struct health_response *)(void *)message =
        (struct health_response){.base = PROTOBUF_C_MESSAGE_INIT(&response_type)};
}

static const ProtobufCMessageDescriptor request_type = {
    .magic = PROTOBUF_C__MESSAGE_DESCRIPTOR_MAGIC,
    .name = "grpc.health.v1.HealthCheckRequest",
    .short_name = "HealthCheckRequest",
    .sizeof_message = sizeof(struct health_request),
    .n_fields = 1,
    .fields = request_fields,
    .fields_sorted_by_name = only_field,
    .n_field_ranges = 1,
    .field_ranges = field_ranges,
    .message_init = init_request,
};

static void
init_request(ProtobufCMessage *message)
{
    struct health_request *request = (struct health_request *)(void *)message;

    *request = (struct health_request){.base = PROTOBUF_C_MESSAGE_INIT(&request_type)};
    request->service = (char *)(uintptr_t)&protobuf_c_empty_string;
}

static const ProtobufCMessageDescriptor response_type = {
    .magic = PROTOBUF_C__MESSAGE_DESCRIPTOR_MAGIC,
    .name = "grpc.health.v1.HealthCheckResponse",
    .short_name = "HealthCheckResponse",
    .sizeof_message = sizeof(struct health_response),
    .n_fields = 1,
    .fields = response_fields,
    .fields_sorted_by_name = only_field,
    .n_field_ranges = 1,
    .field_ranges = field_ranges,
    .message_init = init_response,
};

const struct method_shape health_shape = {
    .name = "grpc.health.v1.Health/Check",
    .request = &request_type,
    .response = &response_type,
    .no_side_effects = true,
};

/* Whether the contract has a service of that name; "" stands for all of them. */
static bool
is_served(const char *service)
{
    size_t len = strlen(service);

    for (size_t i = 0; i < METHOD_COUNT; i++)
        if (strncmp(method_table[i].name, service, len) == 0 && method_table[i].name[len] == '/')
            return true;
    return len == 0 || strcmp(service, "grpc.health.v1.Health") == 0;
}

static struct step
check(struct call *call)
{
    const struct health_request *request = call_request(call);

    /* "If the service name is not registered, the server returns a NOT_FOUND GRPC status." */
    if (!is_served(request->service))
        return call_refuse(call, REASON_SERVICE_UNKNOWN, "service", "%s", "");

    struct health_response *response = arena_alloc(call_arena(call), sizeof(*response));

    init_response(&response->base);
    response->status = rpc_call_server(call)->serving ? SERVING : NOT_SERVING;
    return call_reply(call, response);
}

const struct method health_check = {
    .name = "grpc.health.v1.Health/Check",
    .start = check,
    .callers = MAY_ANYBODY,
};
