/*
 * SessionService.SignOut: ends the session that the call comes with.
 *
 *   sign_out --end session--> ended
 */
#include "api/methods.h"
#include "creditbank/v1/session_service.pb-c.h"
#include "store/session.h"

static step_fn ended;

static struct step
sign_out(struct call *call)
{
    const struct caller *caller = call_caller(call);

    return store_end_session(call, slice_text(caller->account_no), caller->session_id, ended);
}

static struct step
ended(struct call *call)
{
    Creditbank__V1__SignOutResponse *response = arena_alloc(call_arena(call), sizeof(*response));

    creditbank__v1__sign_out_response__init(response);
    return call_reply(call, response);
}

const struct method session_sign_out_method = {
    .name = "creditbank.v1.SessionService/SignOut",
    .start = sign_out,
    .callers = MAY_LEARNER,
};
