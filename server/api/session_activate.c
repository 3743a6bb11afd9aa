/*
 * SessionService.Activate: claims an account with the school's activation code.
 *
 *   activate --count attempt--> got_code --hash password--> hashed --sign--> signed_item --book-->
 *   booked --use code, set password--> code_used --open session--> opened
 *
 * An account that is active already, by a claim that broke off or because the
 * school issued a new code, is not activated again: hashed goes on to booked.
 */
#include "api/activation_code.h"
#include "api/methods.h"
#include "api/password.h"
#include "api/service_transaction.h"
#include "api/session_opened.h"
#include "calculator/calculator.h"
#include "convert/reply.h"
#include "convert/reply_entry.h"
#include "core/code.h"
#include "core/terms.h"
#include "creditbank/v1/session_service.pb-c.h"
#include "crypto/random.h"

struct activate {
    struct hash typed; /* of the code in the request */
    struct sign_in sign_in;
    struct password_hash password;
    struct service_transaction transaction;
    struct session_opened session;
};

static step_fn got_code, hashed, signed_item, booked, code_used, opened;

static struct step
activate(struct call *call)
{
    const Creditbank__V1__ActivateRequest *req = call_request(call);
    struct activate *s = call_state(call);

    if (!code_is_account_no(slice_text(req->account_no)))
        return call_refuse(call, REASON_ACCOUNT_NO_FORM, "account_no", "%s", "");
    if (!password_is_long_enough(req->password))
        return call_refuse(call, REASON_PASSWORD_LENGTH, "password", "%s", PASSWORD_CHARACTERS);
    if (!activation_code_hash(slice_text(req->activation_code), &s->typed))
        return call_refuse(call, REASON_ACTIVATION_CODE_WRONG, "activation_code", "%s", "");
    return store_begin_sign_in(call, slice_text(req->account_no), &s->sign_in, got_code);
}

static struct step
got_code(struct call *call)
{
    const Creditbank__V1__ActivateRequest *req = call_request(call);
    struct activate *s = call_state(call);
    bool may =
        s->sign_in.account_state == ACCOUNT_PRELOADED || s->sign_in.account_state == ACCOUNT_ACTIVE;
    uint8_t salt[PASSWORD_SALT_SIZE];

    if (!may || !s->sign_in.code_is_valid || !hash_equal(&s->sign_in.code_hash, &s->typed))
        return call_refuse(call, REASON_ACTIVATION_CODE_WRONG, "activation_code", "%s", "");
    random_bytes(salt, sizeof(salt));
    return calculator_hash_password(call, slice_text(req->password), salt, &s->password, hashed);
}

/* The same for every claim of an account, so that it is activated once. */
static void
make_request_id(const char *account_no, uint8_t request_id[REQUEST_ID_SIZE])
{
    const struct slice parts[] = {slice_text("activate"), slice_text(account_no)};
    struct hash hash = hash_sha256_parts(parts, ARRAY_COUNT(parts));

    memcpy(request_id, hash.bytes, REQUEST_ID_SIZE);
}

static struct step
hashed(struct call *call)
{
    const Creditbank__V1__ActivateRequest *req = call_request(call);
    struct activate *s = call_state(call);
    Creditbank__V1__AccountActivated activated;
    Creditbank__V1__Item item;
    uint8_t request_id[REQUEST_ID_SIZE];

    if (s->sign_in.account_state == ACCOUNT_ACTIVE)
        return booked(call);
    creditbank__v1__account_activated__init(&activated);
    creditbank__v1__item__init(&item);
    activated.account_no = req->account_no;
    item.body_case = CREDITBANK__V1__ITEM__BODY_ACCOUNT_ACTIVATED;
    item.account_activated = &activated;
    make_request_id(req->account_no, request_id);
    return service_transaction_sign(call, &s->transaction, &item, request_id, signed_item);
}

static struct step
signed_item(struct call *call)
{
    struct activate *s = call_state(call);

    return service_transaction_book(call, &s->transaction, booked);
}

static struct step
booked(struct call *call)
{
    const Creditbank__V1__ActivateRequest *req = call_request(call);
    struct activate *s = call_state(call);

    return store_use_code(call, slice_text(req->account_no), &s->typed, s->password.text,
                          code_used);
}

static struct step
code_used(struct call *call)
{
    const Creditbank__V1__ActivateRequest *req = call_request(call);
    struct activate *s = call_state(call);

    session_draw(call, slice_text(req->account_no), s->password.text, &s->session);
    return store_open_session(call, &s->session.row, opened);
}

static struct step
opened(struct call *call)
{
    struct activate *s = call_state(call);
    struct arena *arena = call_arena(call);
    Creditbank__V1__ActivateResponse *response = arena_alloc(arena, sizeof(*response));

    creditbank__v1__activate_response__init(response);
    response->session_token = s->session.token;
    response->expire_time = reply_time(arena, s->session.row.session.expire_time_us);
    return call_reply(call, response);
}

const struct method session_activate_method = {
    .name = "creditbank.v1.SessionService/Activate",
    .start = activate,
    .state_size = sizeof(struct activate),
    .callers = MAY_ANYBODY,
};
