/* account versions: one outcome with everything that it was before. */
#include "view.h"

#include "creditbank/v1/account_service.pb-c.h"

static const struct argument arguments[] = {
    {"INSTITUTION", ARGUMENT_OPERAND, true, "institution_id", {"登记机构", "who posted it"}},
    {"NUMBER", ARGUMENT_OPERAND, true, "outer_id", {"该机构的编号", "its number there"}},
    {"account",
     ARGUMENT_OPTION,
     false,
     "account_no",
     {"14 位账号；不填为本人", "14 digits; left out: one's own"}},
    {0}};

static const struct column rows[] = {
    {{"版本", "Version"}, "version"},       {{"名称", "Title"}, "title"},
    {{"成绩", "Score"}, "centiscore"},      {{"学分", "Credits"}, "centicredits"},
    {{"状态", "State"}, "state"},           {{"变更原因", "Reason"}, "change_reason"},
    {{"日志条目", "Entry"}, "entry_index"}, {{0}, NULL}};

static const struct query query = {
    .service = &creditbank__v1__account_service__descriptor,
    .method = "ListOutcomeVersions",
    .rows = "versions",
    .row_columns = rows,
};

const struct command cmd_account_versions = {
    .name = "account versions",
    .summary = {"列出一项成果的全部版本", "list every version of one outcome"},
    .arguments = arguments,
    .query = &query,
    .run = run_query,
};
