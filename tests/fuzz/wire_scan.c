/*
 * Bytes that pass the canonical scan are what their message packs to; bytes
 * that pass the lenient one unpack within the memory that the scan foretold.
 */
#include "wire/unpack.h"

#include "fuzz.h"
#include "wire_test.pb-c.h"

#include <assert.h>

static const struct wire_limits limits = {
    .depth_max = 8, .fields_max = 10000, .elements_max = 1000, .memory_max = 1 << 20};

static void
check_canonical(const ProtobufCMessageDescriptor *type, struct slice bytes, struct arena *arena)
{
    struct wire_fault fault;
    ProtobufCMessage *message = wire_unpack(type, bytes, arena, WIRE_CANONICAL, &limits, &fault);

    if (message != NULL)
        assert(slice_equal(wire_pack(message, arena), bytes));
}

static void
check_lenient(const ProtobufCMessageDescriptor *type, struct slice bytes, struct arena *arena)
{
    struct wire_fault fault;

    if (wire_scan(type, bytes, WIRE_LENIENT, &limits, &fault))
        assert(wire_unpack(type, bytes, arena, WIRE_LENIENT, &limits, &fault) != NULL);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const ProtobufCMessageDescriptor *const types[] = {
        &made__up__kinds__descriptor, &made__up__nest__descriptor, &made__up__table__descriptor};
    struct arena *arena = arena_new(limits.memory_max + size);

    for (size_t i = 0; i < ARRAY_COUNT(types); i++) {
        check_canonical(types[i], slice_make(data, size), arena);
        arena_reset(arena);
        check_lenient(types[i], slice_make(data, size), arena);
        arena_reset(arena);
    }
    arena_free(arena);
    return 0;
}
