#include "api/session_opened.h"

#include "crypto/random.h"

void
session_draw(const struct call *call, struct slice account_no, const char *encoded,
             struct session_opened *session)
{
    struct session *row = &session->row.session;

    session_token_draw(session->token);
    session->row.token_hash = session_token_hash(slice_text(session->token));
    session->row.encoded = encoded;
    random_bytes(row->session_id, sizeof(row->session_id));
    row->account_no = account_no;
    row->create_time_us = call_now_us(call);
    row->expire_time_us = row->create_time_us + SESSION_LIFE_US;
    row->address = slice_text(call_caller(call)->address);
}
