#include "wire/unpack.h"

static void *
take(void *arena, size_t size)
{
    return arena_try_alloc(arena, size);
}

/* The arena frees everything at once. */
static void
keep(void *arena, void *memory)
{
    (void)arena;
    (void)memory;
}

ProtobufCMessage *
wire_unpack(const ProtobufCMessageDescriptor *type, struct slice bytes, struct arena *arena,
            enum wire_form form, const struct wire_limits *limits, struct wire_fault *fault)
{
    ProtobufCAllocator allocator = {.alloc = take, .free = keep, .allocator_data = arena};

    if (!wire_scan(type, bytes, form, limits, fault))
        return NULL;

    ProtobufCMessage *message = protobuf_c_message_unpack(type, &allocator, bytes.len, bytes.at);

    /* What passed the scan is well formed: only the arena's budget is left to fail. */
    if (message == NULL)
        (void)wire_refuse(fault, NULL, REASON_MESSAGE_TOO_LARGE, 0, "%zu", limits->memory_max);
    return message;
}

struct slice
wire_pack(const ProtobufCMessage *message, struct arena *arena)
{
    size_t size = protobuf_c_message_get_packed_size(message);
    uint8_t *bytes = arena_alloc(arena, size);

    return slice_make(bytes, protobuf_c_message_pack(message, bytes));
}
