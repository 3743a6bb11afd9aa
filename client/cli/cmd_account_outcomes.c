/* account outcomes: what stands in an account. */
#include "view.h"

#include "creditbank/v1/account_service.pb-c.h"

static const struct argument arguments[] = {
    {"ACCOUNT",
     ARGUMENT_OPERAND,
     false,
     "account_no",
     {"14 位账号；不填为本人", "14 digits; left out: one's own"}},
    {"kind",
     ARGUMENT_OPTION,
     false,
     "kind",
     {"只看一类：course-result、training-hours、certificate",
      "only course-result, training-hours or certificate"}},
    {0}};

static const struct column rows[] = {{{"机构", "Institution"}, "institution_id"},
                                     {{"编号", "Number"}, "outer_id"},
                                     {{"类型", "Kind"}, "kind"},
                                     {{"名称", "Title"}, "title"},
                                     {{"学时", "Hours"}, "centihours"},
                                     {{"学分", "Credits"}, "centicredits"},
                                     {{"成绩", "Score"}, "centiscore"},
                                     {{"日期", "Date"}, "date"},
                                     {{"状态", "State"}, "state"},
                                     {{"用于申请", "Used by"}, "used_by_application"},
                                     {{"日志条目", "Entry"}, "entry_index"},
                                     {{0}, NULL}};

static const struct query query = {
    .service = &creditbank__v1__account_service__descriptor,
    .method = "ListOutcomes",
    .rows = "outcomes",
    .row_columns = rows,
};

const struct command cmd_account_outcomes = {
    .name = "account outcomes",
    .summary = {"列出学习成果，新的在前", "list the outcomes, newest first"},
    .arguments = arguments,
    .query = &query,
    .run = run_query,
};
