/*
 * Whatever comes as a sealed person, it does not open, or is one that the bank sealed: then
 * packed again it is the same bytes. The bank's key is of zeros here, so that what the corpus
 * has of it can be opened.
 */
#include "core/identity.h"

#include "fuzz.h"

#include <assert.h>

#define IDENTITY_MEMORY ((size_t)64 << 10)
#define ACCOUNT "12345678901237"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct identity_keys keys = {.epoch_count = 1, .epochs = {{.number = 1}}};
    struct arena *arena = arena_new(IDENTITY_MEMORY);
    struct slice bytes = slice_make(data, size);
    struct sealed_identity sealed;
    struct identity identity;

    if (identity_unpack(bytes, &sealed)) {
        struct slice again = identity_pack(&sealed, arena);

        assert(slice_equal(again, bytes));
        if (identity_open(&sealed, slice_text(ACCOUNT), &keys, arena, &identity))
            assert(identity.number.len <= UINT8_MAX && identity.name.len <= UINT8_MAX);
    }
    arena_free(arena);
    return 0;
}
