/*
 * SessionService.SignIn: signs in with account number and password.
 *
 *   sign_in --count attempt--> got_sign_in --verify--> verified --open session--> opened
 *
 * An account that is not there, or has no password, takes the same way to the
 * same answer. Only who has the password learns why its account is not open.
 */
#include "api/methods.h"
#include "api/password.h"
#include "api/session_opened.h"
#include "calculator/calculator.h"
#include "convert/reply.h"
#include "convert/reply_entry.h"
#include "core/code.h"
#include "core/terms.h"
#include "creditbank/v1/session_service.pb-c.h"

struct sign_in_call {
    struct sign_in sign_in;
    bool matches;
    struct session_opened session;
};

static step_fn got_sign_in, verified, opened;

static struct step
sign_in(struct call *call)
{
    const Creditbank__V1__SignInRequest *req = call_request(call);
    struct sign_in_call *s = call_state(call);

    if (!code_is_account_no(slice_text(req->account_no)))
        return call_refuse(call, REASON_ACCOUNT_NO_FORM, "account_no", "%s", "");
    if (!password_is_long_enough(req->password))
        return call_refuse(call, REASON_SIGN_IN_FAILED, "", "%s", "");
    return store_begin_sign_in(call, slice_text(req->account_no), &s->sign_in, got_sign_in);
}

static struct step
got_sign_in(struct call *call)
{
    const Creditbank__V1__SignInRequest *req = call_request(call);
    struct sign_in_call *s = call_state(call);
    const char *encoded = s->sign_in.encoded;

    return calculator_verify_password(call, slice_text(req->password),
                                      encoded != NULL ? encoded : password_of_nobody, &s->matches,
                                      verified);
}

static enum reason
reason_of_state(int32_t account_state)
{
    if (account_state == ACCOUNT_SUSPENDED)
        return REASON_ACCOUNT_SUSPENDED;
    return account_state == ACCOUNT_CLOSED ? REASON_ACCOUNT_CLOSED : REASON_SIGN_IN_FAILED;
}

static struct step
verified(struct call *call)
{
    const Creditbank__V1__SignInRequest *req = call_request(call);
    struct sign_in_call *s = call_state(call);

    if (!s->matches || s->sign_in.encoded == NULL)
        return call_refuse(call, REASON_SIGN_IN_FAILED, "", "%s", "");
    if (s->sign_in.account_state != ACCOUNT_ACTIVE)
        return call_refuse(call, reason_of_state(s->sign_in.account_state), "account_no", "%s",
                           req->account_no);
    session_draw(call, slice_text(req->account_no), s->sign_in.encoded, &s->session);
    return store_open_session(call, &s->session.row, opened);
}

static struct step
opened(struct call *call)
{
    struct sign_in_call *s = call_state(call);
    struct arena *arena = call_arena(call);
    Creditbank__V1__SignInResponse *response = arena_alloc(arena, sizeof(*response));

    creditbank__v1__sign_in_response__init(response);
    response->session_token = s->session.token;
    response->expire_time = reply_time(arena, s->session.row.session.expire_time_us);
    return call_reply(call, response);
}

const struct method session_sign_in_method = {
    .name = "creditbank.v1.SessionService/SignIn",
    .start = sign_in,
    .state_size = sizeof(struct sign_in_call),
    .callers = MAY_ANYBODY,
};
