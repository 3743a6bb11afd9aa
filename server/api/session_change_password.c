/*
 * SessionService.ChangePassword: sets a new password and ends all other sessions.
 *
 *   change_password --count attempt--> got_sign_in --verify old--> verified --hash new--> hashed
 *   --store--> changed
 */
#include "api/methods.h"
#include "api/password.h"
#include "calculator/calculator.h"
#include "creditbank/v1/session_service.pb-c.h"
#include "crypto/random.h"
#include "store/session.h"

struct change_password {
    struct sign_in sign_in;
    bool matches;
    struct password_hash hash;
};

static step_fn got_sign_in, verified, hashed, changed;

static struct step
change_password(struct call *call)
{
    const Creditbank__V1__ChangePasswordRequest *req = call_request(call);
    struct change_password *s = call_state(call);

    if (!password_is_long_enough(req->new_password))
        return call_refuse(call, REASON_PASSWORD_LENGTH, "new_password", "%s", PASSWORD_CHARACTERS);
    if (!password_is_long_enough(req->old_password))
        return call_refuse(call, REASON_SIGN_IN_FAILED, "old_password", "%s", "");
    return store_begin_sign_in(call, slice_text(call_caller(call)->account_no), &s->sign_in,
                               got_sign_in);
}

static struct step
got_sign_in(struct call *call)
{
    const Creditbank__V1__ChangePasswordRequest *req = call_request(call);
    struct change_password *s = call_state(call);
    const char *encoded = s->sign_in.encoded;

    return calculator_verify_password(call, slice_text(req->old_password),
                                      encoded != NULL ? encoded : password_of_nobody, &s->matches,
                                      verified);
}

static struct step
verified(struct call *call)
{
    const Creditbank__V1__ChangePasswordRequest *req = call_request(call);
    struct change_password *s = call_state(call);
    uint8_t salt[PASSWORD_SALT_SIZE];

    if (!s->matches || s->sign_in.encoded == NULL)
        return call_refuse(call, REASON_SIGN_IN_FAILED, "old_password", "%s", "");
    random_bytes(salt, sizeof(salt));
    return calculator_hash_password(call, slice_text(req->new_password), salt, &s->hash, hashed);
}

static struct step
hashed(struct call *call)
{
    struct change_password *s = call_state(call);
    const struct caller *caller = call_caller(call);
    struct password_change change = {.old_encoded = s->sign_in.encoded,
                                     .new_encoded = s->hash.text};

    return store_change_password(call, slice_text(caller->account_no), &change, caller->session_id,
                                 changed);
}

static struct step
changed(struct call *call)
{
    Creditbank__V1__ChangePasswordResponse *response =
        arena_alloc(call_arena(call), sizeof(*response));

    creditbank__v1__change_password_response__init(response);
    return call_reply(call, response);
}

const struct method session_change_password_method = {
    .name = "creditbank.v1.SessionService/ChangePassword",
    .start = change_password,
    .state_size = sizeof(struct change_password),
    .callers = MAY_LEARNER,
};
