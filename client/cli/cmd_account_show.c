/* account show: an account, its enrolments and totals. */
#include "view.h"

#include "creditbank/v1/account_service.pb-c.h"

static const struct argument arguments[] = {
    {"ACCOUNT",
     ARGUMENT_OPERAND,
     false,
     "account_no",
     {"14 位账号；不填为本人", "14 digits; left out: one's own"}},
    {0}};

static const struct column record[] = {{{"账号", "Account"}, "account_no"},
                                       {{"状态", "State"}, "state"},
                                       {{"姓名", "Name"}, "name"},
                                       {{"证件类型", "Document"}, "document_type"},
                                       {{"证件号码", "Number"}, "document_number"},
                                       {{"开户时间", "Opened"}, "open_time"},
                                       {{"开户机构", "Opened by"}, "opened_by"},
                                       {{0}, NULL}};

static const struct column totals[] = {{{"成果类型", "Kind"}, "kind"},
                                       {{"数量", "Count"}, "count"},
                                       {{"学时", "Hours"}, "centihours"},
                                       {{"学分", "Credits"}, "centicredits"},
                                       {{0}, NULL}};

static const struct query query = {
    .service = &creditbank__v1__account_service__descriptor,
    .method = "GetAccount",
    .record = "account",
    .record_columns = record,
    .rows = "totals",
    .row_columns = totals,
};

const struct command cmd_account_show = {
    .name = "account show",
    .summary = {"查看账号和学分合计", "show an account and its totals"},
    .arguments = arguments,
    .query = &query,
    .run = run_query,
};
