/*
 * SessionService.RevokeSession: ends one of the learner's sessions.
 *
 *   revoke_session --end session--> ended
 */
#include "store/session.h"
#include "api/methods.h"
#include "base/hex.h"
#include "creditbank/v1/session_service.pb-c.h"

static step_fn ended;

static struct step
revoke_session(struct call *call)
{
    const Creditbank__V1__RevokeSessionRequest *req = call_request(call);
    uint8_t session_id[SESSION_ID_SIZE];

    if (!hex_parse(slice_text(req->session_id), session_id, sizeof(session_id)))
        return call_refuse(call, REASON_SESSION_UNKNOWN, "session_id", "%s", "");
    return store_end_session(call, slice_text(call_caller(call)->account_no), session_id, ended);
}

static struct step
ended(struct call *call)
{
    Creditbank__V1__RevokeSessionResponse *response =
        arena_alloc(call_arena(call), sizeof(*response));

    creditbank__v1__revoke_session_response__init(response);
    return call_reply(call, response);
}

const struct method session_revoke_session_method = {
    .name = "creditbank.v1.SessionService/RevokeSession",
    .start = revoke_session,
    .callers = MAY_LEARNER,
};
