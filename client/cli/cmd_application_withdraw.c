/* application withdraw: a learner takes hers back. */
#include "view.h"

#include "creditbank/v1/application_service.pb-c.h"

static const struct argument arguments[] = {{"APPLICATION",
                                             ARGUMENT_OPERAND,
                                             true,
                                             "application_no",
                                             {"申请编号，16 位", "its number, 16 characters"}},
                                            {0}};

static const struct column record[] = {
    {{"申请", "Application"}, "application_no"}, {{"状态", "State"}, "state"}, {{0}, NULL}};

static const struct query query = {
    .service = &creditbank__v1__application_service__descriptor,
    .method = "WithdrawApplication",
    .record = "application",
    .record_columns = record,
};

const struct command cmd_application_withdraw = {
    .name = "application withdraw",
    .summary = {"撤回申请（学习者）", "withdraw an application (learner)"},
    .arguments = arguments,
    .query = &query,
    .run = run_query,
};
