#include "consistency.h"

/* Steps 5 to 7 of RFC 9162 2.1.4.2: both roots from one start and the rest of the proof. */
static bool
verify_growth(const struct merkle_head *older, const struct merkle_head *newer,
              const struct hash *start, const struct merkle_proof *rest)
{
    uint64_t fn = older->size - 1, sn = newer->size - 1;
    struct hash fr = *start, sr = *start;

    while (fn % 2 == 1) {
        fn >>= 1;
        sn >>= 1;
    }
    for (size_t i = 0; i < rest->count; i++, fn >>= 1, sn >>= 1) {
        if (sn == 0)
            return false;
        if (fn % 2 == 0 && fn != sn) {
            sr = merkle_node(&sr, &rest->hashes[i]);
            continue;
        }
        fr = merkle_node(&rest->hashes[i], &fr);
        sr = merkle_node(&rest->hashes[i], &sr);
        while (fn % 2 == 0 && fn != 0) {
            fn >>= 1;
            sn >>= 1;
        }
    }
    return sn == 0 && hash_equal(&fr, &older->root) && hash_equal(&sr, &newer->root);
}

bool
consistency_holds(const struct merkle_head *older, const struct merkle_head *newer,
                  const struct merkle_proof *proof)
{
    if (older->size == 0 || older->size > newer->size || newer->size > MERKLE_SIZE_MAX)
        return false;
    if (older->size == newer->size)
        return proof->count == 0 && hash_equal(&older->root, &newer->root);
    if (proof->count == 0)
        return false;

    /* RFC 9162 2.1.4.2: an older tree that is complete starts from its own root. */
    if ((older->size & (older->size - 1)) == 0)
        return verify_growth(older, newer, &older->root, proof);

    struct merkle_proof rest = {.count = proof->count - 1};

    memcpy(rest.hashes, proof->hashes + 1, rest.count * sizeof(rest.hashes[0]));
    return verify_growth(older, newer, &proof->hashes[0], &rest);
}
