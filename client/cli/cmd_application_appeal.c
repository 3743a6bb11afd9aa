/* application appeal: a learner appeals against a rejection. */
#include "application.h"
#include "view.h"

static const struct query query = {
    .service = &creditbank__v1__application_service__descriptor,
    .method = "AppealApplication",
    .record = "application",
    .record_columns = application_moved_columns,
};

const struct command cmd_application_appeal = {
    .name = "application appeal",
    .summary = {"对不予认定提出申诉（学习者，一次）", "appeal against a rejection (learner, once)"},
    .arguments = application_arguments,
    .query = &query,
    .run = run_query,
};
