#include "credential.h"

#include "base/memory.h"
#include "base/panic.h"
#include "crypto/jwt.h"

#include "key.h"

#define MICROS_PER_SECOND 1000000

void
credential_init(struct credential *credential, const struct creditbank_options *options)
{
    *credential = (struct credential){.key = options->key};
    if (options->log_origin != NULL)
        credential->audience = xstrdup(options->log_origin);
    if (options->session_token != NULL)
        credential->session_token = xstrdup(options->session_token);
    buffer_init(&credential->token, JWT_MAX);
}

void
credential_fini(struct credential *credential)
{
    buffer_fini(&credential->token);
    xfree(credential->session_token);
    xfree(credential->audience);
}

struct slice
credential_token(struct credential *credential, int64_t now_us)
{
    if (credential->session_token != NULL)
        return slice_text(credential->session_token);
    if (credential->key == NULL)
        return slice_make(NULL, 0);
    if (now_us >= credential->token_until_us ||
        now_us < credential->token_until_us - CREDENTIAL_LIFE_S * (int64_t)MICROS_PER_SECOND) {
        buffer_clear(&credential->token);
        /* The origin's length was checked when the client was made. */
        if (!jwt_sign(credential->key->private, slice_text(credential->audience), now_us,
                      CREDENTIAL_LIFE_S, &credential->token))
            panic("a token is longer than %zu bytes", JWT_MAX);
        credential->token_until_us =
            now_us + (CREDENTIAL_LIFE_S - CREDENTIAL_MARGIN_S) * (int64_t)MICROS_PER_SECOND;
    }
    return buffer_slice(&credential->token);
}
