#include "crypto/jwt.h"

#include "base/base64.h"
#include "base/hex.h"
#include "base/scope.h"

#include <assert.h>
#include <jansson.h>

#define US_PER_S 1000000
#define KEY_ID_TEXT_SIZE (2 * HASH_SIZE + 1)
#define JTI_MAX 64

/* RFC 7518 3.1 and RFC 8037 3.1; SM2 with SM3 has no registered name. */
static const char *const algorithm_names[] = {
    [KEY_ED25519] = "EdDSA", [KEY_P256] = "ES256", [KEY_SM2] = "SM2SM3"};

static void
free_json(json_t **json)
{
    json_decref(*json);
}

/* What stands before the next full stop; moves `rest` past it. */
static bool
take_part(struct slice *rest, struct slice *part)
{
    const uint8_t *stop = rest->len == 0 ? NULL : memchr(rest->at, '.', rest->len);

    if (stop == NULL)
        return false;
    *part = slice_make(rest->at, (size_t)(stop - rest->at));
    *rest = slice_make(stop + 1, rest->len - part->len - 1);
    return true;
}

/* The object that a part encodes, or NULL. */
static json_t *
load(struct slice part)
{
    SCOPED(buffer_fini) struct buffer text;

    buffer_init(&text, JWT_MAX);
    if (!base64_decode(BASE64_URL, part, &text))
        return NULL;
    return json_loadb((const char *)text.at, text.len, JSON_REJECT_DUPLICATES, NULL);
}

static bool
find_algorithm(const char *name, enum key_algorithm *algorithm)
{
    for (size_t i = KEY_ED25519; i < ARRAY_COUNT(algorithm_names); i++) {
        if (strcmp(name, algorithm_names[i]) != 0)
            continue;
        *algorithm = (enum key_algorithm)i;
        return true;
    }
    return false;
}

static const char *
read_header(struct slice part, struct jwt *jwt)
{
    SCOPED(free_json) json_t *header = load(part);
    const char *alg, *kid, *typ;

    if (header == NULL || json_unpack_ex(header, NULL, JSON_STRICT, "{s:s, s:s, s:s}", "alg", &alg,
                                         "kid", &kid, "typ", &typ) != 0)
        return "the token's header is not {alg, kid, typ}";
    if (strcmp(typ, "JWT") != 0)
        return "the token's typ is not JWT";
    if (!find_algorithm(alg, &jwt->algorithm))
        return "the token's alg is none of EdDSA, ES256 and SM2SM3";
    if (!hex_parse(slice_text(kid), jwt->key_id.bytes, HASH_SIZE))
        return "the token's kid is not a key id";
    return NULL;
}

static const char *
read_claims(struct slice part, struct jwt *jwt)
{
    SCOPED(free_json) json_t *claims = load(part);
    const char *iss, *aud, *jti = "";
    json_int_t iat, exp;
    struct hash issuer;

    if (claims == NULL ||
        json_unpack_ex(claims, NULL, JSON_STRICT, "{s:s, s:s, s:I, s:I, s?:s}", "iss", &iss, "aud",
                       &aud, "iat", &iat, "exp", &exp, "jti", &jti) != 0)
        return "the token's claims are not {iss, aud, iat, exp, jti}";
    if (!hex_parse(slice_text(iss), issuer.bytes, HASH_SIZE) || !hash_equal(&issuer, &jwt->key_id))
        return "the token's iss is not its kid";
    if (iat < 0 || exp <= iat || exp - iat > JWT_LIFE_MAX_S)
        return "the token is valid for more than 5 minutes, or for none";
    if (strlen(jti) > JTI_MAX)
        return "the token's jti is too long";
    jwt->audience = hash_sha256(slice_text(aud));
    jwt->issued_s = iat;
    jwt->expires_s = exp;
    return NULL;
}

const char *
jwt_parse(struct slice text, struct jwt *jwt)
{
    struct slice rest = text, header, claims;

    if (text.len > JWT_MAX)
        return "the token is too long";
    if (!take_part(&rest, &header) || !take_part(&rest, &claims))
        return "the token has not three parts";
    if (!base64_decode_exact(BASE64_URL, rest, jwt->signature.bytes, SIGNATURE_SIZE))
        return "the token's signature is not 64 bytes in base64url";
    jwt->signed_part = slice_make(text.at, header.len + 1 + claims.len);

    const char *fault = read_header(header, jwt);

    return fault != NULL ? fault : read_claims(claims, jwt);
}

static const char *
check_times(const struct jwt *jwt, int64_t now_s)
{
    if (jwt->expires_s < now_s - JWT_SKEW_S)
        return "the token has expired";
    if (jwt->issued_s > now_s + JWT_SKEW_S)
        return "the token is not valid yet";
    return NULL;
}

const char *
jwt_verify(const struct jwt *jwt, const struct public_key *key, struct slice audience,
           int64_t now_us)
{
    struct hash expected = hash_sha256(audience);
    const char *fault = check_times(jwt, now_us / US_PER_S);

    if (fault != NULL)
        return fault;
    if (!hash_equal(&jwt->key_id, public_key_id(key)))
        return "the token names another key";
    if (jwt->algorithm != public_key_algorithm(key))
        return "the token's alg is not that of its key";
    if (!hash_equal(&jwt->audience, &expected))
        return "the token is meant for another bank";
    if (!public_key_verify(key, jwt->signed_part, signature_slice(&jwt->signature)))
        return "the token's signature is wrong";
    return NULL;
}

/* Takes the object over; false also if there is none, or its text is not UTF-8. */
static bool
append_json(json_t *object, struct buffer *text)
{
    SCOPED(free_json) json_t *json = object;
    char *dump = json == NULL ? NULL : json_dumps(json, JSON_COMPACT);
    bool appended = dump != NULL && base64_encode(BASE64_URL, slice_text(dump), text);

    free(dump);
    return appended;
}

bool
jwt_sign(const struct private_key *key, struct slice audience, int64_t now_us, unsigned life_s,
         struct buffer *text)
{
    const struct public_key *public = private_key_public(key);
    json_int_t now_s = now_us / US_PER_S;
    char kid[KEY_ID_TEXT_SIZE];
    size_t start = text->len;

    assert(life_s > 0);
    assert(life_s <= JWT_LIFE_MAX_S);
    hex_format(hash_slice(public_key_id(public)), kid);
    if (!append_json(json_pack("{s:s, s:s, s:s}", "alg",
                               algorithm_names[public_key_algorithm(public)], "kid", kid, "typ",
                               "JWT"),
                     text) ||
        !buffer_append_byte(text, '.') ||
        !append_json(json_pack("{s:s, s:s%, s:I, s:I}", "iss", kid, "aud", audience.at,
                               audience.len, "iat", now_s, "exp", now_s + life_s),
                     text))
        return false;

    struct slice signed_part = slice_make(text->at + start, text->len - start);
    struct signature signature = private_key_sign(key, signed_part);

    return buffer_append_byte(text, '.') &&
           base64_encode(BASE64_URL, signature_slice(&signature), text);
}
