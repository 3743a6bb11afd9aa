/* session revoke: ends one of the learner's sessions. */
#include "view.h"

#include "creditbank/v1/session_service.pb-c.h"

static const struct argument arguments[] = {{"SESSION",
                                             ARGUMENT_OPERAND,
                                             true,
                                             "session_id",
                                             {"会话，32 位十六进制", "32 hexadecimal digits"}},
                                            {0}};

static const struct query query = {
    .service = &creditbank__v1__session_service__descriptor,
    .method = "RevokeSession",
};

const struct command cmd_session_revoke = {
    .name = "session revoke",
    .summary = {"结束一个登录会话", "end one of one's sessions"},
    .arguments = arguments,
    .query = &query,
    .run = run_query,
};
