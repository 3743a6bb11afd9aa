#pragma once

#include "crypto/identity_keys.h"
#include "flow/call.h"

/*
 * Who calls. Institutions send a token that they sign (crypto/jwt.h), learners
 * the token of their session; both as "authorization: Bearer …".
 *
 * A token that was verified is kept by its hash until it expires or the key
 * ring (store/key_ring.h) is dropped, at most CREDENTIALS_TOKENS_MAX of them.
 */
struct credentials;

#define CREDENTIALS_TOKENS_MAX 2048

/* What the bank is called, and what it seals persons with. All borrowed. */
struct credentials_config {
    const char *log_origin;
    const char *operator_id;
    const struct identity_keys *identity_keys;
};

struct credentials *credentials_new(const struct credentials_config *config) MUST_USE;
void credentials_free(struct credentials *credentials);
const struct credentials_config *credentials_config(const struct call *call);

/* For rpc: the operation that finds out who sent the token, and the size of its state. */
struct step credentials_authenticate(struct call *call, struct slice token, step_fn *next) MUST_USE;
extern const size_t credentials_authenticate_state_size;

/*
 * The token of a session: "cbs_" and 32 random bytes in URL-safe base64. Only
 * its SHA-256 is kept.
 */
#define SESSION_TOKEN_SIZE (4 + 43 + 1)
void session_token_draw(char token[SESSION_TOKEN_SIZE]);
struct hash session_token_hash(struct slice token);
