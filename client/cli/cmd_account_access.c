/* account access: who looked at one's account. */
#include "view.h"

#include "creditbank/v1/account_service.pb-c.h"

static const struct column rows[] = {{{"时间", "Time"}, "access_time"},
                                     {{"机构", "Institution"}, "institution_id"},
                                     {{"操作", "What"}, "method"},
                                     {{0}, NULL}};

static const struct query query = {
    .service = &creditbank__v1__account_service__descriptor,
    .method = "ListAccessRecords",
    .rows = "records",
    .row_columns = rows,
};

const struct command cmd_account_access = {
    .name = "account access",
    .summary = {"查看谁看过我的账号", "see who looked at one's account"},
    .query = &query,
    .run = run_query,
};
