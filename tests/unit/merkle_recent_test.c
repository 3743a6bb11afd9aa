/* Proofs from the edge and the newest leaves are those of the whole tree. */
#include "crypto/merkle_recent.h"

#include "unit.h"

#define LEAVES 70

/* Proves each leaf from `base` on, with the edge of those before it. */
static void
compare_from(const struct merkle_edge *edge, const struct hash *leaves, size_t base, size_t size)
{
    struct arena *arena = arena_new(1 << 20);
    struct merkle_recent recent;

    merkle_recent_init(&recent, edge, leaves + base, size - base, arena);
    for (size_t index = base; index < size; index++) {
        struct merkle_proof proof, whole;

        merkle_recent_prove(&recent, index, &proof);
        merkle_prove(leaves, size, index, &whole);
        assert_int_equal(proof.count, whole.count);
        assert_memory_equal(proof.hashes, whole.hashes, whole.count * HASH_SIZE);
    }
    arena_free(arena);
}

static void
a_proof_from_the_edge_is_one_of_the_whole_tree(void **state)
{
    struct hash leaves[LEAVES];

    (void)state;
    for (uint8_t i = 0; i < LEAVES; i++)
        leaves[i] = merkle_leaf(slice_make(&i, 1));
    for (size_t size = 1; size <= LEAVES; size++) {
        struct merkle_edge edge = {0};

        for (size_t base = 0; base < size; base++) {
            compare_from(&edge, leaves, base, size);
            merkle_edge_append(&edge, &leaves[base], NULL);
        }
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_proof_from_the_edge_is_one_of_the_whole_tree),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
