/* crypto: SHA-256 and HMAC by their published vectors; random bytes; sealing; DSSE. */
#include "crypto/crypto.h"
#include "crypto/dsse.h"
#include "crypto/hash.h"
#include "crypto/random.h"
#include "crypto/seal.h"

#include "crypto_helpers.h"

static void
sha256_gives_the_digests_of_fips_180(void **state)
{
    (void)state;
    assert_hash(hash_sha256(slice_make(NULL, 0)),
                "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    assert_hash(hash_sha256(slice_text("abc")),
                "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assert_hash(hash_sha256(slice_text("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")),
                "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

static void
parts_hash_as_if_they_stood_in_one_piece(void **state)
{
    const struct slice parts[] = {slice_text("a"), slice_make(NULL, 0), slice_text("bc")};

    (void)state;
    assert_hash(hash_sha256_parts(parts, ARRAY_COUNT(parts)),
                "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assert_hash(hash_sha256_parts(NULL, 0),
                "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

/* RFC 4231, cases 1, 2 and 6. */
static void
hmac_gives_the_codes_of_rfc_4231(void **state)
{
    uint8_t key[131];

    (void)state;
    memset(key, 0x0b, 20);
    assert_hash(hash_hmac(slice_make(key, 20), slice_text("Hi There")),
                "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
    assert_hash(hash_hmac(slice_text("Jefe"), slice_text("what do ya want for nothing?")),
                "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    memset(key, 0xaa, sizeof(key));
    assert_hash(hash_hmac(slice_make(key, sizeof(key)),
                          slice_text("Test Using Larger Than Block-Size Key - Hash Key First")),
                "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

static void
hashes_compare_byte_by_byte(void **state)
{
    struct hash a = {{0}}, b = {{0}};

    (void)state;
    assert_true(hash_equal(&a, &b));
    assert_int_equal(hash_compare(&a, &b), 0);
    b.bytes[HASH_SIZE - 1] = 1;
    assert_false(hash_equal(&a, &b));
    assert_true(hash_compare(&a, &b) < 0);
    a.bytes[0] = 0x80;
    assert_true(hash_compare(&a, &b) > 0);
}

static void
a_hash_is_32_bytes(void **state)
{
    uint8_t bytes[HASH_SIZE + 1] = {0};
    struct hash hash;

    (void)state;
    assert_true(hash_from_slice(slice_make(bytes, HASH_SIZE), &hash));
    assert_false(hash_from_slice(slice_make(bytes, HASH_SIZE - 1), &hash));
    assert_false(hash_from_slice(slice_make(bytes, HASH_SIZE + 1), &hash));
    assert_false(hash_from_slice(slice_make(NULL, 0), &hash));
}

static void
the_folder_can_be_used_again_after_it_was_freed(void **state)
{
    (void)state;
    crypto_fini();
    assert_hash(hash_sha256(slice_text("abc")),
                "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

static void
random_bytes_do_not_repeat(void **state)
{
    uint8_t a[32], b[32];

    (void)state;
    random_bytes(a, sizeof(a));
    random_bytes(b, sizeof(b));
    assert_memory_not_equal(a, b, sizeof(a));
    random_bytes(NULL, 0);
}

static struct seal_key
seal_key_from_hex(const char *text)
{
    struct hash hash = hash_from_hex(text);
    struct seal_key key;

    memcpy(key.bytes, hash.bytes, SEAL_KEY_SIZE);
    return key;
}

/* McGrew and Viega, "The Galois/Counter Mode of Operation", test case 16. */
#define GCM_KEY "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308"
#define GCM_CONTEXT "feedfacedeadbeeffeedfacedeadbeefabaddad2"
#define GCM_PLAIN                                                      \
    "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72" \
    "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39"
#define GCM_SEALED                                                     \
    "cafebabefacedbaddecaf888"                                         \
    "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa" \
    "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662"         \
    "76fc6ece0f4e1768cddf8853bb2d551b"

static void
sealed_bytes_open_as_gcm_says(void **state)
{
    struct seal_key key = seal_key_from_hex(GCM_KEY);
    struct hex_bytes context = from_hex(GCM_CONTEXT), plain = from_hex(GCM_PLAIN);
    struct hex_bytes sealed = from_hex(GCM_SEALED);
    struct buffer opened;

    (void)state;
    buffer_init(&opened, 1024);
    assert_true(seal_open(&key, hex_slice(&context), hex_slice(&sealed), &opened));
    assert_true(slice_equal(buffer_slice(&opened), hex_slice(&plain)));
    buffer_fini(&opened);
}

static void
sealed_bytes_with_one_bit_changed_do_not_open(void **state)
{
    struct seal_key key = seal_key_from_hex(GCM_KEY);
    struct hex_bytes context = from_hex(GCM_CONTEXT), sealed = from_hex(GCM_SEALED);
    struct buffer opened;

    (void)state;
    buffer_init(&opened, 1024);
    for (size_t bit = 0; bit < sealed.len * 8; bit++) {
        sealed.bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
        assert_false(seal_open(&key, hex_slice(&context), hex_slice(&sealed), &opened));
        sealed.bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    for (size_t len = 0; len < sealed.len; len++)
        assert_false(seal_open(&key, hex_slice(&context), slice_make(sealed.bytes, len), &opened));
    context.bytes[0] ^= 1;
    assert_false(seal_open(&key, hex_slice(&context), hex_slice(&sealed), &opened));
    context.bytes[0] ^= 1;
    key.bytes[31] ^= 1;
    assert_false(seal_open(&key, hex_slice(&context), hex_slice(&sealed), &opened));
    assert_int_equal(opened.len, 0);
    buffer_fini(&opened);
}

static void
sealing_opens_again_and_never_looks_the_same_twice(void **state)
{
    struct seal_key key;
    struct buffer first, second, opened;

    (void)state;
    random_bytes(key.bytes, sizeof(key.bytes));
    buffer_init(&first, 1024);
    buffer_init(&second, 1024);
    buffer_init(&opened, 1024);
    for (size_t len = 0; len < 40; len++) {
        uint8_t plain[40] = {7};

        buffer_clear(&first);
        buffer_clear(&second);
        buffer_clear(&opened);
        assert_true(seal(&key, slice_make(NULL, 0), slice_make(plain, len), &first));
        assert_true(seal(&key, slice_make(NULL, 0), slice_make(plain, len), &second));
        assert_int_equal(first.len, len + SEAL_OVERHEAD);
        assert_false(slice_equal(buffer_slice(&first), buffer_slice(&second)));
        assert_true(seal_open(&key, slice_make(NULL, 0), buffer_slice(&first), &opened));
        assert_true(slice_equal(buffer_slice(&opened), slice_make(plain, len)));
    }
    buffer_fini(&first);
    buffer_fini(&second);
    buffer_fini(&opened);
}

static void
sealing_beyond_the_buffer_fails(void **state)
{
    struct seal_key key = {{1}};
    struct buffer sealed;

    (void)state;
    buffer_init(&sealed, SEAL_OVERHEAD + 3);
    assert_false(seal(&key, slice_make(NULL, 0), slice_text("four"), &sealed));
    assert_int_equal(sealed.len, 0);
    assert_true(seal(&key, slice_make(NULL, 0), slice_text("two"), &sealed));
    buffer_fini(&sealed);
}

static void
a_wrapped_key_unwraps_under_its_epoch_only(void **state)
{
    struct seal_key epoch = {{1}}, other = {{2}}, key = {{3}}, unwrapped;
    struct buffer wrapped;

    (void)state;
    buffer_init(&wrapped, SEAL_WRAPPED_SIZE);
    assert_true(seal_wrap(&epoch, slice_text("account 1"), &key, &wrapped));
    assert_true(seal_unwrap(&epoch, slice_text("account 1"), buffer_slice(&wrapped), &unwrapped));
    assert_memory_equal(unwrapped.bytes, key.bytes, SEAL_KEY_SIZE);
    assert_false(seal_unwrap(&epoch, slice_text("account 2"), buffer_slice(&wrapped), &unwrapped));
    assert_false(seal_unwrap(&other, slice_text("account 1"), buffer_slice(&wrapped), &unwrapped));
    assert_false(seal_unwrap(&epoch, slice_text("account 1"),
                             slice_make(wrapped.at, wrapped.len - 1), &unwrapped));
    buffer_fini(&wrapped);
}

static void
wiping_leaves_no_key(void **state)
{
    struct seal_key key = {{3}}, zero = {{0}};

    (void)state;
    seal_key_wipe(&key);
    assert_memory_equal(key.bytes, zero.bytes, SEAL_KEY_SIZE);
}

static void
an_identity_is_indexed_by_key_type_and_number(void **state)
{
    struct seal_key key = {{1}}, other = {{2}};
    struct hash index = seal_index(&key, 1, slice_text("11010519491231002X"));
    struct hash same = seal_index(&key, 1, slice_text("11010519491231002X"));
    struct hash type = seal_index(&key, 11, slice_text("11010519491231002X"));
    struct hash shifted = seal_index(&key, 1, slice_text("111010519491231002X"));
    struct hash foreign = seal_index(&other, 1, slice_text("11010519491231002X"));
    uint8_t text[] = "creditbank.v1 identity index\0001\00011010519491231002X";
    struct hash expected =
        hash_hmac(slice_make(key.bytes, SEAL_KEY_SIZE), slice_make(text, sizeof(text) - 1));

    (void)state;
    assert_true(hash_equal(&index, &same));
    assert_true(hash_equal(&index, &expected));
    assert_false(hash_equal(&index, &type));
    assert_false(hash_equal(&type, &shifted));
    assert_false(hash_equal(&index, &foreign));
}

static void
dsse_encodes_type_and_payload_with_their_lengths(void **state)
{
    struct buffer encoding;

    (void)state;
    buffer_init(&encoding, 1024);
    assert_true(dsse_encode("http://example.com/HelloWorld", slice_text("hello world"), &encoding));
    assert_slice(buffer_slice(&encoding), "DSSEv1 29 http://example.com/HelloWorld 11 hello world");
    buffer_clear(&encoding);
    assert_true(dsse_encode("t", slice_make(NULL, 0), &encoding));
    assert_slice(buffer_slice(&encoding), "DSSEv1 1 t 0 ");
    buffer_fini(&encoding);
}

/* The DSSE protocol's own example: ECDSA P-256, r || s. */
static void
the_signature_of_the_dsse_protocol_verifies(void **state)
{
    struct public_key *key =
        key_from_hex("3059301306072a8648ce3d020106082a8648ce3d03010703420004"
                     "67cd390f77aa359cb08c2235f652270493a9ed832b0abcc01f70954c0390d238"
                     "0c782bd54e269125a44f4433aff1432ce94e12bca73aa67ac80cea12608ddf74");
    struct hex_bytes signature =
        from_hex("03726ab101ad56c2763b6c6aac8e487275e2a79193a09dc5f859d9f8ef3c4a3b"
                 "51eab0c06a369b64a7222537d4887a893dc200ae21060074d57825235b624864");
    const char *type = "http://example.com/HelloWorld";

    (void)state;
    assert_non_null(key);
    assert_true(dsse_verify(key, type, slice_text("hello world"), hex_slice(&signature)));
    assert_false(dsse_verify(key, type, slice_text("hello worlD"), hex_slice(&signature)));
    public_key_free(key);
}

static void
a_signature_for_one_type_does_not_count_for_another(void **state)
{
    struct private_key *key = private_key_generate(KEY_P256);
    struct signature signature = dsse_sign(key, DSSE_TRANSACTION, slice_text("payload"));
    const struct public_key *public = private_key_public(key);
    struct slice bytes = signature_slice(&signature);

    (void)state;
    assert_true(dsse_verify(public, DSSE_TRANSACTION, slice_text("payload"), bytes));
    assert_false(dsse_verify(public, DSSE_TRANSACTION, slice_text("payloae"), bytes));
    assert_false(dsse_verify(public, "application/other", slice_text("payload"), bytes));
    assert_false(public_key_verify(public, slice_text("payload"), bytes));
    private_key_free(key);
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
        cmocka_unit_test(sha256_gives_the_digests_of_fips_180),
        cmocka_unit_test(parts_hash_as_if_they_stood_in_one_piece),
        cmocka_unit_test(hmac_gives_the_codes_of_rfc_4231),
        cmocka_unit_test(hashes_compare_byte_by_byte),
        cmocka_unit_test(a_hash_is_32_bytes),
        cmocka_unit_test(the_folder_can_be_used_again_after_it_was_freed),
        cmocka_unit_test(random_bytes_do_not_repeat),
        cmocka_unit_test(sealed_bytes_open_as_gcm_says),
        cmocka_unit_test(sealed_bytes_with_one_bit_changed_do_not_open),
        cmocka_unit_test(sealing_opens_again_and_never_looks_the_same_twice),
        cmocka_unit_test(sealing_beyond_the_buffer_fails),
        cmocka_unit_test(a_wrapped_key_unwraps_under_its_epoch_only),
        cmocka_unit_test(wiping_leaves_no_key),
        cmocka_unit_test(an_identity_is_indexed_by_key_type_and_number),
        cmocka_unit_test(dsse_encodes_type_and_payload_with_their_lengths),
        cmocka_unit_test(the_signature_of_the_dsse_protocol_verifies),
        cmocka_unit_test(a_signature_for_one_type_does_not_count_for_another),
    };

    return cmocka_run_group_tests(tests, NULL, free_crypto);
}
