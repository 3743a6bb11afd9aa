/*
 * The shared conformance vectors, which are not part of the project: read from
 * $CREDITBANK_SHARED, or from ../shared beside the source; skipped where absent.
 */
#include "base/base64.h"
#include "crypto/crypto.h"
#include "crypto/dsse.h"
#include "crypto/merkle.h"
#include "crypto/note.h"

#include "consistency.h"
#include "crypto_helpers.h"

#include <glob.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define PATH_MAX_LEN 1000

static void
make_path(char path[PATH_MAX_LEN], const char *name)
{
    const char *shared = getenv("CREDITBANK_SHARED");
    const char *source = getenv("SOURCE_ROOT");

    if (shared != NULL)
        snprintf(path, PATH_MAX_LEN, "%s/vectors/%s", shared, name);
    else
        snprintf(path, PATH_MAX_LEN, "%s/../shared/vectors/%s", source == NULL ? "." : source,
                 name);
}

/* The test ends here where the file is absent. */
static void
skip_unless_there(const char *path)
{
    if (access(path, R_OK) == 0)
        return;
    print_message("skipped: %s is not there\n", path);
    skip();
}

static json_t *
load(const char *path)
{
    json_error_t error;
    /* Some sizes are meant to be out of range: they are read as reals. */
    json_t *json = json_load_file(path, JSON_REJECT_DUPLICATES | JSON_DECODE_INT_AS_REAL, &error);

    if (json == NULL)
        fail_msg("%s: %s", path, error.text);
    return json;
}

static json_t *
load_vectors(const char *name)
{
    char path[PATH_MAX_LEN];

    make_path(path, name);
    skip_unless_there(path);
    return load(path);
}

static const char *
text_of(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));

    assert_non_null(text);
    return text;
}

/* A number beyond what a tree can have stands for any such number. */
static uint64_t
number_of(const json_t *object, const char *name)
{
    double number = json_number_value(json_object_get(object, name));

    return number >= 9e18 ? UINT64_MAX : (uint64_t)number;
}

/* False where the bytes are no hash. */
static bool
read_hash(const char *base64, struct hash *hash)
{
    return base64_decode_exact(BASE64_STANDARD, slice_text(base64), hash->bytes, HASH_SIZE);
}

static bool
read_proof(const json_t *hashes, struct merkle_proof *proof)
{
    proof->count = 0;
    for (size_t i = 0; i < json_array_size(hashes); i++) {
        struct hash hash;

        if (!read_hash(json_string_value(json_array_get(hashes, i)), &hash) ||
            !merkle_proof_add(proof, hash_slice(&hash)))
            return false;
    }
    return true;
}

static bool
accepts_inclusion(const json_t *vector)
{
    struct merkle_head head = {.size = number_of(vector, "treeSize")};
    struct merkle_proof proof;
    struct hash leaf;

    return read_hash(text_of(vector, "root"), &head.root) &&
           read_hash(text_of(vector, "leafHash"), &leaf) &&
           read_proof(json_object_get(vector, "proof"), &proof) &&
           merkle_verify_inclusion(&head, number_of(vector, "leafIdx"), &leaf, &proof);
}

static bool
accepts_consistency(const json_t *vector)
{
    struct merkle_head older = {.size = number_of(vector, "size1")};
    struct merkle_head newer = {.size = number_of(vector, "size2")};
    struct merkle_proof proof;

    return read_hash(text_of(vector, "root1"), &older.root) &&
           read_hash(text_of(vector, "root2"), &newer.root) &&
           read_proof(json_object_get(vector, "proof"), &proof) &&
           consistency_holds(&older, &newer, &proof);
}

/* Judges every file of a folder of folders; `wantErr` says what the verdict must be. */
static void
judge_all(const char *folder, bool accepts(const json_t *vector))
{
    char path[PATH_MAX_LEN], pattern[PATH_MAX_LEN + 16];
    size_t accepted = 0;
    glob_t files;

    make_path(path, folder);
    skip_unless_there(path);
    snprintf(pattern, sizeof(pattern), "%s/*/*.json", path);
    assert_int_equal(glob(pattern, 0, NULL, &files), 0);
    for (size_t i = 0; i < files.gl_pathc; i++) {
        json_t *vector = load(files.gl_pathv[i]);
        bool wanted = json_is_false(json_object_get(vector, "wantErr"));

        accepted += wanted;
        if (accepts(vector) != wanted)
            fail_msg("%s: %s is the wrong verdict", files.gl_pathv[i],
                     wanted ? "refused" : "accepted");
        json_decref(vector);
    }
    assert_true(accepted > 0);
    assert_true(accepted < files.gl_pathc);
    globfree(&files);
}

static void
inclusion_proofs_are_judged_as_others_judge_them(void **state)
{
    (void)state;
    judge_all("merkle-rfc6962/inclusion", accepts_inclusion);
}

static void
consistency_proofs_are_judged_as_others_judge_them(void **state)
{
    (void)state;
    judge_all("merkle-rfc6962/consistency", accepts_consistency);
}

static void
the_tree_of_eight_has_the_hashes_of_each_level(void **state)
{
    json_t *vectors = load_vectors("merkle-rfc6962/tree8.json");
    json_t *inputs = json_object_get(vectors, "leaf_inputs_hex");
    json_t *levels = json_object_get(vectors, "node_hashes_by_level_hex");
    json_t *roots = json_object_get(vectors, "root_by_size_hex");
    struct hash leaves[8];

    (void)state;
    assert_int_equal(json_array_size(inputs), ARRAY_COUNT(leaves));
    for (size_t i = 0; i < ARRAY_COUNT(leaves); i++) {
        struct hex_bytes input = from_hex(json_string_value(json_array_get(inputs, i)));

        leaves[i] = merkle_leaf(hex_slice(&input));
    }
    for (size_t level = 0; level < json_array_size(levels); level++) {
        json_t *hashes = json_array_get(levels, level);
        size_t width = (size_t)1 << level;

        for (size_t i = 0; i < json_array_size(hashes); i++)
            assert_hash(merkle_root(leaves + i * width, width),
                        json_string_value(json_array_get(hashes, i)));
    }
    for (size_t size = 0; size < json_array_size(roots); size++)
        assert_hash(merkle_root(leaves, size), json_string_value(json_array_get(roots, size)));
    json_decref(vectors);
}

/* The ranges that accumulated-subtree.json calls valid. */
static bool
is_subtree(size_t begin, size_t end)
{
    size_t width = 1;

    while (width < end - begin)
        width *= 2;
    return begin == end || begin % width == 0;
}

static void
append_hash(struct buffer *lines, const struct hash *hash)
{
    char text[2 * HASH_SIZE + 1];

    assert_true(buffer_printf(lines, " %s", hex_format(hash_slice(hash), text)));
}

static void
append_subtree(struct buffer *roots, struct buffer *paths, const struct hash *leaves, size_t begin,
               size_t end)
{
    struct hash root = merkle_root(leaves + begin, end - begin);

    assert_true(buffer_printf(roots, "[%zu, %zu)", begin, end));
    append_hash(roots, &root);
    assert_true(buffer_append_byte(roots, '\n'));
    for (size_t index = begin; index < end; index++) {
        struct merkle_proof path;

        merkle_prove(leaves + begin, end - begin, index - begin, &path);
        assert_true(buffer_printf(paths, "%zu [%zu, %zu)", index, begin, end));
        for (size_t i = 0; i < path.count; i++)
            append_hash(paths, &path.hashes[i]);
        assert_true(buffer_append_byte(paths, '\n'));
    }
}

static void
assert_accumulated(const json_t *vectors, const char *name, struct buffer *lines)
{
    assert_hash(hash_sha256(buffer_slice(lines)),
                text_of(json_object_get(vectors, name), "sha256"));
    buffer_fini(lines);
}

static void
every_subtree_of_130_leaves_has_the_root_and_paths_of_others(void **state)
{
    json_t *vectors = load_vectors("merkle-rfc6962/accumulated-subtree.json");
    struct hash leaves[130];
    struct buffer roots, paths;

    (void)state;
    buffer_init(&roots, (size_t)64 << 20);
    buffer_init(&paths, (size_t)64 << 20);
    for (size_t i = 0; i < ARRAY_COUNT(leaves); i++) {
        uint8_t entry = (uint8_t)i;

        leaves[i] = merkle_leaf(slice_make(&entry, 1));
    }
    for (size_t end = 0; end <= ARRAY_COUNT(leaves); end++) {
        for (size_t begin = 0; begin <= end; begin++) {
            if (is_subtree(begin, end))
                append_subtree(&roots, &paths, leaves, begin, end);
        }
    }
    assert_accumulated(vectors, "subtree_hash", &roots);
    assert_accumulated(vectors, "subtree_inclusion", &paths);
    json_decref(vectors);
}

static void
judge_note(const json_t *vector)
{
    struct note_verifier *verifier = note_verifier_parse(slice_text(text_of(vector, "vkey")));
    const struct note_verifier *known[] = {verifier};
    struct note note;

    assert_non_null(verifier);

    const char *fault = note_parse(slice_text(text_of(vector, "note")), &note);

    if (fault == NULL)
        fault = note_verify(&note, known, 1);
    assert_true((fault == NULL) == json_is_true(json_object_get(vector, "valid")));
    note_verifier_free(verifier);
}

static void
notes_and_their_keys_are_judged_as_others_judge_them(void **state)
{
    json_t *vectors = load_vectors("signed-note/notes.json");
    json_t *notes = json_object_get(vectors, "notes");
    json_t *bad_keys = json_object_get(vectors, "bad_vkeys");

    (void)state;
    assert_true(json_array_size(notes) > 0);
    for (size_t i = 0; i < json_array_size(notes); i++)
        judge_note(json_array_get(notes, i));
    for (size_t i = 0; i < json_array_size(bad_keys); i++)
        assert_null(note_verifier_parse(slice_text(text_of(json_array_get(bad_keys, i), "vkey"))));
    json_decref(vectors);
}

static void
dsse_encodes_as_its_protocol_says(void **state)
{
    json_t *vectors = load_vectors("dsse/dsse.json");
    struct buffer encoding;

    (void)state;
    buffer_init(&encoding, 1000);
    assert_true(dsse_encode(text_of(vectors, "payload_type"), slice_text(text_of(vectors, "body")),
                            &encoding));
    assert_slice(buffer_slice(&encoding), text_of(vectors, "pae"));
    buffer_fini(&encoding);
    json_decref(vectors);
}

#define SM2_PREFIX "3059301306072a8648ce3d020106082a811ccf5501822d034200"

static void
the_sm2_signature_of_gbt_32918_verifies(void **state)
{
    json_t *vectors = load_vectors("sm2-sm3/sm2_sm3.json");
    json_t *annex_a = json_object_get(vectors, "sm2_gbt_32918_5_annex_a");
    struct hex_bytes point = from_hex(text_of(annex_a, "public_key_uncompressed_hex"));
    struct hex_bytes spki = from_hex(SM2_PREFIX);
    struct hex_bytes signature = from_hex(text_of(annex_a, "r_hex"));
    struct hex_bytes s = from_hex(text_of(annex_a, "s_hex"));
    struct slice message = slice_text(text_of(annex_a, "message"));

    (void)state;
    memcpy(spki.bytes + spki.len, point.bytes, point.len);
    memcpy(signature.bytes + 32, s.bytes, 32);
    spki.len += point.len;
    signature.len += 32;

    struct public_key *key = public_key_parse(hex_slice(&spki));

    assert_non_null(key);
    assert_true(public_key_verify(key, message, hex_slice(&signature)));
    assert_false(public_key_verify(key, slice_text("message digesT"), hex_slice(&signature)));
    public_key_free(key);
    json_decref(vectors);
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
        cmocka_unit_test(inclusion_proofs_are_judged_as_others_judge_them),
        cmocka_unit_test(consistency_proofs_are_judged_as_others_judge_them),
        cmocka_unit_test(the_tree_of_eight_has_the_hashes_of_each_level),
        cmocka_unit_test(every_subtree_of_130_leaves_has_the_root_and_paths_of_others),
        cmocka_unit_test(notes_and_their_keys_are_judged_as_others_judge_them),
        cmocka_unit_test(dsse_encodes_as_its_protocol_says),
        cmocka_unit_test(the_sm2_signature_of_gbt_32918_verifies),
    };

    return cmocka_run_group_tests(tests, NULL, free_crypto);
}
