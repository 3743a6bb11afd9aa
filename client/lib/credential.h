#pragma once

#include "base/buffer.h"

#include "creditbank.h"

/* What a client signs in with: an institution's key, a learner's session, or nothing. */
struct credential {
    const struct creditbank_key *key; /* borrowed; or NULL */
    char *audience;                   /* the log's origin; owned */
    char *session_token;              /* owned; or NULL */
    struct buffer token;              /* the JWT in use */
    int64_t token_until_us;           /* when a new one is made */
};

/* How long a JWT lives, and how long before its end a new one is made. */
#define CREDENTIAL_LIFE_S 240
#define CREDENTIAL_MARGIN_S 60

void credential_init(struct credential *credential, const struct creditbank_options *options);
void credential_fini(struct credential *credential);

/* The bearer token at this moment; the empty slice where there is none. Valid until the next call.
 */
struct slice credential_token(struct credential *credential, int64_t now_us);
