/* JSON that is read prints as JSON that is read as the same message. */
#include "wire/json.h"
#include "wire/unpack.h"

#include "base/utf8.h"

#include "fuzz.h"
#include "wire_test.pb-c.h"

#include <assert.h>

static const struct wire_limits limits = {
    .depth_max = 8, .fields_max = 10000, .elements_max = 1000, .memory_max = 1 << 20};

static void
check(struct slice text, struct arena *arena, struct buffer *printed)
{
    const ProtobufCMessageDescriptor *type = &made__up__kinds__descriptor;
    struct wire_fault fault;
    ProtobufCMessage *message = wire_json_parse(type, text, arena, &limits, &fault);

    if (message == NULL) {
        assert(utf8_is_valid(slice_text(fault.detail)));
        return;
    }
    assert(wire_json_print(message, printed));
    assert(utf8_is_valid(buffer_slice(printed)));

    struct arena *second = arena_new((size_t)4 << 20);
    ProtobufCMessage *again = wire_json_parse(type, buffer_slice(printed), second, &limits, &fault);

    assert(again != NULL);
    assert(slice_equal(wire_pack(again, second), wire_pack(message, second)));
    arena_free(second);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_new((size_t)4 << 20);
    struct buffer printed;

    buffer_init(&printed, (size_t)16 << 20);
    check(slice_make(data, size), arena, &printed);
    buffer_fini(&printed);
    arena_free(arena);
    return 0;
}
