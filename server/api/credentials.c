#include "api/credentials.h"

#include "base/base64.h"
#include "base/memory.h"
#include "base/scope.h"
#include "core/item.h"
#include "crypto/jwt.h"
#include "crypto/random.h"
#include "flow/op.h"
#include "store/key_ring.h"
#include "store/session.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>

#define SESSION_PREFIX "cbs_"
#define SESSION_SECRET_SIZE 32

/* A token that was verified; it stands in the slot that its hash names. */
struct known_token {
    struct hash hash;
    uint64_t epoch; /* of the key ring; 0: the slot is empty */
    int64_t expires_us;
    struct caller caller;
};

struct credentials {
    struct credentials_config config;
    struct known_token tokens[CREDENTIALS_TOKENS_MAX];
};

struct authenticate {
    struct hash hash;
    struct jwt jwt;
    uint64_t epoch; /* of the key ring when the key was asked for */
    const struct ring_key *key;
    struct session session;
    step_fn *next;
};

const size_t credentials_authenticate_state_size = sizeof(struct authenticate);

struct credentials *
credentials_new(const struct credentials_config *config)
{
    struct credentials *credentials = xcalloc(1, sizeof(*credentials));

    credentials->config = *config;
    return credentials;
}

void
credentials_free(struct credentials *credentials)
{
    xfree(credentials);
}

const struct credentials_config *
credentials_config(const struct call *call)
{
    return &call_runtime(call)->credentials->config;
}

void
session_token_draw(char token[SESSION_TOKEN_SIZE])
{
    uint8_t secret[SESSION_SECRET_SIZE];
    SCOPED(buffer_fini) struct buffer text;

    random_bytes(secret, sizeof(secret));
    buffer_init(&text, SESSION_TOKEN_SIZE);

    bool fits = base64_encode(BASE64_URL, slice_make(secret, sizeof(secret)), &text);

    assert(fits);
    snprintf(token, SESSION_TOKEN_SIZE, SESSION_PREFIX "%.*s", (int)text.len,
             (const char *)text.at);
}

struct hash
session_token_hash(struct slice token)
{
    return hash_sha256(token);
}

static struct known_token *
slot_of(struct credentials *credentials, const struct hash *hash)
{
    unsigned number = hash->bytes[0] | (unsigned)hash->bytes[1] << 8;

    return &credentials->tokens[number % CREDENTIALS_TOKENS_MAX];
}

static bool
is_known(const struct known_token *token, const struct call *call, const struct hash *hash)
{
    return token->epoch != 0 && token->epoch == key_ring_epoch(call_runtime(call)->key_ring) &&
           token->expires_us > call_now_us(call) && hash_equal(&token->hash, hash);
}

static struct step
refuse_token(struct call *call, const char *why)
{
    return call_refuse(call, REASON_CREDENTIAL_INVALID, "authorization", "%s", why);
}

/* Learners */

static struct step
got_session(struct call *call)
{
    struct authenticate *s = call_state(call);
    struct caller caller = {.kind = CALLER_LEARNER};
    struct slice account_no = s->session.account_no;

    assert(account_no.len <= ACCOUNT_NO_MAX);
    memcpy(caller.account_no, account_no.at, account_no.len);
    memcpy(caller.session_id, s->session.session_id, sizeof(caller.session_id));
    call_set_caller(call, &caller);
    return s->next(call);
}

/* Institutions */

static struct step
got_key(struct call *call)
{
    struct authenticate *s = call_state(call);
    struct credentials *credentials = call_runtime(call)->credentials;
    struct known_token *token = slot_of(credentials, &s->hash);
    struct caller caller = {.kind = CALLER_INSTITUTION};
    const char *fault;

    if (s->key == NULL)
        return call_refuse(call, REASON_KEY_UNKNOWN, "authorization", "%s", "");
    if (s->key->revoked_entry != ENTRY_NONE)
        return call_refuse(call, REASON_KEY_REVOKED, "authorization", "%" PRId64,
                           s->key->revoked_entry);
    fault = jwt_verify(&s->jwt, s->key->key, slice_text(credentials->config.log_origin),
                       call_now_us(call));
    if (fault != NULL)
        return refuse_token(call, fault);

    memcpy(caller.institution_id, s->key->institution_id, sizeof(caller.institution_id));
    caller.institution_kind = s->key->institution_kind;
    caller.duties = s->key->duties;
    memcpy(caller.key_id, s->key->key_id.bytes, sizeof(caller.key_id));
    call_set_caller(call, &caller);
    *token = (struct known_token){
        .hash = s->hash,
        .epoch = s->epoch,
        .expires_us = s->jwt.expires_s * 1000000,
        .caller = caller,
    };
    return s->next(call);
}

struct step
credentials_authenticate(struct call *call, struct slice token, step_fn *next)
{
    struct authenticate *s = call_state(call);
    struct slice prefix = slice_text(SESSION_PREFIX);
    const struct known_token *known;
    const char *fault;

    s->next = next;
    s->hash = hash_sha256(token);
    if (token.len >= prefix.len && memcmp(token.at, prefix.at, prefix.len) == 0)
        return store_find_session(call, &s->hash, &s->session, got_session);

    known = slot_of(call_runtime(call)->credentials, &s->hash);
    if (is_known(known, call, &s->hash)) {
        call_set_caller(call, &known->caller);
        return next(call);
    }
    fault = jwt_parse(token, &s->jwt);
    if (fault != NULL)
        return refuse_token(call, fault);
    s->epoch = key_ring_epoch(call_runtime(call)->key_ring);
    return store_look_up_key(call, &s->jwt.key_id, &s->key, got_key);
}
