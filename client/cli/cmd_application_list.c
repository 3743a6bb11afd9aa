/* application list: a learner's own, or a school's queue. */
#include "view.h"

#include "creditbank/v1/application_service.pb-c.h"

static const struct argument arguments[] = {
    {"state",
     ARGUMENT_OPTION,
     false,
     "state",
     {"只看一种状态：submitted 已提交、accepted 已受理、returned 已退回补正、reviewed 已初审、"
      "approved 已认定、rejected 不予认定、withdrawn 已撤回、not-accepted 不予受理",
      "only in this state: submitted, accepted, returned, reviewed, approved, rejected, withdrawn "
      "or not-accepted"}},
    {0}};

static const struct column rows[] = {{{"申请", "Application"}, "application_no"},
                                     {{"账号", "Account"}, "account_no"},
                                     {{"学校", "School"}, "school_id"},
                                     {{"转换办法", "Rulebook"}, "rulebook_id"},
                                     {{"版本", "Version"}, "version"},
                                     {{"状态", "State"}, "state"},
                                     {{"变更次数", "Revision"}, "revision"},
                                     {{0}, NULL}};

static const struct query query = {
    .service = &creditbank__v1__application_service__descriptor,
    .method = "ListApplications",
    .rows = "applications",
    .row_columns = rows,
};

const struct command cmd_application_list = {
    .name = "application list",
    .summary = {"列出申请，早的在前", "list applications, oldest first"},
    .arguments = arguments,
    .query = &query,
    .run = run_query,
};
