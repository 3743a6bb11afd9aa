/*
 * AccountService.IssueActivationCodes: codes with which learners activate their accounts.
 *
 *   issue_activation_codes --store hashes--> issued
 *
 * The codes leave in this answer and are nowhere else.
 */
#include "api/activation_code.h"
#include "api/methods.h"
#include "convert/reply.h"
#include "convert/reply_entry.h"
#include "core/terms.h"
#include "creditbank/v1/account_service.pb-c.h"
#include "store/session.h"

#define CODES_MAX 1000

struct issue_activation_codes {
    char (*codes)[ACTIVATION_CODE_SIZE];
    struct code_list list;
};

static step_fn issued;

static struct step
issue_activation_codes(struct call *call)
{
    const Creditbank__V1__IssueActivationCodesRequest *req = call_request(call);
    struct issue_activation_codes *s = call_state(call);
    size_t count = req->n_account_nos;

    if (count < 1 || count > CODES_MAX)
        return call_refuse(call, REASON_FIELD_RANGE, "account_nos", "1..%d", CODES_MAX);
    s->codes = arena_array(call_arena(call), count, sizeof(*s->codes));
    s->list.count = count;
    s->list.codes = arena_array(call_arena(call), count, sizeof(*s->list.codes));
    for (size_t i = 0; i < count; i++) {
        struct issued_code *code = &s->list.codes[i];

        activation_code_draw(s->codes[i]);
        code->account_no = slice_text(req->account_nos[i]);
        if (!activation_code_hash(slice_text(s->codes[i]), &code->code_hash))
            return call_refuse(call, REASON_INTERNAL_ERROR, "", "%s", "");
    }
    return store_issue_codes(call, slice_text(call_caller(call)->institution_id), &s->list, issued);
}

static struct step
issued(struct call *call)
{
    const struct issue_activation_codes *s = call_state(call);
    struct arena *arena = call_arena(call);
    Creditbank__V1__IssueActivationCodesResponse *response = arena_alloc(arena, sizeof(*response));

    creditbank__v1__issue_activation_codes_response__init(response);
    response->codes = reply_list(arena, s->list.count, sizeof(**response->codes));
    for (size_t i = 0; i < s->list.count; i++) {
        Creditbank__V1__ActivationCode *to = response->codes[response->n_codes];

        if (!s->list.codes[i].is_issued)
            continue;
        creditbank__v1__activation_code__init(to);
        to->account_no = reply_text(arena, s->list.codes[i].account_no);
        to->code = reply_text(arena, slice_text(s->codes[i]));
        to->student_no = reply_text(arena, s->list.codes[i].student_no);
        to->expire_time = reply_time(arena, call_now_us(call) + ACTIVATION_LIFE_US);
        response->n_codes++;
    }
    return call_reply(call, response);
}

const struct method account_issue_activation_codes_method = {
    .name = "creditbank.v1.AccountService/IssueActivationCodes",
    .start = issue_activation_codes,
    .state_size = sizeof(struct issue_activation_codes),
    .callers = MAY_SCHOOL,
    .duties = DUTY_BIT(DUTY_POST),
};
