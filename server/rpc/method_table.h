#pragma once

#include "method_ids.h"

#include <protobuf-c/protobuf-c.h>
#include <stdbool.h>

/* What the contract says of a method. */
struct method_shape {
    const char *name; /* "creditbank.v1.LedgerService/Submit" */
    const ProtobufCMessageDescriptor *request, *response;
    bool no_side_effects; /* Connect serves it by GET too */
    bool client_streams, server_streams;
};

/* By enum method_id, which is the order of the names. */
extern const struct method_shape method_table[METHOD_COUNT];
