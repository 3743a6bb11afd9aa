/* crypto/jwt: the tokens of institutions, and all that is not quite one. */
#include "base/base64.h"
#include "crypto/crypto.h"
#include "crypto/jwt.h"

#include "crypto_helpers.h"

#include <inttypes.h>
#include <stdio.h>

#define NOW_S 1788000000
#define NOW_US ((int64_t)NOW_S * 1000000)
#define LOG "bank.example/log"

static const enum key_algorithm algorithms[] = {KEY_ED25519, KEY_P256, KEY_SM2};

/* A key, its id in text, and a buffer for tokens. */
struct signer {
    struct private_key *key;
    const struct public_key *public;
    char id[2 * HASH_SIZE + 1];
    struct buffer token;
};

static void
signer_init(struct signer *signer, enum key_algorithm algorithm)
{
    signer->key = private_key_generate(algorithm);
    signer->public = private_key_public(signer->key);
    hex_format(hash_slice(public_key_id(signer->public)), signer->id);
    buffer_init(&signer->token, 2 * JWT_MAX);
}

static void
signer_fini(struct signer *signer)
{
    private_key_free(signer->key);
    buffer_fini(&signer->token);
}

/* Signs any header and claims, with their "%s" standing for the key's id. */
static struct slice
sign_token(struct signer *signer, const char *header, const char *claims)
{
    struct slice parts[] = {slice_text(header), slice_text(claims)};

    buffer_clear(&signer->token);
    for (size_t i = 0; i < 2; i++) {
        struct buffer text;

        buffer_init(&text, JWT_MAX);
        for (size_t j = 0; j < parts[i].len; j++) {
            bool is_id = parts[i].at[j] == '%';

            assert_true(buffer_append(&text, is_id ? slice_text(signer->id)
                                                   : slice_make(parts[i].at + j, 1)));
        }
        assert_true(i == 0 || buffer_append_byte(&signer->token, '.'));
        assert_true(base64_encode(BASE64_URL, buffer_slice(&text), &signer->token));
        buffer_fini(&text);
    }

    struct signature signature = private_key_sign(signer->key, buffer_slice(&signer->token));

    assert_true(buffer_append_byte(&signer->token, '.'));
    assert_true(base64_encode(BASE64_URL, signature_slice(&signature), &signer->token));
    return buffer_slice(&signer->token);
}

static const char *
judge(struct slice token, const struct public_key *key, const char *audience, int64_t now_us)
{
    struct jwt jwt;
    const char *fault = jwt_parse(token, &jwt);

    return fault != NULL ? fault : jwt_verify(&jwt, key, slice_text(audience), now_us);
}

static void
a_token_of_each_algorithm_verifies(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(algorithms); i++) {
        struct signer signer;
        struct jwt jwt;

        signer_init(&signer, algorithms[i]);
        assert_true(jwt_sign(signer.key, slice_text(LOG), NOW_US, 300, &signer.token));
        assert_null(jwt_parse(buffer_slice(&signer.token), &jwt));
        assert_true(hash_equal(&jwt.key_id, public_key_id(signer.public)));
        assert_int_equal(jwt.issued_s, NOW_S);
        assert_int_equal(jwt.expires_s, NOW_S + 300);
        assert_null(jwt_verify(&jwt, signer.public, slice_text(LOG), NOW_US));
        assert_string_equal(jwt_verify(&jwt, signer.public, slice_text("other.example"), NOW_US),
                            "the token is meant for another bank");
        signer_fini(&signer);
    }
}

#define HEADER "{\"alg\":\"ES256\",\"kid\":\"%\",\"typ\":\"JWT\"}"
#define CLAIMS "{\"iss\":\"%\",\"aud\":\"" LOG "\",\"iat\":1788000000,\"exp\":1788000300}"

static void
a_token_that_others_wrote_is_read_whatever_the_order_and_blanks(void **state)
{
    struct signer signer;

    (void)state;
    signer_init(&signer, KEY_P256);
    assert_null(judge(sign_token(&signer, HEADER, CLAIMS), signer.public, LOG, NOW_US));
    assert_null(
        judge(sign_token(&signer, "{ \"typ\": \"JWT\", \"kid\": \"%\", \"alg\": \"ES256\" }",
                         "{ \"exp\": 1788000060, \"iat\": 1788000000, \"jti\": \"7\", "
                         "\"aud\": \"" LOG "\", \"iss\": \"%\" }"),
              signer.public, LOG, NOW_US));
    signer_fini(&signer);
}

static void
a_token_holds_only_while_it_is_valid(void **state)
{
    const struct {
        int64_t later_s;
        const char *fault;
    } cases[] = {
        {-JWT_SKEW_S - 1, "the token is not valid yet"},
        {-JWT_SKEW_S, NULL},
        {300, NULL},
        {300 + JWT_SKEW_S, NULL},
        {300 + JWT_SKEW_S + 1, "the token has expired"},
    };
    struct signer signer;

    (void)state;
    signer_init(&signer, KEY_ED25519);
    assert_true(jwt_sign(signer.key, slice_text(LOG), NOW_US, 300, &signer.token));
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        const char *fault = judge(buffer_slice(&signer.token), signer.public, LOG,
                                  NOW_US + cases[i].later_s * 1000000);

        if (cases[i].fault == NULL)
            assert_null(fault);
        else
            assert_string_equal(fault, cases[i].fault);
    }
    signer_fini(&signer);
}

static void
a_header_that_is_not_ours_is_refused(void **state)
{
    static const char *const shape = "the token's header is not {alg, kid, typ}";
    static const char *const alg = "the token's alg is none of EdDSA, ES256 and SM2SM3";
    const struct {
        const char *header, *fault;
    } cases[] = {
        {"{\"alg\":\"none\",\"kid\":\"%\",\"typ\":\"JWT\"}", alg},
        {"{\"alg\":\"HS256\",\"kid\":\"%\",\"typ\":\"JWT\"}", alg},
        {"{\"alg\":\"es256\",\"kid\":\"%\",\"typ\":\"JWT\"}", alg},
        {"{\"alg\":\"EdDSA\",\"kid\":\"%\",\"typ\":\"JWT\"}",
         "the token's alg is not that of its key"},
        {"{\"alg\":\"ES256\",\"kid\":\"%\",\"typ\":\"jwt\"}", "the token's typ is not JWT"},
        {"{\"alg\":\"ES256\",\"kid\":\"%\"}", shape},
        {"{\"alg\":\"ES256\",\"typ\":\"JWT\"}", shape},
        {"{\"alg\":\"ES256\",\"kid\":1,\"typ\":\"JWT\"}", shape},
        {"{\"alg\":\"ES256\",\"kid\":\"%\",\"typ\":\"JWT\",\"crit\":[\"b64\"]}", shape},
        {"{\"alg\":\"ES256\",\"alg\":\"ES256\",\"kid\":\"%\",\"typ\":\"JWT\"}", shape},
        {"{\"alg\":\"ES256\",\"kid\":\"%0\",\"typ\":\"JWT\"}", "the token's kid is not a key id"},
        {"{\"alg\":\"ES256\",\"kid\":\"\",\"typ\":\"JWT\"}", "the token's kid is not a key id"},
        {"[]", shape},
        {"", shape},
        {HEADER "x", shape},
        {"\"text\"", shape},
    };
    struct signer signer;

    (void)state;
    signer_init(&signer, KEY_P256);
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++)
        assert_string_equal(
            judge(sign_token(&signer, cases[i].header, CLAIMS), signer.public, LOG, NOW_US),
            cases[i].fault);
    signer_fini(&signer);
}

static void
claims_that_are_not_ours_are_refused(void **state)
{
    static const char *const shape = "the token's claims are not {iss, aud, iat, exp, jti}";
    static const char *const life = "the token is valid for more than 5 minutes, or for none";
#define WHO "{\"iss\":\"%\",\"aud\":\"" LOG "\","
    const struct {
        const char *claims, *fault;
    } cases[] = {
        {WHO "\"iat\":1788000000,\"exp\":1788000301}", life},
        {WHO "\"iat\":1788000000,\"exp\":1788000000}", life},
        {WHO "\"iat\":1788000000,\"exp\":9223372036854775807}", life},
        {WHO "\"iat\":-9223372036854775808,\"exp\":9223372036854775807}", life},
        {WHO "\"iat\":-1,\"exp\":1}", life},
        {WHO "\"iat\":1788000000,\"exp\":9223372036854775808}", shape},
        {WHO "\"iat\":1788000000.5,\"exp\":1788000300}", shape},
        {WHO "\"iat\":\"1788000000\",\"exp\":1788000300}", shape},
        {WHO "\"iat\":1788000000}", shape},
        {WHO "\"exp\":1788000300}", shape},
        {WHO "\"iat\":1788000000,\"exp\":1788000300,\"exp\":1788000300}", shape},
        {WHO "\"iat\":1788000000,\"exp\":1788000300,\"sub\":\"x\"}", shape},
        {WHO "\"iat\":1788000000,\"exp\":1788000300,\"jti\":7}", shape},
        {WHO "\"iat\":1788000000,\"exp\":1788000300,\"jti\":\"%%\"}",
         "the token's jti is too long"},
        {"{\"iss\":\"\",\"aud\":\"" LOG "\",\"iat\":1788000000,\"exp\":1788000300}",
         "the token's iss is not its kid"},
        {"{\"iss\":\"0000000000000000000000000000000000000000000000000000000000000000\","
         "\"aud\":\"" LOG "\",\"iat\":1788000000,\"exp\":1788000300}",
         "the token's iss is not its kid"},
        {"{\"iss\":\"%\",\"aud\":[\"" LOG "\"],\"iat\":1788000000,\"exp\":1788000300}", shape},
        {"{\"iss\":\"%\",\"aud\":\"" LOG "\\u0000\",\"iat\":1788000000,\"exp\":1788000300}", shape},
        {"{\"iss\":\"%\",\"aud\":\"" LOG "2\",\"iat\":1788000000,\"exp\":1788000300}",
         "the token is meant for another bank"},
        {"{\"iss\":\"%\",\"aud\":\"\\ud800\",\"iat\":1788000000,\"exp\":1788000300}", shape},
        {"{\"iss\":\"%\",\"aud\":\"" LOG "\",\"iat\":NaN,\"exp\":1788000300}", shape},
        {"null", shape},
    };
#undef WHO
    struct signer signer;

    (void)state;
    signer_init(&signer, KEY_P256);
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++)
        assert_string_equal(
            judge(sign_token(&signer, HEADER, cases[i].claims), signer.public, LOG, NOW_US),
            cases[i].fault);
    signer_fini(&signer);
}

static void
a_token_of_another_key_is_refused(void **state)
{
    struct signer signer, other;

    (void)state;
    signer_init(&signer, KEY_P256);
    signer_init(&other, KEY_P256);
    assert_string_equal(judge(sign_token(&signer, HEADER, CLAIMS), other.public, LOG, NOW_US),
                        "the token names another key");

    /* Signed by one, naming the other. */
    memcpy(signer.id, other.id, sizeof(signer.id));
    assert_string_equal(judge(sign_token(&signer, HEADER, CLAIMS), other.public, LOG, NOW_US),
                        "the token's signature is wrong");
    signer_fini(&signer);
    signer_fini(&other);
}

static void
no_byte_of_a_token_can_be_changed(void **state)
{
    struct signer signer;

    (void)state;
    signer_init(&signer, KEY_ED25519);
    assert_true(jwt_sign(signer.key, slice_text(LOG), NOW_US, 60, &signer.token));

    struct slice token = buffer_slice(&signer.token);

    assert_null(judge(token, signer.public, LOG, NOW_US));
    for (size_t bit = 0; bit < token.len * 8; bit++) {
        signer.token.at[bit / 8] ^= (uint8_t)(1 << bit % 8);
        assert_non_null(judge(token, signer.public, LOG, NOW_US));
        signer.token.at[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    for (size_t len = 0; len < token.len; len++)
        assert_non_null(judge(slice_make(token.at, len), signer.public, LOG, NOW_US));
    signer_fini(&signer);
}

static void
what_has_not_three_parts_is_refused(void **state)
{
    static const char *const cases[] = {"", ".", "..", "...", "a", "a.b", "a.b.c.d", "=.=.="};
    char longest[JWT_MAX + 2];
    struct jwt jwt;

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++)
        assert_non_null(jwt_parse(slice_text(cases[i]), &jwt));
    memset(longest, '[', sizeof(longest));
    assert_string_equal(jwt_parse(slice_make(longest, JWT_MAX + 1), &jwt), "the token is too long");
}

static void
a_token_beyond_the_buffer_is_not_made(void **state)
{
    struct signer signer;
    struct buffer small;

    (void)state;
    signer_init(&signer, KEY_ED25519);
    buffer_init(&small, 200);
    assert_false(jwt_sign(signer.key, slice_text(LOG), NOW_US, 60, &small));
    assert_false(jwt_sign(signer.key, slice_text("\xff"), NOW_US, 60, &signer.token));
    buffer_fini(&small);
    signer_fini(&signer);
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
        cmocka_unit_test(a_token_of_each_algorithm_verifies),
        cmocka_unit_test(a_token_that_others_wrote_is_read_whatever_the_order_and_blanks),
        cmocka_unit_test(a_token_holds_only_while_it_is_valid),
        cmocka_unit_test(a_header_that_is_not_ours_is_refused),
        cmocka_unit_test(claims_that_are_not_ours_are_refused),
        cmocka_unit_test(a_token_of_another_key_is_refused),
        cmocka_unit_test(no_byte_of_a_token_can_be_changed),
        cmocka_unit_test(what_has_not_three_parts_is_refused),
        cmocka_unit_test(a_token_beyond_the_buffer_is_not_made),
    };

    return cmocka_run_group_tests(tests, NULL, free_crypto);
}
