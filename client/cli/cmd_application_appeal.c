/* application appeal: a learner appeals against a rejection. */
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
    .method = "AppealApplication",
    .record = "application",
    .record_columns = record,
};

const struct command cmd_application_appeal = {
    .name = "application appeal",
    .summary = {"对不予认定提出申诉（学习者，一次）", "appeal against a rejection (learner, once)"},
    .arguments = arguments,
    .query = &query,
    .run = run_query,
};
