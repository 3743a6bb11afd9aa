/* application withdraw: a learner takes hers back. */
#include "application.h"
#include "view.h"

static const struct query query = {
    .service = &creditbank__v1__application_service__descriptor,
    .method = "WithdrawApplication",
    .record = "application",
    .record_columns = application_moved_columns,
};

const struct command cmd_application_withdraw = {
    .name = "application withdraw",
    .summary = {"撤回申请（学习者）", "withdraw an application (learner)"},
    .arguments = application_arguments,
    .query = &query,
    .run = run_query,
};
