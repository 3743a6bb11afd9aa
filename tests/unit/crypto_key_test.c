/* crypto/key: published signatures verify, everything else is refused; keys in files. */
#include "base/base64.h"
#include "crypto/crypto.h"
#include "crypto/key.h"
#include "crypto/key_file.h"

#include "crypto_helpers.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define ED25519_SPKI "302a300506032b6570032100"
#define P256_SPKI "3059301306072a8648ce3d020106082a8648ce3d03010703420004"
#define SM2_SPKI "3059301306072a8648ce3d020106082a811ccf5501822d03420004"

/* RFC 6979 A.2.5 and GB/T 32918.5 annex A: the public keys. */
#define RFC_6979_KEY                                                             \
    P256_SPKI "60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6" \
              "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299"
#define GBT_32918_KEY                                                           \
    SM2_SPKI "09f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020" \
             "ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13"

/* The orders of the two groups, SEC 2 2.4.2 and GB/T 32918.5. */
#define P256_ORDER "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551"
#define SM2_ORDER "fffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123"

static const enum key_algorithm algorithms[] = {KEY_ED25519, KEY_P256, KEY_SM2};

static void
published_signatures_verify(void **state)
{
    static const struct {
        const char *spki, *message, *signature;
        enum key_algorithm algorithm;
    } cases[] = {
        /* RFC 8032 7.1, tests 1 and 3. */
        {ED25519_SPKI "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
         "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555"
         "fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
         KEY_ED25519},
        {ED25519_SPKI "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
         "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
         "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
         KEY_ED25519},
        /* RFC 6979 A.2.5 with SHA-256: "sample", "test". */
        {RFC_6979_KEY, "73616d706c65",
         "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716"
         "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8",
         KEY_P256},
        {RFC_6979_KEY, "74657374",
         "f1abb023518351cd71d881567b1ea663ed3efcf6c5132b354f28d3b0b7d38367"
         "019f4113742a2b14bd25926b49c649155f267e60d3814b4c0cc84250e46f0083",
         KEY_P256},
        /* GB/T 32918.5 annex A: "message digest". */
        {GBT_32918_KEY, "6d65737361676520646967657374",
         "f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3"
         "b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa",
         KEY_SM2},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        struct public_key *key = key_from_hex(cases[i].spki);
        struct hex_bytes message = from_hex(cases[i].message);
        struct hex_bytes signature = from_hex(cases[i].signature);
        struct hex_bytes spki = from_hex(cases[i].spki);
        struct hash id = hash_sha256(hex_slice(&spki));

        assert_non_null(key);
        assert_int_equal(public_key_algorithm(key), cases[i].algorithm);
        assert_true(slice_equal(public_key_spki(key), hex_slice(&spki)));
        assert_true(hash_equal(public_key_id(key), &id));
        for (int again = 0; again < 2; again++)
            assert_true(public_key_verify(key, hex_slice(&message), hex_slice(&signature)));
        message.bytes[message.len++] = 0;
        assert_false(public_key_verify(key, hex_slice(&message), hex_slice(&signature)));
        public_key_free(key);
    }
}

/* PKCS#8 of the seed of RFC 8032 7.1 test 1: Ed25519 signatures are deterministic. */
static void
signing_with_ed25519_gives_the_published_signature(void **state)
{
    struct hex_bytes der = from_hex("302e020100300506032b657004220420"
                                    "9d61b19deffd5a60ba844af492ec2cc4"
                                    "4449c5697b326919703bac031cae7f60");
    struct hex_bytes expected =
        from_hex("e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555"
                 "fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b");
    struct private_key *key;
    struct buffer pem;

    (void)state;
    buffer_init(&pem, KEY_PEM_MAX);
    assert_true(buffer_printf(&pem, "-----BEGIN PRIVATE KEY-----\n"));
    assert_true(base64_encode(BASE64_STANDARD, hex_slice(&der), &pem));
    assert_true(buffer_printf(&pem, "\n-----END PRIVATE KEY-----\n"));
    assert_null(private_key_parse(buffer_slice(&pem), slice_make(NULL, 0), &key));

    struct signature signature = private_key_sign(key, slice_make(NULL, 0));

    assert_true(slice_equal(signature_slice(&signature), hex_slice(&expected)));
    private_key_free(key);
    buffer_fini(&pem);
}

static void
every_bit_of_a_signature_matters(void **state)
{
    struct slice message = slice_text("message");

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(algorithms); i++) {
        struct private_key *key = private_key_generate(algorithms[i]);
        const struct public_key *public = private_key_public(key);
        struct signature signature = private_key_sign(key, message);

        assert_int_equal(public_key_algorithm(public), algorithms[i]);
        assert_true(public_key_verify(public, message, signature_slice(&signature)));
        for (size_t bit = 0; bit < (size_t)SIGNATURE_SIZE * 8; bit++) {
            signature.bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
            assert_false(public_key_verify(public, message, signature_slice(&signature)));
            signature.bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
        }
        assert_true(public_key_verify(public, message, signature_slice(&signature)));
        private_key_free(key);
    }
}

static void
a_signature_of_another_key_or_length_is_refused(void **state)
{
    struct slice message = slice_text("message");

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(algorithms); i++) {
        struct private_key *key = private_key_generate(algorithms[i]);
        uint8_t longer[SIGNATURE_SIZE + 1] = {0};
        struct signature signature = private_key_sign(key, message);

        memcpy(longer, signature.bytes, SIGNATURE_SIZE);
        for (size_t len = 0; len <= sizeof(longer); len++)
            assert_true(public_key_verify(private_key_public(key), message,
                                          slice_make(longer, len)) == (len == SIGNATURE_SIZE));
        for (size_t j = 0; j < ARRAY_COUNT(algorithms); j++) {
            struct private_key *other = private_key_generate(algorithms[j]);

            assert_false(
                public_key_verify(private_key_public(other), message, signature_slice(&signature)));
            private_key_free(other);
        }
        private_key_free(key);
    }
}

/* OpenSSL is given DER, in which these would be other numbers or none. */
static void
r_and_s_lie_between_one_and_the_order(void **state)
{
    static const char *const zero =
        "0000000000000000000000000000000000000000000000000000000000000000";
    static const char *const one =
        "0000000000000000000000000000000000000000000000000000000000000001";
    static const char *const most =
        "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff";
    const struct {
        const char *spki, *order;
    } curves[] = {{RFC_6979_KEY, P256_ORDER}, {GBT_32918_KEY, SM2_ORDER}};

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(curves); i++) {
        struct public_key *key = key_from_hex(curves[i].spki);
        const char *const numbers[] = {zero, one, curves[i].order, most};

        for (size_t j = 0; j < 16; j++) {
            struct hex_bytes r = from_hex(numbers[j / 4]), s = from_hex(numbers[j % 4]);

            memcpy(r.bytes + 32, s.bytes, 32);
            assert_false(public_key_verify(key, slice_text("m"), slice_make(r.bytes, 64)));
        }
        public_key_free(key);
    }
}

/* r + n is r again modulo the order: it must not be a second encoding of a signature. */
static void
a_number_plus_the_order_is_not_the_number(void **state)
{
    struct hex_bytes order = from_hex(P256_ORDER);
    struct hex_bytes signature =
        from_hex("f1abb023518351cd71d881567b1ea663ed3efcf6c5132b354f28d3b0b7d38367"
                 "019f4113742a2b14bd25926b49c649155f267e60d3814b4c0cc84250e46f0083");
    struct public_key *key = key_from_hex(RFC_6979_KEY);
    unsigned carry = 0;

    (void)state;
    for (size_t i = 32; i-- > 0;) {
        unsigned sum = signature.bytes[32 + i] + order.bytes[i] + carry;

        signature.bytes[32 + i] = (uint8_t)sum;
        carry = sum >> 8;
    }
    assert_false(public_key_verify(key, slice_text("test"), hex_slice(&signature)));
    public_key_free(key);
}

static void
keys_that_are_not_canonical_are_refused(void **state)
{
    static const char *const cases[] = {
        "",
        "30",
        /* A compressed point. */
        "3039301306072a8648ce3d020106082a8648ce3d030107032200"
        "0360fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6",
        /* A hybrid point (6 or 7). */
        "3059301306072a8648ce3d020106082a8648ce3d03010703420007"
        "60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6"
        "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299",
        /* Not on the curve: the last bit of y. */
        P256_SPKI "60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6"
                  "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462298",
        /* A point of P-256 under SM2's name. */
        SM2_SPKI "60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6"
                 "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299",
        /* x = p, which is 0 again. */
        P256_SPKI "ffffffff00000001000000000000000000000000ffffffffffffffffffffffff"
                  "66485c780e2f83d72433bd5d84a06bb6541c2af31dae871728bf856a174f93f4",
        /* secp256k1. */
        "3056301006072a8648ce3d020106052b8104000a03420004"
        "79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798"
        "483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8",
        /* Lengths in more bytes than they need. */
        "30812a300506032b6570032100"
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        /* Parameters (NULL) where RFC 8410 has none. */
        "302c300706032b65700500032100"
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        /* X25519. */
        "302a300506032b656e032100"
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        /* Ed25519: y = p + 1, y = 2^255 - 1, and the points of small order. */
        ED25519_SPKI "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        ED25519_SPKI "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        ED25519_SPKI "0000000000000000000000000000000000000000000000000000000000000000",
        ED25519_SPKI "0000000000000000000000000000000000000000000000000000000000000080",
        ED25519_SPKI "0100000000000000000000000000000000000000000000000000000000000000",
        ED25519_SPKI "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        ED25519_SPKI "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
        ED25519_SPKI "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        ED25519_SPKI "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
        ED25519_SPKI "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++)
        assert_null(key_from_hex(cases[i]));
}

static void
a_key_with_a_byte_more_or_less_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(algorithms); i++) {
        struct private_key *key = private_key_generate(algorithms[i]);
        struct slice spki = public_key_spki(private_key_public(key));
        uint8_t longer[KEY_SPKI_MAX + 1] = {0};

        memcpy(longer, spki.at, spki.len);
        assert_null(public_key_parse(slice_make(longer, spki.len + 1)));
        for (size_t len = 0; len < spki.len; len++)
            assert_null(public_key_parse(slice_make(longer, len)));
        private_key_free(key);
    }
}

static void
an_ed25519_key_is_its_32_bytes(void **state)
{
    struct hex_bytes raw =
        from_hex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
    struct public_key *key = public_key_from_ed25519(hex_slice(&raw));

    (void)state;
    assert_non_null(key);
    assert_true(slice_equal(public_key_ed25519(key), hex_slice(&raw)));
    assert_null(public_key_from_ed25519(slice_make(raw.bytes, 31)));
    public_key_free(key);
}

static void
algorithms_have_names(void **state)
{
    enum key_algorithm algorithm;

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(algorithms); i++) {
        struct slice name = slice_text(key_algorithm_name(algorithms[i]));

        assert_true(key_algorithm_from_name(name, &algorithm));
        assert_int_equal(algorithm, algorithms[i]);
    }
    assert_false(key_algorithm_from_name(slice_text("none"), &algorithm));
    assert_false(key_algorithm_from_name(slice_text(""), &algorithm));
}

static void
a_key_comes_back_from_its_pem(void **state)
{
    static const char *const passphrases[] = {"", "correct horse 电池"};

    (void)state;
    for (size_t i = 0; i < 2 * ARRAY_COUNT(algorithms); i++) {
        struct private_key *key = private_key_generate(algorithms[i / 2]), *back;
        struct slice passphrase = slice_text(passphrases[i % 2]);
        struct buffer pem;

        buffer_init(&pem, KEY_PEM_MAX);
        assert_null(private_key_format(key, passphrase, &pem));
        assert_null(private_key_parse(buffer_slice(&pem), passphrase, &back));
        assert_true(hash_equal(public_key_id(private_key_public(key)),
                               public_key_id(private_key_public(back))));

        struct signature signature = private_key_sign(back, slice_text("m"));

        assert_true(public_key_verify(private_key_public(key), slice_text("m"),
                                      signature_slice(&signature)));
        private_key_free(back);
        private_key_free(key);
        buffer_fini(&pem);
    }
}

/* Longer than it may be, it would lock the key away for ever. */
static void
a_key_is_encrypted_only_with_a_passphrase_that_opens_it(void **state)
{
    static char text[KEY_PASSPHRASE_MAX + 1];
    struct private_key *key = private_key_generate(KEY_ED25519), *back;
    struct buffer pem;

    (void)state;
    memset(text, 'a', sizeof(text));
    buffer_init(&pem, KEY_PEM_MAX);
    assert_non_null(private_key_format(key, slice_make(text, sizeof(text)), &pem));
    assert_int_equal(pem.len, 0);
    assert_null(private_key_format(key, slice_make(text, KEY_PASSPHRASE_MAX), &pem));
    assert_null(private_key_parse(buffer_slice(&pem), slice_make(text, KEY_PASSPHRASE_MAX), &back));
    private_key_free(back);
    private_key_free(key);
    buffer_fini(&pem);
}

/* Made by `openssl genpkey -algorithm ed25519 -aes-256-cbc -pass pass:correct-horse`. */
static const char foreign_pem[] =
    "-----BEGIN ENCRYPTED PRIVATE KEY-----\n"
    "MIGbMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAiHZVKJ45NQVgICCAAw\n"
    "DAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEEPjklRiK0TtMe1dXECtok1AEQEY0\n"
    "zM3yaOR8qhixtdSCBv6hS5x74/EEYUWBfjYWU+FdssygFeqwzh3OepjQPR3vnhs2\n"
    "5hX1JfubNWohbZgHYI8=\n"
    "-----END ENCRYPTED PRIVATE KEY-----\n";

static void
an_encrypted_key_opens_with_its_passphrase_only(void **state)
{
    /* What `openssl pkey -pubout` said of it. */
    struct slice public =
        slice_text("MCowBQYDK2VwAyEA/Gt1/yb/KgZL48zeIt63UJd64zG7dNEuJfYLYGWR/MI=");
    struct slice pem = slice_text(foreign_pem);
    struct private_key *key;
    uint8_t spki[44];

    (void)state;
    assert_null(private_key_parse(pem, slice_text("correct-horse"), &key));
    assert_true(base64_decode_exact(BASE64_STANDARD, public, spki, sizeof(spki)));
    assert_true(
        slice_equal(public_key_spki(private_key_public(key)), slice_make(spki, sizeof(spki))));
    private_key_free(key);
    assert_string_equal(private_key_parse(pem, slice_text("Correct-horse"), &key),
                        "the passphrase is wrong, or the key is damaged");
    assert_string_equal(private_key_parse(pem, slice_make(NULL, 0), &key),
                        "the key is encrypted, and there is no passphrase");
}

static void
what_is_no_key_of_ours_is_refused(void **state)
{
    static const struct {
        const char *pem, *fault;
    } cases[] = {
        /* Ed448. */
        {"-----BEGIN PRIVATE KEY-----\n"
         "MEcCAQAwBQYDK2VxBDsEOUdlDxjeTt8jeKuWZQo3DUGpg3Vh4rnoWyCW2EzRgwn8\n"
         "IH6TXMVDmKjmM3LvqkQjSJy/Nx0DeRUiDA==\n"
         "-----END PRIVATE KEY-----\n",
         "the key is none of Ed25519, P-256 and SM2"},
        {"-----BEGIN PRIVATE KEY-----\nMEcCAQAw\n-----END PRIVATE KEY-----\n",
         "the key is damaged"},
        {"-----BEGIN PRIVATE KEY-----\n", "the key is damaged"},
        {"-----BEGIN EC PRIVATE KEY-----\nMEcCAQAw\n-----END EC PRIVATE KEY-----\n",
         "the key is not PKCS#8 in PEM"},
        {"-----BEGIN PUBLIC KEY-----\n"
         "MCowBQYDK2VwAyEA/Gt1/yb/KgZL48zeIt63UJd64zG7dNEuJfYLYGWR/MI=\n"
         "-----END PUBLIC KEY-----\n",
         "the key is not PKCS#8 in PEM"},
        {"", "the key is not PKCS#8 in PEM"},
    };
    struct private_key *key;

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++)
        assert_string_equal(private_key_parse(slice_text(cases[i].pem), slice_text("p"), &key),
                            cases[i].fault);
}

struct folder {
    char path[64];
    char file[80];
};

static struct folder
make_folder(void)
{
    struct folder folder = {.path = "/tmp/creditbank-key-XXXXXX"};

    assert_non_null(mkdtemp(folder.path));
    snprintf(folder.file, sizeof(folder.file), "%s/key", folder.path);
    return folder;
}

static void
remove_folder(const struct folder *folder)
{
    unlink(folder->file);
    assert_int_equal(rmdir(folder->path), 0);
}

static void
a_key_file_is_made_once_and_for_its_owner_alone(void **state)
{
    struct folder folder = make_folder();
    struct buffer bytes;
    struct stat status;

    (void)state;
    buffer_init(&bytes, KEY_PEM_MAX);
    assert_string_equal(key_file_read(folder.file, &bytes), "the file does not exist");
    assert_null(key_file_write(folder.file, slice_text("secret")));
    assert_int_equal(stat(folder.file, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
    assert_null(key_file_read(folder.file, &bytes));
    assert_slice(buffer_slice(&bytes), "secret");
    assert_string_equal(key_file_write(folder.file, slice_text("other")),
                        "the file exists already");
    buffer_fini(&bytes);
    remove_folder(&folder);
}

static void
a_key_file_open_to_others_is_refused(void **state)
{
    static const mode_t modes[] = {0640, 0604, 0620, 0601, 0777};
    struct folder folder = make_folder();
    struct buffer bytes;

    (void)state;
    buffer_init(&bytes, KEY_PEM_MAX);
    assert_null(key_file_write(folder.file, slice_text("secret")));
    for (size_t i = 0; i < ARRAY_COUNT(modes); i++) {
        assert_int_equal(chmod(folder.file, modes[i]), 0);
        assert_string_equal(key_file_read(folder.file, &bytes),
                            "the file is open to others than its owner (chmod 600)");
    }
    assert_int_equal(chmod(folder.file, 0400), 0);
    assert_null(key_file_read(folder.file, &bytes));
    buffer_fini(&bytes);
    remove_folder(&folder);
}

static void
a_key_file_that_is_none_is_refused(void **state)
{
    struct folder folder = make_folder();
    struct buffer bytes;

    (void)state;
    buffer_init(&bytes, 3);
    assert_string_equal(key_file_read(folder.path, &bytes), "the file is not a regular file");
    assert_null(key_file_write(folder.file, slice_text("four")));
    assert_string_equal(key_file_read(folder.file, &bytes), "the file is too long");
    buffer_fini(&bytes);
    remove_folder(&folder);
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
        cmocka_unit_test(published_signatures_verify),
        cmocka_unit_test(signing_with_ed25519_gives_the_published_signature),
        cmocka_unit_test(every_bit_of_a_signature_matters),
        cmocka_unit_test(a_signature_of_another_key_or_length_is_refused),
        cmocka_unit_test(r_and_s_lie_between_one_and_the_order),
        cmocka_unit_test(a_number_plus_the_order_is_not_the_number),
        cmocka_unit_test(keys_that_are_not_canonical_are_refused),
        cmocka_unit_test(a_key_with_a_byte_more_or_less_is_refused),
        cmocka_unit_test(an_ed25519_key_is_its_32_bytes),
        cmocka_unit_test(algorithms_have_names),
        cmocka_unit_test(a_key_comes_back_from_its_pem),
        cmocka_unit_test(a_key_is_encrypted_only_with_a_passphrase_that_opens_it),
        cmocka_unit_test(an_encrypted_key_opens_with_its_passphrase_only),
        cmocka_unit_test(what_is_no_key_of_ours_is_refused),
        cmocka_unit_test(a_key_file_is_made_once_and_for_its_owner_alone),
        cmocka_unit_test(a_key_file_open_to_others_is_refused),
        cmocka_unit_test(a_key_file_that_is_none_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, free_crypto);
}
