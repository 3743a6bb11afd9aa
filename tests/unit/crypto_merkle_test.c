/*
 * crypto/merkle: against the recursive definitions of RFC 9162 section 2.1,
 * written down here once more and with no sharing, for every small size and a
 * few huge ones.
 */
#include "crypto/crypto.h"
#include "crypto/merkle.h"

#include "base/memory.h"
#include "consistency.h"
#include "crypto_helpers.h"

/*
 * Sizes whose root is compared, those of which every proof is made and verified,
 * and those whose proofs are also compared with the definition. (A proof that
 * verifies against the defined root is the defined one, or SHA-256 is broken.)
 */
#define SIZE_MAX_COMPARED 600
#define SIZE_MAX_PROVED 300
#define SIZE_MAX_DEFINED 70

/*
 * Every position of a small tree, and of those around a tile's width, is tried;
 * of the others every seventh, beginning elsewhere in each.
 */
static size_t
stride(size_t size)
{
    return size <= 130 || (size >= 254 && size <= 260) ? 1 : 7;
}

/* Leaf i is the two bytes of i. */
static struct hash leaves[SIZE_MAX_COMPARED];
static struct hash roots[SIZE_MAX_COMPARED + 1];

/* What a database would hold: level 1 as the subtrees became complete. */
static struct hash level_1[SIZE_MAX_COMPARED / MERKLE_TILE_WIDTH + 1];

static size_t
largest_power_below(size_t n)
{
    size_t power = 1;

    while (power * 2 < n)
        power *= 2;
    return power;
}

/* RFC 9162 2.1.1: MTH(D_n). */
static struct hash
define_root(const struct hash *leaf, size_t n)
{
    if (n == 0)
        return hash_sha256(slice_make(NULL, 0));
    if (n == 1)
        return *leaf;

    size_t k = largest_power_below(n);
    struct hash left = define_root(leaf, k), right = define_root(leaf + k, n - k);
    uint8_t bytes[65] = {0x01};

    memcpy(bytes + 1, left.bytes, 32);
    memcpy(bytes + 33, right.bytes, 32);
    return hash_sha256(slice_make(bytes, 65));
}

/* RFC 9162 2.1.3.1: PATH(m, D_n). */
static void
define_path(const struct hash *leaf, size_t m, size_t n, struct merkle_proof *path)
{
    if (n == 1)
        return;

    size_t k = largest_power_below(n);

    if (m < k)
        define_path(leaf, m, k, path);
    else
        define_path(leaf + k, m - k, n - k, path);
    path->hashes[path->count++] = m < k ? define_root(leaf + k, n - k) : define_root(leaf, k);
}

/* RFC 9162 2.1.4.1: SUBPROOF(m, D_n, b). */
static void
define_proof(const struct hash *leaf, size_t m, size_t n, bool known, struct merkle_proof *proof)
{
    if (m == n) {
        if (!known)
            proof->hashes[proof->count++] = define_root(leaf, n);
        return;
    }

    size_t k = largest_power_below(n);

    if (m <= k)
        define_proof(leaf, m, k, known, proof);
    else
        define_proof(leaf + k, m - k, n - k, false, proof);
    proof->hashes[proof->count++] = m <= k ? define_root(leaf + k, n - k) : define_root(leaf, k);
}

/* Leaves, roots of every size by definition, and level 1 as the edge completes it. */
static int
grow(void **state)
{
    struct merkle_edge edge = {0};

    (void)state;
    for (size_t i = 0; i < SIZE_MAX_COMPARED; i++) {
        uint8_t entry[2] = {(uint8_t)(i >> 8), (uint8_t)i};
        struct merkle_completed completed;

        roots[i] = define_root(leaves, i);
        leaves[i] = merkle_leaf(slice_make(entry, sizeof(entry)));
        merkle_edge_append(&edge, &leaves[i], &completed);
        for (size_t j = 0; j < completed.count; j++)
            level_1[completed.subtrees[j].number] = completed.subtrees[j].hash;
    }
    roots[SIZE_MAX_COMPARED] = define_root(leaves, SIZE_MAX_COMPARED);
    return 0;
}

static struct merkle_head
head_of(size_t size)
{
    return (struct merkle_head){.size = size, .root = roots[size]};
}

static void
assert_same_proof(const struct merkle_proof *proof, const struct merkle_proof *expected)
{
    assert_int_equal(proof->count, expected->count);
    assert_memory_equal(proof->hashes, expected->hashes, proof->count * sizeof(struct hash));
}

/* The eight leaves of the Certificate Transparency reference tree, and its roots. */
static void
the_reference_tree_of_rfc_6962_has_its_published_roots(void **state)
{
    static const char *const entries[] = {"",
                                          "00",
                                          "10",
                                          "2021",
                                          "3031",
                                          "40414243",
                                          "5051525354555657",
                                          "606162636465666768696a6b6c6d6e6f"};
    static const char *const published[] = {
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"};
    struct hash hashes[8];

    (void)state;
    assert_hash(merkle_root(NULL, 0), published[0]);
    for (size_t i = 0; i < 8; i++) {
        struct hex_bytes entry = from_hex(entries[i]);

        hashes[i] = merkle_leaf(hex_slice(&entry));
        assert_hash(merkle_root(hashes, i + 1), published[i + 1]);
    }
}

static void
the_edge_has_the_root_of_every_size(void **state)
{
    struct merkle_edge edge = {0}, copy;

    (void)state;
    for (size_t i = 0; i <= SIZE_MAX_COMPARED; i++) {
        struct merkle_head head = merkle_edge_head(&edge);

        assert_int_equal(head.size, i);
        assert_true(hash_equal(&head.root, &roots[i]));
        assert_true(merkle_edge_parse(i, merkle_edge_bytes(&edge), &copy));
        head = merkle_edge_head(&copy);
        assert_true(hash_equal(&head.root, &roots[i]));
        if (i < SIZE_MAX_COMPARED)
            merkle_edge_append(&copy, &leaves[i], NULL);
        edge = copy;
    }
}

static void
an_edge_has_a_hash_for_each_bit_of_its_size(void **state)
{
    uint8_t bytes[65 * HASH_SIZE] = {0};
    struct merkle_edge edge;

    (void)state;
    assert_true(merkle_edge_parse(0, slice_make(NULL, 0), &edge));
    assert_false(merkle_edge_parse(0, slice_make(bytes, HASH_SIZE), &edge));
    assert_true(merkle_edge_parse(5, slice_make(bytes, 2 * (size_t)HASH_SIZE), &edge));
    assert_false(merkle_edge_parse(5, slice_make(bytes, 2 * (size_t)HASH_SIZE - 1), &edge));
    assert_false(merkle_edge_parse(5, slice_make(bytes, 3 * (size_t)HASH_SIZE), &edge));
    assert_true(
        merkle_edge_parse(MERKLE_SIZE_MAX, slice_make(bytes, 63 * (size_t)HASH_SIZE), &edge));
    assert_false(merkle_edge_parse(UINT64_MAX, slice_make(bytes, 64 * (size_t)HASH_SIZE), &edge));
}

/* An edge of 2^16 - 1 leaves is 16 complete subtrees; one leaf more joins them all. */
static void
the_65536th_leaf_completes_a_subtree_of_two_levels(void **state)
{
    struct merkle_edge edge = {.size = 65535};
    struct hash expected = leaves[0];
    struct merkle_completed completed;

    (void)state;
    for (size_t i = 0; i < 16; i++)
        edge.nodes[15 - i] = leaves[i];
    merkle_edge_append(&edge, &leaves[0], &completed);
    assert_int_equal(completed.count, 2);
    for (size_t i = 0; i < 16; i++) {
        expected = merkle_node(&leaves[i], &expected);
        if (i % 8 != 7)
            continue;
        assert_int_equal(completed.subtrees[i / 8].level, i / 8 + 1);
        assert_int_equal(completed.subtrees[i / 8].number, i < 8 ? 255 : 0);
        assert_true(hash_equal(&completed.subtrees[i / 8].hash, &expected));
    }
    assert_int_equal(edge.size, 65536);
}

/* Plays the store: answers the plan's runs from leaves and level 1. */
static struct hash *
fetch(const struct merkle_plan *plan)
{
    struct hash *hashes = xcalloc(plan->hash_count + 1, sizeof(*hashes));
    size_t count = 0;

    for (size_t i = 0; i < plan->run_count; i++) {
        const struct merkle_run *run = &plan->runs[i];

        assert_true(run->count >= 1);
        assert_true(run->level <= 1);
        assert_true(run->first / MERKLE_TILE_WIDTH ==
                    (run->first + run->count - 1) / MERKLE_TILE_WIDTH);
        memcpy(hashes + count, (run->level == 0 ? leaves : level_1) + run->first,
               run->count * sizeof(*hashes));
        count += run->count;
    }
    assert_int_equal(count, plan->hash_count);
    return hashes;
}

static void
carry_out(const struct merkle_plan *plan, struct merkle_proof *proof)
{
    struct hash *hashes = fetch(plan);

    merkle_plan_prove(plan, hashes, proof);
    xfree(hashes);
}

static void
prove_leaf(size_t index, size_t size)
{
    struct merkle_head head = head_of(size);
    struct merkle_proof expected = {0}, proof;
    struct merkle_plan plan;

    assert_true(merkle_plan_inclusion(&plan, index, size));
    carry_out(&plan, &proof);
    if (size <= SIZE_MAX_DEFINED) {
        define_path(leaves, index, size, &expected);
        assert_same_proof(&proof, &expected);
    }
    assert_true(merkle_verify_inclusion(&head, index, &leaves[index], &proof));
}

static void
every_leaf_of_every_size_is_proved(void **state)
{
    (void)state;
    for (size_t size = 1; size <= SIZE_MAX_PROVED; size++) {
        for (size_t index = size % stride(size); index < size; index += stride(size))
            prove_leaf(index, size);
    }
}

static void
a_proof_over_leaves_at_hand_is_the_defined_one(void **state)
{
    (void)state;
    for (size_t size = 1; size <= SIZE_MAX_DEFINED; size++) {
        for (size_t index = 0; index < size; index++) {
            struct merkle_proof expected = {0}, proof;

            define_path(leaves, index, size, &expected);
            merkle_prove(leaves, size, index, &proof);
            assert_same_proof(&proof, &expected);
        }
    }
}

static void
prove_growth(size_t older, size_t newer)
{
    struct merkle_head older_head = head_of(older), newer_head = head_of(newer);
    struct merkle_proof expected = {0}, proof;
    struct merkle_plan plan;

    assert_true(merkle_plan_consistency(&plan, older, newer));
    carry_out(&plan, &proof);
    if (newer <= SIZE_MAX_DEFINED) {
        define_proof(leaves, older, newer, true, &expected);
        assert_same_proof(&proof, &expected);
    }
    assert_true(consistency_holds(&older_head, &newer_head, &proof));
}

static void
every_two_sizes_are_proved_consistent(void **state)
{
    (void)state;
    for (size_t newer = 1; newer <= SIZE_MAX_PROVED; newer++) {
        for (size_t older = 1 + newer % stride(newer); older <= newer; older += stride(newer))
            prove_growth(older, newer);
    }
}

/* A tree whose leaves are all the same has one hash for all complete subtrees of a height. */
static struct hash complete[64];

static struct merkle_head
uniform_head(uint64_t size)
{
    struct merkle_edge edge = {.size = size};
    size_t count = 0;

    for (int height = 63; height >= 0; height--) {
        if ((size >> height & 1) == 1)
            edge.nodes[count++] = complete[height];
    }
    return merkle_edge_head(&edge);
}

static void
carry_out_uniform(const struct merkle_plan *plan, struct merkle_proof *proof)
{
    struct hash *hashes = xcalloc(plan->hash_count + 1, sizeof(*hashes));
    size_t count = 0;

    for (size_t i = 0; i < plan->run_count; i++) {
        for (unsigned j = 0; j < plan->runs[i].count; j++)
            hashes[count++] = complete[8 * (size_t)plan->runs[i].level];
    }
    merkle_plan_prove(plan, hashes, proof);
    xfree(hashes);
}

static const uint64_t huge[] = {255,
                                256,
                                257,
                                65535,
                                65536,
                                65537,
                                (uint64_t)1 << 32,
                                ((uint64_t)1 << 32) + 12345,
                                1234567890123456789,
                                (uint64_t)1 << 62,
                                MERKLE_SIZE_MAX};

static void
make_uniform_tree(void)
{
    complete[0] = merkle_leaf(slice_text("the same"));
    for (size_t i = 1; i < 64; i++)
        complete[i] = merkle_node(&complete[i - 1], &complete[i - 1]);
}

static void
huge_trees_are_proved_from_a_few_hashes_a_level(void **state)
{
    (void)state;
    make_uniform_tree();
    for (size_t i = 0; i < ARRAY_COUNT(huge); i++) {
        uint64_t size = huge[i];
        const uint64_t indexes[] = {0, 1, size / 3, size / 2, size - 2, size - 1};
        struct merkle_head head = uniform_head(size);
        struct merkle_proof proof;
        struct merkle_plan plan;

        for (size_t j = 0; j < ARRAY_COUNT(indexes); j++) {
            assert_true(merkle_plan_inclusion(&plan, indexes[j], size));
            assert_true(plan.hash_count <= 510 * (size_t)MERKLE_LEVELS);
            carry_out_uniform(&plan, &proof);
            assert_true(merkle_verify_inclusion(&head, indexes[j], &complete[0], &proof));
            assert_false(merkle_verify_inclusion(&head, indexes[j], &complete[1], &proof));
        }
    }
}

static void
huge_trees_are_proved_consistent(void **state)
{
    (void)state;
    make_uniform_tree();
    for (size_t i = 0; i < ARRAY_COUNT(huge); i++) {
        struct merkle_head newer = uniform_head(huge[i]);

        for (size_t j = 0; j <= i; j++) {
            struct merkle_head older = uniform_head(huge[j]);
            struct merkle_proof proof;
            struct merkle_plan plan;

            assert_true(merkle_plan_consistency(&plan, huge[j], huge[i]));
            carry_out_uniform(&plan, &proof);
            assert_true(consistency_holds(&older, &newer, &proof));
        }
    }
}

static void
sizes_without_a_proof_have_no_plan(void **state)
{
    struct merkle_plan plan;

    (void)state;
    assert_false(merkle_plan_inclusion(&plan, 0, 0));
    assert_false(merkle_plan_inclusion(&plan, 5, 5));
    assert_false(merkle_plan_inclusion(&plan, 0, UINT64_MAX));
    assert_false(merkle_plan_consistency(&plan, 0, 5));
    assert_false(merkle_plan_consistency(&plan, 6, 5));
    assert_false(merkle_plan_consistency(&plan, 1, UINT64_MAX));
}

static void
a_consistency_proof_from_nothing_is_refused(void **state)
{
    struct merkle_head none = head_of(0), some = head_of(7);
    struct merkle_proof proof = {0};

    (void)state;
    assert_false(consistency_holds(&none, &some, &proof));
    assert_false(consistency_holds(&none, &none, &proof));
}

static void
equal_sizes_need_equal_roots_and_an_empty_proof(void **state)
{
    struct merkle_head seven = head_of(7), other = {.size = 7, .root = roots[6]};
    struct merkle_proof empty = {0}, one = {.count = 1, .hashes = {roots[7]}};

    (void)state;
    assert_true(consistency_holds(&seven, &seven, &empty));
    assert_false(consistency_holds(&seven, &other, &empty));
    assert_false(consistency_holds(&seven, &seven, &one));
}

static void
an_older_tree_is_not_larger(void **state)
{
    struct merkle_head seven = head_of(7), six = head_of(6);
    struct merkle_proof proof = {0};

    (void)state;
    define_proof(leaves, 6, 7, true, &proof);
    assert_true(consistency_holds(&six, &seven, &proof));
    assert_false(consistency_holds(&seven, &six, &proof));
}

static void
proofs_take_hashes_of_32_bytes_up_to_a_limit(void **state)
{
    uint8_t bytes[33] = {0};
    struct merkle_proof proof = {0};

    (void)state;
    assert_false(merkle_proof_add(&proof, slice_make(bytes, 31)));
    assert_false(merkle_proof_add(&proof, slice_make(bytes, 33)));
    assert_false(merkle_proof_add(&proof, slice_make(bytes, 0)));
    for (size_t i = 0; i < MERKLE_PROOF_MAX; i++)
        assert_true(merkle_proof_add(&proof, slice_make(bytes, 32)));
    assert_false(merkle_proof_add(&proof, slice_make(bytes, 32)));
    assert_int_equal(proof.count, MERKLE_PROOF_MAX);
}

static void
flip(struct hash *hash, size_t bit)
{
    hash->bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
}

/* What an inclusion proof says, and the hash that is number `i` of all in it. */
struct inclusion {
    struct merkle_head head;
    uint64_t index;
    struct hash leaf;
    struct merkle_proof proof;
};

static bool
holds(const struct inclusion *said)
{
    return merkle_verify_inclusion(&said->head, said->index, &said->leaf, &said->proof);
}

static struct hash *
hash_in(struct inclusion *said, size_t i)
{
    if (i < said->proof.count)
        return &said->proof.hashes[i];
    return i == said->proof.count ? &said->head.root : &said->leaf;
}

static void
change_inclusion(struct inclusion *said)
{
    uint64_t index = said->index;

    for (size_t i = 0; i < (said->proof.count + 2) * 256; i++) {
        flip(hash_in(said, i / 256), i % 256);
        assert_false(holds(said));
        flip(hash_in(said, i / 256), i % 256);
    }
    for (said->index = 0; said->index < 2 * said->head.size; said->index++)
        assert_true(holds(said) == (said->index == index));
    said->index = UINT64_MAX;
    assert_false(holds(said));
    said->index = index;
    assert_true(merkle_proof_add(&said->proof, hash_slice(&said->head.root)));
    assert_false(holds(said));
}

static void
every_bit_of_an_inclusion_proof_matters(void **state)
{
    static const struct {
        size_t index, size;
    } cases[] = {{0, 1}, {6, 7}, {0, 7}, {3, 8}, {200, 299}, {298, 299}};

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        struct inclusion said = {.head = head_of(cases[i].size),
                                 .index = cases[i].index,
                                 .leaf = leaves[cases[i].index]};

        merkle_prove(leaves, cases[i].size, cases[i].index, &said.proof);
        assert_true(holds(&said));
        change_inclusion(&said);
    }
}

/* The same of a consistency proof. */
struct growth {
    struct merkle_head older, newer;
    struct merkle_proof proof;
};

static bool
grew(const struct growth *said)
{
    return consistency_holds(&said->older, &said->newer, &said->proof);
}

static struct hash *
hash_of_growth(struct growth *said, size_t i)
{
    if (i < said->proof.count)
        return &said->proof.hashes[i];
    return i == said->proof.count ? &said->older.root : &said->newer.root;
}

static void
change_growth(struct growth *said)
{
    for (size_t i = 0; i < (said->proof.count + 2) * 256; i++) {
        flip(hash_of_growth(said, i / 256), i % 256);
        assert_false(grew(said));
        flip(hash_of_growth(said, i / 256), i % 256);
    }
    said->proof.count--;
    assert_false(grew(said));
    said->proof.count += 2;
    said->proof.hashes[said->proof.count - 1] = said->newer.root;
    assert_false(grew(said));
}

static void
every_bit_of_a_consistency_proof_matters(void **state)
{
    static const struct {
        size_t older, newer;
    } cases[] = {{1, 2}, {3, 7}, {4, 7}, {6, 8}, {128, 299}, {255, 299}, {298, 299}};

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        struct growth said = {.older = head_of(cases[i].older), .newer = head_of(cases[i].newer)};

        define_proof(leaves, cases[i].older, cases[i].newer, true, &said.proof);
        assert_true(grew(&said));
        change_growth(&said);
    }
}

static int
free_crypto(void **state)
{
    (void)state;
    crypto_fini();
    return 0;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_reference_tree_of_rfc_6962_has_its_published_roots),
        cmocka_unit_test(the_edge_has_the_root_of_every_size),
        cmocka_unit_test(an_edge_has_a_hash_for_each_bit_of_its_size),
        cmocka_unit_test(the_65536th_leaf_completes_a_subtree_of_two_levels),
        cmocka_unit_test(every_leaf_of_every_size_is_proved),
        cmocka_unit_test(a_proof_over_leaves_at_hand_is_the_defined_one),
        cmocka_unit_test(every_two_sizes_are_proved_consistent),
        cmocka_unit_test(huge_trees_are_proved_from_a_few_hashes_a_level),
        cmocka_unit_test(huge_trees_are_proved_consistent),
        cmocka_unit_test(sizes_without_a_proof_have_no_plan),
        cmocka_unit_test(a_consistency_proof_from_nothing_is_refused),
        cmocka_unit_test(equal_sizes_need_equal_roots_and_an_empty_proof),
        cmocka_unit_test(an_older_tree_is_not_larger),
        cmocka_unit_test(proofs_take_hashes_of_32_bytes_up_to_a_limit),
        cmocka_unit_test(every_bit_of_an_inclusion_proof_matters),
        cmocka_unit_test(every_bit_of_a_consistency_proof_matters),
    };

    return cmocka_run_group_tests(tests, grow, free_crypto);
}
