/* session list: where one is signed in. */
#include "view.h"

#include "creditbank/v1/session_service.pb-c.h"

static const struct column rows[] = {
    {{"会话", "Session"}, "session_id"}, {{"开始", "Began"}, "create_time"},
    {{"到期", "Ends"}, "expire_time"},   {{"地址", "Address"}, "address"},
    {{"当前", "This one"}, "current"},   {{0}, NULL}};

static const struct query query = {
    .service = &creditbank__v1__session_service__descriptor,
    .method = "ListSessions",
    .rows = "sessions",
    .row_columns = rows,
};

const struct command cmd_session_list = {
    .name = "session list",
    .summary = {"列出登录会话", "list one's sessions"},
    .query = &query,
    .run = run_query,
};
